"""The address of a customer's page."""

from django.urls import path

from afterword.profiles import profile

app_name = "profiles"
urlpatterns = [path("customers/<uuid:customer_id>", profile.profile, name="profile")]
