"""Workspaces, members and their roles, API tokens."""
