"""One event → a card for people, or ``field: value`` lines for a pipe; both hold every field of the record."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from archivecli import dates, text
from archivecli.events import Event, Hit
from archivecli.render.lines import Line, lines

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from archivecli.render.table import Screen


class Shelf(Protocol):
    """What knows the events beside one, and the short forms of names."""

    def shorts(self) -> Mapping[str, str]:
        """Return the short form of every name that has one."""

    def beside(self, event: Event) -> tuple[Event | None, Event | None]:
        """Return the events before and after one, by date."""

    def shortest(self, event_id: str) -> str:
        """Return the shortest beginning of an id that no other id shares."""


_IN_HEAD = ("id", "title", "start", "end")


def plain_record(event: Event, last: bool = True, fields: Sequence[str] = ()) -> str:
    """Return a record as ``field: value`` lines, a line each value; a blank line parts it from the next."""
    said = _chosen(event, fields) if fields else ((line.field.name, line.text) for line in lines(event))
    shown = "".join(f"{name}: {text.one_line(value)}\n" for name, value in said)
    return shown if last else shown + "\n"


def _chosen(event: Event, fields: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield every value at the paths asked for, with its path."""
    from archivecli.render import columns

    for path in fields:
        found = columns.value(Hit(event), path)
        yield from ((path, columns.cell(item)) for item in (found if isinstance(found, list) else [found]))


def chosen_card(event: Event, fields: Sequence[str]) -> Iterator["RenderableType"]:
    """Yield the fields asked for, a row a value."""
    from rich.table import Table
    from rich.text import Text

    from archivecli.render import theme

    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    grid.add_column(style=theme.LABEL, no_wrap=True)
    grid.add_column(ratio=1)
    label = ""
    for path, said in _chosen(event, fields):
        grid.add_row("" if path == label else path, Text(text.one_line(said)))
        label = path
    yield grid
    yield Text("")


def card(archive: Shelf, event: Event, screen: "Screen") -> Iterator["RenderableType"]:
    """Yield the parts of a card: title, date, then the fields in groups, then where to go on."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from archivecli.render import theme

    yield Text(text.one_line(event.title), style=theme.TITLE)
    head = [
        Text(dates.human(event.start, event.end), style=theme.DATE),
        Text(text.one_line(event.place), style=theme.PLACE),
        Text(text.one_line(event.kind), style=theme.kind(event.kind)),
        Text(event.id, style=theme.ID),
    ]
    yield Text(" · ", style=theme.DIM).join(piece for piece in head if piece.plain)
    for group, found in _groups(event, archive):
        yield Text("")
        if group:
            yield Text(group, style=theme.HEADING)
        grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
        grid.add_column(style=theme.LABEL, width=13)
        grid.add_column(ratio=1)
        label = ""
        for line in found:
            shown = line.field.label or ""
            grid.add_row("" if shown == label else shown, _value(line))
            label = shown
        yield grid if any(line.field.label for line in found) else Padding(_prose(found), (0, 0, 0, 2))
    yield Text("")
    yield from _onward(archive, event)


def _groups(event: Event, archive: Shelf) -> Iterator[tuple[str, list[Line]]]:
    shorts = archive.shorts()
    groups: dict[str, list[Line]] = {"Summary": []}
    for line in lines(event, lambda name: shorts.get(name, name)):
        if line.field.name not in _IN_HEAD:
            groups.setdefault(line.field.group, []).append(line)
    for group, found in groups.items():
        if found:
            yield ("" if group == "Summary" else group), found


def _value(line: Line) -> "Text":
    from rich.text import Text

    shown = Text(text.one_line(line.text))
    if line.url:
        shown.stylize(f"link {line.url}")
    return shown


def _prose(found: list[Line]) -> "Text":
    """Return values without labels: paragraphs of a summary, or items of a list."""
    from rich.text import Text

    if found[0].field.name == "summary":
        return Text("\n\n").join(_value(line) for line in found)
    return Text("\n").join(Text("• ").append_text(_value(line)) for line in found)


def _onward(archive: Shelf, event: Event) -> Iterator["RenderableType"]:
    """Say which events come before and after, and how to see them."""
    from rich.text import Text

    from archivecli.render import theme

    for word, other in zip(("earlier", "later"), archive.beside(event), strict=True):
        if other is not None:
            line = Text(f"{word:<8} archive show ", style=theme.DIM)
            line.append(archive.shortest(other.id), style=theme.ID)
            line.append(f"  {text.one_line(other.title)}", style=theme.DIM)
            line.no_wrap = True
            line.overflow = "ellipsis"
            yield line
