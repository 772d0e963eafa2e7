"""``archive timeline``: one row per event, with a bar on an axis of time."""

from typing import Annotated

import typer

from archivecli.cli.arguments import Words
from archivecli.cli.options import TABLE, CommonOptions, OutputOptions, checked, command
from archivecli.cli.views import ViewContext, select
from archivecli.query.criteria import Node, time_span
from archivecli.render import ROW_FORMATS
from archivecli.render.counts import count_by
from archivecli.render.tabular import View
from archivecli.render.timeline import MAX_BARS, make_timeline, timeline_view
from archivecli.schema import CORE_FACETS


@command
def run(
    words: Words = None,
    color_by: Annotated[
        str,
        typer.Option(
            "--color-by", "--colour-by", metavar="FIELD", help=f"letters and colours by: {', '.join(CORE_FACETS)}"
        ),
    ] = "kind",
    *,
    view_options: OutputOptions,
    where: Node,
    common: CommonOptions,
) -> None:
    """Draw events as bars on an axis of time, oldest first.

    Examples:  archive timeline  ·  archive timeline --year 2009 --color-by country

    'archive count --by month' counts them instead.
    """
    checked("--color-by", color_by, list(CORE_FACETS))
    found = select(words, where, common)
    drawn = view_options.name(found.out, ROW_FORMATS) == TABLE
    found.write(_counts(found) if drawn and found.total > MAX_BARS else _bars(found, color_by), view_options)


def _bars(found: ViewContext, field: str) -> View:
    selection = found.selection
    line = make_timeline(field, selection.count_by(field), found.total, selection.busy(), time_span(found.query.where))
    return timeline_view(line, selection.events(), found.archive.short_id, found.view)


def _counts(found: ViewContext) -> View:
    """Return numbers instead of more bars than can be told apart, with a note."""
    busy = found.selection.busy()
    years = int(busy[-1][1][:4]) - int(busy[0][0][:4]) + 1
    by = "month" if years <= 4 else "quarter" if years <= 15 else "year"
    found.out.note(
        f"{found.total:,} events are too many to draw (at most {MAX_BARS}): counted by {by} here",
        "narrow them with a filter to see each",
    )
    return count_by(by, found.selection.count_by(by), found.total)
