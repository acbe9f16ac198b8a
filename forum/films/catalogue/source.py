"""A film list as text: opened, unpacked and decoded piece by piece, whatever its size.

Nothing here holds more than one row and one chunk in memory, so a list of gigabytes and a small
file that unpacks to gigabytes are read alike.
"""

import codecs
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

CHUNK_BYTES = 1 << 16
MAX_ROW_CHARACTERS = 1 << 20
"""A row longer than this is no film; the limit bounds memory on a file without line ends."""

NOT_UTF8 = "The row is not UTF-8 text: save the file as UTF-8 and import it again."
TOO_LONG = "The row is longer than a million characters, so it can't be a film."

HEAD_CHARACTERS = CHUNK_BYTES // 4
"""So much of the beginning is looked at to know the format."""

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31  # zlib's number for "gzip header, largest window"
_BYTE_ORDER_MARK = "\ufeff"
_CUT_OFF = (
    "The compressed file is cut off or damaged here, and nothing after this was read: "
    "fetch or compress it again."
)


class CatalogueError(Exception):
    """A file that can't be read as a film list at all; the message says what to do."""


class Damage(Exception):
    """Reading can't go on from here: the message says why, `line` where, from 1."""

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True)
class Found:
    """One row: its first line, from 1, and its fields, or why it has none."""

    line: int
    fields: dict[str, object] | None
    reason: str = ""


class Source:
    """The text of one list, read forwards once.

    Bytes that are not UTF-8 become lone surrogates, so that the row in which they stand can be
    refused and the others read.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Begin to read `file`, gzipped or plain.

        Raises:
            CatalogueError: its beginning can't be read, or is empty.
        """
        self._pieces = _texts_of(file)
        self._damage: Damage | None = None
        self.head = ""
        try:
            # A piece may be short; the format shows in a few of them.
            while len(self.head) < HEAD_CHARACTERS and (piece := next(self._pieces, "")):
                self.head += piece
        except Damage as damage:
            # What came before the break may hold whole films.
            self._damage = damage
        self.head = self.head.removeprefix(_BYTE_ORDER_MARK)
        if not self.head.strip():
            raise CatalogueError(str(self._damage or "The file is empty: give a list of films."))

    def pieces(self) -> Iterator[str]:
        """The whole text in pieces, none empty. Raises Damage where the file breaks off."""
        yield self.head
        if self._damage:
            raise self._damage
        yield from self._pieces

    def lines(self) -> Iterator[tuple[int, str | None]]:
        """Each line's number, from 1, and its text without the line end; None if it is too long.

        Raises:
            Damage: the file breaks off; the broken last line is not given.
        """
        number, rest, is_long = 0, "", False
        pieces = self.pieces()
        while True:
            try:
                piece = next(pieces, None)
            except Damage as damage:
                raise Damage(str(damage), number + 1) from damage
            if piece is None:
                break
            *whole, rest = (rest + piece).split("\n")
            for text in whole:
                number += 1
                yield number, None if is_long or len(text) > MAX_ROW_CHARACTERS else _line(text)
                is_long = False
            if len(rest) > MAX_ROW_CHARACTERS:
                rest, is_long = "", True
        if rest or is_long:
            yield number + 1, None if is_long else _line(rest)


def has_foreign_bytes(text: str) -> bool:
    """Whether a piece of a Source's text holds bytes that were not UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _line(text: str) -> str:
    return text.removesuffix("\r")


def _texts_of(file: BinaryIO) -> Iterator[str]:
    decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
    for piece in _bytes_of(file):
        if text := decode(piece):
            yield text
    if text := decode(b"", True):
        yield text


def _bytes_of(file: BinaryIO) -> Iterator[bytes]:
    """The unpacked bytes of `file`, in small pieces. Raises Damage."""
    try:
        piece = file.read(CHUNK_BYTES)
        if piece.startswith(_GZIP_MAGIC):
            yield from _unpacked(piece, file)
            return
        while piece:
            yield piece
            piece = file.read(CHUNK_BYTES)
    except OSError as error:
        raise Damage(f"The file can't be read any further ({error.strerror}).") from error


def _unpacked(packed: bytes, file: BinaryIO) -> Iterator[bytes]:
    """Gunzip `packed` and the rest of `file`, member after member."""
    member = zlib.decompressobj(_GZIP_WINDOW)
    try:
        while packed:
            # Bounded output: a small file may unpack to any size.
            piece = member.decompress(packed, CHUNK_BYTES)
            yield piece
            if member.eof:
                packed = member.unused_data.lstrip(b"\0") or file.read(CHUNK_BYTES)
                member = zlib.decompressobj(_GZIP_WINDOW) if packed else member
            else:
                packed = member.unconsumed_tail or file.read(CHUNK_BYTES)
    except zlib.error as error:
        raise Damage(_CUT_OFF) from error
    if not member.eof:
        raise Damage(_CUT_OFF)
