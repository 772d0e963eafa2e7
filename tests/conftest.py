"""Running the command as people do: ``run("list", "--year", "2009")`` in-process, ``shell(...)`` as a real process."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings

from archivecli.catalogue.loader import Catalogue
from archivecli.events import Event
from archivecli.readers.layout import CannotCut

# The default profile gives the same result on every run and machine; HYPOTHESIS_PROFILE=random looks for new failures.
# Health checks measure the speed of the machine, among other things, so no test depends on them.
_REPEATABLE = settings(
    max_examples=100,
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile("repeatable", _REPEATABLE)
settings.register_profile("random", _REPEATABLE, derandomize=False, max_examples=5 * _REPEATABLE.max_examples)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "repeatable")
settings.load_profile(PROFILE)

# A job in the background, or under nohup, ignores signals and hands that down to every child; the tests send some.
for _name in ("SIGINT", "SIGTERM", "SIGHUP"):
    if hasattr(signal, _name) and signal.getsignal(getattr(signal, _name)) is signal.SIG_IGN:
        signal.signal(getattr(signal, _name), signal.SIG_DFL)

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "data" / "events.yaml"

HANG = 600
"""Seconds after which a process hangs, on however slow a machine."""


class Result(NamedTuple):
    """What a run printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Result]


def tried(times: int) -> settings:
    """Return the settings of a property test that tries so many examples in the default profile, and more in others."""
    return settings(max_examples=times * settings().max_examples // _REPEATABLE.max_examples)


def events_of(path: Path, whole: bool = False) -> list[Event]:
    """Return the events of a catalogue; raise CatalogueError with the problems of its files."""
    catalogue = Catalogue(path, whole=whole)
    try:
        found = [event for batch in catalogue.batches() for event in batch.prepared]
    except CannotCut:
        return events_of(path, whole=True)
    catalogue.raise_problems()
    return found


def make_catalogue(path: Path, events: int, title: str = "Meeting") -> Path:
    """Write a small sound catalogue of so many events, each on a day of its own, and return its path."""
    days = (date.fromordinal(date(2000, 1, 1).toordinal() + number).isoformat() for number in range(events))
    lines = [f"  - {{id: {day}-meeting, title: {title} {n}, start: {day}}}\n" for n, day in enumerate(days)]
    path.write_text("events:\n" + "".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder that all tests of a session share, so that the shipped archive is compiled once."""
    folder = tmp_path_factory.mktemp("cache")
    folder.chmod(0o700)
    return folder


@pytest.fixture(autouse=True)
def clean_environment(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the developer's reaches a test."""
    for name in list(os.environ):
        if name.startswith(("ARCHIVE_", "XDG_")) or name in ("NO_COLOR", "FORCE_COLOR", "PAGER", "COLUMNS", "LINES"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ARCHIVE_CACHE", str(cache))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(ROOT / "tests" / "no-settings"))
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture
def run() -> Run:
    """Run a command line in this process: stdout is no terminal."""
    from typer.testing import CliRunner

    from archivecli.cli.app import app

    def runner(*args: str, **environment: str) -> Result:
        result = CliRunner().invoke(app, list(args), env=environment)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Result(result.exit_code, result.stdout, result.stderr)

    return runner


@pytest.fixture
def run_with() -> Run:
    """Run a command line in this process; the first argument is what is on its standard input."""
    from typer.testing import CliRunner

    from archivecli.cli.app import app

    def runner(stdin: str, *args: str) -> Result:
        result = CliRunner().invoke(app, list(args), input=stdin)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Result(result.exit_code, result.stdout, result.stderr)

    return runner


@pytest.fixture
def shell() -> Run:
    """Run a command line as a real process through a pipe."""

    def runner(*args: str, cwd: Path | None = None, stdin: str | None = None, **environment: str) -> Result:
        done = subprocess.run(
            [sys.executable, "-m", "archivecli", *args],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=cwd,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            env={**os.environ, **environment},
            timeout=HANG,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    return runner


class Terminal:
    """Runs a command line in this process as at a terminal of some width: ``screen("list", width=60)``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def __call__(self, *args: str, width: int = 80, colour: bool = False, ascii_only: bool = False) -> Result:
        """Return what is shown; ``colour`` keeps the codes of colours, ``ascii_only`` is a terminal of another age."""
        from typer.testing import CliRunner

        from archivecli.cli import output
        from archivecli.cli.app import app

        self.monkeypatch.setattr(output, "is_terminal", lambda stream: stream is sys.stdout)
        environment = {"COLUMNS": str(width), "LINES": "1000", "ARCHIVE_PAGER": "", "TERM": "xterm-256color"}
        environment |= {"COLORTERM": ""} if colour else {"NO_COLOR": "1"}
        charset = "ascii" if ascii_only else "utf-8"
        result = CliRunner(charset=charset).invoke(app, list(args), env=environment)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Result(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Run a command line as at a terminal, in this process."""
    return Terminal(monkeypatch)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write the sessions of tests/golden anew")


@pytest.hookimpl(tryfirst=True)  # before Hypothesis reads the option, and before pytest-xdist copies it to its workers
def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed of a random run here, so that it can be printed."""
    if PROFILE == "random" and config.getoption("--hypothesis-seed") is None:
        config.option.hypothesis_seed = str(random.SystemRandom().randrange(2**32))


def pytest_terminal_summary(terminalreporter: "pytest.TerminalReporter", config: pytest.Config) -> None:
    if PROFILE == "random":
        seed = config.getoption("--hypothesis-seed")
        terminalreporter.write_line(
            f"to reproduce: HYPOTHESIS_PROFILE=random python -m pytest --hypothesis-seed={seed}"
        )


@pytest.hookimpl(tryfirst=True)  # before -m selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.property)
