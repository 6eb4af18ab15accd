"""The DNS records of a sender domain: what they should say, and whether they do. No I/O."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from afterword.core.dns import Answer, Kind
from afterword.mail.servers.address import SmtpServer
from afterword.mail.servers.find import Broken, Server

SHOWN = 300  # characters of a record that was found
_STRING = 255  # octets in one string of a TXT record
_LOOKUPS = 10  # RFC 7208, 4.6.4
_TAG = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*)\s*=(.*)", re.DOTALL)
_SPF_MODIFIER = re.compile(r"[a-z][a-z0-9._-]*=.*")
_SPF_MECHANISM = re.compile(r"[+?~-]?(all|include|exists|a|mx|ptr|ip4|ip6)(?:[:/](.*))?")
_SPF_COSTLY = {"include", "a", "mx", "ptr", "exists", "redirect"}
# What the operators of these mail servers have their customers add to SPF.
_INCLUDES = {
    "amazonaws.com": "amazonses.com",
    "brevo.com": "spf.brevo.com",
    "gmail.com": "_spf.google.com",
    "google.com": "_spf.google.com",
    "mailgun.org": "mailgun.org",
    "mailjet.com": "spf.mailjet.com",
    "mandrillapp.com": "spf.mandrillapp.com",
    "office365.com": "spf.protection.outlook.com",
    "postmarkapp.com": "spf.mtasv.net",
    "sendgrid.net": "sendgrid.net",
}


class Status(StrEnum):
    FOUND = "found"
    MISSING = "missing"
    WRONG = "wrong"
    AWAY = "away"  # DNS could not be asked


class Finding(NamedTuple):
    """`words` say what was found and what to change; `seen` are the records, cut to SHOWN."""

    status: Status
    words: str
    seen: tuple[str, ...] = ()


class Record(NamedTuple):
    """A TXT record to publish. `host` is its whole name."""

    kind: str  # "dkim", "next_dkim", "spf" or "dmarc"
    host: str
    value: str

    @property
    def strings(self) -> list[str]:
        """Return the value in pieces that fit: some DNS pages take no longer ones."""
        return [self.value[i : i + _STRING] for i in range(0, len(self.value), _STRING)]


def key_host(domain: str, selector: str) -> str:
    return f"{selector}._domainkey.{domain}"


def dkim_record(domain: str, selector: str, public_key: str) -> Record:
    return Record("dkim", key_host(domain, selector), f"v=DKIM1; k=rsa; p={public_key}")


def spf_record(domain: str, server: Server | Broken) -> Record:
    """Advise an SPF record with the mail server in it, as far as its address tells."""
    return Record("spf", domain, f"v=spf1 {spf_part(server) or 'mx a'} ~all")


def dmarc_record(domain: str) -> Record:
    return Record("dmarc", f"_dmarc.{domain}", "v=DMARC1; p=none")


def spf_part(server: Server | Broken) -> str:
    """Return the part of an SPF record that allows a mail server; empty where it is not known."""
    if not isinstance(server, SmtpServer):
        return ""
    host = server.host.lower()
    try:
        address = ip_address(host)
    except ValueError:
        for end, include in _INCLUDES.items():
            if host.endswith(f".{end}"):
                return f"include:{include}"
        return f"a:{host}" if "." in host else ""
    return "" if address.is_loopback else f"ip{address.version}:{address}"


def judge_dkim(answer: Answer, public_key: str, elsewhere: Answer, host: str) -> Finding:
    """`elsewhere` is what is at the host with the domain once more behind it."""
    if answer.kind is Kind.AWAY:
        return _away()
    if answer.kind is not Kind.FOUND:
        if elsewhere.kind is Kind.FOUND:
            return Finding(
                Status.MISSING,
                "The record is there, but under a name with the domain twice: many DNS pages "
                f"add the domain themselves. Enter the host as {_relative(host)}.",
            )
        return Finding(Status.MISSING, "There is no such record yet. Publish the one above.")
    seen = _seen(answer.values)
    if len(answer.values) > 1:
        return Finding(
            Status.WRONG,
            f"There are {len(answer.values)} TXT records at this host; receivers may take any of "
            "them. Keep only the one above.",
            seen,
        )
    return Finding(*_dkim_verdict(_tags(answer.values[0]), public_key), seen)


def _dkim_verdict(tags: dict[str, str], public_key: str) -> tuple[Status, str]:
    key = re.sub(r"\s", "", tags.get("p", ""))
    if "p" not in tags:
        return Status.WRONG, "The record has no key in it (p=). Replace it by the one above."
    if not key:
        return Status.WRONG, "The record says that the key is revoked. Replace it by the one above."
    if key != public_key:
        if public_key.startswith(key):
            return Status.WRONG, "The key is cut off. Enter the whole value, in pieces if need be."
        return Status.WRONG, "The record has another key. Replace it by the one above."
    if tags.get("v", "DKIM1") != "DKIM1" or tags.get("k", "rsa") != "rsa":
        return Status.WRONG, "The record is not one for DKIM with RSA. Copy the one above as it is."
    if "sha256" not in tags.get("h", "sha256") or not _allows(tags.get("s", "*")):
        return (
            Status.WRONG,
            "The record forbids the key for mail (h= or s=). Copy the one above as it is.",
        )
    if "y" in tags.get("t", "").split(":"):
        return Status.FOUND, "The key is published, as one under test: remove t=y when all is well."
    return Status.FOUND, "The key is published: mail from this domain is signed."


def _allows(services: str) -> bool:
    return bool({"*", "email"} & {service.strip() for service in services.split(":")})


def judge_spf(answer: Answer, part: str) -> Finding:
    """`part` is what would allow our mail server, as `spf_part` has it."""
    if answer.kind is Kind.AWAY:
        return _away()
    records = [value for value in answer.values if _is_spf(value)]
    if not records:
        return Finding(
            Status.MISSING, "No TXT record of the domain begins with v=spf1. Publish one."
        )
    seen = _seen(records)
    if len(records) > 1:
        return Finding(
            Status.WRONG,
            f"There are {len(records)} SPF records, which counts as none. "
            "Join them into one: v=spf1 once, then the parts of each, then ~all.",
            seen,
        )
    terms = records[0].lower().split()[1:]
    if problem := _spf_problem(terms):
        return Finding(Status.WRONG, problem, seen)
    return Finding(Status.FOUND, _spf_words(terms, part), seen)


def _is_spf(value: str) -> bool:
    return value.lower() == "v=spf1" or value.lower().startswith("v=spf1 ")


def _spf_problem(terms: Sequence[str]) -> str:
    """Say what makes receivers refuse the whole record, or what makes it worthless."""
    costly = 0
    for term in terms:
        name = _spf_name(term)
        if name is None:
            return f"“{term[:60]}” is no part of an SPF record that receivers know. Correct it."
        costly += name in _SPF_COSTLY
    if costly > _LOOKUPS:
        return (
            f"The record makes receivers look up {costly} names; at {_LOOKUPS} they give up. "
            "Remove parts that you do not need."
        )
    if "+all" in terms or "all" in terms:
        return "The record allows everyone to send from this domain. End it with ~all instead."
    return ""


def _spf_name(term: str) -> str | None:
    """Return what a term is; None where it is nothing."""
    if match := _SPF_MECHANISM.fullmatch(term):
        name, value = match[1], match[2] or ""
        if name in ("ip4", "ip6"):
            return name if _is_network(value, int(name[2])) else None
        return None if name in ("include", "exists") and not value else name
    return term.partition("=")[0] if _SPF_MODIFIER.fullmatch(term) else None


def _is_network(text: str, version: int) -> bool:
    try:
        return ip_network(text, strict=False).version == version
    except ValueError:
        return False


def _spf_words(terms: Sequence[str], part: str) -> str:
    if not part:
        return "There is one, and it is well-formed. See to it that it names your mail server."
    if part in (term.lstrip("+") for term in terms):
        return "There is one, and it allows your mail server."
    return (
        f"There is one, and it is well-formed. It does not have {part}: add that before the end, "
        "unless another part covers your mail server."
    )


def dmarc_hosts(domain: str) -> list[str]:
    """Return where DMARC is looked for: at the domain, then at each above it, but no top one."""
    labels = domain.split(".")
    return [f"_dmarc.{'.'.join(labels[i:])}" for i in range(max(1, len(labels) - 1))]


def judge_dmarc(answers: Sequence[Answer], hosts: Sequence[str]) -> Finding:
    """Judge the answers at `dmarc_hosts`: the first record found counts."""
    for answer, host in zip(answers, hosts, strict=True):
        if answer.kind is Kind.AWAY:
            return _away()
        records = [value for value in answer.values if value.lower().startswith("v=dmarc1")]
        if len(records) > 1:
            return Finding(
                Status.WRONG,
                f"There are {len(records)} DMARC records at {host}, which counts as none. "
                "Keep one.",
                _seen(records),
            )
        if records:
            tags = _tags(records[0])
            policy = tags.get("p" if host == hosts[0] else "sp", tags.get("p", "")).lower()
            return Finding(*_dmarc_verdict(policy, host, host == hosts[0]), _seen(records))
    return Finding(
        Status.MISSING,
        "There is none. Publish the one above: large receivers refuse bulk mail without it.",
    )


_POLICIES = {
    "none": "mail that fails is delivered all the same (p=none). Once all of your mail is signed, "
    "change it to p=quarantine.",
    "quarantine": "mail that fails goes to spam (p=quarantine).",
    "reject": "mail that fails is refused (p=reject).",
}


def _dmarc_verdict(policy: str, host: str, is_own: bool) -> tuple[Status, str]:
    where = "There is one" if is_own else f"The one at {host} holds here too"
    if policy not in _POLICIES:
        return Status.WRONG, f"{where}, but without a policy: it needs p=none or stricter."
    return (
        Status.FOUND,
        f"{where}; {_POLICIES[policy]} Afterword's mail passes by its DKIM signature, which is "
        "of the very domain that it comes from.",
    )


def _tags(value: str) -> dict[str, str]:
    """Read `a=b; c=d`; what is no tag is skipped."""
    matches = (_TAG.fullmatch(part) for part in value.split(";"))
    return {match[1].lower(): match[2].strip() for match in matches if match}


def _relative(host: str) -> str:
    return host.partition("._domainkey.")[0] + "._domainkey"


def _away() -> Finding:
    return Finding(
        Status.AWAY, "DNS could not be asked just now, so nothing changes here. Check again later."
    )


def _seen(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        value if len(value) <= SHOWN else f"{value[:SHOWN]}…" for value in list(values)[:3]
    )
