"""Finished pages in memory: bytes, headers and what they were made of."""

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass, field
from time import time

from forum.lib import compression
from forum.lib.bounded import Bounded
from forum.lib.page_versions import Versions

Headers = list[tuple[str, str]]

_OVERHEAD = 3_000
"""Bytes that a page costs beside its bodies, roughly."""


@dataclass(slots=True)
class FinishedPage:
    """A page as it is sent, whoever asks.

    Attributes:
        versions: of what it was made of.
        until: the moment, in seconds since 1970, from which it would be made otherwise.
        headers: all but the length, the encoding, the tag and the number of the request.
        bodies: encoding ("" for none) → bytes; filled as browsers ask for them.
        names_films: whether a veil in it names another film, so that whose seals are open decides.
        tag: of the content, whatever its encoding.
    """

    versions: Versions
    until: float
    headers: Headers
    bodies: dict[str, bytes]
    names_films: bool = False
    tag: str = field(init=False)

    def __post_init__(self) -> None:
        self.tag = hashlib.sha256(self.bodies[""]).hexdigest()[:20]

    @property
    def size(self) -> int:
        """Bytes that it takes up."""
        return _OVERHEAD + sum(map(len, self.bodies.values()))

    def body(self, encoding: str) -> bytes:
        """The page in `encoding`, compressed when it is first asked for."""
        found = self.bodies.get(encoding)
        if found is None:
            found = compression.compress(self.bodies[""], encoding, once=True)
            self.bodies[encoding] = found
        return found

    def is_known_to(self, if_none_match: str) -> bool:
        """Whether a browser that sends this ``If-None-Match`` has the page already."""
        return self.tag in if_none_match


class PageStore:
    """Pages by what they are asked for by.

    Args:
        capacity: bytes that they may take up.
    """

    def __init__(self, capacity: int) -> None:
        self._pages: Bounded[FinishedPage] = Bounded(capacity)

    def get(self, key: Hashable, versions: Versions) -> FinishedPage | None:
        """The page, if it is there and still made of `versions`."""
        page = self._pages.get(key)
        if page is None or page.versions != versions or time() >= page.until:
            return None
        return page

    def put(self, key: Hashable, page: FinishedPage) -> None:
        """Keep `page` in place of what was there."""
        # It will be asked for in other encodings: those are counted beforehand, at half its size.
        self._pages.put(key, page, page.size + len(page.bodies[""]) // 2)
