"""What is offered to be shown in an application: until it is shown, closed or runs out."""
