"""Customers at risk: by a rule that people read and change, judged as answers and silence come."""
