"""``archive cite``: an event as a style guide has it in a list of works."""

from typing import Annotated

import typer

from archivecli import dates, display
from archivecli.cli.ids import IDS_HELP, Null, events_of
from archivecli.cli.options import Common, command, today
from archivecli.cli.output import Output
from archivecli.cli.output_options import checked
from archivecli.errors import UsageError
from archivecli.render.citation import STYLES, Reference, reference

app = typer.Typer()


@app.command()
@command
def cite(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help=IDS_HELP)],
    style: Annotated[
        str,
        typer.Option("--style", metavar="|".join(STYLES), help="the style guide"),
    ] = "chicago",
    accessed: Annotated[
        str | None,
        typer.Option("--accessed", metavar="DAY", help="when you read it: 2026-11-23 or today; else left out"),
    ] = None,
    null: Null = False,
    *,
    common: Common,
) -> None:
    """Cite the entry of the source that an event is taken from, ready for a list of works.

    Examples:  archive cite 2009-12-09  ·  archive cite 2009-12-09 --style apa --accessed today

    For a reference manager:  archive show 2009-12-09 --format bibtex  (or ris, csl-json)
    """
    checked("--style", style, list(STYLES))
    day = _day(accessed)
    archive = common.open()
    out = common.out
    events = events_of(archive, out, ids, null)
    cited = [reference(event, archive.about, lambda page: archive.term("pages", page).url) for event in events]
    _write(out, cited, style, day)


def _day(typed: str | None) -> str:
    """Return the day of access as an ISO day, or an empty text where none is given."""
    if typed == "today":
        return today(None)
    if typed is not None and (dates.date_error(typed) or len(typed) != len("2026-11-23")):
        raise UsageError(
            f"--accessed: '{display.terminal_safe(typed)[:40]}' is not a day", "a day is 2026-11-23, or today"
        )
    return typed or ""


def _write(out: Output, cited: list[Reference], style: str, accessed: str) -> None:
    """Write a citation a line; at a terminal wrapped, with the style's italics and an empty line between."""
    if not out.terminal:
        out.write("".join(segment.text for segment in STYLES[style](one, accessed)) + "\n" for one in cited)
        return
    from archivecli.render.theme import paragraph  # not in a pipe

    for one in cited:
        out.show(paragraph(*STYLES[style](one, accessed)))
        if one is not cited[-1]:
            out.show("")
