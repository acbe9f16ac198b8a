"""One run: builds the forum, starts the servers, measures each work between two references.

The machine is shared and noisy, so no figure stands alone: just before and just after each work,
reference b is measured in the same way, and what counts is the ratio of processor time a request.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle

from benchmarks import figures, flaskbb, reference, results, servers, table
from benchmarks.figures import Sample
from benchmarks.generator.cases import fill_queue
from benchmarks.homes import SEED, Home, Say, built, for_a_run, spare_database
from benchmarks.places import folder
from benchmarks.results import Kept, Result
from benchmarks.scene import Scene, look, wake_sessions
from benchmarks.servers import Server
from benchmarks.sizes import CASES, Size
from benchmarks.traffic import Act, Load, ask, drive, pace, require_wrk
from benchmarks.works import CLIENTS, COLD, WARM, WORKS, Ground, NotMeasured, Work
from forum.lib.database import db

WARM_UP = 24
"""Requests before a page is measured, so that each process has done it."""

ENCODINGS = ("identity", "zstd", "br", "gzip")
NO_PAGE_CACHE = {"page_cache": "off"}
REFERENCES = {"a": Load("/a"), "b": Load("/b")}


@dataclass(slots=True)
class Run:
    """A run of one size on one kind of database.

    Attributes:
        kind: "sqlite" or "postgresql".
        seconds: how long each work is measured, and each reference beside it.
        oldest: finished works of a run that was stopped are kept for so long.
        say: told, line by line, how it goes.
    """

    size: Size
    kind: str
    seconds: float
    oldest: timedelta
    say: Say

    def measure(self) -> Sequence[Result]:
        """Measure all that is not finished; write the results, and say them as a table."""
        require_wrk()
        kept = Kept(folder("runs") / f"{self._name}.json", self.oldest)
        home = self._home()
        with self._references(home) as beside:
            for name in ("a", "b", "v"):
                self._keep_reference(kept, name, beside)
            for mode in (WARM, COLD):
                works = [work for work in WORKS if work.mode == mode and work.key not in kept]
                if works:
                    self._mode(home, mode, works, beside, kept)
            for work in flaskbb.WORKS:
                if work.key not in kept:
                    flaskbb.measure(home, beside.drive_page, kept, self.say)
                    break
        return self._finish(kept)

    @property
    def _name(self) -> str:
        return f"{self.size.name}-{self.kind}"

    def _home(self) -> Home:
        home = for_a_run(self.size, self.kind, built(self.size, self.kind, self.say))
        with home.app():
            fill_queue(db.engine, CASES, SEED, datetime.now(UTC))
            wake_sessions()
        return home

    @contextmanager
    def _references(self, home: Home) -> Iterator["Beside"]:
        """The references on their server, with a fresh database for v."""
        address = spare_database(self.kind, f"reference_{self.size.name}")
        reference.Database(address).prepare()
        log = folder("logs") / "references.log"
        env = {reference.DATABASE: address}
        application = "benchmarks.reference:create_app()"
        with servers.same_server(home, application, "/a", log, env=env) as server:
            yield Beside(server, self.seconds)

    def _mode(
        self, home: Home, mode: str, works: Sequence[Work], beside: "Beside", kept: Kept
    ) -> None:
        """Measure the works of one mode on a forum started for them."""
        settings = NO_PAGE_CACHE if mode == COLD else {}
        log = folder("logs") / f"{self._name}.log"
        with servers.forum(home, log, **settings) as server, home.app(**settings) as app:
            scene: Scene = look(app)
            ground = Ground(server, app, scene)
            for work in works:
                result = self._measured(work, ground, beside)
                kept.keep(result)
                self.say(_line(result))
            if mode == WARM:
                memory = Result("memory: the forum after these works")
                used = server.tree.memory()
                memory.size = {"pss": used.pss, "rss": used.rss}
                kept.keep(memory)

    def _measured(self, work: Work, ground: Ground, beside: "Beside") -> Result:
        result = Result(work.key, goal=work.goal, rate_goal=work.rate_goal)
        try:
            load = work.load(ground)
        except NotMeasured as reason:
            result.missing = str(reason)
            return result
        if not load.acts:
            result.size = _sizes(ground.server, load)
            for _ in range(WARM_UP):
                ask(ground.server, load.path, load.headers)
        before = beside.samples(work.references)
        if work.rate:
            sample = pace(ground.server, load.acts, work.rate, self.seconds)
        else:
            sample = drive(ground.server, load, self.seconds)
        after = beside.samples(work.references)
        result.take(sample)
        result.ratio = round(figures.cost_ratio(sample, [before["b"], after["b"]]), 3)
        result.unsteady = round(figures.unsteady([before["b"], after["b"]]), 3)
        if "v" in work.references:
            result.rate_ratio = round(figures.rate_ratio(sample, [before["v"], after["v"]]), 3)
        if work.count:
            result.statements = work.count(ground, work.load(ground))
        return result

    def _keep_reference(self, kept: Kept, name: str, beside: "Beside") -> None:
        key = f"reference: {name}"
        if key in kept:
            return
        before, own, after = (beside.samples(("b", name)) for _ in range(3))
        result = Result(key)
        result.take(own[name])
        result.ratio = round(figures.cost_ratio(own[name], [before["b"], after["b"]]), 3)
        result.unsteady = round(figures.unsteady([before["b"], after["b"]]), 3)
        kept.keep(result)
        self.say(_line(result))

    def _finish(self, kept: Kept) -> Sequence[Result]:
        keys = [f"reference: {name}" for name in "abv"]
        keys += [work.key for work in WORKS] + ["memory: the forum after these works"]
        found = kept.in_order([*keys, *(work.key for work in flaskbb.WORKS)])
        path = results.write(self.size.name, self.kind, self.seconds, found)
        for line in table.lines(found):
            self.say(line)
        small = results.read("small", self.kind)
        if self.size.name != "small" and small:
            self.say("How many times the cost on the small forum:")
            for line in table.growth(found, small):
                self.say(line)
        self.say(f"Written to {path}")
        return found


class Beside:
    """The references, asked just before and after each work."""

    def __init__(self, server: Server, seconds: float) -> None:
        self._server = server
        self._seconds = seconds
        app = reference.create_app()
        cookies = [reference.cookie_of(app, id) for id in range(1, reference.FANS + 1)]
        self._votes = [
            Act(f"/v/{post}", cookie, "value=%V")
            for cookie, post in zip(cookies, cycle(range(1, reference.POSTS + 1)), strict=False)
        ]

    def samples(self, names: Sequence[str]) -> dict[str, Sample]:
        """What each of some references costs now."""
        return {name: drive(self._server, self._load(name), self._seconds) for name in names}

    def _load(self, name: str) -> Load:
        if name == "v":
            return Load(connections=CLIENTS, acts=self._votes)
        return REFERENCES[name]


def _sizes(server: Server, load: Load) -> dict[str, int]:
    """Bytes of a page's body in each encoding that the server has; as asked for, if it says."""
    if "Accept-Encoding" in load.headers or "If-None-Match" in load.headers:
        return {load.headers.get("Accept-Encoding", "304"): _size(server, load)}
    found = {}
    for encoding in ENCODINGS:
        headers = {**load.headers, "Accept-Encoding": encoding}
        answer = ask(server, load.path, headers)
        if answer.headers.get("Content-Encoding", "identity") == encoding:
            found[encoding] = len(answer.body)
    return found


def _size(server: Server, load: Load) -> int:
    return len(ask(server, load.path, load.headers).body)


def _line(result: Result) -> str:
    if result.missing:
        return f"{result.key}: not measured: {result.missing}"
    return f"{result.key}: {result.cpu_ms:.2f} ms, {result.ratio:.2f} × b, {result.rate:,.0f} a second"
