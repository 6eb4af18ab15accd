"""Notifications: tell people what happened, at once or in a digest, by e-mail or Slack."""
