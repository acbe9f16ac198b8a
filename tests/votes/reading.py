"""What a page of theories says, in words and numbers."""

import re


def ballot(page: str) -> str:
    """A page's first ballot, as text."""
    paper = page[page.index('<div class="ballot"') :].partition("</article>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", paper).split())


def cards(page: str) -> list[int]:
    """The numbers of a question's theories, in the order in which they stand."""
    return [int(id) for id in re.findall(r'<article class="card" id="post-(\d+)"', page)]
