"""Asking DNS, over real sockets: what there is, what there is not, and when nobody can say."""

import time

import pytest

from afterword.core.dns import Answer, Dns, Kind, Question, ascii_name
from tests.dns_server import Zones, dns_server, silent_server

AWAY = Answer(Kind.AWAY)


def ask(server, name, type_="MX", within=3.0):
    question = Question(name, type_)
    return Dns([server.address]).ask_all([question], within)[question]


def test_records_are_found():
    with dns_server({"acme.com": {"MX": ["10 mx.acme.com.", "20 mx2.acme.com."]}}) as server:
        answer = ask(server, "acme.com")

    assert answer.kind is Kind.FOUND
    assert set(answer.values) == {"10 mx.acme.com.", "20 mx2.acme.com."}


def test_many_questions_are_asked_at_once():
    names = [f"c{n}.com" for n in range(200)]
    with dns_server({name: {"A": ["192.0.2.1"]} for name in names}) as server:
        answers = Dns([server.address]).ask_all([Question(name, "A") for name in names])

    assert all(answer == Answer(Kind.FOUND, ("192.0.2.1",)) for answer in answers.values())


def test_a_text_is_one_however_it_was_split():
    with dns_server({"acme.com": {"TXT": ['"v=spf1 " "include:x ~all"', '"other"']}}) as server:
        answer = ask(server, "acme.com", "TXT")

    assert sorted(answer.values) == ["other", "v=spf1 include:x ~all"]


def test_an_answer_too_large_for_udp_comes_by_tcp():
    huge = " ".join('"' + "x" * 250 + '"' for _ in range(40))
    with dns_server({"acme.com": {"TXT": [huge, '"second"']}}) as server:
        answer = ask(server, "acme.com", "TXT")

        assert max(map(len, answer.values)) == 10_000
        assert server.over_tcp


def test_a_text_that_is_no_utf_8_is_read_all_the_same():
    with dns_server({"acme.com": {"TXT": ['"caf\\233"']}}) as server:
        assert ask(server, "acme.com", "TXT").values == ("caf\ufffd",)


def test_a_name_without_such_a_record_is_told_from_no_name():
    with dns_server({"acme.com": {"TXT": ['"x"']}}) as server:
        assert ask(server, "acme.com") == Answer(Kind.NONE)
        assert ask(server, "nobody.com") == Answer(Kind.NO_DOMAIN)


def test_a_name_under_a_top_level_domain_that_is_none_does_not_exist():
    with dns_server() as server:
        assert ask(server, "acme.con") == Answer(Kind.NO_DOMAIN)


def test_a_resolver_that_knows_no_outside_is_not_believed():
    with dns_server({}) as server:
        assert ask(server, "acme.com") == AWAY


def test_whether_it_knows_the_outside_is_asked_once():
    with dns_server() as server:
        asking = Dns([server.address])
        asking.ask_all([Question(f"c{n}.com", "MX") for n in range(20)])
        asking.ask_all([Question(f"d{n}.com", "MX") for n in range(20)])

        assert server.asked.count(("com", "NS")) == 1


def test_an_alias_is_followed():
    zones = {"a.com": {"CNAME": ["b.com."]}, "b.com": {"TXT": ['"here"']}}
    with dns_server(zones) as server:
        assert ask(server, "a.com", "TXT").values == ("here",)


def test_aliases_that_go_round_say_nothing():
    zones = {"a.com": {"CNAME": ["b.com."]}, "b.com": {"CNAME": ["a.com."]}}
    with dns_server(zones) as server:
        assert ask(server, "a.com").kind in (Kind.NONE, Kind.AWAY)


@pytest.mark.parametrize("fault", ["SERVFAIL", "REFUSED", "garbage"])
def test_a_server_in_trouble_says_nothing(fault):
    with dns_server({"acme.com": fault}) as server:
        assert ask(server, "acme.com", within=1.0) == AWAY


def test_one_silent_name_does_not_keep_the_others():
    zones: Zones = {"slow.com": "silent", "acme.com": {"MX": ["10 mx.acme.com."]}}
    with dns_server(zones) as server:
        began = time.monotonic()
        slow, quick, gone = (
            Dns([server.address])
            .ask_all(
                [
                    Question("slow.com", "MX"),
                    Question("acme.com", "MX"),
                    Question("gone.com", "MX"),
                ],
                within=2.0,
            )
            .values()
        )

    assert time.monotonic() - began < 4
    assert (slow, quick.kind, gone.kind) == (AWAY, Kind.FOUND, Kind.NO_DOMAIN)


def test_however_many_are_asked_the_time_is_limited():
    with silent_server() as address:
        began = time.monotonic()
        answers = Dns([address]).ask_all([Question(f"c{n}.com", "A") for n in range(300)], 0.5)

    assert time.monotonic() - began < 5
    assert set(answers.values()) == {AWAY}


def test_a_second_server_is_asked_where_the_first_is_dead():
    with silent_server() as dead, dns_server({"acme.com": {"A": ["192.0.2.1"]}}) as server:
        question = Question("acme.com", "A")

        assert Dns([dead, server.address]).ask_all([question])[question].kind is Kind.FOUND


def test_where_dns_is_off_nobody_is_asked():
    question = Question("acme.com", "A")

    assert Dns([]).ask_all([question]) == {question: AWAY}


@pytest.mark.parametrize("name", ["x" * 300 + ".com", ".".join(["label"] * 60), "a..com"])
def test_a_name_that_cannot_be_one_does_not_exist(name):
    with dns_server() as server:
        assert ask(server, name) == Answer(Kind.NO_DOMAIN)


@pytest.mark.parametrize(
    ("name", "ascii_"),
    [
        ("Acme.COM.", "acme.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("x" * 64 + ".com", None),
        ("a..com", None),
        ("", None),
        ("é" * 300, None),
        ("\ud800.com", None),
    ],
)
def test_names_are_asked_for_in_ascii(name, ascii_):
    assert ascii_name(name) == ascii_
