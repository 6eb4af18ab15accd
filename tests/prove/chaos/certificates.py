"""A certificate authority for the time of a test: one certificate that is valid, one that was."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
# The last day of each, from now.
LASTS = {"valid": DAY, "expired": -DAY}


def authority_file(folder: Path) -> Path:
    """Where the authority's own certificate is kept, for clients that are to trust it."""
    return folder / "authority.pem"


def contexts(folder: Path) -> dict[str, ssl.SSLContext]:
    """Make the authority and a context for a server at 127.0.0.1 with each certificate."""
    key, name = ec.generate_private_key(ec.SECP256R1()), _name("Chaos authority")
    own = x509.BasicConstraints(ca=True, path_length=0)
    authority = _certificate(name, name, key, key, DAY).add_extension(own, critical=True)
    pem = authority.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    fresh = folder / "authority.new"
    fresh.write_bytes(pem)
    fresh.rename(authority_file(folder))
    return {kind: _context(folder, kind, name, key) for kind in LASTS}


def _context(
    folder: Path, kind: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> ssl.SSLContext:
    own_key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        _certificate(_name("127.0.0.1"), issuer, own_key, key, LASTS[kind])
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{kind}.pem"
    path.write_bytes(
        own_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    lasts: timedelta,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 10 * DAY)
        .not_valid_after(now + lasts)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
