"""The settings, with one thing changed: passwords are hashed quickly, since tests make many."""

from afterword.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
