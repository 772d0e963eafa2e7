"""The sessions in README.md and docs/: run them, compare them, and write them anew.

A fenced block marked ``console`` is a session at a terminal of 80 columns: lines that begin with ``$ `` are typed, the
others are what they print; a line of a single … stands for any lines. A block marked with a language and a file name
(``yaml mine.yaml``) is a file that the commands after it find. ``python tests/documents.py`` runs every session of the
documents and writes down what it prints now: read the diff before you commit it.
"""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from terminal import at_a_terminal

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "commands.md"
COLUMNS, ROWS = 80, 400  # so many rows that nothing goes to a pager

_FENCED = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_ANY = "…"


class Step(NamedTuple):
    """A command of a session and what the document says it prints."""

    command: str
    printed: str


def documents() -> list[Path]:
    """Return the documents that users read."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def steps(session: str) -> Iterator[Step]:
    """Yield the commands of a session with their outputs."""
    for piece in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, _, printed = piece.partition("\n")
        while command.endswith("\\"):
            more, _, printed = printed.partition("\n")
            command += f"\n{more}"
        yield Step(command, printed)


def agrees(printed: str, actual: str) -> bool:
    """Tell whether a document's text is what was printed, blank lines at the end apart."""
    parts = re.split(rf"^{_ANY}$\n?", printed.rstrip() + "\n", flags=re.MULTILINE)
    return re.fullmatch("(?:.*\n)*?".join(map(re.escape, parts)), actual.rstrip() + "\n") is not None


def printed_by(command: str, cwd: Path, environment: Mapping[str, str]) -> str:
    """Return what a shell command prints at a terminal, stdout and stderr together as one sees them."""
    settings = [f"{name}={value}" for name, value in environment.items()]
    program = ("env", "-i", *settings, "sh", "-c", command)
    seen = at_a_terminal(program=program, cwd=cwd, columns=COLUMNS, rows=ROWS)
    return "".join(f"{line.rstrip()}\n" for line in seen.lines)


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a newcomer at a plain terminal, with the tested ``archive`` on the path."""
    here = Path(sys.executable).parent
    return {
        "HOME": str(home),
        "PATH": f"{here}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "LANG": "C.UTF-8",
        "TERM": "xterm",
        "NO_COLOR": "1",
        "COLUMNS": str(COLUMNS),
        "LINES": str(ROWS),
    }


def rewritten(document: str, cwd: Path, home: Path) -> Iterator[tuple[str, str, str]]:
    """Yield each command of a document with what the document says and what is printed now, running all in order."""
    for block in _FENCED.finditer(document):
        language, _, name = block["info"].strip().partition(" ")
        if name:
            (cwd / name).write_text(block["body"], encoding="utf-8")
        elif language == "console":
            for step in steps(block["body"]):
                yield step.command, step.printed, printed_by(step.command, cwd, environment(home))


def refresh(path: Path) -> bool:
    """Write down what the sessions of a document print now; return whether anything changed."""
    before = path.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        cwd, home = Path(folder, "work"), Path(folder, "home")
        cwd.mkdir()
        home.mkdir()
        after = before
        for command, printed, actual in rewritten(before, cwd, home):
            if not agrees(printed, actual):
                gap = "\n" if printed.endswith("\n\n") else ""
                after = after.replace(f"$ {command}\n{printed}", f"$ {command}\n{actual.rstrip()}\n{gap}", 1)
    if after != before:
        path.write_text(after, encoding="utf-8")
    return after != before


def complete_reference() -> None:
    """Give every command its place in the reference of commands, in the order of the help."""
    from archivecli.cli.app import COMMANDS

    head, *sections = REFERENCE.read_text(encoding="utf-8").split("\n## archive ")
    known = {section.partition("\n")[0]: section for section in sections}
    new = "{0}\n\n```console\n$ archive {0} --help\n```\n"
    pieces = [head, *(known.get(name) or new.format(name) for name in COMMANDS)]
    REFERENCE.write_text("\n## archive ".join(pieces), encoding="utf-8")


if __name__ == "__main__":
    if not shutil.which("archive", path=environment(Path())["PATH"]):
        sys.exit("install the package first: pip install -e '.[test]'")
    complete_reference()
    for document in documents():
        print(f"{document.relative_to(ROOT)}: {'rewritten' if refresh(document) else 'true as it is'}")
