"""The unsubscribe and preference pages, and what they do."""
