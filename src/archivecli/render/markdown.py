"""Markdown (CommonMark): a section an event."""

import re
from collections.abc import Iterable, Iterator

from archivecli import dates, display
from archivecli.events import Event, Hit
from archivecli.render import FormatContext
from archivecli.render.describe import Detail, lines

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&$])")
_LINE_START = re.compile(r"^(#+|[-+=]|\d+(?=[.)]))")
_LINE_END = re.compile(r"(?<=\s)(#*)#$")  # would close a heading and vanish
_IN_HEAD = ("id", "title", "kind", "start", "end")


def as_markdown(hits: Iterable[Hit], context: FormatContext) -> Iterator[str]:
    """Write a section an event: heading, date, place, kind and id, the summary, then every field."""
    opened = False
    for hit in hits:
        yield ("\n" if opened else "") + _section(hit.event)
        opened = True


def escaped(value: str) -> str:
    """Return a text as Markdown that shows it as it is, on one line."""
    value = _SPECIAL.sub(r"\\\1", display.terminal_safe(value).strip())
    value = _LINE_END.sub(r"\1\\#", value)
    return _LINE_START.sub(lambda found: _backslashed(found.group()), value)


def _backslashed(begin: str) -> str:
    return f"{begin}\\" if begin[-1].isdigit() else f"\\{begin}"


def _section(event: Event) -> str:
    head = [f"**{dates.human(event.start, event.end)}**", escaped(event.place), escaped(event.kind), _code(event.id)]
    parts = [f"## {escaped(event.title)}", " · ".join(part for part in head if part)]
    groups: dict[str, list[Detail]] = {}
    for line in lines(event):
        if line.field.name not in _IN_HEAD:
            groups.setdefault(line.field.label or line.field.group, []).append(line)
    parts += [escaped(line.text) for line in groups.pop("Summary", [])]
    if groups:
        parts.append("\n".join(_item(label, found) for label, found in groups.items()))
    return "\n\n".join(parts) + "\n"


def _code(value: str) -> str:
    """Return a code span; a text with backticks is fenced by more of them than it has."""
    longest = max(map(len, re.findall("`+", value)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {value} {fence}" if longest else f"`{value}`"


def _item(label: str, found: list[Detail]) -> str:
    if len(found) == 1:
        return f"- **{label}:** {_linked(found[0])}"
    return "\n".join([f"- **{label}:**", *(f"  - {_linked(line)}" for line in found)])


def _linked(line: Detail) -> str:
    """Return a value; one with a URL becomes a link, the URL in angle brackets, which keep it as it is."""
    if not line.url:
        return escaped(line.text)
    url = re.compile(rf"(?:^|[:;] ){re.escape(line.url)}(?=$| — )")
    return f"[{escaped(url.sub('', line.text, count=1) or line.url)}](<{line.url}>)"
