"""The local mailbox, which keeps mail while no server is set."""
