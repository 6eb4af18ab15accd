"""What mail providers post of our mails: real requests, signed as each provider documents it."""

import base64
import hashlib
import hmac
import json
import logging
import time
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.cache import cache
from django.utils import timezone

from afterword.core import signed_ids
from afterword.mail.servers.address import parse_mail_url
from afterword.mail.servers.find import set_own
from afterword.sending.models import DeliveryEvent, State
from afterword.suppressions.models import Suppression
from tests.factories import a_campaign, a_sent_survey, a_workspace, mail_of, reload

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "key-0123456789abcdef"
MOMENTS = ("delivered_at", "bounced_at", "complained_at")


@pytest.fixture
def account(settings):
    """Set AFTERWORD_MAIL_URL."""

    def use(address):
        settings.CONFIGURATION = replace(settings.CONFIGURATION, mail=parse_mail_url(address))

    return use


@pytest.fixture
def survey():
    """Sent an hour ago."""
    then = timezone.now() - timedelta(hours=1)
    return a_sent_survey(created_at=then, sent_at=then)


def mark(survey):
    return signed_ids.sign("report", survey.id)


# ---- as each provider posts


def mailgun(survey, event, at=None, token=None, key=KEY, **fields):
    at, token = at or time.time(), token or uuid4().hex
    stamp = str(int(time.time()))
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    body = {
        "signature": {"timestamp": stamp, "token": token, "signature": signature},
        "event-data": {
            "event": event,
            "timestamp": at,
            "id": f"{event}-{at}",
            "recipient": survey.survey.email,
            "user-variables": {"survey": mark(survey)},
            "message": {"headers": {"message-id": f"{survey.id}@acme.example"}},
            **fields,
        },
    }
    return {"json": body}


def postmark(survey, kind, auth=("afterword", "hünter2"), **fields):
    body = {
        "RecordType": kind,
        "MessageID": str(uuid4()),
        "Recipient": survey.survey.email,
        "Metadata": {"survey": mark(survey)},
        **fields,
    }
    return {"json": body, "auth": auth}


class SendGrid:
    def __init__(self):
        self._key = ec.generate_private_key(ec.SECP256R1())
        public = self._key.public_key()
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public_key = base64.b64encode(der).decode()

    def post(self, *events):
        body, stamp = json.dumps(events).encode(), str(int(time.time()))
        signature = self._key.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        headers = {
            "Content-Type": "application/json",
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": stamp,
        }
        return {"content": body, "headers": headers}


def sendgrid_event(survey, event, **fields):
    return {
        "email": survey.survey.email,
        "event": event,
        "timestamp": int(time.time()),
        "sg_event_id": uuid4().hex,
        "survey": mark(survey),
        **fields,
    }


SVIX_SECRET = "whsec_" + base64.b64encode(b"a secret of two dozen bytes").decode()


def resend(survey, kind, id_=None, stamp=None, **data):
    id_, stamp = id_ or f"msg_{uuid4().hex}", str(int(stamp or time.time()))
    body = json.dumps(
        {
            "type": kind,
            "created_at": timezone.now().isoformat(),
            "data": {
                "email_id": str(uuid4()),
                "to": [survey.survey.email],
                "headers": [{"name": "X-Metadata", "value": json.dumps({"survey": mark(survey)})}],
                **data,
            },
        }
    ).encode()
    key = base64.b64decode(SVIX_SECRET.removeprefix("whsec_"))
    mac = hmac.new(key, f"{id_}.{stamp}.".encode() + body, hashlib.sha256).digest()
    headers = {
        "Content-Type": "application/json",
        "svix-id": id_,
        "svix-timestamp": stamp,
        "svix-signature": "v1,bm90aGluZw== v1," + base64.b64encode(mac).decode(),
    }
    return {"content": body, "headers": headers}


SENDGRID = SendGrid()
ADDRESSES = {
    "mailgun": f"mailgun://k@mg.acme.example?webhook_signing_key={KEY}",
    "postmark": "postmark://token@?webhook_secret=afterword%3Ahünter2",
    "sendgrid": "sendgrid://k@?webhook_signing_key="
    + SENDGRID.public_key.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"),
    "resend": f"resend://k@?webhook_signing_key={SVIX_SECRET.replace('=', '%3D')}",
}
HARD = {
    "mailgun": lambda s: mailgun(
        s,
        "failed",
        severity="permanent",
        reason="bounce",
        **{"delivery-status": {"code": 550, "message": "550 5.1.1 no such user"}},
    ),
    "postmark": lambda s: postmark(
        s, "Bounce", Type="HardBounce", ID=4711, Details="550 5.1.1 no such user"
    ),
    "sendgrid": lambda s: SENDGRID.post(
        sendgrid_event(s, "bounce", type="bounce", status="5.1.1", reason="550 5.1.1 no such user")
    ),
    "resend": lambda s: resend(
        s, "email.bounced", bounce={"type": "Permanent", "message": "550 5.1.1 no such user"}
    ),
}
DELIVERED = {
    "mailgun": lambda s: mailgun(s, "delivered"),
    "postmark": lambda s: postmark(s, "Delivery", DeliveredAt=timezone.now().isoformat()),
    "sendgrid": lambda s: SENDGRID.post(sendgrid_event(s, "delivered", response="250 ok")),
    "resend": lambda s: resend(s, "email.delivered"),
}


def post(live_server, name="default", **sent):
    return httpx.post(f"{live_server.url}/hooks/mail/{name}", timeout=60, **sent).status_code


@pytest.mark.parametrize("provider", ADDRESSES)
def test_a_signed_report_is_noted_once_however_often_it_is_posted(
    live_server, account, survey, provider
):
    account(ADDRESSES[provider])
    sent = HARD[provider](survey)

    answers = [post(live_server, **sent) for _ in range(5)]
    answers.append(post(live_server, **DELIVERED[provider](survey)))

    survey = reload(survey)
    survey.survey.customer.refresh_from_db()
    assert answers == [200] * 6
    assert (mail_of(survey).state, mail_of(survey).bounce) == (State.BOUNCED, "hard")
    assert mail_of(survey).server_reply == "550 5.1.1 no such user"
    assert mail_of(survey).delivered_at
    assert survey.survey.customer.hard_bounced_at
    assert DeliveryEvent.objects.filter(kind="hard_bounced").count() == 1
    assert Suppression.objects.count() == 1


def forged(provider, sent):
    """The same post with nothing, or something else, in place of what proves it."""
    if provider == "postmark":
        yield {"json": sent["json"]}
        yield sent | {"auth": ("afterword", "wrong")}
        return
    if provider == "mailgun":
        for signature in ("", "0" * 64, None, 7, ["a"], "é"):
            proof = sent["json"]["signature"] | {"signature": signature}
            yield {"json": sent["json"] | {"signature": proof}}
        yield {"json": {"event-data": sent["json"]["event-data"]}}
        yield {"json": [1]}
        return
    headers, content = sent["headers"], sent["content"]
    yield {"content": content, "headers": {"Content-Type": "application/json"}}
    yield {"content": content + b" ", "headers": headers}
    for name in headers:
        if name != "Content-Type":
            yield {"content": content, "headers": {k: v for k, v in headers.items() if k != name}}
            yield {"content": content, "headers": headers | {name: "1"}}
            yield {"content": content, "headers": headers | {name: "=="}}


@pytest.mark.parametrize("provider", ADDRESSES)
def test_a_report_without_a_right_signature_changes_nothing(live_server, account, survey, provider):
    account(ADDRESSES[provider])

    for sent in forged(provider, HARD[provider](survey)):
        assert post(live_server, **sent) == 403

    survey = reload(survey)
    assert mail_of(survey).state == State.SENT
    assert not DeliveryEvent.objects.exists()


@pytest.mark.parametrize("times", [50, pytest.param(500, marks=pytest.mark.prove)])
def test_forged_and_replayed_reports_have_no_effect(client, account, survey, times):
    account(ADDRESSES["mailgun"])
    genuine = mailgun(survey, "delivered")["json"]
    client.post("/hooks/mail/default", genuine, content_type="application/json")
    before = DeliveryEvent.objects.count()

    for n in range(times):
        false = mailgun(survey, "complained", key=f"guess-{n}")["json"]
        answer = client.post("/hooks/mail/default", false, content_type="application/json")
        assert answer.status_code == 403
        client.post("/hooks/mail/default", genuine, content_type="application/json")

    assert (before, DeliveryEvent.objects.count()) == (1, 1)
    assert not Suppression.objects.exists()


def test_an_old_post_of_resend_is_refused(live_server, account, survey):
    account(ADDRESSES["resend"])

    assert post(live_server, **resend(survey, "email.delivered", stamp=time.time() - 600)) == 403


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("mailgun://k@mg.acme.example", "webhook_signing_key="),
        ("mailgun://k@mg.acme.example?webhook_secret=a%3Ab", "webhook_signing_key="),
        ("sendgrid://k@", "webhook_signing_key="),
        ("sendgrid://k@?webhook_signing_key=none", "webhook_signing_key="),
        ("resend://k@", "webhook_signing_key="),
        ("postmark://k@", "webhook_secret="),
        ("scaleway://k@?project_id=p", "no reports"),
    ],
)
def test_an_account_without_a_secret_says_in_the_log_what_to_set(
    live_server, account, caplog, address, what
):
    cache.clear()
    account(address)
    caplog.set_level(logging.WARNING, "afterword.sending.reports.hooks")

    assert [post(live_server, json={}) for _ in range(2)] == [404, 404]

    assert caplog.text.count(what) == 1  # within a minute, however many posts
    assert "AFTERWORD_MAIL_URL" in caplog.text or what == "no reports"


def test_an_installation_without_a_provider_has_no_such_address(live_server, account):
    for address in ("mailbox:", "smtp://mail.acme.example"):
        account(address)
        assert post(live_server, json={}) == 404


def test_a_workspace_has_an_address_of_its_own_for_its_own_surveys(live_server, account, survey):
    account("smtp://mail.acme.example")
    set_own(survey.workspace, ADDRESSES["mailgun"])
    elsewhere = a_sent_survey()
    name = str(survey.workspace_id)

    assert post(live_server, name, **mailgun(survey, "complained")) == 200
    assert post(live_server, name, **mailgun(elsewhere, "complained")) == 200
    assert post(live_server, str(elsewhere.workspace_id), **mailgun(elsewhere, "complained")) == 404
    assert post(live_server, **mailgun(survey, "complained")) == 404
    assert post(live_server, str(uuid4()), json={}) == 404
    assert post(live_server, "nonsense", json={}) == 404

    survey = reload(survey)
    elsewhere = reload(elsewhere)
    assert mail_of(survey).complained_at
    assert mail_of(elsewhere).complained_at is None


def test_a_workspace_that_sends_by_the_installations_account_has_none(live_server, account, survey):
    account(ADDRESSES["mailgun"])

    assert post(live_server, str(survey.workspace_id), **mailgun(survey, "complained")) == 404


def test_our_message_id_counts_only_with_the_recipient(live_server, account, survey):
    account(ADDRESSES["mailgun"])
    unsigned = {"user-variables": {"survey": signed_ids.sign("bounce", survey.id)}}

    post(live_server, **mailgun(survey, "complained", recipient="eve@example.com", **unsigned))
    assert not DeliveryEvent.objects.exists()
    post(
        live_server,
        **mailgun(survey, "complained", recipient=survey.survey.email.upper(), **unsigned),
    )
    assert DeliveryEvent.objects.exists()


def test_a_click_at_the_provider_is_no_answer_and_a_machines_open_no_persons(
    live_server, account, survey
):
    account(ADDRESSES["sendgrid"])
    chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"

    post(
        live_server,
        **SENDGRID.post(
            sendgrid_event(survey, "open", useragent="(via ggpht.com GoogleImageProxy)"),
            sendgrid_event(survey, "click", url="https://ask.example.com/s/x", useragent=chrome),
        ),
    )
    survey = reload(survey)
    assert (survey.opened_at, bool(survey.machine_opened_at)) == (None, True)
    assert (survey.answered_at, bool(survey.clicked_at)) == (None, True)

    post(live_server, **SENDGRID.post(sendgrid_event(survey, "open", useragent=chrome)))
    survey = reload(survey)
    assert survey.opened_at


def test_all_orders_end_in_the_same(client, account):
    account(ADDRESSES["mailgun"])
    then = timezone.now() - timedelta(hours=1)
    failed = {"severity": "permanent", "delivery-status": {"message": "550 5.1.1 no such user"}}
    ends = set()

    for order in permutations(("delivered", "opened", "failed", "complained")):
        survey = a_sent_survey(created_at=then, sent_at=then)
        for event in order:
            fields = failed if event == "failed" else {}
            fields |= {"client-info": {"user-agent": "Mozilla/5.0 (X11) Firefox/140.0"}}
            sent = mailgun(survey, event, at=then.timestamp() + 100 + len(event), **fields)
            client.post("/hooks/mail/default", sent["json"], content_type="application/json")
        survey = reload(survey)
        reasons = Suppression.objects.filter(pattern=survey.survey.email).values_list(
            "reason", flat=True
        )
        mail = mail_of(survey)
        moments = (survey.opened_at, *(getattr(mail, name) for name in MOMENTS))
        ends.add((mail.state, mail.bounce, *moments, *sorted(reasons)))

    [(state, bounce, *moments, complained, hard)] = ends
    assert (state, bounce, complained, hard) == ("bounced", "hard", "complained", "hard_bounced")
    assert all(moments)


def test_many_events_in_one_post(live_server, account, django_assert_max_num_queries):
    account(ADDRESSES["sendgrid"])
    campaign = a_campaign(a_workspace())
    surveys = [a_sent_survey(campaign) for _ in range(60)]
    events = [sendgrid_event(survey, "bounce", status="5.1.1", reason="550") for survey in surveys]

    assert post(live_server, **SENDGRID.post(*events)) == 200

    assert Suppression.objects.filter(reason="hard_bounced").count() == 60


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]x",
        b"[1]",
        b'[{"event": []}]',
        b'[{"timestamp": "x", "event": "open"}]',
        b"\xff",
    ],
)
def test_a_signed_post_that_makes_no_sense_is_refused(live_server, account, body):
    account("sendgrid://k@?webhook_secret=a%3Ab")

    assert post(live_server, content=body, auth=("a", "b")) == 400


DEEP = b"[" * 5_000


@pytest.mark.parametrize(
    ("address", "auth"),
    [
        (f"mailgun://k@mg.example?webhook_signing_key={KEY}", None),
        ("sendgrid://k@?webhook_secret=a%3Ab", ("a", "b")),
    ],
)
def test_a_post_that_is_nested_too_deeply_is_malformed(live_server, account, address, auth):
    account(address)

    headers = {"Content-Type": "application/json"}
    assert post(live_server, content=DEEP, auth=auth, headers=headers) == 400


def test_posts_are_limited(live_server, account, survey):
    account("sendgrid://k@?webhook_secret=a%3Ab")

    assert post(live_server, content=b"[" + b" " * 1024 * 1024 + b"]", auth=("a", "b")) == 413
    many = b"[" + b",".join([b'{"event":"open"}'] * 10_001) + b"]"
    assert post(live_server, content=many, auth=("a", "b")) == 413


def test_a_provider_may_ask_whether_the_address_is_there(live_server, account):
    account(ADDRESSES["mailgun"])
    address = f"{live_server.url}/hooks/mail/default"

    assert [httpx.head(address).status_code, httpx.get(address).status_code] == [200, 200]
    assert httpx.put(address).status_code == 405


def test_mandrills_signature_covers_our_public_address(client, account, survey, settings):
    account("mandrill://k@?webhook_signing_key=secret")
    event = {
        "event": "hard_bounce",
        "ts": int(time.time()),
        "_id": "m1",
        "msg": {
            "email": survey.survey.email,
            "metadata": {"survey": mark(survey)},
            "diag": "550 5.1.1 no",
        },
    }
    body = json.dumps([event])
    signed = f"{settings.BASE_URL}/hooks/mail/defaultmandrill_events{body}"
    signature = base64.b64encode(hmac.new(b"secret", signed.encode(), hashlib.sha1).digest())

    answer = client.post(
        "/hooks/mail/default",
        {"mandrill_events": body},
        headers={"X-Mandrill-Signature": signature.decode()},
    )

    survey = reload(survey)
    assert (answer.status_code, mail_of(survey).bounce) == (200, "hard")


def test_mailtraps_signature(client, account, survey):
    account("mailtrap://k@?webhook_signing_key=secret")
    event = {
        "event": "bounce",
        "message_id": "m1",
        "event_id": "e1",
        "timestamp": int(time.time()),
        "email": survey.survey.email,
        "custom_variables": {"survey": mark(survey)},
        "response": "550 5.1.1 no such user",
    }
    body = json.dumps({"events": [event]})
    signature = hmac.new(b"secret", body.encode(), hashlib.sha256).hexdigest()

    answers = [
        client.post(
            "/hooks/mail/default",
            body,
            content_type="application/json",
            headers={"Mailtrap-Signature": given},
        ).status_code
        for given in ("0" * 64, signature)
    ]

    survey = reload(survey)
    assert (answers, mail_of(survey).bounce) == ([403, 200], "hard")
