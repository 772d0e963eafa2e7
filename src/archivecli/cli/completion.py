"""What a completing shell is offered, from the index."""

from collections.abc import Callable, Iterator
from typing import Any

import typer

from archivecli.archive import Archive
from archivecli.errors import ArchiveError
from archivecli.locations import resolve_catalogue
from archivecli.query.criteria import Query

LIMIT = 200
"""More than these are never offered."""


def _archive(ctx: typer.Context) -> Archive:
    import os

    given = ctx.params.get("catalogue") or os.environ.get("ARCHIVE_CATALOGUE")
    return Archive(resolve_catalogue(given))


def _silently(offer: Callable[..., Iterator[tuple[str, str]]]) -> Callable[..., list[tuple[str, str]]]:
    """Offer nothing rather than an error: a shell would show it in the middle of the line."""

    def offered(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
        try:
            return list(offer(ctx, incomplete))
        except (ArchiveError, OSError):
            return []

    return offered


@_silently
def ids(ctx: typer.Context, incomplete: str) -> Iterator[tuple[str, str]]:
    """Offer ids that begin with what is typed, with their titles."""
    archive = _archive(ctx)
    for event_id in archive.index.by_ids(incomplete.lower(), LIMIT):
        event = archive.index.get(event_id)
        if event:
            yield event_id, event.title


def values(facet: str, ctx: Any, incomplete: str) -> list[tuple[str, str]]:
    """Offer the values of a facet, or the years or months of the archive, with their numbers of events."""
    try:
        tallies = _archive(ctx).tally(facet, Query())
    except (ArchiveError, OSError):
        return []
    wanted = incomplete.casefold()
    found = [
        (name, f"{tally.number} events")
        for tally in tallies
        for name in dict.fromkeys((tally.short, tally.name))
        if name and name.casefold().startswith(wanted)
    ]
    return found[:LIMIT]
