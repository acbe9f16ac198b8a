"""What Lighthouse says of the pages that people meet first, on a phone with a bad network.

python -m tests.browser.lighthouse PROGRAM

PROGRAM is lighthouse's own, as npm installs it. Ends with 1 if a page falls below what is promised.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from tests.browser import evening
from tests.browser.house import set_stage
from tests.programs import find_chromium

LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100}
MOST_BYTES = 60_000
PLACES = {
    "front": "/",
    "film, sealed": "{film}",
    "film": "{film}",
    "thread": "{thread}",
    "theory": "{theory}",
    "sign-up": "/signup",
}
OPENED = {"film", "thread", "theory"}
"""Those that are opened by somebody who has seen the film."""
FLAGS = "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
PATIENCE = 60
"""Seconds in which the forum must have opened."""


@dataclass(frozen=True)
class Marks:
    """What a page got: points of 100 for each category, and bytes of its first view."""

    points: dict[str, int]
    size: int

    @property
    def holds(self) -> bool:
        """Whether all that is promised is kept."""
        return self.size <= MOST_BYTES and all(
            self.points[name] >= least for name, least in LEAST.items()
        )


def main(program: Path) -> None:
    """Print a line for each page; exit with 1 if one falls short."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit("Chromium is missing: apt-get install chromium")
    short = False
    with _forum() as (address, places):
        cookie = _has_seen(address, places["film"])
        for name, place in PLACES.items():
            url = address + place.format_map(places)
            marks = _asked(program, chromium, url, cookie if name in OPENED else "")
            points = ", ".join(f"{label} {points}" for label, points in marks.points.items())
            said = "" if marks.holds else "  TOO LITTLE"
            sys.stdout.write(f"{name:<13} {points}, {marks.size / 1000:.1f} kB{said}\n")
            sys.stdout.flush()
            short = short or not marks.holds
    sys.exit(1 if short else 0)


@contextmanager
def _forum() -> Iterator[tuple[str, dict[str, str]]]:
    """The forum as its operator runs it, after fans have argued for some days."""
    with tempfile.TemporaryDirectory() as stage_folder, tempfile.TemporaryDirectory() as instance:
        stage = set_stage(Path(stage_folder), evening.furnish)
        shutil.copyfile(stage.database, Path(instance) / "forum.db")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        settings = {"FORUM_INSTANCE": instance, "FORUM_PORT": str(port)}
        running = subprocess.Popen(
            [sys.executable, "-m", "forum.cli", "run"],
            env=os.environ | settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address)
            yield address, dict(stage.places)
        finally:
            running.terminate()
            running.wait(30)


def _wait_for(address: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            build_opener().open(f"{address}/readyz", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit(f"The forum did not open within {PATIENCE} seconds.")


class _StayHere(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        """The redirect itself carries the cookie."""


def _has_seen(address: str, film: str) -> str:
    """The cookie of a guest who has opened `film`'s seal."""
    press = Request(f"{address}{film}/viewing", data=b"", headers={"Origin": address})
    try:
        build_opener(_StayHere).open(press)
    except HTTPError as answer:
        return str(answer.headers["Set-Cookie"]).partition(";")[0]
    raise RuntimeError("the seal did not open")


def _asked(program: Path, chromium: str, url: str, cookie: str) -> Marks:
    answer = subprocess.run(
        [
            program,
            url,
            "--quiet",
            "--output=json",
            f"--only-categories={','.join(LEAST)}",
            f"--chrome-flags={FLAGS}",
            *([f"--extra-headers={json.dumps({'Cookie': cookie})}"] if cookie else []),
        ],
        env=os.environ | {"CHROME_PATH": chromium},
        check=True,
        capture_output=True,
        text=True,
    )
    report = json.loads(answer.stdout)
    return Marks(
        {name: round(100 * report["categories"][name]["score"]) for name in LEAST},
        int(report["audits"]["total-byte-weight"]["numericValue"]),
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
