import re
from datetime import timedelta

import pytest
from django.test import Client

from afterword.campaigns.models import Campaign, Service
from afterword.survey_templates.metrics import Metric
from tests.factories import (
    a_campaign,
    a_member,
    a_property,
    a_sent_survey,
    a_survey,
    a_template,
    a_workspace,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return a_member()


@pytest.fixture
def workspace(member):
    return member.workspace


@pytest.fixture
def client(member):
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def draft(workspace):
    """A campaign as it is made: off, and nothing chosen yet."""
    return Campaign.objects.create(workspace=workspace, key="draft", name="Draft", metric="nps")


def saved(campaign):
    return Campaign.objects.get(id=campaign.id)


# ---- the list


def test_an_empty_list_offers_the_first_campaign(client):
    content = client.get("/campaigns").content.decode()

    assert "No campaigns yet" in content
    assert 'href="/campaigns/new"' in content


# ---- a new campaign


@pytest.mark.parametrize("metric", Metric)
def test_a_new_campaign_is_off_and_leads_to_its_editor(client, workspace, metric):
    given = {"metric": metric, "channel": "email", "type": "transactional", "name": "After a call"}

    answer = client.post("/campaigns/new", given)

    campaign = workspace.campaigns.get()
    assert answer.url == f"/campaigns/{campaign.id}"
    assert (campaign.metric, campaign.key, campaign.is_active) == (metric, "after-a-call", False)
    assert campaign.service == Service.SEGMENT  # a choice of one is no question


@pytest.mark.parametrize(
    ("type_", "channel", "events"),
    [
        ("transactional", "email", ["Order & <Paid>"]),
        ("transactional", "inapp", ["Order & <Paid>"]),
        ("regular", "email", []),
        ("transactional", "link", []),
    ],
)
def test_a_campaign_is_made_of_an_event(client, workspace, type_, channel, events):
    page = client.get("/campaigns/new", {"event": "Order & <Paid>"})
    form = page.context["form"]
    assert form["name"].value() == "After Order & <Paid>"
    assert "Order &amp; &lt;Paid&gt;" in page.content.decode()

    given = {"name": form["name"].value(), "event": form["event"].value()}
    client.post("/campaigns/new", {**given, "metric": "nps", "channel": channel, "type": type_})

    assert workspace.campaigns.get().events == events


@pytest.mark.parametrize(
    ("name", "key"),
    [("After a call", "after-a-call-2"), ("Über Größe", "uber-groe"), ("!!", "campaign")],
)
def test_a_campaigns_key_comes_from_its_name(client, workspace, name, key):
    a_campaign(workspace, key="after-a-call")
    given = {"metric": "nps", "channel": "email", "type": "transactional", "name": name}

    client.post("/campaigns/new", given)

    assert workspace.campaigns.filter(key=key).exists()


@pytest.mark.parametrize(
    "wrong", [{"metric": ""}, {"metric": "iq"}, {"channel": "sms"}, {"type": "x"}, {"name": " "}]
)
def test_a_campaign_that_cannot_be_is_refused(client, workspace, wrong):
    given = {"metric": "nps", "channel": "email", "type": "transactional", "name": "A"}

    assert client.post("/campaigns/new", given | wrong).status_code == 422
    assert not workspace.campaigns.exists()


# ---- the template


def test_a_template_is_assigned(client, workspace, draft):
    template = a_template(workspace)

    answer = client.post(f"/campaigns/{draft.id}", {"template": template.id}, follow=True)

    assert saved(draft).template == template
    assert "The template is assigned" in answer.content.decode()


def test_a_template_without_a_logo_is_shown_but_cannot_be_chosen(client, workspace, draft):
    bare = a_template(workspace, logo_url="", name="Bare")

    shown = client.get(f"/campaigns/{draft.id}").content.decode()
    answer = client.post(f"/campaigns/{draft.id}", {"template": bare.id})

    assert "It has no logo, so it cannot be chosen." in shown
    assert answer.status_code == 422
    assert "Bare has no logo yet" in answer.content.decode()
    assert saved(draft).template is None


def test_templates_of_other_metrics_and_workspaces_cannot_be_assigned(client, workspace, draft):
    others = [a_template(workspace, Metric.CSAT), a_template(a_workspace())]

    for template in others:
        assert client.post(f"/campaigns/{draft.id}", {"template": template.id}).status_code == 422
        assert template.name not in client.get(f"/campaigns/{draft.id}").content.decode()
    assert client.post(f"/campaigns/{draft.id}", {"template": "x"}).status_code == 422


# ---- the audience


def rows(*filters, match="all"):
    fields, operators, values = zip(*filters, strict=True)
    return {"match": match, "field": fields, "operator": operators, "value": values}


def test_filters_are_saved_as_decisions_read_them(client, workspace, draft):
    a_property(workspace, "orders", "number")
    a_property(workspace, "country", "number")  # its name is a field's own, so it is prefixed

    answer = client.post(
        f"/campaigns/{draft.id}/audience",
        rows(
            ("country", "is", "USA"),
            ("orders", "between", "20 and 10"),
            ("tags", "includes any", "a, b"),
            ("last_surveyed_at", "more than days ago", "30"),
            ("properties.country", "exists", ""),
            ("", "is", "a row that was left empty"),
            match="any",
        ),
    )

    assert answer.status_code == 302
    assert saved(draft).audience == {
        "match": "any",
        "filters": [
            {"field": "country", "operator": "is", "value": "USA"},
            {"field": "orders", "operator": "between", "value": [10, 20]},
            {"field": "tags", "operator": "includes any", "value": ["a", "b"]},
            {"field": "last_surveyed_at", "operator": "more than days ago", "value": 30},
            {"field": "properties.country", "operator": "exists"},
        ],
    }


def test_what_is_saved_is_shown_as_it_would_be_sent_again(client, workspace, draft):
    a_property(workspace, "orders", "number")
    sent = rows(("orders", "between", "10, 20"), ("email", "ends with", "@acme.test"))
    client.post(f"/campaigns/{draft.id}/audience", sent)
    before = saved(draft).audience

    form = client.get(f"/campaigns/{draft.id}/audience").context["form"]
    again = rows(*((row.field, row.operator, row.value) for row in form.rows))
    client.post(f"/campaigns/{draft.id}/audience", again)

    assert saved(draft).audience == before


GROUPED = {
    "match": "all",
    "field": ["city", "plan", "plan", "tags", ""],
    "operator": ["is", "is", "exists", "includes", "is"],
    "value": ["Brno", "pro", "", "vip", ""],
    "group": ["", "4", "2", "4", "7"],
    "match_4": "any",
    "match_2": "all",
    "match_7": "all",
}


def test_filters_in_groups_are_saved_in_their_groups(client, workspace, draft):
    a_property(workspace, "plan")

    answer = client.post(f"/campaigns/{draft.id}/audience", GROUPED)

    assert answer.status_code == 302
    assert saved(draft).audience == {
        "match": "all",
        "filters": [
            {"field": "city", "operator": "is", "value": "Brno"},
            {
                "match": "any",
                "filters": [
                    {"field": "plan", "operator": "is", "value": "pro"},
                    {"field": "tags", "operator": "includes", "value": "vip"},
                ],
            },
            {"match": "all", "filters": [{"field": "plan", "operator": "exists"}]},
        ],
    }


def test_groups_are_shown_with_room_for_more(client, workspace):
    group = {"match": "all", "filters": [{"field": "city", "operator": "is", "value": "Brno"}]}
    campaign = a_campaign(workspace, audience={"filters": [group]})

    form = client.get(f"/campaigns/{campaign.id}/audience").context["form"]

    assert [each.match for each in form.groups] == ["all", "any"]
    assert [[row.value for row in each.rows] for each in form.groups] == [["Brno", ""], ["", ""]]


def test_a_wrong_filter_in_a_group_is_refused_and_stays_in_its_group(client, draft):
    answer = client.post(f"/campaigns/{draft.id}/audience", {**GROUPED, "value": ["x"] * 5})

    assert answer.status_code == 422
    form = answer.context["form"]
    assert [row.problem[:17] for row in form.groups[0].rows[:2]] == ["There is no field", ""]
    assert saved(draft).audience == {}


def test_all_filters_can_be_taken_away(client, workspace):
    campaign = a_campaign(
        workspace, audience={"filters": [{"field": "city", "operator": "is", "value": "Brno"}]}
    )

    client.post(f"/campaigns/{campaign.id}/audience", {"match": "all", "field": ""})

    assert saved(campaign).audience == {"match": "all", "filters": []}


@pytest.mark.parametrize(
    "bad",
    [
        ("nowhere", "is", "x"),
        ("country", "is", ""),
        ("country", "greater than", "1"),
        ("created_at", "before", "someday"),
        ("created_at", "more than days ago", "-1"),
        ("country", "is", "a\0b"),
        ("country", "is", "x" * 1001),
    ],
)
def test_a_filter_that_cannot_be_is_refused_and_kept_in_sight(client, draft, bad):
    answer = client.post(f"/campaigns/{draft.id}/audience", rows(("city", "is", "Brno"), bad))

    assert answer.status_code == 422
    good, wrong = answer.context["form"].rows
    assert wrong.problem
    assert (good.problem, wrong.field) == ("", bad[0])
    assert saved(draft).audience == {}


def test_a_filter_on_the_event_is_kept(client, workspace):
    amount = {"field": "event.amount", "type": "number", "operator": "at least", "value": 5}
    campaign = a_campaign(workspace, audience={"match": "all", "filters": [amount]})

    client.post(
        f"/campaigns/{campaign.id}/audience",
        rows(("event.amount", "less than", "7"), ("last_score", "at least", "9")),
    )

    assert saved(campaign).audience["filters"] == [
        amount | {"operator": "less than", "value": 7},
        {"field": "last_score", "operator": "at least", "value": 9},
    ]


def test_there_is_an_end_to_filters(client, draft):
    many = rows(*[("city", "is", "Brno")] * 21)

    assert client.post(f"/campaigns/{draft.id}/audience", many).status_code == 422


def test_a_filter_whose_property_is_gone_is_shown_with_its_problem(client, workspace):
    gone = {"filters": [{"field": "plan", "operator": "is", "value": "pro"}]}
    campaign = a_campaign(workspace, audience=gone)

    content = client.get(f"/campaigns/{campaign.id}/audience").content.decode()

    assert "No longer defined" in content
    assert "There is no field or property called &quot;plan&quot;" in content


def test_the_only_template_that_can_be_used_is_chosen_already(client, workspace, draft):
    template = a_template(workspace)
    a_template(workspace, logo_url="")

    assert client.get(f"/campaigns/{draft.id}").context["chosen_id"] == template.id

    a_template(workspace)
    assert client.get(f"/campaigns/{draft.id}").context["chosen_id"] is None


def test_a_template_that_was_made_on_the_way_is_chosen(client, workspace, draft):
    a_template(workspace)
    made, bare = a_template(workspace), a_template(workspace, logo_url="")

    page = client.get(f"/campaigns/{draft.id}?made={made.id}")

    assert page.context["chosen_id"] == made.id
    for other in (bare.id, "junk"):
        assert client.get(f"/campaigns/{draft.id}?made={other}").context["chosen_id"] is None


def test_where_a_logo_is_missing_the_upload_is_offered(client, workspace, draft):
    a_template(workspace, logo_url="", name="Bare")

    content = client.get(f"/campaigns/{draft.id}").content.decode()

    assert f'href="/settings/brand?back=/campaigns/{draft.id}"' in content
    logo = {"logo_url": "https://acme.test/logo.png", "colour": "#206bc4"}
    answer = client.post(f"/settings/brand?back=/campaigns/{draft.id}", logo)
    assert answer.url == f"/campaigns/{draft.id}"
    assert "so it cannot be chosen" not in client.get(answer.url).content.decode()


# ---- the schedule

SCHEDULE = {
    "service": "segment",
    "samples": "on",
    "sample_percent": "12.5",
    "targets": "on",
    "target_answers": "30",
    "target_property": "",
    "delays": "on",
    "delay_number": "90",
    "delay_unit": "minutes",
    "throttles": "on",
    "throttle_days": "30",
    "throttle_scope": "all",
    "priority": "5",
}


def test_the_schedule_is_saved(client, draft):
    assert client.post(f"/campaigns/{draft.id}/schedule", SCHEDULE).status_code == 302

    campaign = saved(draft)
    assert campaign.service == Service.SEGMENT
    assert campaign.sample_percent == 12.5
    assert campaign.target_answers == 30
    assert campaign.delay == timedelta(minutes=90)
    assert (campaign.throttle_days, campaign.throttle_scope) == (30, "all")
    assert campaign.priority == 5


def test_an_option_that_is_off_means_every_event_always_at_once(client, draft):
    client.post(f"/campaigns/{draft.id}/schedule", SCHEDULE)

    off = {key: value for key, value in SCHEDULE.items() if value != "on"}
    client.post(f"/campaigns/{draft.id}/schedule", off)

    campaign = saved(draft)
    assert (campaign.sample_percent, campaign.delay) == (100, timedelta(0))
    assert campaign.throttle_days is None
    assert campaign.target_answers is None


def test_a_target_may_be_for_each_value_of_a_text_property(client, workspace, draft):
    a_property(workspace, "plan")
    a_property(workspace, "seats", "number")
    given = SCHEDULE | {"target_property": "plan"}

    assert client.post(f"/campaigns/{draft.id}/schedule", given).status_code == 302
    assert saved(draft).target_property == "plan"
    content = client.get(f"/campaigns/{draft.id}/schedule").content.decode()
    assert "each plan" in content
    assert "each seats" not in content
    assert "30 answers tell a week&#x27;s score to within ±36 points" in content


@pytest.mark.parametrize(
    ("delay", "shown"),
    [
        (timedelta(days=2), (2, "days")),
        (timedelta(hours=36), (36, "hours")),
        (timedelta(minutes=90), (90, "minutes")),
        (timedelta(seconds=30), (0.5, "minutes")),
    ],
)
def test_a_delay_is_shown_in_its_largest_whole_unit(client, workspace, delay, shown):
    campaign = a_campaign(workspace, delay=delay)

    form = client.get(f"/campaigns/{campaign.id}/schedule").context["form"]

    assert (form.initial["delay_number"], form.initial["delay_unit"]) == shown


@pytest.mark.parametrize(
    "wrong",
    [
        {"service": "pigeon"},
        {"sample_percent": ""},
        {"sample_percent": "101"},
        {"sample_percent": "-1"},
        {"sample_percent": "nan"},
        {"target_answers": ""},
        {"target_answers": "0"},
        {"target_answers": "100001"},
        {"target_answers": "9" * 5_000},
        {"target_property": "nosuch"},
        {"delay_number": ""},
        {"delay_number": "0"},
        {"delay_number": "inf"},
        {"delay_number": "1e300"},
        {"delay_number": "366", "delay_unit": "days"},
        {"delay_unit": "years"},
        {"throttle_days": ""},
        {"throttle_days": "0"},
        {"throttle_days": "3651"},
        {"throttle_scope": "galaxy"},
        {"priority": "0"},
        {"priority": "101"},
    ],
)
def test_a_schedule_that_cannot_be_is_refused(client, draft, wrong):
    answer = client.post(f"/campaigns/{draft.id}/schedule", SCHEDULE | wrong)

    assert answer.status_code == 422
    assert saved(draft).service == ""


def test_an_active_campaign_keeps_a_service(client, workspace):
    campaign = a_campaign(workspace)

    answer = client.post(f"/campaigns/{campaign.id}/schedule", SCHEDULE | {"service": ""})

    assert answer.status_code == 422
    assert saved(campaign).service == Service.SEGMENT


# ---- the time frame


def test_a_time_frame_is_saved_where_it_is_on(client, draft):
    frame = {"days": ["mon", "fri"], "begins": "10:00", "ends": "12:30"}

    client.post(f"/campaigns/{draft.id}/schedule", SCHEDULE | frame | {"frames": "on"})
    assert saved(draft).time_frame == {"days": ["mon", "fri"], "from": "10:00", "to": "12:30"}

    own = {"frames": "on", "own_time": "on"}
    client.post(f"/campaigns/{draft.id}/schedule", SCHEDULE | frame | own)
    assert saved(draft).time_frame["own_time"] is True
    page = client.get(f"/campaigns/{draft.id}/schedule").content.decode()
    assert re.search(r'name="own_time"[^>]* checked', page)

    client.post(f"/campaigns/{draft.id}/schedule", SCHEDULE | frame)
    assert saved(draft).time_frame is None


@pytest.mark.parametrize("wrong", [{"days": []}, {"begins": "13:00"}, {"ends": ""}])
def test_a_time_frame_that_cannot_be_is_refused(client, draft, wrong):
    frame = {"days": ["mon"], "begins": "10:00", "ends": "12:30", "frames": "on"}

    answer = client.post(f"/campaigns/{draft.id}/schedule", SCHEDULE | frame | wrong)

    assert answer.status_code == 422
    assert saved(draft).time_frame is None


# ---- what waits


@pytest.mark.parametrize("section", ["", "/audience", "/schedule", "/reminders"])
def test_a_running_campaign_says_what_a_change_means_for_what_waits(client, workspace, section):
    campaign = a_campaign(workspace)
    address = f"/campaigns/{campaign.id}{section}"
    assert "to be sent" not in client.get(address).content.decode()

    a_survey(campaign)
    assert "1 survey waits to be sent." in client.get(address).content.decode()

    Campaign.objects.filter(id=campaign.id).update(activated_at=None)
    assert "to be sent." not in client.get(address).content.decode()


# ---- the events


def test_event_names_are_stripped_and_kept_once_with_their_commas(client, draft):
    events = "  Order Completed \r\nPlace order, paid\n\nOrder Completed\n"

    client.post(f"/campaigns/{draft.id}/schedule", SCHEDULE | {"events": events})

    assert saved(draft).events == ["Order Completed", "Place order, paid"]


@pytest.mark.parametrize("events", ["x" * 201, "\n".join(map(str, range(201))), "a\0b"])
def test_event_names_that_cannot_be_are_refused(client, draft, events):
    form = SCHEDULE | {"events": events}

    assert client.post(f"/campaigns/{draft.id}/schedule", form).status_code == 422
    assert saved(draft).events == []


def test_an_active_campaign_may_name_no_event(client, workspace):
    campaign = a_campaign(workspace)

    client.post(f"/campaigns/{campaign.id}/schedule", SCHEDULE | {"events": " "})

    assert saved(campaign).events == []
    assert saved(campaign).is_active


# ---- setup


def test_the_campaign_id_is_shown_once_segment_is_chosen(client, draft):
    before = client.get(f"/campaigns/{draft.id}/setup").content.decode()
    Campaign.objects.filter(id=draft.id).update(service=Service.SEGMENT, events=["It's <paid>"])
    after = client.get(f"/campaigns/{draft.id}/setup").content.decode()

    assert f'value="{draft.id}"' not in before
    assert "Choose Segment as the service" in before
    assert f'value="{draft.id}"' in after
    assert "<paid>" not in after


# ---- on and off


def test_a_campaign_is_switched_on_and_off(client, workspace):
    campaign = a_campaign(workspace, activated_at=None)

    client.post(f"/campaigns/{campaign.id}/activation")
    assert saved(campaign).is_active

    client.post(f"/campaigns/{campaign.id}/deactivation")
    assert not saved(campaign).is_active


def test_a_campaign_that_lacks_something_stays_off_and_says_what(client, draft):
    answer = client.post(f"/campaigns/{draft.id}/activation", follow=True).content.decode()

    assert not saved(draft).is_active
    assert "cannot be switched on yet" in answer
    assert "Choose the service that triggers the survey." in answer
    assert f'href="/campaigns/{draft.id}/schedule">Choose the service' in answer


def test_without_event_names_a_campaign_may_be_on_and_says_what_that_means(client, workspace):
    campaign = a_campaign(workspace, activated_at=None, events=[])

    answer = client.post(f"/campaigns/{campaign.id}/activation", follow=True).content.decode()

    assert saved(campaign).is_active
    assert "something is missing" not in answer
    assert "It names no event" in answer


@pytest.mark.parametrize(
    ("service", "says"),
    [
        ("segment", "after what Segment maps to it"),
        ("api", "when a program asks by the API"),
        ("webhook", "when its webhook is called"),
        ("zendesk", "when Zendesk calls"),
        ("", "names no event"),
    ],
)
def test_the_list_says_what_triggers_a_campaign_without_names(client, workspace, service, says):
    a_campaign(workspace, service=service, events=[])

    assert says in client.get("/campaigns").content.decode()


def test_saving_a_section_does_not_touch_the_state(client, workspace, monkeypatch):
    campaign = a_campaign(workspace)
    form = {"name": "Renamed"}
    clean = Campaign.full_clean

    def switched_off_meanwhile(self, *args, **kwargs):
        Campaign.objects.filter(id=campaign.id).update(activated_at=None)
        return clean(self, *args, **kwargs)

    monkeypatch.setattr(Campaign, "full_clean", switched_off_meanwhile)
    client.post(f"/campaigns/{campaign.id}/name", form)

    assert saved(campaign).name == "Renamed"
    assert not saved(campaign).is_active


# ---- name and deletion


def test_a_campaign_is_renamed_and_keeps_its_key(client, workspace):
    campaign = a_campaign(workspace)

    client.post(f"/campaigns/{campaign.id}/name", {"name": "Renamed"})

    assert (saved(campaign).name, saved(campaign).key) == ("Renamed", campaign.key)
    assert client.post(f"/campaigns/{campaign.id}/name", {"name": " "}).status_code == 422


def test_a_campaign_that_sent_nothing_is_deleted(client, draft):
    a_survey(a_campaign(draft.workspace))

    assert client.get(f"/campaigns/{draft.id}/deletion").status_code == 200
    answer = client.post(f"/campaigns/{draft.id}/deletion", follow=True)

    assert "is deleted" in answer.content.decode()
    assert not Campaign.objects.filter(id=draft.id).exists()


def test_a_campaign_that_has_sent_or_is_on_is_not_deleted(client, workspace):
    sent = a_campaign(workspace, activated_at=None)
    a_sent_survey(sent)
    on = a_campaign(workspace)

    for campaign, said in ((sent, "It has sent surveys"), (on, "Switch the campaign off first")):
        answer = client.post(f"/campaigns/{campaign.id}/deletion")
        assert answer.status_code == 409
        assert said in answer.content.decode()
        assert Campaign.objects.filter(id=campaign.id).exists()


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example", "null", "a:b", "%"])
def test_what_is_no_page_of_ours_is_led_to_by_nothing(client, then):
    campaign = a_campaign(a_workspace())
    client.force_login(a_member(campaign.workspace).user)

    answer = client.post(f"/campaigns/{campaign.id}/deactivation", {"then": then})

    assert (answer.status_code, answer["Location"]) == (302, f"/campaigns/{campaign.id}")
