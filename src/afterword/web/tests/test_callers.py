"""By which names the pages may be called."""

from typing import Any

import pytest
from django.test import Client

from afterword.configuration import read_configuration


def call(host: str, path: str = "/accounts/login/") -> Any:
    return Client(headers={"Host": host}).get(path)


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"])
def test_this_machine_is_known_by_its_own_names(db: None, host: str):
    assert call(host).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "a b", "", "127.0.0.2"])
def test_another_name_is_refused_in_one_line_and_fills_no_log(
    host: str, caplog: pytest.LogCaptureFixture
):
    answer = call(host)

    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("text/plain")
    assert answer.content.count(b"\n") == 1
    assert "evil" not in answer.content.decode()
    assert caplog.records == []


@pytest.mark.parametrize("host", ["evil.example", "10.42.0.7:8000", "a_pod"])
def test_health_is_told_by_any_name(host: str):
    assert call(host, "/health/live").status_code == 200


@pytest.mark.parametrize(
    ("url", "bind", "names"),
    [
        ("", "", ["127.0.0.1", "localhost", "[::1]"]),
        (
            "https://ask.example.com:8443",
            "10.0.0.5:80",
            ["ask.example.com", "localhost", "127.0.0.1", "[::1]", "10.0.0.5"],
        ),
        (
            "https://frag.bücher.example",
            "[::1]:80",
            ["frag.xn--bcher-kva.example", "localhost", "127.0.0.1", "[::1]"],
        ),
    ],
)
def test_the_names_come_from_the_settings(url: str, bind: str, names: list[str]):
    found = read_configuration({"AFTERWORD_URL": url, "AFTERWORD_BIND": bind})

    assert found.hosts == names
