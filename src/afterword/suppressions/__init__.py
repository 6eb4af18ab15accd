"""Who gets no mail, and why; addresses that take none."""
