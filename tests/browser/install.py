"""Finds Chromium for the browser tests, or installs it where that is allowed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The same browser without a window: a quarter less work for the machine.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """Return the path of an installed Chromium: CHROME_PATH's, the system's or Playwright's."""
    named = [os.environ.get("CHROME_PATH", ""), *NAMES]
    found = (shutil.which(name) for name in named if name)
    return next((path for path in found if path), None) or playwrights_own()


def playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Install it as root from Debian's packages, else by Playwright's own download."""
    if may_install_packages():
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        run("apt-get", "-qq", "update")
        for name in (SHELL, "chromium"):
            if run("apt-get", "-qq", "-y", "install", name):
                return
    run(sys.executable, "-m", "playwright", "install", "chromium")


def is_lighter_one_to_be_had() -> bool:
    """Whether Debian's own is known to this machine and not installed."""
    if shutil.which(SHELL) or os.environ.get("CHROME_PATH") or not may_install_packages():
        return False
    return run("apt-cache", "show", SHELL, errors=subprocess.DEVNULL)


def may_install_packages() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def run(*command: str, errors: int | None = None) -> bool:
    """Run the command, its errors shown and its progress not; True if it went well."""
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=errors)
    return done.returncode == 0


def main() -> int:
    if find() is None or is_lighter_one_to_be_had():
        sys.stdout.write("Installing Chromium for the browser tests ...\n")
        install()
    if find() is not None:
        return 0
    sys.stderr.write("No Chromium was found or could be installed: set CHROME_PATH to one.\n")
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
