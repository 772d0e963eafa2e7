"""One event → a card for people, with every field of its record."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from rich.console import RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from archivecli import display
from archivecli.events import Event, Hit
from archivecli.render import theme
from archivecli.render.describe import Detail, lines
from archivecli.render.event_table import kind, when
from archivecli.render.theme import Screen, dotted, safe
from archivecli.schema import Schema

WIDEST = 108  # longer lines are hard to read, however wide the terminal is
_LABELS = 14  # cells for labels with the spaces after them
_SHORT = 48  # values no longer than this share lines, as topics do
_LEAST_TITLE = 32  # cells for word and title beside a suggested command; with fewer, the catalogue is named below

_IN_HEAD = ("id", "title", "start", "end")


class Link(NamedTuple):
    """A suggested event: ``earlier``, ``later`` or ``related``, its shortest id and its title."""

    word: str
    short_id: str
    title: str


def card(
    schema: Schema, event: Event, links: Sequence[Link], screen: Screen, catalogue: str = ""
) -> Iterator[RenderableType]:
    """Yield the parts of a card: title, date and place in a frame, the fields in groups, then suggested commands.

    ``catalogue`` is what the commands must add to name the catalogue: `` --catalogue my.yaml``.
    """
    width = min(screen.width, WIDEST)
    yield _head(event, width)
    for group, found in _groups(schema, event).items():
        if found:
            yield ""
            if group:
                yield Text(f" {group}", style=theme.HEADING)
            yield from _body(found, width)
    yield ""
    yield from _suggestions(links, width, screen, catalogue)


def field_card(schema: Schema, hit: Hit, fields: Sequence[str]) -> Iterator[RenderableType]:
    """Yield a row for each value of the fields asked for."""
    from archivecli.render import columns

    rows = []
    for path, values in groupby(columns.values(schema, hit, fields), key=lambda pair: pair[0]):
        rows += [("" if number else path, safe(value)) for number, (_, value) in enumerate(values)]
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
    facts = dotted([when(event), kind(event), safe(event.place, theme.PLACE)])
    shown = Text("\n").join([safe(event.title, theme.TITLE), facts])
    name = Text(event.id, style=theme.ID)
    if len(name) > width - 6:  # the frame would cut it
        return Panel(shown.append("\n").append_text(name), border_style=theme.DIM, width=width)
    return Panel(shown, border_style=theme.DIM, width=width, subtitle=name, subtitle_align="right")


def _groups(schema: Schema, event: Event) -> dict[str, list[Detail]]:
    """Return the lines of each group of the card, the summary first and without a name."""
    groups: dict[str, list[Detail]] = {"": []}
    for line in lines(schema, event):
        in_head = line.field.name in _IN_HEAD or (line.field.name == "kind" and line.text == event.kind)
        if not in_head:
            groups.setdefault("" if line.field.group == "Summary" else line.field.group, []).append(line)
    return groups


def _body(found: list[Detail], width: int) -> Iterator[RenderableType]:
    """Yield the lines of a group: labelled rows, the paragraphs of a summary, or points."""
    if found[0].field.label:
        yield _labelled(found, width)
    elif found[0].field.name == "summary":
        yield Padding(Text("\n\n").join(safe(line.text) for line in found), (0, 1, 0, 2), expand=False)
    elif found[0].field.name == "statements":
        for speaker, statements in groupby(found, key=lambda line: line.lead):
            yield Padding(safe(speaker, "bold"), (0, 0, 0, 2))
            said = (safe(line.text.removeprefix(line.lead).lstrip(": ")) for line in statements)
            yield Padding(_points(said, width - 4), (0, 0, 0, 2))
    else:
        yield Padding(_points((_value(line) for line in found), width - 3), (0, 0, 0, 2))


def _labelled(found: list[Detail], width: int) -> Table:
    value_width = width - _LABELS - 4
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=1)
    grid.add_column(style=theme.LABEL, width=_LABELS - 1)
    grid.add_column(width=max(value_width, 10), overflow="fold")
    for label, group in groupby(found, key=lambda line: line.field.label):
        held = list(group)
        values = map(_value, held)
        share_lines = len(held) == 1 or all(len(line.text) <= _SHORT and not line.url for line in held)
        grid.add_row("", label, dotted(values) if share_lines else _points(values, value_width))
    return grid


def _points(values: Iterable[Text], width: int) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=1)
    grid.add_column(width=max(width - 3, 8), overflow="fold")
    for value in values:
        grid.add_row(Text("•", style=theme.DIM), value)
    return grid


_LEADS = {  # styles of the name or number that a line begins with
    **dict.fromkeys(("people", "figures", "documents"), "bold"),
    **dict.fromkeys(("participants", "invited", "absent", "concerns", "mentioned"), theme.LABEL),
    "related": theme.ID,
}


def _value(line: Detail) -> Text:
    shown = safe(line.text)
    shown.stylize(_LEADS.get(line.field.name, ""), 0, len(display.terminal_safe(line.lead)))
    if line.url:
        shown.stylize(f"link {line.url}")
        if (at := shown.plain.find(line.url)) >= 0:
            shown.stylize(theme.LINK, at, at + len(line.url))
    return shown


def _suggestions(links: Sequence[Link], width: int, screen: Screen, catalogue: str) -> Iterator[RenderableType]:
    if not links:
        return
    show = Text("archive show ", style=theme.DIM)
    commands = [show.copy().append(display.shell_word(link.short_id), theme.ID) for link in links]
    crowded = bool(catalogue) and max(map(len, commands)) + len(catalogue) > width - _LEAST_TITLE
    if not crowded:
        commands = [command.append(catalogue) for command in commands]
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.width = width
    grid.add_column(min_width=8, style=theme.LABEL, no_wrap=True)
    grid.add_column(min_width=max(map(len, commands)), no_wrap=True)
    grid.add_column(ratio=1, no_wrap=True, overflow="ellipsis", style=theme.DIM)
    for link, command in zip(links, commands, strict=True):
        grid.add_row(f" {link.word}", command, screen.text(link.title))
    yield grid
    if crowded:
        yield Text(f" each with{catalogue}", style=theme.DIM)
