"""The answers of views: a picture at a terminal, rows in a pipe, data in a format or a file."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from archivecli import text
from archivecli.cli.form import PANEL, chosen
from archivecli.cli.output import Output
from archivecli.errors import UsageError
from archivecli.render.rows import FORMATS, Row
from archivecli.settings import named

if TYPE_CHECKING:
    from rich.console import RenderableType

TABLE = "table"
CHOICES = (TABLE, *FORMATS)

ViewFormat = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help=f"one of {', '.join(CHOICES)}; a picture at a terminal and plain rows in a pipe unless told",
        autocompletion=lambda: list(CHOICES),
        rich_help_panel=PANEL,
    ),
]
ViewFile = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="write to a file, in the format of its suffix; - is stdout",
        rich_help_panel=PANEL,
    ),
]
ViewForce = Annotated[bool, typer.Option("--force", help="overwrite the file of --output", rich_help_panel=PANEL)]


class Sheet(NamedTuple):
    """In what form a view is written: what was typed for --format, --output and --force."""

    format: str | None = None
    output: str | None = None
    force: bool = False

    def name(self, out: Output) -> str:
        """Return the name of the format; raise UsageError for options that do not fit each other."""
        file = None if self.output is None or self.output == "-" else named("--output", self.output)
        if self.force and file is None:
            raise UsageError("--force is for --output FILE")
        if file is None or self.format is not None:
            name = chosen(self.format, out, CHOICES)
            if file is not None and name == TABLE:
                raise UsageError("a picture is for a terminal, not for a file", "--format plain is its like for files")
            return name
        for name, (_, suffixes) in FORMATS.items():
            if file.lower().endswith(suffixes):
                return name
        known = ", ".join(suffix for _, suffixes in FORMATS.values() for suffix in suffixes)
        raise UsageError(f"--output: no format is known by the name '{file}'", f"--format NAME, or one of {known}")


class View(NamedTuple):
    """What a view has to say: rows with their columns, and a picture for people.

    ``matrix`` gives other rows and columns for sheets, where they are the more natural table.
    """

    columns: Sequence[str]
    rows: Callable[[], Iterable[Row]]
    picture: Callable[[], Iterable["RenderableType"]]
    matrix: Callable[[], tuple[Sequence[str], Iterable[Row]]] | None = None


def emit_view(out: Output, view: View, sheet: Sheet) -> None:
    """Write a view in the form that was asked for, or that suits a terminal or a pipe."""
    name = sheet.name(out)
    if name == TABLE:
        out.show(*view.picture())
        return
    columns, rows = view.columns, view.rows
    for_a_person = name == "plain" and out.terminal and sheet.output in (None, "-")
    if for_a_person and not out.unicode:
        rows = partial(map, text.ascii_values, view.rows())
    if view.matrix is not None and name in ("csv", "tsv", "markdown"):
        columns, found = view.matrix()
        pieces = FORMATS[name][0](found, columns)
    else:
        pieces = FORMATS[name][0](rows(), columns)
    if sheet.output not in (None, "-"):
        out.write_file(str(sheet.output), pieces, sheet.force)
        out.remark(f"written to {sheet.output}")
    elif for_a_person:
        out.write(pieces)
    else:
        out.write_data(pieces)


def emit_count(out: Output, total: int, sheet: Sheet) -> None:
    """Write how many events there are."""
    name = sheet.name(out)
    rows: list[dict[str, Any]] = [{"count": total}]
    if name == TABLE:
        out.write([f"{total}\n"])
    else:
        emit_view(out, View(("count",), lambda: rows, lambda: ()), sheet)
