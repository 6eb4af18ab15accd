"""The pictures in the documentation: a shop with customers who answer, and Chromium."""
