"""A picture of every page at three widths in both themes, on one sheet for somebody to look at.

python -m tests.browser.contact_sheet FOLDER [PART OF A PAGE'S NAME ...]
"""

import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser import evening
from tests.browser.chromium import started
from tests.browser.house import House, Stage, open_house, set_stage
from tests.browser.pages import FIRST_DAY, PAGES, Spec, show
from tests.browser.people import Person
from tests.programs import find_chromium

WIDTHS = (390, 820, 1280)
THEMES = ("dark", "light")
SHEET = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Every page</title>
<style>
  body { background: #888; font: 15px sans-serif }
  p { display: flex; align-items: start; gap: 12px }
</style>
<h1>Every page</h1>
"""


def main(folder: Path, parts: list[str]) -> None:
    """Save NAME-WIDTH-THEME.png in `folder`, of each page whose name holds one of `parts`.

    `index.html` beside them shows all pictures that the folder holds.
    """
    chromium = find_chromium()
    if chromium is None:
        sys.exit("Chromium is missing: apt-get install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    with started(chromium) as browser:
        for furnish, pages in ((dict, FIRST_DAY), (evening.furnish, PAGES)):
            wanted = {
                n: p for n, p in pages.items() if not parts or any(part in n for part in parts)
            }
            with _house(furnish) as (house, stage):
                for name, spec in wanted.items():
                    _picture(browser, house, stage, spec, folder / name)
    pictures = sorted(folder.glob("*.png"))
    (folder / "index.html").write_text(_sheet(pictures), encoding="utf-8")
    sys.stdout.write(f"{len(pictures)} pictures, all of them on {folder / 'index.html'}\n")


@contextmanager
def _house(furnish: Callable[[], Mapping[str, str]]) -> Iterator[tuple[House, Stage]]:
    with tempfile.TemporaryDirectory() as stage_folder, tempfile.TemporaryDirectory() as instance:
        stage = set_stage(Path(stage_folder), furnish)
        with open_house(Path(instance), stage.database) as house:
            yield house, stage


def _picture(browser: Browser, house: House, stage: Stage, spec: Spec, stem: Path) -> None:
    with Person(browser, house, color_scheme="dark", reduced_motion="reduce") as person:
        show(person, spec, stage.places)
        person.page.locator("img").evaluate_all("all => all.forEach(i => { i.loading = 'eager'; })")
        person.page.wait_for_load_state("networkidle")
        for width in WIDTHS:
            person.page.set_viewport_size({"width": width, "height": 900})
            for theme in THEMES:
                person.page.emulate_media(color_scheme=theme)
                person.page.screenshot(path=f"{stem}-{width}-{theme}.png", full_page=True)


def _sheet(pictures: list[Path]) -> str:
    """The pictures, a row for each page and theme, all in the scale of one quarter."""
    rows: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for picture in pictures:
        name, width, theme = picture.stem.rsplit("-", 2)
        rows[f"{name}, {theme}"][int(width)] = picture.name
    return SHEET + "".join(
        f"<h2>{title}</h2>\n<p>"
        + "".join(
            f'<a href="{at[width]}"><img src="{at[width]}" width="{width // 4}" loading="lazy"'
            f' alt="{title}, {width} px"></a>'
            for width in sorted(at, reverse=True)
        )
        + "</p>\n"
        for title, at in rows.items()
    )


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2:])
