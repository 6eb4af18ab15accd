"""The addresses of mails to look at, and of what providers post about them."""

from django.urls import path

from afterword.mail import hooks, mailbox, server_views
from afterword.mail.preview import preview

app_name = "mail"
urlpatterns = [
    path("mailbox", mailbox.mailbox, name="mailbox"),
    path("mailbox.json", mailbox.mailbox_json, name="mailbox_json"),
    path("mailbox/<uuid:message_id>/html", mailbox.html, name="mailbox_html"),
    path("hooks/mail/<str:account>", hooks.hook, name="hook"),
    path("templates/<uuid:template_id>/preview", preview, name="preview"),
    path("settings/mail-server", server_views.server, name="server"),
    path("settings/mail-server/trial", server_views.trial, name="server_trial"),
    path("settings/mail-server/removal", server_views.removal, name="server_removal"),
]
