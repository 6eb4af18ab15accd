"""What Afterword itself says in surveys, in mails and on their pages, in each language."""
