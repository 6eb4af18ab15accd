"""What a survey asks and looks like."""
