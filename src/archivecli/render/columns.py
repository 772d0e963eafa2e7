"""Fields by path, such as ``places.city``: the known paths and an event's values at them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from archivecli.errors import UsageError, did_you_mean, similar
from archivecli.events import Hit, values_at
from archivecli.render.tabular import Table, cell
from archivecli.schema import Schema

DERIVED = ("when", "place")  # properties of Event beside the record
FOUND = ("hit.score", "hit.fields", "hit.partial", "hit.reasons")  # what search and related add


def known(schema: Schema, searched: bool = False) -> dict[str, bool]:
    """Return every path in the order of the record, and whether it leads to a list."""
    found = schema.paths | dict.fromkeys(DERIVED, False)
    return found | {name: name in ("hit.fields", "hit.reasons") for name in FOUND} if searched else found


def chosen(schema: Schema, typed: str, searched: bool = False) -> tuple[str, ...]:
    """Return the paths of ``id,start,places.city``; raise UsageError for one that does not exist."""
    paths = tuple(dict.fromkeys(path.strip() for path in typed.split(",") if path.strip()))
    if not paths:
        raise UsageError("--fields: no field is named", "for example --fields id,start,title,places.city")
    all_paths = known(schema, searched)
    for path in paths:
        if path in FOUND and not searched:
            raise UsageError(f"--fields: only a search has '{path}'")
        if path not in all_paths:
            raise UsageError(f"--fields: there is no field '{path[:60]}'", _near(path, list(all_paths)))
    return paths


def _near(path: str, paths: list[str]) -> str:
    """Suggest a part of the same field, a part of this name in another field, or a similar field."""
    parent, _, last = path.rpartition(".")
    if parent and (inside := [other for other in paths if other.startswith(f"{parent}.")]):
        near = similar(last, [other.removeprefix(f"{parent}.") for other in inside], 1)
        meant = f"did you mean {parent}.{near[0]}?\n" if near else ""
        return f"{meant}there are {', '.join(inside)}"
    if beyond := [other for other in paths if other.rpartition(".")[2] == last]:
        return f"did you mean {', '.join(beyond[:5])}?"
    whole = [other for other in paths if "." not in other]
    return did_you_mean(path, whole) or f"there are {', '.join(whole)}"


def value(schema: Schema, hit: Hit, path: str) -> Any:
    """Return an event's value at a path: a list if there may be more than one, or None if it has none."""
    if path in DERIVED:
        return getattr(hit.event, path) or None
    if path in FOUND:
        found = getattr(hit, path.removeprefix("hit."))
        return list(found) if isinstance(found, tuple) else round(found, 3) if isinstance(found, float) else found
    values = list(values_at(hit.event.record, path))
    return values if schema.paths[path] else values[0] if values else None


SPREADSHEET = (
    *("id", "start", "end", "title", "kind", "place", "places.venue", "places.city", "places.country"),
    *("topics", "organisers.body", "hosts.body", "partners.body", "funders.body"),
    *("participants.count", "participants.countries", "people.name", "projects.project"),
    *("summary", "outcomes", "links.url", "source.page", "source.entry"),
)
"""The default columns of CSV and TSV: what fits in a cell and what people sort, filter and count by."""


def table(schema: Schema, hits: Iterable[Hit], paths: Sequence[str]) -> Table:
    """Return a row for each event with its values at the paths."""
    return Table(paths, ({path: value(schema, hit, path) for path in paths} for hit in hits), of_events=True)


def values(schema: Schema, hit: Hit, paths: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield every value at the paths with its path, items of a list one by one."""
    for path in paths:
        found = value(schema, hit, path)
        yield from ((path, cell(item)) for item in (found if isinstance(found, list) else [found]))
