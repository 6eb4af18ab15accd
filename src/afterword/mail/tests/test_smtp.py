"""One SMTP connection, and everything that a server may do to it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar
from uuid import uuid4

import pytest
import uvloop

from afterword.mail.servers.address import SmtpServer
from afterword.mail.ways import smtp_connection
from afterword.mail.ways.smtp import Smtp
from afterword.mail.ways.way import Fault, Letter, NotSent
from tests.certificates import Authority
from tests.smtp_script import Close, Drip, Hang, Script, Wait, scripted_smtp

A_LETTER = Letter(
    uuid4(),  # which mail it is tells the server nothing
    None,
    "bounce+1@example.com",
    "ann@example.com",
    False,
    "Hello",
    b"Subject: Hello\r\n\r\n.dots\r\nhello\r\n",
)
PLAIN = ("8BITMIME",)
T = TypeVar("T")


class Impatient(Smtp):
    """For servers that fall silent; with others, a busy machine would seem to."""

    CONNECT_TIMEOUT = 1.0
    OFFER_TIMEOUT = 1.0
    BODY_TIMEOUT = 2.0


def run(
    server: SmtpServer, work: Callable[[Smtp], Awaitable[T]], connection: type[Smtp] = Smtp
) -> T:
    """Do the work with a connection, which is closed afterwards."""

    async def dialogue() -> T:
        transport = connection(server)
        try:
            return await work(transport)
        finally:
            await transport.withdraw()

    return uvloop.run(dialogue())


async def send(transport: Smtp, letter: Letter = A_LETTER) -> str:
    await transport.offer(letter)
    return await transport.hand_over(letter)


def outcomes(
    script: Script, letters: int = 1, connection: type[Smtp] = Smtp
) -> list[str | tuple[Fault, int | None]]:
    """Hand letters over on one connection; return the answers, or the faults with their codes."""

    async def dialogue(transport: Smtp) -> list[str | tuple[Fault, int | None]]:
        found: list[str | tuple[Fault, int | None]] = []
        for _ in range(letters):
            try:
                found.append(await send(transport))
            except NotSent as problem:
                found.append((problem.fault, problem.code))
        return found

    with scripted_smtp(script) as server:
        return run(server, dialogue, connection)


def refusal(script: Script, **changes) -> NotSent:
    with scripted_smtp(script) as server, pytest.raises(NotSent) as caught:
        run(replace(server, **changes), send)
    return caught.value


def test_a_mail_arrives_as_it_was_and_the_connection_is_kept():
    script = Script()

    assert outcomes(script, letters=3) == ["250 2.0.0 taken"] * 3

    assert script.connections == 1
    assert script.taken == [("bounce+1@example.com", ["ann@example.com"], A_LETTER.content)] * 3


@pytest.mark.parametrize("extensions", [("PIPELINING",), PLAIN])
def test_a_refused_mail_does_not_keep_the_next_from_going(extensions):
    answers = ["550 5.1.1 nobody", "250 ok"]
    script = Script(RCPT=answers, extensions=extensions)

    assert outcomes(script, letters=2) == [(Fault.RECIPIENT, 550), "250 2.0.0 taken"]

    assert len(script.taken) == script.connections == 1


def test_the_envelope_travels_in_one_piece_where_the_server_knows_how():
    script = Script(MAIL=Wait(0.1, "250 ok"))

    outcomes(script)

    assert script.commands[1:] == [
        "MAIL FROM:<bounce+1@example.com>",
        "RCPT TO:<ann@example.com>",
        "DATA",
    ]


def test_without_pipelining_nothing_is_said_before_its_turn():
    script = Script(MAIL="550 5.7.60 you are not this sender", extensions=PLAIN)

    assert outcomes(script) == [(Fault.SENDER, 550)]

    assert [command.split()[0] for command in script.commands] == ["EHLO", "MAIL"]


# What a server may do at each step, and what it means for the mail.
MISBEHAVIOURS = [
    (Script(banner="421 4.3.2 not now"), (Fault.SERVER, 421)),
    (Script(banner="554 5.7.1 go away"), (Fault.SERVER, 554)),
    (Script(banner=Close()), (Fault.SERVER, None)),
    (Script(banner="hello"), (Fault.SERVER, None)),
    (Script(EHLO="502 5.5.1 no"), (Fault.SERVER, 502)),
    (Script(MAIL="451 4.3.0 later"), (Fault.TEMPORARY, 451)),
    (Script(MAIL="452 4.3.1 no room"), (Fault.TEMPORARY, 452)),
    (Script(MAIL="550 5.1.8 no such sender"), (Fault.SENDER, 550)),
    (Script(MAIL="530 5.7.0 sign in first"), (Fault.SERVER, 530)),
    (Script(MAIL="421 4.4.2 bye"), (Fault.SERVER, 421)),
    (Script(MAIL=Close()), (Fault.TEMPORARY, None)),
    (Script(RCPT="450 4.2.0 greylisted"), (Fault.TEMPORARY, 450)),
    (Script(RCPT="452 4.5.3 too many"), (Fault.TEMPORARY, 452)),
    (Script(RCPT="550 5.1.1 nobody"), (Fault.RECIPIENT, 550)),
    (Script(RCPT="550 5.7.515 access denied"), (Fault.MESSAGE, 550)),
    (Script(RCPT="554 5.7.1 relay access denied"), (Fault.TEMPORARY, 554)),
    (Script(RCPT="421 4.7.0 slow down"), (Fault.TEMPORARY, 421)),
    (Script(RCPT=Close()), (Fault.TEMPORARY, None)),
    (Script(DATA="451 4.3.0 later"), (Fault.TEMPORARY, 451)),
    (Script(DATA="554 5.7.1 no"), (Fault.MESSAGE, 554)),
    (Script(DATA="250 surprise"), (Fault.SERVER, 250)),
    (Script(DATA=Close()), (Fault.TEMPORARY, None)),
    (Script(body="451 4.3.0 later"), (Fault.TEMPORARY, 451)),
    (Script(body="421 4.7.0 slow down"), (Fault.TEMPORARY, 421)),
    (Script(body="554 5.6.0 I do not like it"), (Fault.MESSAGE, 554)),
    (Script(body="550 5.1.1 nobody after all"), (Fault.RECIPIENT, 550)),
    (Script(body="354 more"), (Fault.UNKNOWN, 354)),
    (Script(body=Close()), (Fault.UNKNOWN, None)),
    (Script(body="nonsense 250"), (Fault.UNKNOWN, None)),
]
# The same where it says too little for too long.
SILENCES = [
    (Script(banner=Hang()), (Fault.SERVER, None)),
    (Script(MAIL=Hang()), (Fault.TEMPORARY, None)),
    (Script(RCPT=Hang()), (Fault.TEMPORARY, None)),
    (Script(DATA=Drip("354 go on", 0.2)), (Fault.TEMPORARY, None)),
    (Script(body=Hang()), (Fault.UNKNOWN, None)),
    (Script(body=Drip("250 taken, I think, but slowly", 0.2)), (Fault.UNKNOWN, None)),
]


@pytest.mark.parametrize("extensions", [("PIPELINING",), PLAIN], ids=["at once", "in turn"])
@pytest.mark.parametrize(("script", "outcome"), MISBEHAVIOURS)
def test_whatever_a_server_does_has_an_outcome(script, outcome, extensions):
    script = replace(script, extensions=extensions, commands=[], taken=[])

    assert outcomes(script) == [outcome]

    assert script.taken == []


@pytest.mark.parametrize("extensions", [("PIPELINING",), PLAIN], ids=["at once", "in turn"])
@pytest.mark.parametrize(("script", "outcome"), SILENCES)
def test_a_server_that_falls_silent_is_not_waited_for_for_ever(script, outcome, extensions):
    script = replace(script, extensions=extensions, commands=[], taken=[])

    assert outcomes(script, connection=Impatient) == [outcome]

    assert script.taken == []


def test_an_answer_that_takes_longer_than_the_offer_may_is_waited_for():
    script = Script(body=Wait(Impatient.OFFER_TIMEOUT + 0.2, "250 taken at last"))

    assert outcomes(script, connection=Impatient) == ["250 taken at last"]


def test_a_body_that_was_wanted_for_a_refused_recipient_is_empty_and_goes_to_nobody():
    script = Script(
        RCPT=lambda command: "250 ok" if script.taken else "550 5.1.1 nobody", DATA="354 go on"
    )

    assert outcomes(script, letters=2) == [(Fault.RECIPIENT, 550)] * 2

    assert script.taken == []
    assert script.connections == 1


def test_a_body_that_was_wanted_for_a_refused_sender_is_never_sent():
    script = Script(MAIL=["550 5.1.8 no such sender", "250 ok"], DATA="354 go on")

    assert outcomes(script, letters=2) == [(Fault.SENDER, 550), "250 2.0.0 taken"]

    assert script.connections == 2
    assert len(script.taken) == 1


@pytest.mark.parametrize("first", [Close(), "421 4.4.2 idle for too long", Hang()])
def test_a_connection_that_the_server_gave_up_is_opened_anew(first):
    script = Script(MAIL=["250 ok", first, "250 ok"])

    found = outcomes(script, 2, Impatient if isinstance(first, Hang) else Smtp)

    if isinstance(first, Hang):  # a silence is not waited for twice
        assert found == ["250 2.0.0 taken", (Fault.TEMPORARY, None)]
    else:
        assert found == ["250 2.0.0 taken"] * 2
        assert script.connections == 2


def test_what_a_server_says_unasked_ends_the_connection_and_answers_nothing():
    script = Script(body=["250 taken\r\n421 4.4.2 and bye", "250 taken again"])

    assert outcomes(script, letters=2) == ["250 taken", "250 taken again"]

    assert script.connections == 2


def test_an_endless_answer_ends():
    script = Script(MAIL="\r\n".join(["250-and"] * 20_000))

    assert outcomes(script) == [(Fault.TEMPORARY, None)]


def test_an_address_cannot_smuggle_a_command():
    letter = A_LETTER._replace(recipient="ann@example.com>\r\nRCPT TO:<eve@example.com")
    script = Script()

    with scripted_smtp(script) as server, pytest.raises(NotSent) as caught:
        run(server, lambda transport: send(transport, letter))

    assert caught.value.fault is Fault.MESSAGE
    assert [command.split()[0] for command in script.commands] == ["EHLO"]


def test_a_foreign_mailbox_needs_a_server_that_takes_it():
    letter = A_LETTER._replace(recipient="jürgen@example.com", needs_smtputf8=True)
    able, unable = Script(), Script(extensions=PLAIN)

    with scripted_smtp(able) as server:
        assert run(server, lambda transport: send(transport, letter)) == "250 2.0.0 taken"
    assert able.commands[1].endswith("SMTPUTF8 BODY=8BITMIME")
    with scripted_smtp(unable) as server, pytest.raises(NotSent) as caught:
        run(server, lambda transport: send(transport, letter))
    assert caught.value.fault is Fault.RECIPIENT


def test_withdrawn_after_the_go_ahead_a_mail_is_not_sent():
    script = Script()

    async def dialogue(transport: Smtp) -> None:
        await transport.offer(A_LETTER)
        await transport.withdraw()
        assert not transport.is_connected
        await transport.offer(A_LETTER)
        await transport.hand_over(A_LETTER)

    with scripted_smtp(script) as server:
        run(server, dialogue)

    assert len(script.taken) == 1
    assert script.connections == 2


def test_a_server_that_is_not_there_says_so():
    with scripted_smtp(Script()) as server:
        pass

    with pytest.raises(NotSent) as caught:
        run(server, Smtp.connect)
    assert caught.value.fault is Fault.SERVER
    assert "does not answer: Connection refused" in caught.value.reply


def test_a_name_that_is_not_there_says_which():
    with pytest.raises(NotSent) as caught:
        uvloop.run(Smtp(SmtpServer("nowhere.invalid", 25, "", "", "none")).connect())
    assert "nowhere.invalid is not found" in caught.value.reply


def test_a_refused_sign_in_stops_the_server_and_shows_no_password():
    script = Script(AUTH="535 5.7.8 wrong", extensions=("AUTH PLAIN",))

    problem = refusal(script, user="ann", password="hush")

    assert (problem.fault, problem.code) == (Fault.SERVER, 535)
    assert "sign-in: 535 5.7.8 wrong" in problem.reply
    assert "hush" not in problem.reply


def test_a_workspaces_server_on_a_private_network_is_not_connected_to():
    script = Script()

    problem = refusal(script, guarded=True)

    assert problem.fault is Fault.SERVER
    assert "AFTERWORD_EGRESS_ALLOW" in problem.reply
    assert script.connections == 0


@pytest.fixture
def authority(tmp_path, monkeypatch):
    found = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(found.path))
    smtp_connection.tls_context.cache_clear()
    yield found
    smtp_connection.tls_context.cache_clear()


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_mail_goes_encrypted(authority, tls):
    script = Script(tls=tls, context=authority.server("127.0.0.1"))

    assert outcomes(script, letters=2) == ["250 2.0.0 taken"] * 2

    assert script.connections == 1


@pytest.mark.parametrize("tls", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("name", "lasts", "words"),
    [
        ("mail.example.com", timedelta(days=1), "IP address mismatch"),
        ("127.0.0.1", timedelta(days=-1), "expired"),
    ],
)
def test_a_certificate_that_is_not_valid_stops_everything(authority, tls, name, lasts, words):
    script = Script(tls=tls, context=authority.server(name, lasts))

    problem = refusal(script)

    assert problem.fault is Fault.SERVER
    assert words in problem.reply
    assert "Use the name that the certificate has" in problem.reply
    assert not [command for command in script.commands if command.startswith("MAIL")]


def test_a_certificate_of_nobody_we_know_is_refused(tmp_path):
    script = Script(tls="tls", context=Authority(tmp_path).server("127.0.0.1"))

    assert "SSL_CERT_FILE" in refusal(script).reply


def test_what_was_to_be_encrypted_never_goes_plain():
    script = Script()

    problem = refusal(script, tls="starttls", user="ann", password="hush")

    assert problem.fault is Fault.SERVER
    assert "does not offer STARTTLS" in problem.reply
    assert [command.split()[0] for command in script.commands] == ["EHLO"]


def test_tls_at_once_to_a_server_that_wants_starttls_is_explained():
    assert "tls=starttls" in refusal(Script(), tls="tls").reply
