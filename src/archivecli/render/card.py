"""One event → a card for people, with every field of its record."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from rich.console import RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from archivecli import dates, display
from archivecli.events import Event, Hit
from archivecli.render import theme
from archivecli.render.describe import Detail, lines
from archivecli.render.theme import Screen, dotted

WIDEST = 108
"""Lines longer than this are hard to read, however wide the terminal is."""

_LABELS = 14
"""Columns of the labels of a group, with the spaces after them."""

_SHORT = 48
"""Values no longer than this share lines, as topics do."""

_LEAST_TITLE = 32
"""Columns for the word and the title beside a command that leads on; where fewer are left, the catalogue goes below."""

_IN_HEAD = ("id", "title", "start", "end")


class Link(NamedTuple):
    """An event to go on to: ``earlier``, ``later`` or ``related``, its shortest id and its title."""

    word: str
    short_id: str
    title: str


def card(event: Event, links: Sequence[Link], screen: Screen, catalogue: str = "") -> Iterator[RenderableType]:
    """Yield the parts of a card: title, date and place in a frame, the fields in groups, then where to go on.

    ``catalogue`` is what the commands that lead on must add to name the catalogue: `` --catalogue my.yaml``.
    """
    width = min(screen.width, WIDEST)
    yield _head(event, width)
    for group, found in _groups(event):
        yield ""
        if group:
            yield Text(f" {group}", style=theme.HEADING)
        yield from _body(found, width)
    yield ""
    yield from _onward(links, width, screen, catalogue)


def field_card(hit: Hit, fields: Sequence[str]) -> Iterator[RenderableType]:
    """Yield the fields asked for, a row a value."""
    from archivecli.render import columns

    rows = []
    for path, values in groupby(columns.values(hit, fields), key=lambda pair: pair[0]):
        rows += [
            ("" if number else path, Text(display.terminal_safe(value))) for number, (_, value) in enumerate(values)
        ]
    yield labelled(rows)
    yield ""


def labelled(rows: Iterable[tuple[str, Text]]) -> Table:
    """Return a table of values, each with its label."""
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    grid.add_column(style=theme.LABEL, no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for label, value in rows:
        grid.add_row(label, value)
    return grid


def _head(event: Event, width: int) -> RenderableType:
    facts = [
        Text(dates.human(event.start, event.end), style=theme.DATE),
        Text(display.terminal_safe(event.kind), style=theme.kind(event.kind)),
        Text(display.terminal_safe(event.place), style=theme.PLACE),
    ]
    shown = Text.assemble((display.terminal_safe(event.title), theme.TITLE), "\n")
    shown.append_text(dotted(facts))
    name = Text(event.id, style=theme.ID)
    if len(name) > width - 6:  # the frame would cut it
        return Panel(shown.append("\n").append_text(name), border_style=theme.DIM, width=width)
    return Panel(shown, border_style=theme.DIM, width=width, subtitle=name, subtitle_align="right")


def _groups(event: Event) -> Iterator[tuple[str, list[Detail]]]:
    """Yield the groups of the card with their lines, the summary (which needs no name) first."""
    groups: dict[str, list[Detail]] = {"Summary": []}
    for line in lines(event):
        in_head = line.field.name in _IN_HEAD or (line.field.name == "kind" and line.text == event.kind)
        if not in_head:
            groups.setdefault(line.field.group, []).append(line)
    for group, found in groups.items():
        if found:
            yield ("" if group == "Summary" else group), found


def _body(found: list[Detail], width: int) -> Iterator[RenderableType]:
    """Yield the lines of a group: labelled rows, the paragraphs of a summary, or points."""
    if found[0].field.label:
        yield _labelled(found, width)
    elif found[0].field.name == "summary":
        paragraphs = (Text(display.terminal_safe(line.text)) for line in found)
        yield Padding(Text("\n\n").join(paragraphs), (0, 1, 0, 2), expand=False)
    elif found[0].field.name == "statements":
        for speaker, statements in groupby(found, key=lambda line: line.lead):
            yield Padding(Text(display.terminal_safe(speaker), style="bold"), (0, 0, 0, 2))
            yield Padding(_points((_without_lead(line) for line in statements), width - 4), (0, 0, 0, 2))
    else:
        yield Padding(_points((_value(line) for line in found), width - 3), (0, 0, 0, 2))


def _labelled(found: list[Detail], width: int) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=1)
    grid.add_column(style=theme.LABEL, width=_LABELS - 1)
    room = width - _LABELS - 4
    grid.add_column(width=max(room, 10), overflow="fold")
    for label, values in groupby(found, key=lambda line: line.field.label):
        held = list(values)
        if len(held) == 1:
            grid.add_row("", label, _value(held[0]))
        elif all(len(line.text) <= _SHORT and not line.url for line in held):
            grid.add_row("", label, dotted(_value(line) for line in held))
        else:
            grid.add_row("", label, _points((_value(line) for line in held), room))
    return grid


def _points(values: Iterable[Text], width: int) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=1)
    grid.add_column(width=max(width - 3, 8), overflow="fold")
    for value in values:
        grid.add_row(Text("•", style=theme.DIM), value)
    return grid


_LEADS = {
    **dict.fromkeys(("people", "figures", "documents"), "bold"),
    **dict.fromkeys(("participants", "invited", "absent", "concerns", "mentioned"), theme.LABEL),
    "related": theme.ID,
}
"""How the name or number looks that a line opens with."""


def _value(line: Detail) -> Text:
    value, lead = display.terminal_safe(line.text), len(display.terminal_safe(line.lead))
    shown = Text(value)
    shown.stylize(_LEADS.get(line.field.name, ""), 0, lead)
    if line.url:
        at = value.find(line.url)
        shown.stylize(f"link {line.url}")
        if at >= 0:
            shown.stylize(theme.LINK, at, at + len(line.url))
    return shown


def _without_lead(line: Detail) -> Text:
    return Text(display.terminal_safe(line.text.removeprefix(line.lead).lstrip(": ")))


def _onward(links: Sequence[Link], width: int, screen: Screen, catalogue: str) -> Iterator[RenderableType]:
    """Yield the commands that show the events before and after and the related ones."""
    commands = [_showing(link, catalogue) for link in links]
    crowded = bool(catalogue) and max(map(len, commands), default=0) > width - _LEAST_TITLE
    if crowded:
        commands = [_showing(link, "") for link in links]
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.width = width
    grid.add_column(min_width=8, style=theme.LABEL, no_wrap=True)
    grid.add_column(min_width=max(map(len, commands), default=0), no_wrap=True)
    grid.add_column(ratio=1, no_wrap=True, overflow="ellipsis", style=theme.DIM)
    for link, command in zip(links, commands, strict=True):
        grid.add_row(f" {link.word}", command, screen.text(link.title))
    if links:
        yield grid
    if links and crowded:
        yield Text(f" each with{catalogue}", style=theme.DIM)


def _showing(link: Link, after: str) -> Text:
    shown = Text("archive show ", style=theme.DIM)
    return shown.append(display.shell_word(link.short_id), theme.ID).append(after)
