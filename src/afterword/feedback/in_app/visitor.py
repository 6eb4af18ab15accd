"""Who looks at a page of the company's application, and how far that is to be believed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from afterword.campaigns.channels.in_app.identity import Proof, note_heard, prove
from afterword.campaigns.models import InAppIdentity
from afterword.core.email_address import normalise
from afterword.core.sealed import Unreadable
from afterword.customers.identities import keys
from afterword.customers.meet import Said, Terms, Verb, meet
from afterword.customers.models import Customer, Identity, IdKind
from afterword.customers.properties import held_types
from afterword.suppressions.suppress import look_up_standings
from afterword.workspaces.models import Workspace

SOURCE = "In-app"


@dataclass(frozen=True, slots=True)
class Named:
    """What a page says of its visitor. Of `traits` only names are taken, into empty fields."""

    user_id: str = ""
    email: str = ""
    hash: str = ""
    traits: Mapping[str, object] = field(default_factory=dict)
    origin: str = ""  # of the page


@dataclass(frozen=True, slots=True)
class Visitor:
    """`customer` is None for whoever is not known, or not believed."""

    customer: Customer | None
    proof: Proof

    @property
    def is_claimed(self) -> bool:
        return self.proof is Proof.CLAIMED


def find_visitor(workspace: Workspace, named: Named, now: datetime) -> Visitor:
    """Return who it is. The company's server makes people known by its signature; a page, nobody.

    Whose userId is signed and new becomes a customer without an address.
    """
    identity = InAppIdentity.objects.filter(workspace=workspace).first()
    try:
        proof = prove(identity, named.user_id, named.email, named.hash)
    except Unreadable:  # no hash can be looked at; Setup says how to mend it
        proof = Proof.FORGED
    note_heard(identity, named.origin, proof, now)
    customer = None
    if proof is Proof.SIGNED:
        customer = _signed(workspace, named, now)
    elif proof is Proof.CLAIMED:
        customer = _known_by_id(workspace, named.user_id) or _known_by_address(workspace, named)
    return Visitor(customer, proof)


def _known_by_id(workspace: Workspace, user_id: str) -> Customer | None:
    rows = Identity.objects.filter(
        workspace=workspace, kind=IdKind.USER, external_id=user_id, is_trusted=True
    )
    found = rows.select_related("customer").first() if user_id else None
    return found.customer if found else None


def _known_by_address(workspace: Workspace, named: Named) -> Customer | None:
    email = normalise(named.email or named.user_id)
    return Customer.objects.filter(workspace=workspace, email=email).first() if email else None


def _signed(workspace: Workspace, named: Named, now: datetime) -> Customer | None:
    known = _known_by_id(workspace, named.user_id)
    if known and (known.full_name or not named.traits):
        return known
    ids = keys(named.user_id, "")
    says_names = Said(Verb.IDENTIFY, ids, now, is_trusted=False, traits=named.traits)
    said = [Said(Verb.IDENTIFY, ids, now, is_trusted=True), says_names]
    terms = Terms(workspace.id, held_types(workspace.id), workspace.keeps_unsent_properties)
    meet(terms, said, SOURCE, now, look_up_standings)
    return _known_by_id(workspace, named.user_id)
