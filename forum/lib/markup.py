"""Markdown to HTML that is safe to show, veils included; the only place that makes Markup.

Bodies are rendered once, when they are written. A veil, ``>!text!<``, becomes a ``<details>``. A
scoped veil, ``>!scope: name | text!<``, gives away something else, named by its scope; its text is
put into a page only by `reveal()`, for those who may see that scope, and is absent for everybody
else.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import table as any_table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup, escape

from forum.lib.language import gettext as _

RENDERER = 1
"""Raised when the same Markdown gives other HTML, so that stored HTML can be made anew."""

MAXIMUM_NESTING = 20
MOST_CELLS = 2_000
"""In all tables of one text. Rows may leave out cells, so that 20 kB of source could make 8 MB."""

EXCERPT_LENGTH = 280

_TAGS = {
    *("p", "div", "br", "hr", "h3", "h4", "h5", "h6", "blockquote", "pre", "code"),
    *("em", "strong", "s", "ul", "ol", "li", "a", "details", "summary", "span"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "div": {"class", "tabindex"},
    "details": {"class", "data-scope"},
    "span": {"class", "data-scope"},
    "ol": {"start"},
}
_SCOPED = re.compile(r'<details class="veil" data-scope="(\d+)">(.*?)</details>', re.DOTALL)
_SCOPE_WORDS = re.compile(r"[ \t]*film:[ \t]*([a-z0-9-]{1,120})[ \t]*\|\s*")
# Wider than the parser's rule on purpose: what might be a scoped veil is left out of a source. It
# ends where the next one begins, so that none is taken for a part of another.
_SOURCE_SCOPED = re.compile(
    r">!\s*film:[\s>]*([a-z0-9-]{1,120})[\s>]*\\?\|"
    r"((?:(?!>!\s*film:).)*?)(?:!<|\Z|(?=>!\s*film:))",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Something else that a veil may give away.

    Attributes:
        id: what `reveal()` is asked about.
        title: what the placeholder names.
    """

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """Safe HTML of one text.

    Attributes:
        html: what `reveal()` takes.
        excerpt: its first words, without anything veiled.
        veils: (scope name, text) of its scoped veils, as typed, in their order.
    """

    html: str
    excerpt: str
    veils: tuple[tuple[str, str], ...]


def scoped_veils(source: str) -> list[tuple[str, str]]:
    """(scope name, text) of all that might be a scoped veil in `source`, in its order."""
    return _SOURCE_SCOPED.findall(source)


def render(source: str, scopes: Mapping[str, Scope] | None = None) -> Rendered:
    """Render Markdown.

    Args:
        source: Markdown, at most 20,000 characters.
        scopes: scope name → what it stands for; a veil with another name is an ordinary veil.
    """
    veils: list[tuple[str, str]] = []
    tokens = _parser.parse(source, {"scopes": scopes or {}, "veils": veils})
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener noreferrer",
        generic_attribute_prefixes=None,
    )
    return Rendered(clean, excerpt(_plain(tokens)), tuple(veils))


def reveal(html: str, open_scopes: Container[int]) -> Markup:
    """Stored HTML as one visitor may see it: scoped veils stay only where their scope is open.

    Args:
        html: what `render()` gave, as stored.
        open_scopes: ids of the scopes that this visitor has opened.
    """
    if "data-scope" not in html:
        return Markup(html)

    def shown(match: re.Match[str]) -> str:
        if int(match.group(1)) in open_scopes:
            return match.group()
        summary = match.group(2).split("</summary>", 1)[0].removeprefix("<summary>")
        return f'<span class="veil-absent">{summary}</span>'

    return Markup(_SCOPED.sub(shown, html))


def redact(source: str, scopes: Mapping[str, int], open_scopes: Container[int]) -> str:
    """Markdown source as one visitor may see it: what veils of closed scopes hold is left out.

    Args:
        source: Markdown.
        scopes: scope name → id; names that are unknown count as closed.
        open_scopes: ids of the scopes that this visitor has opened.
    """

    def shown(match: re.Match[str]) -> str:
        name = match.group(1)
        return match.group() if scopes.get(name) in open_scopes else f">!film:{name} | …!<"

    return _SOURCE_SCOPED.sub(shown, source)


def excerpt(text: str, length: int = EXCERPT_LENGTH) -> str:
    """The first words of plain `text`: at most `length` characters, cut between words, or within
    one that would leave less than a third of them."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    end = text.rfind(" ", 0, length)
    return text[: end if end >= length // 3 else length - 1].rstrip(" ,;:.") + "…"


def headed(title: str, html: str) -> Markup:
    """Stored HTML below its title, as a heading; for pages that show a post as a whole."""
    return Markup("<h3>{}</h3>").format(title) + Markup(html)


# --- the parser ---------------------------------------------------------------------------------


def _veil(state: StateInline, silent: bool) -> bool:
    """Inline rule: ``>!text!<``, without veils inside."""
    start = state.pos
    if not state.src.startswith(">!", start) or state.env.get("in_veil"):
        return False
    end = state.src.find("!<", start + 2, state.posMax)
    if end < 0 or not state.src[start + 2 : end].strip():
        return False
    if not silent:
        words = _SCOPE_WORDS.match(state.src, start + 2, end)
        scope = state.env.get("scopes", {}).get(words.group(1)) if words else None
        token = state.push("veil_open", "details", 1)
        token.meta = {"scope": scope}
        state.env["in_veil"] = True
        whole, state.posMax = state.posMax, end
        state.pos = start + 2
        if words and scope:
            state.pos = words.end()
            state.env["veils"].append((words.group(1), state.src[state.pos : end]))
        state.md.inline.tokenize(state)
        state.posMax = whole
        state.env["in_veil"] = False
        state.push("veil_close", "details", -1)
    state.pos = end + 2
    return True


def _image_as_link(state: StateInline, _silent: bool) -> bool:
    """Inline rule: ``![alt](address)`` loses its mark: no page loads a picture from afar."""
    if not state.src.startswith("![", state.pos):
        return False
    state.pos += 1
    return True


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule: tables, until those of one text would have more than `MOST_CELLS`."""
    cells: int = state.env.get("cells", 0)
    if cells > MOST_CELLS or not any_table(state, start, end, True):
        return False
    if silent:
        return True
    columns = state.src.count("|", state.bMarks[start], state.eMarks[start]) + 1
    for line in range(start, end):
        if state.isEmpty(line) or cells > MOST_CELLS:
            break
        cells += columns
    state.env["cells"] = cells
    return cells <= MOST_CELLS and any_table(state, start, end, False)


def _block_with_veil(tokens: list[Token]) -> None:
    """A <details> would end its paragraph in a browser: such paragraphs become <div>s."""
    for before, inline, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if inline.type != "inline" or before.type != "paragraph_open":
            continue
        if any(child.type == "veil_open" for child in inline.children or []):
            before.tag = after.tag = "div"
            before.attrSet("class", "p")
            before.hidden = after.hidden = False


class _Renderer(RendererHTML):
    def veil_open(self, tokens: list[Token], index: int, *_rest: object) -> str:
        scope: Scope | None = tokens[index].meta["scope"]
        if scope is None:
            return f'<details class="veil"><summary>{escape(_("Veiled"))}</summary>'
        label = escape(_("Gives away %(title)s") % {"title": scope.title})
        return f'<details class="veil" data-scope="{scope.id}"><summary>{label}</summary>'

    def veil_close(self, *_rest: object) -> str:
        return "</details>"

    def table_open(self, *_rest: object) -> str:
        # A wide table scrolls by itself, with the arrow keys too once it has the focus.
        return '<div class="table" tabindex="0"><table>'

    def table_close(self, *_rest: object) -> str:
        return "</table></div>\n"


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt(
        "commonmark",
        {"html": False, "linkify": False, "typographer": False, "maxNesting": MAXIMUM_NESTING},
        renderer_cls=_Renderer,
    ).enable(["strikethrough", "table"])
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    parser.inline.ruler.before("autolink", "veil", _veil)
    parser.inline.ruler.at("image", _image_as_link)

    def headings_and_veils(state: StateCore) -> None:
        for token in state.tokens:
            if token.type in ("heading_open", "heading_close"):
                # The page's own headings are 1 and 2: a post's begin below them.
                token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
        _block_with_veil(state.tokens)

    parser.core.ruler.push("foyer", headings_and_veils)
    # ">!" opens a veil, also at the start of a line, where ">" alone would open a quotation.
    quote = parser.block.ruler.getRules("")[
        parser.block.ruler.get_active_rules().index("blockquote")
    ]

    def blockquote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        at = state.bMarks[start] + state.tShift[start]
        if state.src.startswith(">!", at):
            return False
        return quote(state, start, end, silent)

    parser.block.ruler.at(
        "blockquote", blockquote, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    return parser


_parser = _make_parser()


def _plain(tokens: list[Token]) -> str:
    """The text of `tokens` without what is veiled."""
    words: list[str] = []
    for token in tokens:
        if token.type in ("fence", "code_block"):
            words.append(token.content)
        veiled = 0
        for child in token.children or []:
            veiled += child.nesting if child.type in ("veil_open", "veil_close") else 0
            if veiled:
                continue
            if child.type in ("text", "code_inline"):
                words.append(child.content)
            elif child.type in ("softbreak", "hardbreak"):
                words.append(" ")
        if token.type == "inline":
            words.append(" ")
    return "".join(words)
