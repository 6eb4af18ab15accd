"""What customers reply to our mails: a score, or words for a person to read."""
