"""The addresses of rules: within a campaign, and of the workspace."""

from django.urls import URLPattern, path

from afterword.followups.pages import deliveries, log, preview, views
from afterword.followups.pages.section import Section
from afterword.followups.pages.sections import SECTIONS

app_name = "followups"


def _addresses(root: str, name: str, section: Section) -> list[URLPattern]:
    more = {"section": section}
    one = f"{root}/<uuid:rule_id>"
    return [
        path(root, views.rules, more, name=name),
        path(f"{root}/new", views.new_rule, more, name=f"{name}_new"),
        path(f"{root}/preview", preview.preview, more, name=f"{name}_preview"),
        path(one, views.rule, more, name=f"{name}_rule"),
        path(f"{one}/switch", views.switch, more, name=f"{name}_switch"),
        path(f"{one}/removal", views.removal, more, name=f"{name}_removal"),
        path(f"{one}/secret", views.secret, more, name=f"{name}_secret"),
        path(f"{one}/trial", views.trial, more, name=f"{name}_trial"),
        path(f"{one}/log", log.log, more, name=f"{name}_log"),
        path(f"{one}/replay", log.replay, more, name=f"{name}_replay"),
    ]


urlpatterns = [
    path("follow-ups", views.followups, name="followups"),
    path("follow-ups/deliveries", deliveries.deliveries, name="deliveries"),
    path("follow-ups/deliveries/replay", deliveries.replay, name="deliveries_replay"),
]
for each in SECTIONS:
    urlpatterns += _addresses(f"campaigns/<uuid:campaign_id>/{each.key}", each.key, each)
    if each.for_workspace:
        urlpatterns += _addresses(f"follow-ups/{each.key}", f"workspace_{each.key}", each)
