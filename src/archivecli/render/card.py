"""One event → a card for people, with every field of its record."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Protocol

from rich.console import RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from archivecli import dates, display
from archivecli.events import Event, Hit
from archivecli.render import theme
from archivecli.render.lines import Line, lines
from archivecli.render.plain import chosen
from archivecli.render.screen import Screen, dotted

WIDEST = 108
"""Lines longer than this are hard to read, however wide the terminal is."""

_LABELS = 14
"""Columns of the labels of a group, with the blanks after them."""

_SHORT = 48
"""Values no longer than this share lines, as topics do."""

_LEAST_TITLE = 32
"""Columns for the word and the title beside a command that leads on; where fewer are left, the catalogue goes below."""

_IN_HEAD = ("id", "title", "start", "end")


class Guide(Screen, Protocol):
    """A screen that knows what a command to be typed next needs."""

    def suggested(self, command: str) -> str:
        """Return a command with the catalogue that it needs."""


class Shelf(Protocol):
    """What knows the events beside one."""

    def neighbours(self, event: Event) -> tuple[Event | None, Event | None]:
        """Return the events before and after one, by date."""

    def short_id(self, event_id: str) -> str:
        """Return the shortest beginning of an id that no other id shares."""

    def nearest(self, event: Event, limit: int) -> list[Event]:
        """Return the events that have most in common with one."""


def card(shelf: Shelf, event: Event, screen: Guide) -> Iterator[RenderableType]:
    """Yield the parts of a card: title, date and place in a frame, the fields in groups, then where to go on."""
    width = min(screen.width, WIDEST)
    yield _head(event, width)
    for group, found in _groups(event):
        yield Text("")
        if group:
            yield Text(f" {group}", style=theme.HEADING)
        yield from _body(found, width)
    yield Text("")
    yield from _onward(shelf, event, screen, width)


def cards(shelf: Shelf, events: Iterable[Event], screen: Guide) -> Iterator[RenderableType]:
    """Yield a card for each event, with a blank line between two."""
    for number, event in enumerate(events):
        if number:
            yield Text("")
        yield from card(shelf, event, screen)


def chosen_card(hit: Hit, fields: Sequence[str]) -> Iterator[RenderableType]:
    """Yield the fields asked for, a row a value."""
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    grid.add_column(style=theme.LABEL, no_wrap=True)
    grid.add_column(ratio=1)
    for path, values in groupby(chosen(hit, fields), key=lambda pair: pair[0]):
        for number, (_, said) in enumerate(values):
            grid.add_row("" if number else path, Text(display.terminal_safe(said)))
    yield grid
    yield Text("")


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


def _groups(event: Event) -> Iterator[tuple[str, list[Line]]]:
    """Yield the groups of the card with their lines, the summary (which needs no name) first."""
    groups: dict[str, list[Line]] = {"Summary": []}
    for line in lines(event):
        said_in_head = line.field.name in _IN_HEAD or (line.field.name == "kind" and line.text == event.kind)
        if not said_in_head:
            groups.setdefault(line.field.group, []).append(line)
    for group, found in groups.items():
        if found:
            yield ("" if group == "Summary" else group), found


def _body(found: list[Line], width: int) -> Iterator[RenderableType]:
    """Yield the lines of a group: labelled rows, the paragraphs of a summary, or points."""
    if found[0].field.label:
        yield _labelled(found, width)
    elif found[0].field.name == "summary":
        paragraphs = (Text(display.terminal_safe(line.text)) for line in found)
        yield Padding(Text("\n\n").join(paragraphs), (0, 1, 0, 2), expand=False)
    elif found[0].field.name == "statements":
        for speaker, said in groupby(found, key=lambda line: line.lead):
            yield Padding(Text(display.terminal_safe(speaker), style="bold"), (0, 0, 0, 2))
            yield Padding(_points((_without_lead(line) for line in said), width - 4), (0, 0, 0, 2))
    else:
        yield Padding(_points((_value(line) for line in found), width - 3), (0, 0, 0, 2))


def _labelled(found: list[Line], width: int) -> Table:
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


def _value(line: Line) -> Text:
    said, lead = display.terminal_safe(line.text), len(display.terminal_safe(line.lead))
    shown = Text(said)
    shown.stylize(_LEADS.get(line.field.name, ""), 0, lead)
    if line.url:
        at = said.find(line.url)
        shown.stylize(f"link {line.url}")
        if at >= 0:
            shown.stylize(theme.LINK, at, at + len(line.url))
    return shown


def _without_lead(line: Line) -> Text:
    return Text(display.terminal_safe(line.text.removeprefix(line.lead).lstrip(": ")))


NEAREST = 3
"""So many related events are named below a card."""


def _showing(shortest: str, after: str = "") -> Text:
    """Return the command that shows another event; what is no id is dim."""
    return Text("archive show ", style=theme.DIM).append(display.shell_word(shortest), theme.ID).append(after)


def _onward(shelf: Shelf, event: Event, screen: Guide, width: int) -> Iterator[RenderableType]:
    """Say which events come before and after and which are nearest to it, and how to see them."""
    both = zip(("earlier", "later"), shelf.neighbours(event), strict=True)
    beside = [(word, other) for word, other in both if other is not None]
    beside += [("related", other) for other in shelf.nearest(event, NEAREST)]
    naming = screen.suggested("")
    commands = [_showing(shelf.short_id(other.id), naming) for _, other in beside]
    crowded = bool(naming) and max(map(len, commands), default=0) > width - _LEAST_TITLE
    if crowded:
        commands = [_showing(shelf.short_id(other.id)) for _, other in beside]
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.width = width
    grid.add_column(min_width=8, style=theme.LABEL, no_wrap=True)
    grid.add_column(min_width=max((len(command) for command in commands), default=0), no_wrap=True)
    grid.add_column(ratio=1, no_wrap=True, overflow="ellipsis", style=theme.DIM)
    for (word, other), command in zip(beside, commands, strict=True):
        grid.add_row(f" {word}", command, theme.said(other.title, screen.unicode))
    if beside:
        yield grid
    if beside and crowded:
        yield Text(f" each with{naming}", style=theme.DIM)
