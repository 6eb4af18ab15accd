"""Installs the npm clients that the tests drive, exactly those of the lock; and PHP, if it may.

PHP runs one of the documentation's examples. Without it that one is left out.
"""

import os
import shutil
import subprocess
import sys

from tests.clients.node import HERE, MODULES, npm
from tests.mail_servers.install import install

LOCK = HERE / "package-lock.json"
INSTALLED = MODULES / ".installed"  # a copy of the lock that was installed from


def main() -> int:
    return install_npm_clients() or install_php()


def install_php() -> int:
    if not shutil.which("php"):
        sys.stdout.write("Installing PHP for the tests ...\n")
        install(["php-cli"])
    if shutil.which("php"):
        return 0
    sys.stderr.write("Without PHP the test that needs it is left out.\n")
    return 1 if os.environ.get("CI") else 0


def install_npm_clients() -> int:
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
