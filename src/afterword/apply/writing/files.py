"""A workspace's file with its logos beside it: in a folder, or packed as one."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from afterword.apply.writing.workspace import Written


def save(written: Written, path: Path) -> list[Path]:
    """Write the file and, into a folder beside it, the logos; return what was written."""
    files = {path: written.text.encode()}
    files |= {path.parent / name: content for name, content in _logos(written)}
    for each, content in files.items():
        each.parent.mkdir(parents=True, exist_ok=True)
        each.write_bytes(content)
    return list(files)


def packed(written: Written, name: str) -> bytes:
    """Return a ZIP archive of the file, under this name, and its logos."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, written.text)
        for path, content in _logos(written):
            archive.writestr(path, content)
    return whole.getvalue()


def _logos(written: Written) -> Iterator[tuple[str, bytes]]:
    for name, logo in written.logos.items():
        yield name, bytes(logo.content)
