"""The ways in which the mail server of the chaos tests treats a mail, told by the domain.

What each may lead to is fixed here, beside the address, and nowhere in the product.
"""

from typing import NamedTuple

SENT = frozenset({"sent"})
LATER = frozenset({"queued"})
ASIDE = frozenset({"parked"})


class Way(NamedTuple):
    """What a way may lead to: the final states, and the fewest and most copies that arrive.

    `is_fair` says that the server does nothing that could make a survey double by itself.
    """

    states: frozenset[str]
    fewest: int
    most: int
    is_fair: bool = True


WELL = Way(SENT, 1, 2)
# By the first label of the domain.
WAYS: dict[str, Way] = {
    "rcpt-4xx": Way(LATER, 0, 0),
    "data-4xx": Way(LATER, 0, 0),
    "dot-4xx": Way(LATER, 0, 0),
    "rcpt-452": Way(LATER, 0, 0),  # no room now
    "rcpt-5xx": Way(frozenset({"bounced"}), 0, 0),
    "data-5xx": Way(frozenset({"bounced", "parked"}), 0, 0),
    "dot-5xx": Way(frozenset({"bounced", "parked"}), 0, 0),
    # Says that we are no good sender: that must not be held against the address.
    "dot-5715": Way(frozenset({"parked", "queued", "held"}), 0, 0),
    "hang-up-before-354": Way(frozenset({"queued", "parked"}), 0, 0),
    # Nobody can know: once more, never a third time, and then a person is asked.
    "hang-up-dropped": Way(ASIDE, 0, 0),
    "hang-up-taken": Way(frozenset({"parked", "sent"}), 1, 2, is_fair=False),
    # In a worker's hands so long that it may be killed over it again and again.
    "slow": Way(frozenset({"sent", "parked"}), 1, 2, is_fair=False),
    "drip": Way(frozenset({"sent", "parked"}), 1, 2, is_fair=False),  # one byte a second
    "odd-rcpt": Way(SENT, 1, 2),  # "251", in several lines and pieces
}
# Those that the server decides for a connection or a sender, whoever the mail is for.
DOMAINS = 997  # so many that a domain which is given time holds few others up
OF_CONNECTIONS = ("421 at the banner", "an expired certificate", "4xx at MAIL")


def address(number: int, way: str = "") -> str:
    return f"c{number}@{way or f'd{number % DOMAINS}'}.example"


def way_of(address: str) -> str:
    """Return the name of the way, empty for an address that is treated well."""
    label = address.rpartition("@")[2].partition(".")[0]
    return label if label in WAYS else ""


def expected(address: str) -> Way:
    return WAYS.get(way_of(address), WELL)
