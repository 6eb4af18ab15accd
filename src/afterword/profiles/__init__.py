"""A customer's page: it shows rows of every stage."""
