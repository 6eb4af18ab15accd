"""The settings, but for what tests would wait for or leave behind."""

from afterword.settings import *  # noqa: F403
from afterword.settings import DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick: tests make many
DATABASES["default"]["OPTIONS"].pop("pool")  # leaves no connection to the test's database open
