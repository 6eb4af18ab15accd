"""1 event: what applications send, from the fast path to the log."""
