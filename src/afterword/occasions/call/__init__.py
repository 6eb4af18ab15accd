"""An occasion by the API: a program asks for a survey."""
