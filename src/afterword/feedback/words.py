"""What the public pages say to customers, in each language; the texts are in `languages/`. Pure.

Plain and polite, as a company speaks to strangers; the page puts its name for `{company}`.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Words(NamedTuple):
    """What the preference page says, in one language."""

    name: str  # of the language, in itself
    title: str
    ask: str
    ask_more: str
    like_this: str
    all_surveys: str
    on: str
    off: str
    stop_like_this: str
    stop_all: str
    start: str
    stopped_like_this: str
    stopped_all: str
    stopped_more: str
    started: str
    started_more: str
    once_more: str


# By the language's code. A file without one of the words, or with one too many, stops the start.
WORDS: Mapping[str, Words] = {
    file.stem: Words(**tomllib.loads(file.read_text(encoding="utf-8")))
    for file in sorted((Path(__file__).parent / "languages").glob("*.toml"))
}
