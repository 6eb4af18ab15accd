"""The bytes of a message, read back by the standard library's parser."""

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afterword.mail.message.assemble import MessageRefused, build, envelope_address, needs_smtputf8
from afterword.mail.message.rendered import Rendered

NOW = datetime(2026, 3, 9, 8, 5, tzinfo=UTC)
STOP = "https://ask.acme.test/u/tok-en_2"
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post",
    "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type",
]  # fmt: skip


def a_message(**changes: object) -> bytes:
    rendered = Rendered(
        str(changes.pop("subject", "How was it?")),
        str(changes.pop("html", "<p>How was it?</p>")),
        str(changes.pop("text", "How was it?\n")),
    )
    return build(
        rendered,
        **{
            "sender": "survey@acme.test",
            "sender_name": "Acme, Inc.",
            "recipient": "ann@example.com",
            "message_id": "<0192f3c4@acme.test>",
            "date": NOW,
            "unsubscribe": STOP,
            **changes,
        },  # type: ignore[arg-type]
    )


def parsed(raw: bytes) -> EmailMessage:
    """The message as a reader sees it, once it is sure that none of it was mended in reading."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    for part in message.walk():
        assert part.defects == []
        assert [defect for value in part.values() for defect in value.defects] == []
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_message_has_the_headers_of_a_well_behaved_automatic_mail():
    message = parsed(a_message())

    assert message.keys() == HEADERS
    assert message["Date"].datetime == NOW
    assert message["Message-ID"] == "<0192f3c4@acme.test>"
    assert message["List-Unsubscribe"] == f"<{STOP}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["From"].addresses[0].display_name == "Acme, Inc."


def test_the_plain_part_comes_first_and_both_are_utf_8():
    message = parsed(a_message(text="Ahoj, Žofie", html="<p>Ahoj, Žofie"))

    assert message.get_content_type() == "multipart/alternative"
    types = [part.get_content_type() for part in message.iter_parts()]
    assert types == ["text/plain", "text/html"]
    assert {part.get_content_charset() for part in message.iter_parts()} == {"utf-8"}
    assert body(message, "plain") == "Ahoj, Žofie\n"
    assert body(message, "html") == "<p>Ahoj, Žofie\n"


def test_the_same_survey_built_twice_is_the_same_message():
    assert a_message() == a_message()
    assert a_message() != a_message(message_id="<other@acme.test>")


def test_the_date_is_told_in_utc():
    message = parsed(a_message(date=NOW.astimezone(timezone(timedelta(hours=5, minutes=45)))))

    assert message["Date"] == "Mon, 09 Mar 2026 08:05:00 +0000"


def test_what_mailbox_providers_count_complaints_by_is_added():
    assert parsed(a_message(feedback_id="a:b:c"))["Feedback-ID"] == "a:b:c"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("plain words", "7bit"),
        ("From here on", "quoted-printable"),
        ("ends\n--=_", "quoted-printable"),
        ("nul \0", "quoted-printable"),
        ("x" * 998, "7bit"),
        ("x" * 999, "quoted-printable"),
        ("short\n" * 400 + "x" * 998 + "\nshort" * 400, "7bit"),
        ("short\n" * 400 + "x" * 999 + "\nshort" * 400, "quoted-printable"),
        ("mostly plain words, café", "quoted-printable"),
        ("Как вам заказ?", "base64"),
    ],
)
def test_a_part_takes_the_smallest_encoding_that_keeps_it_whole(text, encoding):
    raw = a_message(text=text)

    part = parsed(raw).get_body(("plain",))
    assert part is not None
    assert part["Content-Transfer-Encoding"] == encoding
    assert body(parsed(raw), "plain") == f"{text}\n"
    assert encoding == "7bit" or max(map(len, raw.split(b"\r\n"))) <= 78


def test_a_body_cannot_end_its_part_or_begin_another():
    boundary = parsed(a_message()).get_boundary()

    message = parsed(a_message(text=f"x\n--{boundary}\nContent-Type: text/html\n\n<b>y"))

    assert len(list(message.iter_parts())) == 2
    assert body(message, "plain") == f"x\n--{boundary}\nContent-Type: text/html\n\n<b>y\n"


@pytest.mark.parametrize(
    "name",
    [
        "Ann", "O'Neil, Ann", 'Ann "the\\best"', "=?utf-8?q?Bcc?=", "Žofie Nováková",
        "<x@evil.com>", "a@evil.com, b@evil.com", "Ann (not Bob)", ";", "你好" * 7, "x" * 64,
        "👩‍👩‍👧 family",
    ],
)  # fmt: skip
def test_a_display_name_arrives_as_it_was(name):
    message = parsed(a_message(recipient_name=name, sender_name=name))

    for header, address in (("To", "ann@example.com"), ("From", "survey@acme.test")):
        [mailbox] = message[header].addresses
        assert mailbox.addr_spec == address
        assert mailbox.display_name == name


@pytest.mark.parametrize("name", ["你好" * 30, "Ж" * 70, "Ann Ž " * 10])
def test_a_long_foreign_name_is_capped_and_cut_between_letters(name):
    raw = a_message(recipient_name=name)

    field = re.search(rb"\r\nTo: (.*?)<ann@example.com>\r\n", raw, re.DOTALL)
    assert field is not None
    assert _decoded(field[1].decode()) == name[:64].rstrip()
    assert parsed(raw)["To"].addresses[0].addr_spec == "ann@example.com"


def _decoded(words: str) -> str:
    """By RFC 2047; CPython before 3.13 keeps the space between the words of a display name."""
    return str(make_header(decode_header(words.strip())))


def test_line_breaks_vanish_from_names_and_subject():
    nasty = "Ann\r\nBcc: all@evil.com\u2028\0x"

    message = parsed(a_message(recipient_name=nasty, sender_name=nasty, subject=nasty))

    assert message.keys() == HEADERS
    assert message["Subject"] == "Ann Bcc: all@evil.com x"
    assert message["To"].addresses[0].display_name == "Ann Bcc: all@evil.com x"


@pytest.mark.parametrize("nasty", ["\r", "\n", "\r\n ", "\0", "\u2028", "\x85", "\x7f", "é"])
@pytest.mark.parametrize(
    ("argument", "header", "value"),
    [
        ("message_id", "Message-ID", "<a{}@acme.test>"),
        ("unsubscribe", "List-Unsubscribe", "https://acme.test/{}"),
        ("feedback_id", "Feedback-ID", "a{}b"),
    ],
)
def test_a_header_that_could_carry_another_is_refused_by_name(argument, header, value, nasty):
    with pytest.raises(MessageRefused, match=f"^{header}: ") as refusal:
        a_message(**{argument: value.format(nasty)})

    assert refusal.value.header == header


@pytest.mark.parametrize(
    ("changes", "header"),
    [
        ({"message_id": "0192@acme.test"}, "Message-ID"),
        ({"message_id": "<a@b> <c@d>"}, "Message-ID"),
        ({"unsubscribe": "mailto:x@acme.test"}, "List-Unsubscribe"),
        ({"unsubscribe": "https://a.test/>,<https://b.test/"}, "List-Unsubscribe"),
        ({"unsubscribe": "https://a.test/" + "x" * 900}, "List-Unsubscribe"),
        ({"date": NOW.replace(tzinfo=None)}, "Date"),
        ({"sender": ""}, "From"),
    ],
)
def test_a_message_at_fault_is_refused_with_the_header_named(changes, header):
    with pytest.raises(MessageRefused) as refusal:
        a_message(**changes)

    assert refusal.value.header == header


@pytest.mark.parametrize(
    "address",
    [
        "", "ann", "@example.com", "ann@", "a@x.test, b@y.test", "a@x.test\r\nBcc: b@y.test",
        "a@x.test b@y.test", "<a@x.test>", "Ann <a@x.test>", '"a@x.test"@y.test', "a@b@c.test",
        "a..b@x.test", ".a@x.test", "a@x..test", "a@-x.test", "a@x_y.test", "a@[127.0.0.1]",
        "a@x.test.", "a\0@x.test", "a\u2028@x.test", "=?utf-8?q?a?=@x.test", "a@x\u2028.test",
        "x" * 65 + "@x.test", "a@" + "x" * 64 + ".test", "a@é\u0300\u200b..test", "\ud800@x.test",
        "a\u202eb@x.test", "a@x.test;b@y.test", "group:a@x.test;", "a(b)@x.test",
        "a@xn--\u0434.test",
    ],
)  # fmt: skip
def test_whatever_is_not_one_plain_address_is_refused(address):
    with pytest.raises(MessageRefused, match=r"^To: "):
        a_message(recipient=address)
    with pytest.raises(MessageRefused):
        envelope_address(address)


def test_a_foreign_domain_is_written_in_ascii():
    assert envelope_address("ann@Bücher.example") == "ann@xn--bcher-kva.example"
    assert not needs_smtputf8("ann@bücher.example")

    [mailbox] = parsed(a_message(recipient="ann@bücher.example"))["To"].addresses
    assert mailbox.addr_spec == "ann@xn--bcher-kva.example"


def test_a_foreign_local_part_needs_smtputf8_and_goes_out_as_utf_8():
    assert needs_smtputf8("žofie@example.com")
    assert not needs_smtputf8("zofie@example.com")

    raw = a_message(recipient="žofie@bücher.example", recipient_name="Žofie")
    assert "<žofie@xn--bcher-kva.example>\r\n".encode() in raw
    assert raw.count(b"\r\nTo: ") == 1


def test_a_mail_says_of_which_list_it_is():
    assert parsed(a_message(list_id="surveys-1.acme.test"))["List-Id"] == "<surveys-1.acme.test>"
    assert "List-Id" not in parsed(a_message())


def test_header_lines_are_folded():
    raw = a_message(
        subject="How was your order of the ninth of March, dear customer? " * 4,
        sender_name="N" * 64,
        sender="survey-address-of-some-length@mail.department.acme.test",
        recipient_name="Ж" * 64,
        recipient="r" * 64 + "@example.com",
        message_id=f"<{'m' * 90}@acme.test>",
        feedback_id="campaign workspace " * 10,
    )

    head = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    unbreakable = (b"Message-ID: <", b" <" + b"r" * 64)
    assert [line for line in head if len(line) > 78 and not line.startswith(unbreakable)] == []
    assert parsed(raw)["Subject"].startswith("How was your order of the ninth of March, dear")


_NAMES = st.text(max_size=90) | st.text("ab ,;:<>()[]@\"'\\=?._-é你", max_size=90)
_SUBJECTS = st.text(max_size=200) | st.text('ab =?_é\t"\\', max_size=200)
_LOCALS = st.from_regex(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\.[a-z0-9+]{1,9})?", fullmatch=True)
_ADDRESSES = st.builds(
    "{}@{}".format,
    _LOCALS.filter(lambda local: "=?" not in local),
    st.from_regex(r"([a-z0-9]{1,10}\.){1,3}[a-z]{2,6}", fullmatch=True),
)
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")


def _as_header(value: str) -> str:
    return " ".join(_UNSEEN.sub(" ", value).split())


@PATIENT
@given(name=_NAMES, sender_name=_NAMES, subject=_SUBJECTS, address=_ADDRESSES)
def test_any_names_and_subject_read_back_as_written(name, sender_name, subject, address):
    raw = a_message(
        recipient_name=name, sender_name=sender_name, subject=subject, recipient=address
    )

    message = parsed(raw)
    assert message.keys() == HEADERS
    [recipient] = message["To"].addresses
    [sender] = message["From"].addresses
    assert recipient.addr_spec == address
    assert sender.addr_spec == "survey@acme.test"
    for mailbox, written in ((recipient, name), (sender, sender_name)):
        shown = _as_header(written)[:64].rstrip()
        if len(shown.encode()) <= 42:  # one encoded word: see _decoded
            assert mailbox.display_name == shown
    assert message["Subject"] == _as_header(subject)
    assert max(map(len, raw.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 90


_BODIES = st.text(st.characters(exclude_categories=["Cs"]), max_size=400) | st.text(
    "a \t.=\r\n-_é", max_size=400
)


@PATIENT
@given(text=_BODIES, html=_BODIES)
def test_any_bodies_read_back_as_written(text, html):
    message = parsed(a_message(text=text, html=html))

    assert len(list(message.iter_parts())) == 2
    for kind, written in (("plain", text), ("html", html)):
        lines = written.replace("\r\n", "\n").replace("\r", "\n")
        assert body(message, kind) == lines.removesuffix("\n") + "\n"


@PATIENT
@given(st.text(max_size=60) | st.text('ab@.,<>"\r\n =?', max_size=60))
def test_any_words_for_an_address_are_one_recipient_or_refused(address):
    try:
        raw = a_message(recipient=address)
    except MessageRefused as refusal:
        header = refusal.header
    else:
        header = "To"
        [line] = [line for line in raw.split(b"\r\n") if line.startswith(b"To: ")]
        assert line.count(b"@") == 1
        message = email.message_from_bytes(raw, policy=email.policy.SMTPUTF8)
        assert message.keys() == HEADERS
    assert header == "To"
