"""The documentation's pictures and links lead somewhere; the script makes every picture."""

import re
from pathlib import Path

import pytest

from docs.screenshots.pictures import ON_A_PHONE, SCENES

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")]
IMAGES = ROOT / "docs" / "images"
LARGEST = 150_000  # bytes
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_other_pages_and_pictures_lead_somewhere(page):
    for is_picture, words, address in _LINK.findall(page.read_text()):
        if not re.match(r"[a-z]+:", address):
            assert (page.parent / address).exists(), address
        assert words.strip() or not is_picture, f"{address} has no alternative text"


def test_each_picture_is_shown_made_by_the_script_and_small():
    pages = "".join(page.read_text() for page in PAGES)
    shown = set(re.findall(r"images/([\w-]+)\.png\)", pages))

    pictures = {file.stem: file.stat().st_size for file in IMAGES.iterdir()}

    assert set(pictures) == shown == {*SCENES, *ON_A_PHONE}
    assert max(pictures.values()) <= LARGEST
