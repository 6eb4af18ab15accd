"""Which mail server or provider takes a workspace's mail."""
