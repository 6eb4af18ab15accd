"""An occasion by an inbound webhook of a campaign."""
