"""Sessions at a terminal, kept as text that one can read: ``python -m pytest tests/test_golden.py --rewrite-golden``.

``tests/golden/NAME.txt`` holds what a command shows at 60, 80 and 120 columns without colour, ``NAME.colour.txt`` the same
with colours as tags, ``NAME.ascii.txt`` what a terminal shows whose encoding is ASCII. Read the diff before you commit it.
"""

import re
import shlex

import pytest

from conftest import ROOT, Terminal

FOLDER = ROOT / "tests" / "golden"
WIDTHS = (60, 80, 120)

SESSIONS = {
    "calendar": "archive calendar",
    "calendar-days": "archive calendar 2009 --month 10 --days",
    "timeline": "archive timeline",
    "timeline-country": "archive timeline --from 2009-11 --to 2009-12 --colour-by country",
    "facets": "archive facets kind country project --year 2009..2010 --limit 5",
    "count-by-topic": "archive count --by topic --year 2010",
    "cross-table": "archive count --by kind --by country",
    "cross-table-percent": "archive count --by year --by kind --percent",
    "sum": "archive count --sum participants.count --by year",
    "sum-units": "archive count --sum figures.value --year 2010",
    "on-this-day": "archive on-this-day --today 2026-06-26",
    "list": "archive list --year 2010",
    "search": "archive search asset recovery --limit 4",
}

_NAMES = {
    "1": "bold",
    "2": "dim",
    "3": "italic",
    "4": "underline",
    "7": "reverse",
    **{str(30 + n): hue for n, hue in enumerate("black red green yellow blue magenta cyan white".split())},
    "39": "default",
}


def tagged(shown: str) -> str:
    """Return colours as tags: ``‹bold cyan›2009‹/›``."""

    def tag(match: re.Match[str]) -> str:
        codes = match.group(1).split(";")
        return "‹/›" if codes in ([""], ["0"]) else f"‹{' '.join(_NAMES[code] for code in codes)}›"

    return re.sub(r"\x1b\[([0-9;]*)m", tag, re.sub(r"\x1b\]8;[^\x1b]*\x1b\\", "", shown))


def session(screen: Terminal, line: str, kind: str) -> str:
    parts = []
    for width in WIDTHS if kind != "ascii" else (80,):
        shown = screen(*shlex.split(line)[1:], width=width, colour=kind == "colour", ascii_only=kind == "ascii")
        assert shown.code == 0
        text = tagged(shown.out) if kind == "colour" else shown.out
        parts.append(f"# {width} columns\n$ {line}\n" + "".join(f"{row.rstrip()}\n" for row in text.splitlines()))
    return "\n".join(parts)


@pytest.mark.parametrize("kind", ["plain", "colour", "ascii"])
@pytest.mark.parametrize("name", SESSIONS)
def test_a_session_is_as_it_was(screen: Terminal, request: pytest.FixtureRequest, name: str, kind: str) -> None:
    path = FOLDER / (f"{name}.txt" if kind == "plain" else f"{name}.{kind}.txt")
    shown = session(screen, SESSIONS[name], kind)
    if request.config.getoption("--rewrite-golden"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SESSIONS)
def test_nothing_is_told_by_colour_alone(name: str) -> None:
    """Without its tags, a session in colour is the session without colour."""
    coloured = (FOLDER / f"{name}.colour.txt").read_text(encoding="utf-8")
    plain = re.sub("‹[^›]*›", "", coloured)
    kept = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert [row.rstrip() for row in plain.splitlines()] == kept.splitlines()


@pytest.mark.parametrize("name", SESSIONS)
def test_ascii_is_ascii_and_everything_fits(name: str) -> None:
    from rich.cells import cell_len

    assert (FOLDER / f"{name}.ascii.txt").read_text(encoding="utf-8").isascii()
    for part in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").split("# ")[1:]:
        width = int(part.split()[0])
        assert max(cell_len(row) for row in part.splitlines()[2:]) <= width
