"""Finds the mail servers that tests run against, or installs them where that is allowed.

Dovecot hands out mail by IMAP; Postfix's `smtp-sink` and `smtp-source` take and send it in mass.
Neither is ever started as a service: tests run them on ports of their own.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Not on every user's path.
_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/usr/libexec/postfix", "/usr/lib/postfix/sbin")
PROGRAMS = {"dovecot": "dovecot-imapd", "smtp-sink": "postfix", "smtp-source": "postfix"}
_NO_SERVICES = "#!/bin/sh\nexit 101\n"  # what Debian's invoke-rc.d asks before it starts anything
_POLICY = Path("/usr/sbin/policy-rc.d")


def find(program: str) -> str | None:
    """Return the path of an installed program."""
    return shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", ""), *_FOLDERS]))


def missing() -> list[str]:
    """Return the Debian packages of the programs that are not there."""
    return sorted({package for program, package in PROGRAMS.items() if not find(program)})


def install(packages: list[str]) -> None:
    """Install Debian's packages as root, without starting what is in them."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with _no_service_started(), _answers() as answers:
        run(["debconf-set-selections", answers], environment)
        run(["apt-get", "-qq", "update"], environment)
        run(["apt-get", "-qq", "-y", "--no-install-recommends", "install", *packages], environment)


@contextmanager
def _no_service_started() -> Iterator[None]:
    """A policy of the machine's own stays as it is."""
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text(_NO_SERVICES)
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()


@contextmanager
def _answers() -> Iterator[str]:
    """Postfix asks what it is for: nothing."""
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("postfix postfix/main_mailer_type select No configuration\n")
        file.flush()
        yield file.name


def run(command: list[str], environment: dict[str, str]) -> bool:
    """Run the command, its errors shown and its progress not; True if it went well."""
    done = subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)
    return done.returncode == 0


def main() -> int:
    if packages := missing():
        sys.stdout.write(f"Installing {' and '.join(packages)} for the tests of mail ...\n")
        install(packages)
    if not (packages := missing()):
        return 0
    sys.stderr.write(f"Without {' and '.join(packages)} the tests that need them are left out.\n")
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
