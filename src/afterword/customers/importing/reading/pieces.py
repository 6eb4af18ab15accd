"""Cuts a file, as it streams in, into pieces of whole lines, and tells its encoding. Pure."""

import codecs
from collections.abc import Iterable, Iterator

from afterword.customers.importing.reading.not_text import SAVE_AS_CSV, is_binary, what_it_is

PIECE = 256 * 1024  # bytes
LONGEST_LINE = 4 * 1024 * 1024
_SAMPLE = 64 * 1024  # bytes of lines that are not ASCII
_FEW = 0.1  # so many of these lines may be broken in a file that is UTF-8 all the same

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # before UTF-16's, which begins the same
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# What a file may be read as; each has the line end and the quote where ASCII has them.
ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp932": "Shift JIS (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "cp949": "Windows-949 (Korean)",
    "mac_roman": "Mac Roman",
}


class NotCsv(Exception):
    """This cannot be a CSV file; the text says why, and how to mend it."""


class Pieces:
    """The pieces of a file; once they were all taken, what is known of it.

    What is UTF-16 or UTF-32 becomes UTF-8, line ends of old Macs become newlines, and marks of the
    byte order go. Each piece ends with a newline.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.lines = 0
        self.size = 0  # bytes as they came
        self._chunks = chunks
        self._sample = bytearray()
        self._not_ascii = self._not_utf_8 = 0

    def __iter__(self) -> Iterator[bytes]:
        rest = b""
        for text in _as_bytes(self._counted()):
            rest += text
            if len(rest) >= PIECE:
                end = rest.rfind(b"\n") + 1
                if end:
                    yield self._noted(rest[:end])
                    rest = rest[end:]
                elif len(rest) > LONGEST_LINE:
                    raise NotCsv("A line of it is longer than 4 MB: this is no CSV file.")
        if rest:
            yield self._noted(rest if rest.endswith(b"\n") else rest + b"\n")

    def encoding(self) -> str:
        """Return the encoding that the file is in, as far as one can tell: one of ENCODINGS."""
        if self._not_utf_8 <= self._not_ascii * _FEW:
            return "utf-8"
        from charset_normalizer import from_bytes  # large, and seldom needed

        likely = list(ENCODINGS)[1:]
        found = from_bytes(bytes(self._sample), cp_isolation=likely, enable_fallback=False)
        best = found.best()
        if best is None:
            return likely[0]
        as_good = {
            name
            for each in found
            if (each.chaos, each.coherence) == (best.chaos, best.coherence)
            for name in each.could_be_from_charset
        }
        return next((name for name in likely if name in as_good), likely[0])

    def _counted(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.size += len(chunk)
            yield chunk

    def _noted(self, piece: bytes) -> bytes:
        self.lines += piece.count(b"\n")
        if piece.isascii():
            return piece
        for line in piece.split(b"\n"):
            if not line.isascii():
                self._not_ascii += 1
                is_broken = not _is_utf_8(line)
                self._not_utf_8 += is_broken
                if is_broken and len(self._sample) < _SAMPLE:
                    self._sample += line[:_SAMPLE] + b"\n"
        return piece


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _as_bytes(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the file without its mark, in an encoding that has newlines where ASCII has them."""
    start = b""
    for chunk in chunks:
        start += chunk
        if len(start) >= 4096:
            break
    if words := what_it_is(start):
        raise NotCsv(words)
    mark, encoding = next(
        ((mark, name) for mark, name in _MARKS.items() if start.startswith(mark)),
        (b"", _by_its_nuls(start)),
    )
    if encoding == "utf-8" and is_binary(start):
        raise NotCsv(f"This is no text, and so no CSV file. {SAVE_AS_CSV}")
    is_old_mac = b"\r" in start and b"\n" not in start
    for text in _as_utf_8(_then(start[len(mark) :], chunks), encoding):
        yield text.replace(b"\r", b"\n") if is_old_mac else text


def _then(start: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield start
    yield from chunks


def _as_utf_8(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    if encoding == "utf-8":
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _by_its_nuls(start: bytes) -> str:
    """Tell UTF-16 without a mark: every other byte of what is mostly ASCII is 0 then."""
    some = start[:1000]
    if some[1::2].count(0) * 3 > len(some):
        return "utf-16-le"
    return "utf-16-be" if some[::2].count(0) * 3 > len(some) else "utf-8"
