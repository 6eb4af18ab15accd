"""The addresses of mails to look at, and of the server that takes them."""

from django.urls import path

from afterword.mail.mailbox import views as mailbox
from afterword.mail.servers import views as servers

app_name = "mail"
urlpatterns = [
    path("mailbox", mailbox.mailbox, name="mailbox"),
    path("mailbox.json", mailbox.mailbox_json, name="mailbox_json"),
    path("mailbox/<uuid:message_id>/html", mailbox.html, name="mailbox_html"),
    path("settings/mail-server", servers.server, name="server"),
    path("settings/mail-server/trial", servers.trial, name="server_trial"),
    path("settings/mail-server/removal", servers.removal, name="server_removal"),
]
