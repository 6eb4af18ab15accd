"""The campaign editor: a module for each section's form."""
