"""The form of a template: every text of its document at its place."""
