"""One run: builds the forum, starts the servers, measures each work between two references.

The machine is shared and noisy, so no figure stands alone: just before and just after each work,
reference b is measured in the same way, and what counts is the ratio of processor time a request.
The middle one of several rounds stands for all (`rounds`).
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from benchmarks import figures, flaskbb, reference, replay, results, servers, table
from benchmarks.figures import Sample
from benchmarks.generator.cases import fill_queue
from benchmarks.homes import SEED, Home, Say, built, for_a_run, settle, spare_database
from benchmarks.places import folder
from benchmarks.results import Check, Kept, Result
from benchmarks.rounds import Beside, middle_round
from benchmarks.scene import let_in, look
from benchmarks.servers import Server
from benchmarks.sizes import CASES, Size
from benchmarks.soak import Soak
from benchmarks.traffic import Load, ask, drive, pace, require_wrk
from benchmarks.works import COLD, P99_GOAL, WARM, WORKS, Ground, NotMeasured, Work
from forum.lib import jobs
from forum.lib.database import db
from forum.seeds import seed_house

WARM_UP = 24
"""Requests before a work is measured, so that each process has done it."""

REFERENCES = ("a", "b", "v", "w")
_BARE, _MADE = "benchmarks.", "create_app()"
ENCODINGS = ("identity", "zstd", "br", "gzip")
NO_PAGE_CACHE = {"page_cache_mb": "0"}
MEMORY = "memory: the forum after these works"
SOAK = "memory: the web workers under a long mixed load"


@dataclass(slots=True)
class Run:
    """A run of one size on one kind of database.

    Attributes:
        kind: "sqlite" or "postgresql".
        seconds: how long each work is measured, and each reference beside it.
        oldest: finished works of a run that was stopped are kept for so long.
        soak: minutes of mixed load at the end, to see whether memory stays; 0 for none.
        say: told, line by line, how it goes.
        only: words in the names of the works to measure; all are measured if it is "".
    """

    size: Size
    kind: str
    seconds: float
    oldest: timedelta
    say: Say
    soak: float = 0.0
    only: str = ""

    def measure(self) -> Sequence[Result]:
        """Measure all that is not finished; write the results, and say them as a table."""
        require_wrk()
        kept = Kept(folder("runs") / f"{self._name}.json", self.oldest)
        home = self._home()
        if self.only:
            return self._measure_some(home)
        with self._references(home) as beside:
            for name in REFERENCES:
                self._keep_reference(kept, name, beside)
            for mode in (WARM, COLD):
                works = [work for work in WORKS if work.mode == mode and work.key not in kept]
                if works:
                    self._mode(home, mode, works, beside, kept)
            if not all(key in kept for key in flaskbb.KEYS):
                self._peer(home, beside, kept)
        if self.soak and SOAK not in kept:
            self._soak(home, kept)
        return self._finish(kept)

    def _measure_some(self, home: Home) -> Sequence[Result]:
        """Measure the works that are asked for, anew; they are said, and not written down."""
        kept = Kept(folder("runs") / f"{self._name}-some.json", timedelta())
        works = [work for work in WORKS if self.only in work.key]
        with self._references(home) as beside:
            for mode in (WARM, COLD):
                of_mode = [work for work in works if work.mode == mode]
                if of_mode:
                    self._mode(home, mode, of_mode, beside, kept)
        found = kept.in_order([work.key for work in works])
        for line in table.lines(found):
            self.say(line)
        return found

    @property
    def _name(self) -> str:
        return f"{self.size.name}-{self.kind}"

    def _home(self) -> Home:
        home = for_a_run(self.size, self.kind, built(self.size, self.kind, self.say))
        with home.app() as app:
            fill_queue(db.engine, CASES, SEED, datetime.now(UTC))
            let_in(look(app))
            seed_house()
            jobs.run_due()  # else the worker would do it beside what is measured
        settle(home)
        return home

    @contextmanager
    def _references(self, home: Home) -> Iterator[Beside]:
        """The references on their servers, with a fresh database for v."""
        address = spare_database(self.kind, f"reference_{self.size.name}")
        with closing(reference.Database(address)) as database:
            database.prepare()
        log = folder("logs") / "references.log"
        env = {reference.DATABASE: address}
        recorded = folder("runs") / f"{self._name}-vote.json"
        with home.app() as app:
            scene = look(app)
            replay.record(app, scene, recorded)
        again = {replay.RECORD: str(recorded)}
        with (
            servers.same_server(home, f"{_BARE}reference:{_MADE}", "/a", log, env=env) as server,
            servers.same_server(home, f"{_BARE}replay:{_MADE}", "/v/1", log, env=again) as other,
        ):
            yield Beside(server, other, replay.acts(scene), self.seconds)

    def _mode(
        self, home: Home, mode: str, works: Sequence[Work], beside: Beside, kept: Kept
    ) -> None:
        """Measure the works of one mode on a forum started for them."""
        settings = NO_PAGE_CACHE if mode == COLD else {}
        log = folder("logs") / f"{self._name}.log"
        with servers.forum(home, log, **settings) as server, home.app(**settings) as app:
            ground = Ground(server, app, look(app))
            for work in works:
                result = self._measured(work, ground, beside, kept)
                kept.keep(result)
                self.say(_line(result))
            if mode == WARM:
                kept.keep(Result(MEMORY, size=_memory(server)))

    def _measured(self, work: Work, ground: Ground, beside: Beside, kept: Kept) -> Result:
        result = Result(work.key)
        try:
            load = work.load(ground)
        except NotMeasured as reason:
            result.missing = str(reason)
            return result
        if not load.acts:
            result.size = _sizes(ground.server, load)
        _warm_up(ground.server, load)
        measured = middle_round(lambda: self._driven(work, ground), beside, work.references)
        result.take(measured.sample, *measured.beside_b)
        if work.count:
            result.statements = work.count(ground, work.load(ground))
        if work.goal:
            result.checks.append(Check(result.ratio or 0.0, "b", work.goal))
        if work.rate_goal:
            for name in ("v", "w"):
                rates = [measured.before[name], measured.after[name]]
                times = round(figures.rate_ratio(measured.sample, rates), 3)
                result.checks.append(Check(times, f"{name}'s rate", work.rate_goal, at_least=True))
        for other in kept.in_order([work.p99_of]):
            if other.p99:
                times = round(measured.sample.p99 / other.p99, 3)
                result.checks.append(Check(times, "one fan's p99", P99_GOAL))
        return result

    def _driven(self, work: Work, ground: Ground) -> Sample:
        """Put a work's load on its server, looked up anew: acts change what they begin with."""
        load = work.load(ground)
        if work.rate:
            return pace(ground.server, load.acts, work.rate, self.seconds)
        return drive(ground.server, load, self.seconds)

    def _keep_reference(self, kept: Kept, name: str, beside: Beside) -> None:
        key = f"reference: {name}"
        if key in kept:
            return
        measured = middle_round(lambda: beside.samples((name,))[name], beside, ("b",))
        result = Result(key)
        result.take(measured.sample, *measured.beside_b)
        kept.keep(result)
        self.say(_line(result))

    def _soak(self, home: Home, kept: Kept) -> None:
        self.say(f"A mixed load for {self.soak:g} minutes …")
        log = folder("logs") / f"{self._name}.log"
        with servers.forum(home, log) as server, home.app() as app:
            kept.keep(Soak(server, look(app), 60 * self.soak).measure(SOAK))

    def _peer(self, home: Home, beside: Beside, kept: Kept) -> None:
        """Measure FlaskBB's pages, where it can be installed."""
        try:
            with flaskbb.server(home, self.say) as server:
                for page in flaskbb.pages(server):
                    result = self._peer_page(page, server, beside, kept)
                    kept.keep(result)
                    self.say(_line(result))
        except flaskbb.NotInstalled as reason:
            self.say(f"FlaskBB is not measured: {reason}")
            for key in flaskbb.KEYS:
                kept.keep(Result(key, missing=str(reason)))

    def _peer_page(self, page: flaskbb.Page, server: Server, beside: Beside, kept: Kept) -> Result:
        result = Result(page.key, size=_sizes(server, page.load))
        _warm_up(server, page.load)
        measured = middle_round(lambda: drive(server, page.load, self.seconds), beside, ("b",))
        result.take(measured.sample, *measured.beside_b)
        for own in kept.in_order([page.beside]):
            if own.ratio and result.ratio:
                times = round(result.ratio / own.ratio, 2)
                result.checks.append(Check(times, "Foyer's", page.goal, at_least=True))
        return result

    def _finish(self, kept: Kept) -> Sequence[Result]:
        keys = [f"reference: {name}" for name in REFERENCES] + [work.key for work in WORKS]
        found = kept.in_order([*keys, MEMORY, SOAK, *flaskbb.KEYS])
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


def _warm_up(server: Server, load: Load) -> None:
    """Let each process do it before it is measured.

    Raises:
        RuntimeError: an act fails; wrk would count a redirect to the log-in page like any other
            answer.
    """
    if not load.acts:
        for _ in range(WARM_UP):
            ask(server, load.path, load.headers)
    for act in load.acts[-WARM_UP:]:  # those that the load comes to last
        answer = ask(server, act.path, {"Cookie": act.cookie}, act.in_pass(1))
        if answer.status not in (200, 201):
            raise RuntimeError(f"{act.path} answers {answer.status}: {answer.body[:300]!r}")


def _memory(server: Server) -> dict[str, int]:
    """Bytes that a forum's processes use: all of them, and those that answer requests alone."""
    everything, answering = server.tree.memory(), server.tree.memory("gunicorn")
    return {
        "of web workers": answering.pss,
        "of all processes": everything.pss,
        "of all, shared pages counted for each": everything.rss,
    }


def _line(result: Result) -> str:
    if result.missing:
        return f"{result.key}: not measured: {result.missing}"
    return f"{result.key}: {result.cpu_ms} ms, {result.ratio} × b, {result.rate} a second"
