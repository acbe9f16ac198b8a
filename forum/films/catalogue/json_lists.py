"""Film lists in JSON: a list of any length, or an object on each line."""

import json
import re
from collections.abc import Iterator

from forum.films.catalogue.source import (
    MAX_ROW_CHARACTERS,
    NOT_UTF8,
    TOO_LONG,
    Damage,
    Found,
    Source,
    has_foreign_bytes,
)

_SPACE = re.compile(r"[ \t\r\n]*")
_NOT_AN_OBJECT = "The row is not an object of names and values: write it as {…}."


def json_lines(source: Source) -> Iterator[Found]:
    """A film as an object on each line; a bad line costs only itself. Raises Damage."""
    for line, text in source.lines():
        if text is None:
            yield Found(line, None, TOO_LONG)
        elif has_foreign_bytes(text):
            yield Found(line, None, NOT_UTF8)
        elif text.strip():
            try:
                value = _DECODER.decode(text)
            except (ValueError, RecursionError):
                yield Found(line, None, f"Invalid JSON at line {line}: correct the line.")
            else:
                yield _object(line, value)


def json_list(source: Source) -> Iterator[Found]:
    """The elements of a JSON list, decoded one by one; what can't be read ends it."""
    window = _Window(source.pieces())
    try:
        window.take("[")
        is_first = True
        while window.next_character() != "]":
            if not is_first:
                window.take(",")
            is_first = False
            window.next_character()
            line = window.line
            value, text = window.take_value()
            yield Found(line, None, NOT_UTF8) if has_foreign_bytes(text) else _object(line, value)
        window.take("]")
        if window.next_character():
            yield Found(window.line, None, "What stands after the list's end ] was not read.")
    except (_InvalidJSON, Damage) as stop:
        # Without the row's end nobody knows where the next begins, so reading ends here.
        yield Found(window.line, None, str(stop))


class _InvalidJSON(Exception):
    pass


class _Window:
    """A stretch of a JSON text: what was read and not yet taken."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._text = ""
        self._at = 0
        self.line = 1

    def next_character(self) -> str:
        """The next character that is no white space, or "" at the end; not taken."""
        while True:
            space = _SPACE.match(self._text, self._at)
            self._advance(space.end() if space else self._at)
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def take(self, expected: str) -> None:
        """Take one punctuation mark. Raises _InvalidJSON if another character stands there."""
        if self.next_character() != expected:
            raise self._invalid(expected)
        self._advance(self._at + 1)

    def take_value(self) -> tuple[object, str]:
        """Take a whole value; also as its text. Raises _InvalidJSON, Damage."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise self._invalid("a film") from error
            except ValueError as error:
                # It may only be incomplete: read on, unless it is too long for a film.
                if len(self._text) - self._at > MAX_ROW_CHARACTERS or not self._more():
                    raise self._invalid("a film") from error
                continue
            # A number at the window's end may go on behind it.
            is_whole = isinstance(value, dict | list | str) or end < len(self._text)
            if is_whole or not self._more():
                text = self._text[self._at : end]
                self._advance(end)
                return value, text

    def _invalid(self, expected: str) -> _InvalidJSON:
        if self._at >= len(self._text):
            return _InvalidJSON(
                "The list ends without its closing ]: the file may be cut off, fetch it again."
            )
        return _InvalidJSON(
            f"Invalid JSON at line {self.line}, where {expected} was expected: correct it. "
            "Nothing after this was read."
        )

    def _advance(self, to: int) -> None:
        self.line += self._text.count("\n", self._at, to)
        self._at = to

    def _more(self) -> bool:
        piece = next(self._pieces, "")
        if piece:
            self._text = self._text[self._at :] + piece
            self._at = 0
        return bool(piece)


def _object(line: int, value: object) -> Found:
    if not isinstance(value, dict):
        return Found(line, None, _NOT_AN_OBJECT)
    identifiers = value.get("identifiers")
    return Found(line, {**value, **identifiers} if isinstance(identifiers, dict) else value)


def _whole_number(digits: str) -> int | float:
    # Python refuses to read integers of thousands of digits; as a float they are refused as a year.
    return int(digits) if len(digits) < 16 else float(digits)


_DECODER = json.JSONDecoder(parse_int=_whole_number)
