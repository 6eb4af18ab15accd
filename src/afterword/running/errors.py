"""What stops a command, in words for the person who started it."""


class CannotRun(Exception):
    """The command cannot go on; the text says why and what to do about it."""
