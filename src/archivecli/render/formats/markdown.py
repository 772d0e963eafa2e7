"""Markdown (CommonMark, with the tables of GitHub): a section an event, or a table of the fields asked for."""

import re
from collections.abc import Iterator

from archivecli import dates, display
from archivecli.events import Event
from archivecli.render import columns
from archivecli.render.formats import Asked, Rows
from archivecli.render.lines import Line, lines

_SIGNS = re.compile(r"([\\`*_\[\]<>|~&$])")
_LINE_START = re.compile(r"^(#+|[-+=]|\d+(?=[.)]))")
_LINE_END = re.compile(r"(?<=\s)(#*)#$")  # would close a heading and vanish
_IN_HEAD = ("id", "title", "kind", "start", "end")


def as_markdown(rows: Rows, asked: Asked) -> Iterator[str]:
    """A section an event: heading, date, place, kind and id, the summary, then every field; or a table."""
    yield from _table(rows, asked.fields) if asked.fields else _sections(rows)


def escaped(said: str) -> str:
    """Return a text as Markdown that shows it as it is, on one line."""
    said = _SIGNS.sub(r"\\\1", display.terminal_safe(said).strip())
    said = _LINE_END.sub(r"\1\\#", said)
    return _LINE_START.sub(lambda found: _backslashed(found.group()), said)


def _backslashed(begin: str) -> str:
    return f"{begin}\\" if begin[-1].isdigit() else f"\\{begin}"


def _table(rows: Rows, paths: tuple[str, ...]) -> Iterator[str]:
    yield f"| {' | '.join(escaped(path) for path in paths)} |\n"
    yield f"|{' --- |' * len(paths)}\n"
    for hit in rows:
        cells = (escaped(columns.cell(columns.value(hit, path))) for path in paths)
        yield f"| {' | '.join(cells)} |\n"


def _sections(rows: Rows) -> Iterator[str]:
    first = True
    for hit in rows:
        yield ("" if first else "\n") + _section(hit.event)
        first = False


def _section(event: Event) -> str:
    head = [f"**{dates.human(event.start, event.end)}**", escaped(event.place), escaped(event.kind), _code(event.id)]
    parts = [f"## {escaped(event.title)}", " · ".join(part for part in head if part)]
    groups: dict[str, list[Line]] = {}
    for line in lines(event):
        if line.field.name not in _IN_HEAD:
            groups.setdefault(line.field.label or line.field.group, []).append(line)
    parts += [escaped(line.text) for line in groups.pop("Summary", [])]
    if groups:
        parts.append("\n".join(_item(label, found) for label, found in groups.items()))
    return "\n\n".join(parts) + "\n"


def _code(said: str) -> str:
    """Return a code span; a text with backticks is fenced by more of them than it has."""
    longest = max(map(len, re.findall("`+", said)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {said} {fence}" if longest else f"`{said}`"


def _item(label: str, found: list[Line]) -> str:
    if len(found) == 1:
        return f"- **{label}:** {_said(found[0])}"
    return "\n".join([f"- **{label}:**", *(f"  - {_said(line)}" for line in found)])


def _said(line: Line) -> str:
    """Return a value; one with an address becomes a link, the address in angle brackets, which its signs survive."""
    if not line.url:
        return escaped(line.text)
    address = re.compile(rf"(?:^|[:;] ){re.escape(line.url)}(?=$| — )")
    return f"[{escaped(address.sub('', line.text, count=1) or line.url)}](<{line.url}>)"
