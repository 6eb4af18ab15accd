"""Installs the npm clients that the tests drive, exactly those of the lock."""

import subprocess
import sys

from tests.clients.node import HERE, MODULES, npm

LOCK = HERE / "package-lock.json"
INSTALLED = MODULES / ".installed"  # a copy of the lock that was installed from


def main() -> int:
    lock = LOCK.read_text()
    if INSTALLED.exists() and INSTALLED.read_text() == lock:
        return 0
    sys.stdout.write("Installing the npm clients for the tests ...\n")
    words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run([*npm(), *words], cwd=HERE, check=False, stdout=subprocess.DEVNULL)
    if done.returncode == 0:
        INSTALLED.write_text(lock)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
