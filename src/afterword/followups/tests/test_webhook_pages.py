"""The pages of webhooks: made, changed, switched, tried, deleted; and who may do that."""

import json

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from afterword.followups.engine.claim import claim
from afterword.followups.engine.deliver import record
from afterword.followups.engine.post import Reply, Request
from afterword.followups.engine.settle import LAST_TRY, Tried
from afterword.followups.models import TEST, Delivery, State, Webhook
from afterword.followups.pages import again
from afterword.followups.pages.log import PAGE
from afterword.followups.rules import save
from afterword.followups.webhooks.body import PREFILLED, BodyRefused, fill
from afterword.followups.webhooks.form import HIDDEN
from afterword.happenings.models import Listening
from afterword.survey_templates.metrics import Metric
from afterword.workspaces.models import Role
from tests.factories import a_campaign, a_member
from tests.followups import a_webhook, allow_loopback
from tests.http_script import Answer, scripted_http
from tests.long_work import work_until_done

pytestmark = pytest.mark.django_db


def signed_in(member):
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def member():
    return a_member(role=Role.MEMBER)


@pytest.fixture
def campaign(member):
    return a_campaign(member.workspace)


def filled(**fields):
    return {
        "name": "To the CRM",
        "url": "https://crm.example/hook",
        "events": ["feedback", "bounced"],
        "headers_text": "Authorization: Bearer s3cret",
        "body": PREFILLED,
        "enabled": "on",
        **fields,
    }


def test_one_is_added_and_its_secret_shown_once(member, campaign):
    client, address = signed_in(member), f"/campaigns/{campaign.id}/webhooks"
    assert b"{{ comment }}" in client.get(f"{address}/new").content

    made = client.post(f"{address}/new", filled())

    webhook = Webhook.objects.get()
    assert webhook.secret.encode() in made.content
    assert (webhook.is_enabled, webhook.headers) == (True, {"Authorization": "Bearer s3cret"})
    for page in (address, f"{address}/{webhook.id}"):
        shown = client.get(page).content
        assert webhook.secret.encode() not in shown
        assert b"s3cret" not in shown
    heard = set(Listening.objects.values_list("kind", flat=True))
    assert heard == {"feedback.new", "feedback.changed", "survey.bounced"}


def test_saved_again_a_hidden_value_stays(member, campaign):
    webhook = a_webhook("https://crm.example", campaign=campaign, headers={"X-Key": "s3cret"})
    address = f"/campaigns/{campaign.id}/webhooks/{webhook.id}"

    answer = signed_in(member).post(
        address, filled(name="Renamed", headers_text=f"X-Key: {HIDDEN}\nX-Other: 1", enabled="")
    )

    webhook.refresh_from_db()
    assert (answer.status_code, webhook.name, webhook.is_enabled) == (302, "Renamed", False)
    assert webhook.headers == {"X-Key": "s3cret", "X-Other": "1"}
    assert not Listening.objects.exists()


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("https://CRM.example/another/path", 302),
        ("https://taker.example/hook", 422),
        ("https://crm.example@taker.example/hook", 422),
        ("https://crm.example:8443/hook", 422),
        ("http://crm.example/hook", 422),
    ],
)
def test_a_hidden_value_goes_to_no_other_server(member, campaign, url, status):
    webhook = a_webhook("https://crm.example/hook", campaign=campaign, headers={"X-Key": "s3cret"})
    address = f"/campaigns/{campaign.id}/webhooks/{webhook.id}"
    client = signed_in(member)

    answer = client.post(address, filled(url=url, headers_text=f"X-Key: {HIDDEN}"))

    assert answer.status_code == status
    assert ("Write the value of X-Key anew" in answer.content.decode()) is (status == 422)
    anew = client.post(address, filled(url=url, headers_text="X-Key: other"))
    webhook.refresh_from_db()
    assert (anew.status_code, webhook.headers) == (302, {"X-Key": "other"})


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"url": "ftp://crm.example"}, "https://"),
        ({"url": "https://me:s3cret@crm.example"}, "out of the address"),
        ({"events": []}, "required"),
        ({"events": ["score_range"]}, "from which score"),
        ({"events": ["score_range"], "score_min": 9, "score_max": 2}, "less than the lowest"),
        ({"body": "{"}, "not JSON"),
        ({"body": '{"score": {{ score }}}'}, "quotes around each"),
        ({"body": '{"a": "{{ nothing }}"}'}, "no field nothing"),
        ({"body": f'{{"a": {"9" * 5_000}}}'}, "too long"),
        ({"body": '{"a": "{{ score | nope }}"}'}, "does not exist"),
        ({"body": '{"a": 1,\n"b": "{{ score | nope }}"}'}, "Line 2: “"),
        ({"headers_text": "no colon"}, "as in X-Key"),
        ({"headers_text": "Host: evil.example"}, "set by Afterword"),
        ({"headers_text": f"X-New: {HIDDEN}"}, "not known here"),
    ],
)
def test_what_is_wrong_is_said(member, campaign, fields, said):
    address = f"/campaigns/{campaign.id}/webhooks/new"

    answer = signed_in(member).post(address, filled(**fields))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    ("events", "text", "said"),
    [
        (["feedback"], "{{ '99999999999999999999' | date: '%Y' }}", "a number is out of range."),
        (["feedback"], "{{ 100 | divided_by: score }}", "can&#x27;t divide by 0, at a score of 0."),
        (
            ["feedback_without_comment"],
            "{{ 100 | divided_by: comment.size }}",
            "can&#x27;t divide by 0.",
        ),
        (
            ["feedback"],
            "{{ 100 | divided_by: comment.size }}",
            "can&#x27;t divide by 0, at a score of 0 without a comment.",
        ),
        (
            ["promoter", "bounced"],
            "{{ 100 | divided_by: score }}",
            "can&#x27;t divide by 0, where a survey bounced.",
        ),
        (
            ["promoter", "unsubscribed"],
            "{% if event == 'customer.unsubscribed' %}{{ 1 | divided_by: 0 }}{% endif %}",
            "can&#x27;t divide by 0, where a customer unsubscribed.",
        ),
        (
            ["feedback"],
            f"{{% for i in (1..1000) %}}{'{% if score == i %}{% endif %}' * 60}{{% endfor %}}",
            "it takes too long to work out",
        ),
    ],
)
def test_what_can_only_fail_later_is_refused_in_its_line(member, campaign, events, text, said):
    body = json.dumps({"a": "{{ score | plus: 1 }}", "b": {text: [text]}}, indent=1)
    address = f"/campaigns/{campaign.id}/webhooks/new"

    answer = signed_in(member).post(address, filled(events=events, body=body))

    assert answer.status_code == 422
    assert [*answer.context["form"].errors] == ["body"]
    assert f"Line 5: “{escape(text[:60])}” has a mistake: " in answer.content.decode()
    assert said in answer.content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "{{ 100 | divided_by: properties.seats }}",
        "{{ 100 | divided_by: answers.rooms }}",
        "{{ tags.size | minus: 1 | divided_by: tags.size }}",
        "{% if properties.plan > 'b' %}B{% endif %}",
        "{{ properties.renewal | date: '%Y' | plus: 1 }}",
    ],
)
def test_what_works_for_some_customers_is_saved(member, campaign, text):
    address = f"/campaigns/{campaign.id}/webhooks/new"

    signed_in(member).post(address, filled(events=["feedback"], body=json.dumps({"a": text})))

    assert Webhook.objects.exists()


def test_scores_that_a_campaign_cannot_get_are_not_tried(member):
    campaign = a_campaign(member.workspace, metric=Metric.CSAT)
    address = f"/campaigns/{campaign.id}/webhooks/new"
    body = '{"a": "{{ 100 | divided_by: score }}"}'

    signed_in(member).post(address, filled(events=["feedback"], body=body))

    assert Webhook.objects.exists()


def test_two_who_save_at_once_see_each_other(member, campaign):
    webhook = a_webhook("https://crm.example", campaign=campaign)
    seen = json.dumps({"name": "", "events": ["feedback"], "url": "https://crm.example"})
    Webhook.objects.update(events=["bounced"], name="Theirs")
    address = f"/campaigns/{campaign.id}/webhooks/{webhook.id}"

    mine = filled(name="Mine", events=["feedback"], url="https://crm.example", seen=seen)
    answer = signed_in(member).post(address, mine)

    assert answer.status_code == 422
    assert "Somebody saved this meanwhile" in answer.content.decode()
    webhook.refresh_from_db()
    assert (webhook.name, webhook.events) == ("Theirs", ["bounced"])


def test_it_is_switched_and_deleted(member, campaign):
    webhook = a_webhook("https://crm.example", campaign=campaign)
    client, address = signed_in(member), f"/campaigns/{campaign.id}/webhooks/{webhook.id}"

    client.post(f"{address}/switch", {"enabled": "0"})
    assert not Webhook.objects.get().is_enabled
    client.post(f"{address}/switch", {"enabled": "1"})
    assert Webhook.objects.get().is_enabled

    client.post(f"{address}/removal")
    assert not Webhook.objects.exists()
    assert not Listening.objects.exists()


def test_a_test_is_sent_at_once_and_is_in_the_log(member, campaign, settings):
    allow_loopback(settings)
    with scripted_http(Answer(200, "hello"), Answer(500, "no")) as web:
        webhook = a_webhook(web.url, campaign=campaign)
        client, address = signed_in(member), f"/campaigns/{campaign.id}/webhooks/{webhook.id}"

        page = client.post(f"{address}/trial", follow=True).content.decode()
        assert "The test arrived" in page
        page = client.post(f"{address}/trial", follow=True).content.decode()
        assert "The test did not arrive" in page

    assert web.asked[0].values["event"] == "test"
    assert ("hello" in page, str(Delivery.objects.order_by("-id")[0].id) in page) == (True, True)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered", "failed"}


def test_what_failed_is_sent_again_under_the_same_id(member, campaign):
    webhook = a_webhook("https://crm.example", campaign=campaign)
    now = timezone.now()
    delivery = Delivery.objects.create(
        workspace=member.workspace,
        webhook=webhook,
        lane=webhook.id,
        happening_id=1,
        kind="feedback.new",
        happened_at=now,
        created_at=now,
        due_at=now,
        attempt=LAST_TRY - 1,
    )
    [claimed] = claim({webhook.id: 1}, now)
    request = Request(webhook.url, b"{}", {})
    record([Tried(claimed, request, Reply(500, "<b>no</b>", "", 7), is_final=False)], now)
    client, address = signed_in(member), f"/campaigns/{campaign.id}/webhooks/{webhook.id}"
    page = client.get(f"{address}/log?state=failed").content.decode()
    assert ("&lt;b&gt;no" in page, "after 7 ms" in page) == (True, True)
    assert (">Clear<" in page, b">Clear<" in client.get(f"{address}/log").content) == (True, False)

    client.post(f"{address}/replay", {"delivery": "failed"})
    work_until_done()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempt) == (State.WAITING, 0)


def failed_deliveries(webhook, count, kind="feedback.new"):
    now = timezone.now()
    for number in range(count):
        Delivery.objects.create(
            workspace=webhook.workspace,
            webhook=webhook,
            lane=webhook.id,
            happening_id=None if kind == TEST else number + 1,
            kind=kind,
            happened_at=now,
            created_at=now,
            due_at=now,
            state=State.FAILED,
            settled_at=now,
        )


def test_a_test_that_failed_is_nothing_to_send_again(member, campaign):
    webhook = a_webhook("https://crm.example", campaign=campaign)
    client, address = signed_in(member), f"/campaigns/{campaign.id}/webhooks/{webhook.id}"
    failed_deliveries(webhook, 1, TEST)
    assert "that failed again" not in client.get(f"{address}/log").content.decode()
    failed_deliveries(webhook, 1)
    assert "Send the 1 that failed again" in client.get(f"{address}/log").content.decode()

    client.post(f"{address}/replay", {"delivery": "failed"})
    work_until_done()

    assert Delivery.objects.get(kind=TEST).state == State.FAILED
    assert Delivery.objects.exclude(kind=TEST).get().state == State.WAITING


def test_more_that_failed_than_can_be_counted_are_sent_again_without_a_number(
    member, campaign, monkeypatch
):
    monkeypatch.setattr(again, "COUNTED_AT_MOST", 2)
    webhook = a_webhook("https://crm.example", campaign=campaign)
    failed_deliveries(webhook, 3)
    client, address = signed_in(member), f"/campaigns/{campaign.id}/webhooks/{webhook.id}"

    assert "Send what failed again</button>" in client.get(f"{address}/log").content.decode()
    asked = {"delivery": "failed", "asked_at": timezone.now().isoformat()}
    first, second = (client.post(f"{address}/replay", asked).url for _ in range(2))
    work_until_done()

    assert first == second
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.WAITING}


def test_the_log_sends_one_again_where_the_webhook_is_on(member, campaign):
    webhook = a_webhook("https://crm.example", campaign=campaign)
    failed_deliveries(webhook, 1)
    one = Delivery.objects.get()
    client, address = signed_in(member), f"/campaigns/{campaign.id}/webhooks/{webhook.id}"

    save(webhook, timezone.now(), enabled=False)
    off = client.post(f"{address}/replay", {"delivery": one.id}, follow=True).content.decode()
    save(webhook, timezone.now(), enabled=True)
    wrong = client.post(f"{address}/replay", {"delivery": "x"}, follow=True).content.decode()
    one.refresh_from_db()
    assert one.state == State.FAILED
    client.post(f"{address}/replay", {"delivery": one.id})

    one.refresh_from_db()
    assert one.state == State.WAITING
    assert "Switch the webhook on first" in off
    assert "This cannot be sent again" in wrong


def test_the_log_goes_on_to_older_ones_and_keeps_its_filter(member, campaign):
    webhook = a_webhook("https://crm.example", campaign=campaign)
    failed_deliveries(webhook, PAGE + 1)
    client, address = signed_in(member), f"/campaigns/{campaign.id}/webhooks/{webhook.id}/log"
    first = client.get(address, {"state": "failed"})

    after = first.context["after"]
    second = client.get(address, {"state": "failed", "after": after})

    shown = [{row.id for row in page.context["deliveries"]} for page in (first, second)]
    assert [len(ids) for ids in shown] == [PAGE, 1]
    assert not shown[0] & shown[1]
    assert 'rel="next" href="?state=failed&amp;after=' in first.content.decode()
    assert "Newest" in second.content.decode()


def test_the_workspace_has_its_own(member):
    client = signed_in(member)
    assert client.get("/follow-ups").status_code == 302

    client.post("/follow-ups/webhooks/new", filled())

    webhook = Webhook.objects.get()
    assert webhook.campaign is None
    for page in ("", f"/{webhook.id}", f"/{webhook.id}/log", "/new"):
        assert client.get(f"/follow-ups/webhooks{page}").status_code == 200, page


def pages_of(campaign, webhook):
    root = f"/campaigns/{campaign.id}/webhooks"
    return [root, f"{root}/{webhook.id}", f"{root}/{webhook.id}/log"]


def changes_of(campaign, webhook):
    root = f"/campaigns/{campaign.id}/webhooks"
    one = f"{root}/{webhook.id}"
    return [f"{root}/new", one, *(f"{one}/{v}" for v in ("switch", "removal", "trial", "replay"))]


def test_an_analyst_reads_and_changes_nothing(campaign):
    client = signed_in(a_member(campaign.workspace, role=Role.ANALYST))
    webhook = a_webhook("https://crm.example", campaign=campaign)

    for address in pages_of(campaign, webhook):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert b"btn-primary" not in answer.content, address
    for address in changes_of(campaign, webhook):
        assert client.post(address, filled()).status_code == 403, address


def test_an_outsider_finds_nothing(campaign):
    client = signed_in(a_member())
    webhook = a_webhook("https://crm.example", campaign=campaign)
    workspace_wide = a_webhook("https://crm.example", workspace=campaign.workspace)

    for address in pages_of(campaign, webhook):
        assert client.get(address).status_code == 404, address
    for address in changes_of(campaign, webhook):
        assert client.post(address, filled()).status_code == 404, address
    assert client.get(f"/follow-ups/webhooks/{workspace_wide.id}").status_code == 404
    assert b"crm.example" not in client.get("/follow-ups/webhooks").content


def test_strangers_are_sent_to_the_sign_in_page(client, campaign):
    webhook = a_webhook("https://crm.example", campaign=campaign)

    for address in [*pages_of(campaign, webhook), "/follow-ups", "/follow-ups/webhooks"]:
        assert client.get(address).status_code == 302, address


def test_the_editor_has_the_sections_in_their_order(member, campaign):
    page = signed_in(member).get(f"/campaigns/{campaign.id}/webhooks").content.decode()
    sections = page[page.index("Sections of the campaign") :]

    assert sections.index("Reminders") < sections.index("Webhooks") < sections.index("Setup")


def test_a_new_secret_is_shown_once(member, campaign):
    webhook = a_webhook("https://crm.example", campaign=campaign)
    old, address = webhook.secret, f"/campaigns/{campaign.id}/webhooks/{webhook.id}"
    client = signed_in(member)

    shown = client.post(f"{address}/secret").content.decode()

    webhook.refresh_from_db()
    assert webhook.secret != old
    assert webhook.secret in shown
    assert "signed with the old" in client.get(address).content.decode()
    assert webhook.secret not in client.get(address).content.decode()
    analyst = signed_in(a_member(member.workspace, role=Role.ANALYST))
    assert analyst.post(f"{address}/secret").status_code == 403


def test_the_texts_of_a_body_may_take_only_so_much_work_together():
    loop = f"{{% for i in (1..1000) %}}{'{% if score == i %}{% endif %}' * 3}{{% endfor %}}"
    assert fill(json.dumps([loop]), {"score": 0})

    with pytest.raises(BodyRefused, match="takes too long"):
        fill(json.dumps([loop] * 5), {"score": 0})
