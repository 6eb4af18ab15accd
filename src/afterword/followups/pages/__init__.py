"""The pages of rules: the editor's sections, the workspace's own, and the log of deliveries."""
