"""What can be asked for from a shell: a module for each command."""
