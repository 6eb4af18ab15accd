"""Our own people: who they are, and that their answers are no part of scores."""
