"""``archive cite``: cite events in the style of Chicago, APA or MLA."""

from typing import Annotated

import typer

from archivecli import dates, display
from archivecli.cli.arguments import Ids, Null, events_of
from archivecli.cli.options import CommonOptions, checked, command, today
from archivecli.errors import UsageError
from archivecli.render.citation import STYLES, reference


@command
def run(
    ids: Ids,
    style: Annotated[str, typer.Option("--style", metavar="|".join(STYLES), help="style guide")] = "chicago",
    accessed: Annotated[
        str | None,
        typer.Option("--accessed", metavar="DAY", help="when you read it: 2026-11-23 or today (default: none)"),
    ] = None,
    null: Null = False,
    *,
    common: CommonOptions,
) -> None:
    """Cite the entry of the source that an event is taken from, ready for a list of works.

    Examples:  archive cite 2009-12-09  ·  archive cite 2009-12-09 --style apa --accessed today

    For a reference manager:  archive show 2009-12-09 --format bibtex  (or ris, csl-json)
    """
    checked("--style", style, list(STYLES))
    day = _day(accessed)
    archive, out = common.open(), common.out
    references = [
        reference(event, archive.index.meta["about"], archive.page_url) for event in events_of(archive, out, ids, null)
    ]
    citations = [list(STYLES[style](one, day)) for one in references]
    if not out.terminal:
        out.write("".join(segment.text for segment in citation) + "\n" for citation in citations)
        return
    from archivecli.render.theme import paragraph  # not in a pipe

    for number, citation in enumerate(citations):
        out.show(*[""] if number else [], paragraph(*citation))


def _day(typed: str | None) -> str:
    if typed == "today":
        return today(None)
    if typed is not None and (dates.date_error(typed) or len(typed) != len("2026-11-23")):
        message = f"--accessed: '{display.terminal_safe(typed)[:40]}' is not a day"
        raise UsageError(message, "a day is 2026-11-23, or today")
    return typed or ""
