"""Any mail's hand-over: claimed, composed, handed over, noted, rescued."""
