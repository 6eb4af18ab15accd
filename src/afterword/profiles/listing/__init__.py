"""The list of customers: columns, search, filters, order, and views that are saved of it."""
