"""The settings: what each may be, and how a wrong one is named."""

import stat
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.configuration import (
    Bind,
    SettingError,
    kept_secret,
    read_configuration,
)
from afterword.core.name_servers import NameServer
from afterword.mail.servers.address import SmtpServer
from afterword.running.lock import only_one


def problems_of(**values: str) -> tuple[str, ...]:
    with pytest.raises(SettingError) as refused:
        read_configuration({f"AFTERWORD_{name}": value for name, value in values.items()})
    return refused.value.problems


def test_nothing_set_means_a_local_installation_with_a_mailbox():
    found = read_configuration({})

    assert (found.bind, found.url) == (Bind("127.0.0.1", 8000), "http://127.0.0.1:8000")
    assert (found.database_url, found.mail, found.workspace) == (None, None, "Demo")
    assert (found.web_processes, found.worker_processes, found.egress_allow) == (1, 1, ())


def test_an_empty_value_counts_as_none():
    assert read_configuration({"AFTERWORD_URL": " "}).url == "http://127.0.0.1:8000"


def test_every_wrong_value_is_named_at_once():
    found = problems_of(BIND="x", URL="ftp://x", MAIL_URL="smtp://", WEB_PROCESSES="0")

    assert [line.split(":")[0] for line in found] == [
        "AFTERWORD_BIND",
        "AFTERWORD_URL",
        "AFTERWORD_MAIL_URL",
        "AFTERWORD_WEB_PROCESSES",
    ]


def test_a_misspelt_setting_is_refused_with_the_right_spelling():
    (found,) = problems_of(BNID="127.0.0.1:80")

    assert "AFTERWORD_BNID" in found
    assert "AFTERWORD_BIND?" in found


def test_a_value_may_come_from_a_file(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("k" * 40 + "\n")

    found = read_configuration({"AFTERWORD_SECRET_KEY_FILE": str(secret)})

    assert found.secret_key == "k" * 40


def test_a_value_and_a_file_together_are_refused(tmp_path: Path):
    (tmp_path / "url").write_text("https://a.example")

    (found,) = problems_of(URL="https://b.example", URL_FILE=str(tmp_path / "url"))

    assert "AFTERWORD_URL_FILE, not both" in found


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    (found,) = problems_of(URL_FILE=str(tmp_path / "absent"))

    assert found.startswith("AFTERWORD_URL_FILE: cannot read")


@pytest.mark.parametrize(
    ("text", "bind"),
    [("0.0.0.0:80", Bind("0.0.0.0", 80)), ("[::1]:8000", Bind("::1", 8000))],
)
def test_where_to_listen(text: str, bind: Bind):
    found = read_configuration({"AFTERWORD_BIND": text})

    assert found.bind == bind
    assert str(found.bind) == text


def test_the_public_address_of_a_wildcard_is_one_that_can_be_opened():
    assert read_configuration({"AFTERWORD_BIND": "[::]:80"}).url == "http://[::1]:80"


@pytest.mark.parametrize("text", ["8000", "host", "::1:80", "a:0", "a:70000", "http://a:80", "a:²"])
def test_what_cannot_be_listened_on_is_refused(text: str):
    (found,) = problems_of(BIND=text)

    assert "127.0.0.1:8000" in found


@pytest.mark.parametrize(
    ("text", "server"),
    [
        (
            "smtp://ann:p%40ss@mail.example:2525?tls=tls",
            SmtpServer("mail.example", 2525, "ann", "p@ss", "tls"),
        ),
        ("smtp://mail.example", SmtpServer("mail.example", 587, "", "", "starttls")),
        ("smtp://127.0.0.1:1025", SmtpServer("127.0.0.1", 1025, "", "", "none")),
        ("smtp://[::1]?tls=starttls", SmtpServer("::1", 587, "", "", "starttls")),
    ],
)
def test_a_mail_server(text: str, server: SmtpServer):
    assert read_configuration({"AFTERWORD_MAIL_URL": text}).mail == server


@pytest.mark.parametrize(
    "text",
    ["postmark://key", "smtp://a?tls=maybe", "smtp://a?tsl=tls", "smtp://a:b:c", "smtp://a/b", "x"],
)
def test_mail_that_cannot_be_sent_is_refused(text: str):
    (found,) = problems_of(MAIL_URL=text)

    assert found.startswith("AFTERWORD_MAIL_URL")


def test_secrets_are_not_shown():
    found = read_configuration(
        {
            "AFTERWORD_MAIL_URL": "smtp://ann:hush@mail.example",
            "AFTERWORD_DATABASE_URL": "postgres://ann:hush@db.example/afterword",
            "AFTERWORD_SECRET_KEY": "hush" * 8,
        }
    )

    assert "hush" not in repr(found)
    assert found.database_url == "postgresql://ann:hush@db.example/afterword"


@pytest.mark.parametrize(
    "text", ["mysql://a/b", "postgresql://host", "afterword", "postgres://a:b"]
)
def test_what_is_no_database_is_refused_without_repeating_a_password(text: str):
    (found,) = problems_of(DATABASE_URL=text)

    assert text not in found


def test_private_networks_that_webhooks_may_reach():
    found = read_configuration({"AFTERWORD_EGRESS_ALLOW": "127.0.0.1/32, 10.0.0.0/8 ::1"})

    assert found.egress_allow == tuple(
        ip_network(each) for each in ("127.0.0.1/32", "10.0.0.0/8", "::1/128")
    )


@pytest.mark.parametrize(
    ("text", "networks"),
    [
        ("", ["127.0.0.0/8", "::1/128"]),
        ("10.0.0.5, 172.16.0.0/12", ["10.0.0.5/32", "172.16.0.0/12"]),
        ("off", []),
    ],
)
def test_proxies_that_are_believed(text: str, networks: list[str]):
    found = read_configuration({"AFTERWORD_TRUSTED_PROXIES": text})

    assert found.trusted_proxies == tuple(map(ip_network, networks))


@pytest.mark.parametrize("text", ["proxy.example", "10.0.0.1/8", "10.0.0.0/8;10.0.0.1", "*"])
def test_a_proxy_that_is_no_network_stops_the_start(text: str):
    (found,) = problems_of(TRUSTED_PROXIES=text)

    assert found.startswith("AFTERWORD_TRUSTED_PROXIES: ")


@given(
    st.dictionaries(
        st.sampled_from(
            ["BIND", "URL", "MAIL_URL", "DATABASE_URL", "EGRESS_ALLOW", "TRUSTED_PROXIES", "DATA"]
        ),
        st.text(st.characters(exclude_characters="\0", codec="utf-8")),
    )
)
def test_any_text_is_understood_or_refused_by_name(values: dict[str, str]):
    environ = {f"AFTERWORD_{name}": value for name, value in values.items()}
    try:
        read_configuration(environ)
    except SettingError as error:
        for problem in error.problems:
            assert problem.split(":")[0] in environ


def test_the_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path):
    path = tmp_path / "data" / "secret-key"

    first, second = kept_secret(path), kept_secret(path)

    assert first == second
    assert len(first) >= 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["secret-key"]


def test_a_data_folder_that_nothing_can_be_kept_in_is_named(tmp_path: Path):
    (tmp_path / "file").touch()
    # Not below a file; nor in /dev/fd, where it is: it takes nothing, from root neither.
    for folder in (tmp_path / "file" / "below", Path("/dev/fd")):
        words = rf"AFTERWORD_DATA: nothing can be kept in {folder}: "
        with pytest.raises(SettingError, match=words):
            kept_secret(folder / "secret-key")
        with pytest.raises(SettingError, match=words), only_one(folder):
            pass


def test_dns_servers_are_given_by_address():
    found = read_configuration({"AFTERWORD_DNS": "10.0.0.2, 127.0.0.1:5353 ::1 [::1]:5353"})

    assert found.dns == (
        NameServer("10.0.0.2", 53),
        NameServer("127.0.0.1", 5353),
        NameServer("::1", 53),
        NameServer("::1", 5353),
    )


@pytest.mark.parametrize(("environ", "dns"), [({}, None), ({"AFTERWORD_DNS": "off"}, ())])
def test_dns_is_the_systems_unless_it_is_off(environ, dns):
    assert read_configuration(environ).dns == dns


@pytest.mark.parametrize("text", ["ns.example.com", "10.0.0.2:0", "10.0.0", "1.1.1.1, off", "@"])
def test_a_dns_server_that_is_no_address_is_named(text):
    (found,) = problems_of(DNS=text)

    assert found.startswith("AFTERWORD_DNS: ")
    assert "127.0.0.1:5353" in found
