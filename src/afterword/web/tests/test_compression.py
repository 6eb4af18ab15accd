"""What is downloaded arrives whole in browsers, which unpack one gzip stream and no second."""

import zlib
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient

from afterword.customers import export
from tests.factories import a_customer, a_member

pytestmark = pytest.mark.django_db(transaction=True)


def downloaded(member, accepts):
    async def ask() -> Any:
        browser = AsyncClient()
        await browser.aforce_login(member.user)
        answer: Any = await browser.get(
            "/customers/export.csv", headers={"Accept-Encoding": accepts}
        )
        pieces = [piece async for piece in answer.streaming_content]
        return answer, pieces

    return async_to_sync(ask)()


@pytest.fixture
def member(monkeypatch):
    monkeypatch.setattr(export, "PIECE", 1)
    member = a_member()
    for name in ("ann", "bob", "cid"):
        a_customer(member.workspace, email=f"{name}@example.com")
    return member


def test_a_download_in_many_pieces_is_one_gzip_stream(member):
    answer, pieces = downloaded(member, "gzip, deflate, br")

    unpacking = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    text = unpacking.decompress(b"".join(pieces)).decode()
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert [name in text for name in ("ann@", "bob@", "cid@")] == [True] * 3
    assert unpacking.eof
    assert not unpacking.unused_data
    assert len(pieces) > 3


def test_who_takes_no_gzip_gets_the_download_as_it_is(member):
    answer, pieces = downloaded(member, "identity")

    assert "Content-Encoding" not in answer
    assert "cid@example.com" in b"".join(pieces).decode()
