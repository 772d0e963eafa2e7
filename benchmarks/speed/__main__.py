"""How fast ``archive`` is, as ratios in one run on one machine: prints the table of docs/performance.md.

    python -m benchmarks.speed                     catalogues of up to 10,000 events, some minutes
    python -m benchmarks.speed --size 1000000      of up to a million events, an hour

Nothing is compared with numbers of another machine or day. Python's byte code is written first, as pip does.
"""

import argparse
import compileall
import datetime
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import archivecli
from benchmarks.speed import peers
from benchmarks.speed.generate import RARE_TOPIC, Writer, write_file, write_folder
from benchmarks.speed.measure import Command, Cost, cost, environment, first_line, paired, ratio, run

SIZES = (1_000, 10_000, 100_000, 1_000_000)

HELLO = """
import typer

app = typer.Typer()


@app.command()
def hello(name: str) -> None:
    print(f"Hello {name}")


@app.command()
def goodbye(name: str, formal: bool = False) -> None:
    print(f"Goodbye {name}")


app()
"""

LOADER = "import sys, yaml; yaml.load(open(sys.argv[1], encoding='utf-8'), yaml.CSafeLoader)"

LOADED = 100_000
"""The most events that other programs are given for comparison: PyYAML's loader takes 3.4 GB for them."""

COMPLETE = {"_ARCHIVE_COMPLETE": "bash"}
COMPLETED = ("archive list --topic ",)

PEERS: dict[str, Command] = {
    "khal": ("khal", "--version"),
    "papis": ("papis", "--version"),
    "beets": ("beet", "version"),
    "sqlite-utils": ("sqlite-utils", "--version"),
    "notmuch": ("notmuch", "--version"),
    "ripgrep": ("rg", "--version"),
}
"""The cheapest thing that each can be asked: what it costs to start."""


class Bench:
    """A folder to work in, and the commands to compare."""

    def __init__(self, folder: Path, runs: int) -> None:
        self.folder = folder
        self.runs = runs
        self.env = environment(str(self._cache("warm")))
        self.archive = str(Path(sysconfig.get_path("scripts")) / "archive")
        self.hello = folder / "hello.py"
        self.hello.write_text(HELLO)

    def _cache(self, name: str) -> Path:
        cache = self.folder / name
        cache.mkdir(mode=0o700, exist_ok=True)
        return cache

    def timed(self, *words: str, terminal: bool = False) -> Callable[[], float]:
        return lambda: run([self.archive, *words], self.env, terminal)

    def completed(self) -> float:
        return run([self.archive, *COMPLETED], self.env | COMPLETE)

    def start(self) -> Iterator[str]:
        """Compare warm commands on the shipped archive with a hello-world and a bare interpreter."""
        yield from _heading("A warm command on the shipped archive", "", "× hello-world", "× bare interpreter")
        tasks = {
            "bare interpreter": lambda: run([sys.executable, "-c", "pass"], self.env),
            "Typer hello-world": lambda: run([sys.executable, str(self.hello), "hello", "you"], self.env),
            "`archive list`": self.timed("list"),
            "`archive list --year 2009`": self.timed("list", "--year", "2009"),
            "`archive search corruption`": self.timed("search", "corruption"),
            "`archive show 2010-06-26`": self.timed("show", "2010-06-26"),
            "`archive count`": self.timed("count"),
            "`archive count --by year`": self.timed("count", "--by", "year"),
            "`archive list --format json`": self.timed("list", "--format", "json"),
            "completing `--topic`": self.completed,
            "`archive list`, a table at a terminal": self.timed("list", "--no-pager", terminal=True),
            "`archive search corruption`, at a terminal": self.timed(
                "search", "corruption", "--no-pager", terminal=True
            ),
            "`archive list`, first run": self._first_run,
        }
        tasks |= {
            f"{name}, its start": self._peer(command) for name, command in PEERS.items() if shutil.which(command[0])
        }
        found = paired(tasks, self.runs)
        bare, hello = list(found.values())[:2]
        for name, seconds in found.items():
            yield f"| {name} | {ratio(seconds, hello):.2f} | {ratio(seconds, bare):.1f} |"
        again = ratio(found["`archive list`, first run"], found["`archive list`"])
        yield f"\nThe first run, in which the archive is compiled, takes {again:.2f} × a warm one."

    def _peer(self, command: Command) -> Callable[[], float]:
        return lambda: run(command, self.env)

    def _first_run(self) -> float:
        with tempfile.TemporaryDirectory(dir=self.folder) as cache:
            return run([self.archive, "list"], self.env | {"ARCHIVE_CACHE": cache})

    def compile(self, number: int) -> Iterator[str]:
        """Compare the compiling of a made-up catalogue with PyYAML's C loader on the same file, where that has room."""
        columns = ("seconds", "× PyYAML's C loader", "events a second", "memory in MB", "× its own size")
        yield from _heading(f"Compiling {number:,} events", "", *columns)
        path = self.catalogue(number)
        loader = cost([sys.executable, "-c", LOADER, str(path)], self.env) if number <= LOADED else None
        rows: list[tuple[str, Cost, int]] = [("yaml.load(…, CSafeLoader)", loader, number)] if loader else []
        rows += [
            ("archive, first run", self._compiled(path), number),
            ("archive, one event changed", self._changed(path), 0),  # a rate would say nothing
        ]
        folder, files = self._folder(number)
        rows += [
            (f"archive, the same in {files:,} files, first run", self._compiled(folder), number),
            ("archive, one event of one file changed", self._changed(sorted(folder.iterdir())[files // 2]), 0),
        ]
        for name, found, events in rows:
            faster = f"{loader.seconds / found.seconds:.1f}" if loader else ""
            rate = f"{events / found.seconds:,.0f}" if events else ""
            own = found.memory / path.stat().st_size
            yield f"| {name} | {found.seconds:.1f} | {faster} | {rate} | {found.memory / 1e6:,.0f} | {own:.1f} |"
        shutil.rmtree(folder)

    def _folder(self, number: int) -> tuple[Path, int]:
        """Return a folder with a made-up catalogue in files of 250 events, and how many these are."""
        folder = self.folder / f"{number}-files"
        files = max(2, number // 250)
        write_folder(folder, number, files)
        return folder, files

    def _compiled(self, path: Path) -> Cost:
        shutil.rmtree(self.folder / "warm")
        self._cache("warm")
        return cost([self.archive, "--catalogue", str(path), "count"], self.env)

    def _changed(self, path: Path) -> Cost:
        """Return what the first answer costs after a letter in the title of an event in the middle of a file has changed."""
        key = b"\n  title: "
        with path.open("r+b") as file:
            file.seek(path.stat().st_size // 2)
            title = file.tell() + file.read(100_000).index(key) + len(key)
            file.seek(title)
            file.write(b"Q")  # no title of the generator begins with it
        catalogue = path.parent if path.parent != self.folder else path
        return cost([self.archive, "--catalogue", str(catalogue), "count"], self.env)

    def catalogue(self, number: int) -> Path:
        path = self.folder / f"{number}.yaml"
        if not path.exists():
            write_file(path, number)
        return path

    def growth(self, size: int) -> Iterator[str]:
        """Compare questions to larger and larger catalogues with the same question to 38 events."""
        sizes = [number for number in SIZES if number <= size]
        yield from _heading("Growth: × the same command on 38 events", "", *(f"{number:,}" for number in sizes))
        small, *large = (self.catalogue(number) for number in (38, *sizes))
        for path in (small, *large):
            run([self.archive, "--catalogue", str(path), "count"], self.env)
        for name, ask in self._questions().items():
            found = paired({str(path): partial(ask, path) for path in (small, *large)}, self.runs)
            base, *rest = found.values()
            yield f"| {name} | {' | '.join(f'{ratio(seconds, base):.2f}' for seconds in rest)} |"

    def peers(self, number: int) -> Iterator[str]:
        """Put the same two questions about the same events to the other programs that are installed."""
        yield from _heading(
            f"The same questions to others, {number:,} events: × archive", "", "find a word", "count them all"
        )
        path = self.catalogue(number)
        ours = {"find": ("search", peers.WORD, "--limit", "20"), "count": ("count",)}
        tasks = {f"archive {name}": partial(self._ask, words, path) for name, words in ours.items()}
        for peer in peers.installed(number):
            folder = self.folder / f"{peer.program}-{number}"
            folder.mkdir()
            env = self.env | {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
            peer.fill(folder, peers.events(number), env)
            for name, command in (("find", peer.find(folder)), ("count", peer.count(folder))):
                run(command, env)  # what is cached is cached now
                tasks[f"{peer.program} {name}"] = partial(run, command, env)
        found = paired(tasks, self.runs)
        for program in dict.fromkeys(name.rpartition(" ")[0] for name in found):
            ratios = [ratio(found[f"{program} {name}"], found[f"archive {name}"]) for name in ours]
            yield f"| {program} | {' | '.join(f'{one:.2f}' for one in ratios)} |"

    def _ask(self, words: tuple[str, ...], path: Path) -> float:
        return run([self.archive, *words], self.env | {"ARCHIVE_CATALOGUE": str(path)})

    def _questions(self) -> dict[str, Callable[[Path], float]]:
        def asking(*words: str) -> Callable[[Path], float]:
            return lambda path: run([self.archive, *words], self.env | {"ARCHIVE_CATALOGUE": str(path)})

        def head(path: Path) -> float:
            return first_line([self.archive, "list"], self.env | {"ARCHIVE_CATALOGUE": str(path)})

        def complete(path: Path) -> float:
            return run([self.archive, *COMPLETED], self.env | COMPLETE | {"ARCHIVE_CATALOGUE": str(path)})

        return {
            "`list`, first line": head,
            "`list --limit 20`": asking("list", "--limit", "20"),
            "`list --sort title --limit 20`": asking("list", "--sort", "title", "--limit", "20"),
            "`list --country serbia --limit 20`": asking("list", "--country", "serbia", "--limit", "20"),
            "`search`, a word in 1 of 100": asking("search", RARE_TOPIC, "--limit", "20"),
            "`search`, a word in most": asking("search", "border", "--limit", "20"),
            "`search`, both": asking("search", RARE_TOPIC, "border", "--limit", "20"),
            "`show`": asking("show", Writer(7).event(1).split()[2]),
            "`count`": asking("count"),
            "`count --year 2009`": asking("count", "--year", "2009"),
            "`count --by year`": asking("count", "--by", "year"),
            "completing `--topic`": complete,
        }


def _heading(title: str, *columns: str) -> Iterator[str]:
    yield f"\n### {title}\n"
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"


def _machine() -> str:
    versions = (
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    )
    load = f"load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    return f"Measured on {datetime.date.today()}: {versions}, {load}."


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure speed as ratios.")
    parser.add_argument("--size", type=int, default=10_000, help="the largest catalogue, in events (10,000)")
    parser.add_argument("--runs", type=int, default=11, help="rounds of paired runs (11)")
    asked = parser.parse_args()
    compileall.compile_dir(Path(archivecli.__file__).parent, quiet=2)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), asked.runs)
        print(_machine(), flush=True)
        others = [bench.peers(size) for size in sorted({1_000, min(asked.size, LOADED)})]
        compiled = sorted({min(asked.size, LOADED), asked.size})
        for part in (
            bench.start(),
            *(bench.compile(size) for size in compiled),
            *others,
            bench.growth(asked.size),
        ):
            for line in part:
                print(line, flush=True)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error}\n{(error.stderr or b'').decode(errors='replace')}")
