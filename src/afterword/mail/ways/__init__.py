"""The ways to hand a mail over: SMTP, providers, the local mailbox."""
