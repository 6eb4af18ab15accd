"""What happened to an answer, a survey and a customer, for whoever reads it."""
