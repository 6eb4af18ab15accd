"""Files of customers for tests, and the way from one to customers without a browser."""

from collections.abc import Sequence
from typing import Any

from asgiref.sync import async_to_sync
from django.test import AsyncClient

from afterword.core.clock import database_now
from afterword.customers.importing.begin import begin
from afterword.customers.importing.keep import keep
from afterword.customers.importing.kind import IMPORT
from afterword.customers.importing.models import Import
from afterword.customers.models import Customer
from afterword.long_work.models import Work
from afterword.workspaces.models import Member
from tests.long_work import stored, work_until_done


def a_file(member: Member, content: str | bytes, name: str = "people.csv") -> Import:
    """A file that was brought, and not started."""
    data = content.encode() if isinstance(content, str) else content
    chunks = (data[at : at + 65_536] for at in range(0, len(data), 65_536))
    return keep(member.workspace_id, name, chunks, database_now(), by=member.user, may_define=True)


def start_import(
    member: Member, content: str | bytes, targets: Sequence[str] | None = None, **options: Any
) -> Work:
    """An import that waits for a worker, with the columns as they were guessed."""
    file = a_file(member, content)
    for name, value in options.items():
        setattr(file, name, value)
    return begin(file, IMPORT, targets or file.targets, database_now())


def import_all(
    member: Member, content: str | bytes, targets: Sequence[str] | None = None, **options: Any
) -> Work:
    work = start_import(member, content, targets, **options)
    work_until_done()
    return stored(work)


def counts(work: Work) -> dict[str, int]:
    """What became of the rows, without what is 0."""
    return {name: count for name, count in work.report.items() if count}


def refused(work: Work) -> dict[int, str]:
    """Why lines were refused, by their number."""
    rows = Import.objects.get(work=work).rows.exclude(reason="")
    return dict(rows.values_list("line", "reason"))


def customer(member: Member, email: str) -> Customer:
    return Customer.objects.get(workspace=member.workspace_id, email=email)


def downloaded(member: Member, address: str) -> bytes:
    """Ask for a file as a browser does, and read all of it."""

    async def ask() -> bytes:
        browser = AsyncClient()
        await browser.aforce_login(member.user)
        answer: Any = await browser.get(address)
        assert answer["Content-Disposition"].startswith("attachment; filename=")
        return b"".join([piece async for piece in answer.streaming_content])

    return async_to_sync(ask)()
