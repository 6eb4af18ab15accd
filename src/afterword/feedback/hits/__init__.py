"""Links being fetched: noted, judged whether by a machine, and shown."""
