"""What a member may do for a customer: a module for each entry of the menu."""
