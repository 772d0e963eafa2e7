"""``archive timeline``: events as bars on an axis of time, or their numbers month by month."""

from typing import Annotated

import typer

from archivecli.cli.asking import ask
from archivecli.cli.ids import WORDS_HELP
from archivecli.cli.options import Common, FailIfEmpty, command
from archivecli.cli.tallies import TABLE, Sheet, ViewFile, ViewForce, ViewFormat, emit_view
from archivecli.cli.views import moments
from archivecli.errors import UsageError, did_you_mean
from archivecli.query.criteria import Node
from archivecli.query.facets import BY_NAME, PERIODS

app = typer.Typer()


@app.command()
@command
def timeline(
    words: Annotated[list[str] | None, typer.Argument(metavar="[WORDS...]", help=WORDS_HELP)] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="PERIOD",
            help=f"count by {', '.join(PERIODS)} instead of drawing bars",
            autocompletion=lambda: list(PERIODS),
        ),
    ] = None,
    colour_by: Annotated[
        str,
        typer.Option(
            "--color-by",
            "--colour-by",
            metavar="FIELD",
            help=f"letters and colours by: {', '.join(BY_NAME)}",
            autocompletion=lambda: list(BY_NAME),
        ),
    ] = "kind",
    format_: ViewFormat = None,
    output: ViewFile = None,
    force: ViewForce = False,
    fail_if_empty: FailIfEmpty = False,
    *,
    where: Node,
    common: Common,
) -> None:
    """Draw events as bars on an axis of time, or count them by month, quarter or year.

    Examples:  archive timeline  ·  archive timeline --year 2009 --color-by country  ·  archive timeline --by quarter

    In a pipe: a row for every event, or for every period of --by.
    """
    if by is not None and by not in PERIODS:
        raise UsageError(f"--by: '{by[:40]}' is none of {', '.join(PERIODS)}", did_you_mean(by, PERIODS))
    if colour_by not in BY_NAME:
        near = did_you_mean(colour_by, tuple(BY_NAME)) or f"choose from {', '.join(BY_NAME)}"
        raise UsageError(f"--color-by: '{colour_by[:40]}' is no field", near)
    sheet = Sheet(format_, output, force)
    found = ask(words, where, common)
    drawn = sheet.name(found.out) == TABLE
    if by is not None:
        view = moments.histogram(found, by, colour_by)
    elif drawn and found.total > moments.MOST_BARS:
        view = moments.too_many(found, colour_by)
    else:
        view = moments.bars(found, colour_by)
    emit_view(found.out, view, sheet)
    found.remark_if_empty(fail_if_empty)
