"""Every address, by stage. `/v1/*` never gets here: see `asgi.py`."""

from django.urls import include, path, re_path

from afterword import joining  # noqa: F401  (what pages ask of later stages)
from afterword.hooks.door import nothing_here

urlpatterns = [
    path("", include("afterword.web.urls")),
    path("accounts/", include("afterword.workspaces.account_urls")),
    path("", include("afterword.workspaces.urls")),
    path("", include("afterword.long_work.urls")),
    path("", include("afterword.customers.property_urls")),
    path("", include("afterword.campaigns.urls")),
    path("", include("afterword.survey_templates.urls")),
    path("", include("afterword.feedback.urls")),
    path("", include("afterword.followups.urls")),
    path("", include("afterword.events.urls")),
    path("", include("afterword.hooks.urls")),
    path("", include("afterword.decisions.dry_run.urls")),
    path("", include("afterword.suppressions.urls")),
    path("", include("afterword.customers.importing.urls")),
    path("", include("afterword.profiles.listing.urls")),
    path("", include("afterword.profiles.bulk.urls")),
    path("", include("afterword.privacy.urls")),
    path("", include("afterword.profiles.urls")),
    path("", include("afterword.surveys.outbox.urls")),
    path("", include("afterword.insights.urls")),
    path("", include("afterword.mail.urls")),
    path("", include("afterword.sending.reports.urls")),
    path("", include("afterword.mail.senders.urls")),
    path("", include("afterword.apply.urls")),
    path("api/", include("afterword.api.urls")),
    # Programs post there, whatever address they were given: they are told so in JSON.
    re_path("^hooks/", nothing_here),
]
