"""The page shell and the parts that pages are made of."""
