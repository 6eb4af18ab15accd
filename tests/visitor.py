"""Submits the forms of pages in-process, and leaves everything as it was."""

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from afterword.workspaces.models import Member
from tests.forms import Form, forms_of

FORM = "application/x-www-form-urlencoded"


class Visitor:
    """An owner after whom nothing stays: each request's changes are undone."""

    def __init__(self, member: Member) -> None:
        self.browser = Client(raise_request_exception=False)
        self.browser.force_login(member.user)
        self._session = self.browser.cookies["sessionid"].value

    def ask(self, form: Form, look: Callable[[], object] = bool) -> tuple[Any, float]:
        """Return the response, and the processor's seconds that it took.

        `look` is called before the changes are undone.
        """
        self.browser.cookies.clear()
        self.browser.cookies["sessionid"] = self._session
        began = time.process_time()
        with transaction.atomic():
            response = self._send(form)
            if response.streaming:
                async_to_sync(read)(response)
            look()
            transaction.set_rollback(True)
        return response, time.process_time() - began

    def _send(self, form: Form) -> Any:
        if form.method == "get":
            path = urlsplit(form.action).path
            return self.browser.get(f"{path}?{encoded(form.fields)}")
        if not form.files:
            return self.browser.post(form.action, encoded(form.fields), content_type=FORM)
        return self.browser.post(form.action, dict(parts(form)))


async def read(response: Any) -> None:
    async for _ in response.streaming_content:
        pass


def encoded(fields: dict[str, list[str]]) -> str:
    return urlencode(fields, doseq=True, errors="surrogatepass")


def parts(form: Form) -> Iterator[tuple[str, Any]]:
    for name, values in form.fields.items():
        raw = [value.encode(errors="surrogatepass") for value in values]
        is_file = name in form.files
        yield name, [SimpleUploadedFile("a.csv", one) for one in raw] if is_file else raw


def forms_at(visitor: Visitor, address: str) -> list[Form]:
    """Return the page's forms, and its address as one if it asks for something."""
    query = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    asked = Form("get", address, {name: [value] for name, value in query}, frozenset(), {})
    page = visitor.browser.get(address, follow=True)
    assert page.status_code == 200, address
    here = f"{page.request['PATH_INFO']}?{page.request['QUERY_STRING']}"
    found = forms_of(page.content.decode(), here)
    forms = [form._replace(action=urljoin(here, form.action)) for form in found]
    return [asked, *forms] if query else forms


def every_form(visitor: Visitor, addresses: list[str]) -> list[Form]:
    """Return those of all pages; those that differ in nothing but what is in them once."""
    found = {}
    for address in addresses:
        for form in forms_at(visitor, address):
            known = form.method, urlsplit(form.action).path, *sorted(form.fields), *form.unticked
            found.setdefault(known, form)
    return list(found.values())
