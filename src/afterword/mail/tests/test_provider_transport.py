"""Mail by providers' APIs, over real HTTP; the answers are of the shapes that they document."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import uvloop

from afterword.core import signed_ids
from afterword.mail.servers.address import ProviderAccount, parse_mail_url
from afterword.mail.servers.find import parse_own
from afterword.mail.ways.provider_transport import ProviderTransport
from afterword.mail.ways.way import Fault, Letter, NotSent
from tests.http_script import Answer, scripted_http

MAIL_ID = uuid4()
MARK = signed_ids.sign("report", MAIL_ID)
A_LETTER = Letter(
    MAIL_ID,
    None,
    "bounce+1@example.com",
    "zoe@example.com",
    False,
    "How was it, Zoë?",
    b"unused",
    text="How was it?",
    html="<p>How was it?</p>",
    from_address="surveys@acme.test",
    from_name='Acme, "the" shop',
    to_name="Zoë",
    headers={
        "Message-ID": "<1@acme.test>",
        "List-Unsubscribe": "<https://ask.acme.test/u/1>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
)
POSTMARK_TOOK = Answer(
    200,
    {
        "To": "zoe@example.com",
        "SubmittedAt": "2026-11-01T12:00:00Z",
        "MessageID": "b7bc2f4a-e38e-4336-af7d-e6c392c2f817",
        "ErrorCode": 0,
        "Message": "OK",
    },
)
MAILGUN_TOOK = Answer(200, {"id": "<1.1@mg.acme.test>", "message": "Queued. Thank you."})
RESEND_TOOK = Answer(200, {"id": "49a3999c-0ce1-4ea6-ab68-afcd6dc2e794"})


class Impatient(ProviderTransport):
    """For providers that fall silent; with others, a busy machine would seem to."""

    CONNECT_TIMEOUT = 1.0
    TOTAL_TIMEOUT = 1.0


def account(form: str, url: str) -> ProviderAccount:
    joined = "&" if "?" in form else "?"
    found = parse_mail_url(f"{form}{joined}api_url={quote(url, safe='')}")
    assert isinstance(found, ProviderAccount)
    return found


def sent(
    server: ProviderAccount,
    letters: int = 1,
    connection: type[ProviderTransport] = ProviderTransport,
) -> list[Any]:
    """Hand letters over; return the answers, or the faults with their codes and words."""

    async def dialogue() -> list[Any]:
        transport = connection(server)
        found: list[Any] = []
        for _ in range(letters):
            try:
                await transport.offer(A_LETTER)
                found.append(await transport.hand_over(A_LETTER))
            except NotSent as problem:
                found.append((problem.fault, problem.code, problem.reply))
        await transport.withdraw()
        return found

    return uvloop.run(dialogue())


def outcome(form: str, answer: Answer) -> Any:
    is_silent = answer.wait or answer.drip
    with scripted_http(answer) as web:
        [found] = sent(
            account(form, web.url), connection=Impatient if is_silent else ProviderTransport
        )
    return found


def test_postmark_gets_all_that_makes_the_mail():
    with scripted_http(POSTMARK_TOOK) as web:
        answers = sent(account("postmark://token@", web.url), letters=2)

    assert answers == ["Postmark: sent b7bc2f4a-e38e-4336-af7d-e6c392c2f817"] * 2
    asked = web.asked[0]
    assert asked.path == "/email"
    assert asked.headers["X-Postmark-Server-Token"] == "token"
    assert asked.values["From"] == '"Acme, \\"the\\" shop" <surveys@acme.test>'
    assert asked.values["To"] == "Zoë <zoe@example.com>"
    assert asked.values["Subject"] == "How was it, Zoë?"
    assert asked.values["TextBody"] == "How was it?"
    assert asked.values["HtmlBody"] == "<p>How was it?</p>"
    assert asked.values["Metadata"] == {"mail": MARK}
    assert (asked.values["TrackOpens"], asked.values["TrackLinks"]) == (False, "None")
    assert {"Name": "Message-ID", "Value": "<1@acme.test>"} in asked.values["Headers"]
    assert "List-Unsubscribe-Post" in [header["Name"] for header in asked.values["Headers"]]


def test_mailgun_gets_it_for_its_domain():
    with scripted_http(MAILGUN_TOOK) as web:
        answers = sent(account("mailgun://key@mg.acme.test", web.url))

    assert answers == ["Mailgun: queued <1.1@mg.acme.test>"]
    asked = web.asked[0]
    assert asked.path == "/mg.acme.test/messages"
    assert asked.values["v:mail"] == MARK
    assert asked.values["h:List-Unsubscribe"] == "<https://ask.acme.test/u/1>"
    assert (asked.values["o:tracking-opens"], asked.values["o:tracking-clicks"]) == ("no", "no")


def test_resend_takes_the_same_mail_only_once():
    with scripted_http(RESEND_TOOK) as web:
        answers = sent(account("resend://key@", web.url), letters=2)

    assert answers == ["Resend: queued 49a3999c-0ce1-4ea6-ab68-afcd6dc2e794"] * 2
    assert [asked.headers["Idempotency-Key"] for asked in web.asked] == [MARK, MARK]


def test_a_provider_without_metadata_gets_the_mark_as_a_tag():
    answer = Answer(202, "", {"X-Message-Id": "1", "Content-Type": "text/html"})
    with scripted_http(answer) as web:
        assert sent(account("mailersend://token@", web.url)) == ["MailerSend: queued 1"]

    assert web.asked[0].values["tags"] == [MARK]
    assert web.asked[0].values["list_unsubscribe"] == "https://ask.acme.test/u/1"
    assert "headers" not in web.asked[0].values


INACTIVE = (
    "You tried to send to recipient(s) that have been marked as inactive.\nFound inactive "
    "addresses: zoe@example.com.\nInactive recipients are ones that have generated a hard bounce."
)


@pytest.mark.parametrize(
    ("form", "answer", "fault", "code"),
    [
        ("postmark://k@", Answer(401, {"ErrorCode": 10, "Message": "No token"}), "SERVER", None),
        ("postmark://k@", Answer(422, {"ErrorCode": 406, "Message": INACTIVE}), "RECIPIENT", None),
        (
            "postmark://k@",
            Answer(
                422,
                {"ErrorCode": 300, "Message": "Invalid 'To' address: 'zoe@example.com'."},
            ),
            "RECIPIENT",
            None,
        ),
        (
            "postmark://k@",
            Answer(422, {"ErrorCode": 400, "Message": "The Sender Signature was not found."}),
            "SENDER",
            None,
        ),
        (
            "postmark://k@",
            Answer(422, {"ErrorCode": 300, "Message": "Invalid metadata content."}),
            "MESSAGE",
            None,
        ),
        ("postmark://k@", Answer(429, {"ErrorCode": 1, "Message": "slow"}), "TEMPORARY", 421),
        ("postmark://k@", Answer(503, {"ErrorCode": 1, "Message": "away"}), "TEMPORARY", 421),
        ("postmark://k@", Answer(500, {"ErrorCode": 1, "Message": "oops"}), "UNKNOWN", None),
        ("postmark://k@", Answer(502, "<html>bad gateway</html>"), "UNKNOWN", None),
        ("postmark://k@", Answer(200, "not JSON"), "UNKNOWN", None),
        ("postmark://k@", Answer(302, "", {"Location": "http://10.0.0.1/"}), "SERVER", None),
        ("postmark://k@", Answer(wait=3), "UNKNOWN", None),
        ("postmark://k@", Answer(200, "x" * 60, drip=0.1), "UNKNOWN", None),
        ("postmark://k@", Answer(200, "x" * 2_000_000), "UNKNOWN", None),
        ("postmark://k@", Answer(closes=True), "UNKNOWN", None),
        ("mailgun://k@mg.acme.test", Answer(401, "Forbidden"), "SERVER", None),
        (
            "mailgun://k@mg.acme.test",
            Answer(400, {"message": "'to' parameter is not a valid address. please check"}),
            "RECIPIENT",
            None,
        ),
        ("mailgun://k@mg.acme.test", Answer(404, "Domain not found"), "SERVER", None),
        ("mailgun://k@mg.acme.test", Answer(413, {"message": "too big"}), "MESSAGE", None),
        (
            "resend://k@",
            Answer(403, {"name": "validation_error", "message": "The domain is not verified."}),
            "SENDER",
            None,
        ),
        ("resend://k@", Answer(422, {"message": "Invalid `to` field."}), "RECIPIENT", None),
        ("resend://k@", Answer(500, {"message": "oops"}), "TEMPORARY", None),
        (
            "resend://k@",
            Answer(409, {"name": "concurrent_idempotent_requests", "message": "wait"}),
            "TEMPORARY",
            None,
        ),
        (
            "mailjet://k:s@",
            Answer(400, {"Messages": [{"Status": "error", "Errors": [{"ErrorCode": "mj-1"}]}]}),
            "MESSAGE",
            None,
        ),
        ("mandrill://k@", Answer(500, {"status": "error", "name": "Invalid_Key"}), "SERVER", None),
        (
            "mandrill://k@",
            Answer(200, [{"email": "zoe@example.com", "status": "rejected", "_id": "1"}]),
            "RECIPIENT",
            None,
        ),
        (
            "postal://k@postal.acme.test",
            Answer(200, {"status": "error", "data": {"code": "UnauthenticatedFromAddress"}}),
            "SENDER",
            None,
        ),
    ],
)
def test_what_a_provider_answers_is_sorted(form, answer, fault, code):
    found = outcome(form, answer)

    assert found[:2] == (Fault[fault], code), found
    assert found[2]


def test_a_mail_that_was_taken_in_other_words_before_counts_as_sent():
    answer = Answer(409, {"name": "invalid_idempotent_request", "message": "another payload"})

    assert outcome("resend://k@", answer) == "Resend: taken before"


def test_a_provider_that_cannot_be_reached_has_got_nothing():
    with scripted_http(RESEND_TOOK) as web:
        pass

    [(fault, _, words)] = sent(account("postmark://hush@", web.url))

    assert fault is Fault.SERVER
    assert "cannot be reached" in words
    assert "hush" not in words


def test_a_workspaces_account_may_not_lead_to_a_private_network():
    with scripted_http(POSTMARK_TOOK) as web:
        own = parse_own(f"postmark://k@?api_url={quote(web.url, safe='')}")
        assert isinstance(own, ProviderAccount)
        [(fault, _, words)] = sent(own)

    assert fault is Fault.SERVER
    assert "AFTERWORD_EGRESS_ALLOW" in words
    assert web.asked == []


def test_what_no_provider_could_send_is_refused_before_it_is_offered():
    letter = A_LETTER._replace(recipient="zoe@")

    async def dialogue(transport: ProviderTransport) -> None:
        try:
            await transport.offer(letter)
        finally:
            await transport.withdraw()

    with scripted_http(POSTMARK_TOOK) as web, pytest.raises(NotSent) as caught:
        uvloop.run(dialogue(ProviderTransport(account("postmark://k@", web.url))))
    assert caught.value.fault is Fault.MESSAGE
    assert web.asked == []
