"""The shape of the code: imports point downwards only, and nothing slow is imported where it is not needed."""

import subprocess
import sys

import pytest

from conftest import ROOT

HEAVY = ("rich", "yaml", "pydantic", "importlib.metadata", "rapidfuzz", "textual", "asyncio", "platformdirs")


def test_imports_point_downwards_only(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from importlinter import cli

    monkeypatch.chdir(ROOT)
    code = cli.lint_imports(no_cache=True)
    assert code == cli.EXIT_STATUS_SUCCESS, capsys.readouterr().out


def imported_by(*args: str) -> set[str]:
    """Return the names of the modules that a command line imports in a process of its own."""
    program = (
        "import sys\n"
        f"sys.argv = ['archive', *{list(args)!r}]\n"
        "from archivecli.cli.app import app\n"
        "code = app(standalone_mode=False)\n"
        "assert not code, code\n"
        "print(*sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "line",
    ["list --year 2009", "list --format json", "search corruption", "show 2010-06-26", "count --by year", "count"],
)
def test_an_answer_in_a_pipe_imports_nothing_slow(line: str) -> None:
    imported_by("count")  # the index is fresh from here on
    assert not imported_by(*line.split()) & set(HEAVY)
