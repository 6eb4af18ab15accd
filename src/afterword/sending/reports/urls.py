"""The addresses at which providers post what became of mails."""

from django.urls import path

from afterword.sending.reports import hooks

app_name = "reports"
urlpatterns = [path("hooks/mail/<str:account>", hooks.hook, name="hook")]
