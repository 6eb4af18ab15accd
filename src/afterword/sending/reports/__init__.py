"""What comes back about a mail: bounces, complaints, providers' events."""
