"""``archive timeline``: one row per event, with a bar on an axis of time."""

from typing import Annotated

import typer

from archivecli.cli.arguments import Words
from archivecli.cli.options import TABLE, CommonOptions, OutputOptions, checked, command
from archivecli.cli.views import select
from archivecli.query.criteria import Node, time_span
from archivecli.render import ROW_FORMATS
from archivecli.render.counts import count_by
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
) -> bool:
    """Draw events as bars on an axis of time, oldest first.

    Examples:  archive timeline  ·  archive timeline --year 2009 --color-by country

    'archive count --by month' counts them instead.
    """
    checked("--color-by", color_by, list(CORE_FACETS))
    found = select(words, where, common)
    selection, busy = found.selection, found.selection.busy()
    if found.total > MAX_BARS and view_options.name(found.out, ROW_FORMATS) == TABLE:
        years = int(busy[-1][1][:4]) - int(busy[0][0][:4]) + 1
        by = "month" if years <= 4 else "quarter" if years <= 15 else "year"
        too_many = f"{found.total:,} events are too many to draw (at most {MAX_BARS}): counted by {by} here"
        found.out.note(too_many, "narrow them with a filter to see each")
        view = count_by(by, selection.count_by(by), found.total)
    else:
        line = make_timeline(color_by, selection.count_by(color_by), found.total, busy, time_span(found.query.where))
        view = timeline_view(line, selection.events(), found.archive.index.short_id, found.view)
    return found.write(view, view_options)
