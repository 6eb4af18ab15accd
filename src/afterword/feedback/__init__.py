"""5 answer: what customers say, and the page that shows it."""
