"""What a warm command loads before it answers in a pipe. No clock: the list of modules is what makes the start fast."""

import json
import subprocess
import sys

import pytest

PRINT_MODULES = "import sys, json; print(json.dumps(sorted(sys.modules)), file=sys.stderr)"

# of the standard library, beyond what Typer itself loads
LIBRARY = {"_blake2", "gc", "_json", "_sqlite3", "atexit", "sqlite3", "sqlite3.dbapi2"}
LIBRARY |= {"json", "json.decoder", "json.encoder", "json.scanner"}
# what a path as a URI takes; before Python 3.13 pathlib itself loads them
LIBRARY |= {"ipaddress", "urllib", "urllib.parse"}
BASE = {"archivecli", "archivecli.archive", "archivecli.dates", "archivecli.errors", "archivecli.events"}
BASE |= {"archivecli.display", "archivecli.files"}
BASE |= {"archivecli.text"}
BASE |= {"archivecli.index", "archivecli.index.conditions", "archivecli.index.reader", "archivecli.index.tables"}
BASE |= {"archivecli.index.store", "archivecli.query", "archivecli.query.criteria", "archivecli.schema"}
BASE |= {"archivecli.query.results"}
BASE |= {"archivecli.cli", "archivecli.cli.app", "archivecli.cli.commands"}
BASE |= {"archivecli.cli.arguments", "archivecli.cli.process", "archivecli.settings"}
BASE |= {"archivecli.cli.options", "archivecli.cli.output", "archivecli.render"}
EVENTS = {"archivecli.cli.writing", "archivecli.render.records", "archivecli.render.tabular"}
DATES = {"archivecli.query.natural_dates"}
QUERY = {"archivecli.query.parser", *DATES}
RANKING = {"archivecli.search", "archivecli.search.interpret", "archivecli.search.rank", "archivecli.search.spelling"}
RANKING |= {"_csv", "unicodedata"}
CARD = {"archivecli.cli.writing", "archivecli.render.records"}
CARD |= {"archivecli.render.describe", "archivecli.render.tabular"}

TALLIES = {
    "archivecli.cli.writing",
    "archivecli.index.counts",
    "shlex",
}
TALLIES |= {
    "archivecli.cli.views",
    "archivecli.query.unparse",
    "archivecli.render.counts",
    "archivecli.render.tabular",
    "archivecli.render.theme",
    "archivecli.core_schema",
}

MAY_LOAD = {
    "list": EVENTS,
    "list --year 2009 --country serbia": EVENTS | DATES,
    "search corruption": EVENTS | QUERY | RANKING,
    "show 2010-06-26": CARD | {"archivecli.core_schema"},
    "count": TALLIES | QUERY,
    "count --by year --year 2009": TALLIES | QUERY,
}


def modules(program: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.fixture(scope="module")
def of_typer() -> set[str]:
    return modules(f"import typer, typer.main, typer._click.decorators; {PRINT_MODULES}")


@pytest.mark.parametrize("line", list(MAY_LOAD))
def test_a_warm_command_loads_only_what_it_uses(line: str, of_typer: set[str]) -> None:
    run = f"import sys; sys.argv = ['archive', *{line.split()!r}]; from archivecli.cli.app import app"
    modules(f"{run}; app(standalone_mode=False); {PRINT_MODULES}")  # the index is fresh from here on
    loaded = modules(f"{run}; app(standalone_mode=False); {PRINT_MODULES}")
    command = f"archivecli.cli.commands.{line.split()[0]}"
    assert loaded - of_typer - LIBRARY - BASE - MAY_LOAD[line] == {command}
