"""The addresses of rules: within a campaign, and of the workspace."""

from django.urls import URLPattern, path

from afterword.followups.pages import deliveries, log, preview, views
from afterword.followups.pages.section import Section
from afterword.followups.pages.sections import SECTIONS
from afterword.followups.you_said import views as you_said

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
_YOU_SAID = "feedback/you-said"
_ONE = f"{_YOU_SAID}/<uuid:you_said_id>"
urlpatterns += [
    path(_YOU_SAID, you_said.all_of_them, name="you_said_list"),
    path(f"{_YOU_SAID}/new", you_said.new, name="you_said_new"),
    path(f"{_YOU_SAID}/preview", you_said.preview, name="you_said_preview"),
    path(_ONE, you_said.one, name="you_said"),
    path(f"{_ONE}/edit", you_said.edit, name="you_said_edit"),
    path(f"{_ONE}/beginning", you_said.beginning, name="you_said_beginning"),
    path(f"{_ONE}/stopping", you_said.stopping, name="you_said_stopping"),
    path(f"{_ONE}/trial", you_said.trial, name="you_said_trial"),
    path(f"{_ONE}/removal", you_said.removal, name="you_said_removal"),
]
for each in SECTIONS:
    urlpatterns += _addresses(f"campaigns/<uuid:campaign_id>/{each.key}", each.key, each)
    if each.for_workspace:
        urlpatterns += _addresses(f"follow-ups/{each.key}", f"workspace_{each.key}", each)
