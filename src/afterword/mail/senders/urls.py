"""The addresses of the settings page on where survey mails come from."""

from django.urls import path

from afterword.mail.senders import views

app_name = "senders"
urlpatterns = [
    path("settings/sender-domains", views.sender_domains, name="domains"),
    path("settings/sender-domains/<uuid:domain_id>/check", views.check, name="check"),
    path("settings/sender-domains/<uuid:domain_id>/new-key", views.ask_for_new_key, name="new_key"),
    path("settings/sender-domains/<uuid:domain_id>/removal", views.remove, name="remove"),
    path("settings/sender-address", views.choose_address, name="address"),
]
