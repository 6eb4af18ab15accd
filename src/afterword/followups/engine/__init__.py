"""From a happening to a delivery, and from there to its receiver: what all rules share."""
