"""The addresses of mails to look at: those that stayed here, and what a template makes."""

from django.urls import path

from afterword.mail import mailbox
from afterword.mail.preview import preview

app_name = "mail"
urlpatterns = [
    path("mailbox", mailbox.mailbox, name="mailbox"),
    path("mailbox.json", mailbox.mailbox_json, name="mailbox_json"),
    path("mailbox/<uuid:message_id>/html", mailbox.html, name="mailbox_html"),
    path("templates/<uuid:template_id>/preview", preview, name="preview"),
]
