import asyncio

import dkim
import pytest
from django.core.exceptions import SynchronousOnlyOperation

from afterword.mail.models import SenderDomain
from afterword.mail.senders import find
from afterword.mail.senders.find import Sender, load_senders, sender_of
from afterword.workspaces.models import Workspace
from tests.factories import a_sender_domain, a_workspace

pytestmark = pytest.mark.django_db
DEFAULT = "surveys@ask.acme.com"


@pytest.fixture(autouse=True)
def _fresh(settings):
    settings.BASE_URL = "https://ask.acme.com"
    find.default_address.cache_clear()
    find._kept.clear()
    yield
    find.default_address.cache_clear()


def grow_old(workspace: Workspace) -> None:
    """Let the time go by for which the sender is kept."""
    find._kept[workspace.id] = find._kept[workspace.id]._replace(until=0.0)


def test_without_a_choice_mail_comes_unsigned_from_the_default_address():
    assert sender_of(a_workspace()) == Sender(DEFAULT, None)


def test_the_address_chosen_is_used_and_signed_for():
    workspace = a_workspace(sender_address="hello@acme.com")
    domain = a_sender_domain(workspace, "acme.com")

    address, signer = sender_of(workspace)

    assert address == "hello@acme.com"
    assert signer
    record = f"v=DKIM1; k=rsa; p={domain.public_key}".encode()
    signed = signer.sign(b"From: hello@acme.com\r\n\r\nx\r\n")
    assert dkim.verify(signed, dnsfunc=lambda name, timeout=5: record)


@pytest.mark.parametrize("why", ["not verified", "of another workspace", "removed"])
def test_an_address_whose_domain_cannot_be_signed_for_is_not_used(why):
    workspace = a_workspace(sender_address="hello@acme.com")
    if why == "not verified":
        a_sender_domain(workspace, verified_at=None)
    if why == "of another workspace":
        a_sender_domain(a_workspace())

    assert sender_of(workspace) == Sender(DEFAULT, None)


def test_the_default_address_is_signed_for_where_its_domain_is_verified():
    workspace = a_workspace()
    a_sender_domain(workspace, "ask.acme.com")

    address, signer = sender_of(workspace)

    assert address == DEFAULT
    assert signer
    assert signer.domain == "ask.acme.com"


@pytest.mark.parametrize("key", ["junk", "", None])
def test_a_key_that_cannot_be_read_stops_no_mail(key, caplog):
    workspace = a_workspace(sender_address="hello@acme.com")
    domain = a_sender_domain(workspace)
    sealed = domain.sealed_private_key[:-20] if key is None else key
    SenderDomain.objects.update(sealed_private_key=sealed)

    assert sender_of(workspace) == Sender(DEFAULT, None)
    assert "mail from acme.com cannot be signed" in caplog.text


def test_an_international_domain_is_written_in_ascii():
    workspace = a_workspace(sender_address="hello@bücher.com")
    a_sender_domain(workspace, "xn--bcher-kva.com")

    assert sender_of(workspace).address == "hello@xn--bcher-kva.com"


def test_senders_are_kept_for_some_seconds(django_assert_num_queries):
    workspaces = [a_workspace(), a_workspace(), a_workspace()]

    with django_assert_num_queries(1):
        load_senders(workspaces)
        for workspace in workspaces * 3:
            sender_of(workspace)


def test_a_change_is_heard_of_soon():
    workspace = a_workspace(sender_address="hello@acme.com")
    assert sender_of(workspace).address == DEFAULT

    a_sender_domain(workspace)
    grow_old(workspace)

    assert sender_of(workspace).address == "hello@acme.com"


def test_another_choice_holds_at_once():
    workspace = a_workspace()
    a_sender_domain(workspace)
    sender_of(workspace)

    workspace.sender_address = "hello@acme.com"

    assert sender_of(workspace).address == "hello@acme.com"


def test_an_event_loop_takes_an_older_copy():
    workspace = a_workspace()
    load_senders([workspace])
    grow_old(workspace)

    async def in_a_loop() -> Sender:
        return sender_of(workspace)

    assert asyncio.run(in_a_loop()).address == DEFAULT


def test_an_event_loop_must_have_loaded_it_before():
    workspace = a_workspace()

    async def in_a_loop() -> Sender:
        return sender_of(workspace)

    with pytest.raises(SynchronousOnlyOperation):
        asyncio.run(in_a_loop())
