import asyncio

import pytest
from django.core.signals import request_finished
from django.test import AsyncClient

CSS = "/static/web/afterword.css"


def get(path: str, **headers: str):
    return asyncio.run(AsyncClient().get(path, headers=headers))


def test_a_static_file_is_served_whole_with_its_type_and_may_be_cached():
    response = get(CSS)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/css")
    assert "Last-Modified" in response
    assert b"{" in response.content


def test_a_browser_that_takes_gzip_gets_the_smaller_twin():
    tabler = "/static/vendor/tabler-1.6.1/tabler.min.css"
    plain, small = get(tabler), get(tabler, **{"Accept-Encoding": "gzip"})
    assert small["Content-Encoding"] == "gzip"
    assert len(small.content) < len(plain.content) / 4


def test_a_file_that_has_not_changed_is_not_sent_again():
    first = get(CSS)
    again = get(CSS, **{"If-Modified-Since": first["Last-Modified"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.slow  # where it is a process's first request, it has all pages loaded
def test_no_such_file_is_not_found():
    assert get("/static/nope.css").status_code == 404


def test_a_file_with_a_version_in_its_address_may_be_kept_for_good():
    kept = get("/static/vendor/tabler-1.6.1/tabler.min.css")["Cache-Control"]
    assert "immutable" in kept
    assert int(kept.partition("max-age=")[2].partition(",")[0]) >= 365 * 24 * 3600
    assert "immutable" not in get(CSS)["Cache-Control"]


def test_a_file_ends_the_request_once():
    """The end of a request has Django look after its connections to the database."""
    told = []

    def note(**_: object) -> None:
        told.append(1)

    request_finished.connect(note)
    get(CSS)

    assert request_finished.disconnect(note)
    assert told == [1]
