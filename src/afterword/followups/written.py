"""A mail to customers that a member writes: its sender and its texts, whoever gets it and when."""

from django.db import models


class Written(models.Model):
    sender_name = models.CharField(max_length=64, blank=True)  # empty: the workspace's name
    # At a verified domain of the workspace; empty, or no longer verified: the workspace's address.
    sender_address = models.CharField(max_length=254, blank=True, default="", db_default="")
    reply_to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=250)  # Liquid, as the body is
    body = models.TextField(max_length=5000)
    # [{"label": …, "url": …}]
    buttons = models.JSONField(default=list, blank=True)

    class Meta:
        abstract = True
