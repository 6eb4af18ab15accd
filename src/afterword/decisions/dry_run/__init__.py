"""What a campaign would have done with the events on record, by the code that decides."""
