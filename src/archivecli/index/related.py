"""Find the events most related to one: those that share rare values with it, with the reasons."""

import math
from collections import defaultdict
from collections.abc import Iterator

from archivecli.events import Event
from archivecli.index.reader import Index
from archivecli.query.results import Relation

TIES = {
    "series": (3.0, "series", "series"),
    "project": (1.6, "project", "projects"),
    "campaign": (2.0, "campaign", "campaigns"),
    "instrument": (0.8, "instrument", "instruments"),
    "person": (1.0, "person", "people"),
    "topic": (1.0, "topic", "topics"),
    "body": (0.45, "body", "bodies"),
    "city": (0.35, "place", "places"),
    "involving": (0.15, "country", "countries"),
    "kind": (0.15, "kind", "kinds"),
}
"""The facets that relate events: the weight of a shared value, multiplied by its rarity, and the noun for one and many."""

NAMED = 6.0  # the score of an event that the record itself names as related
MAX_SHARED = 2000  # values that more events have are ignored
MIN_SCORE = 1.5


def related(index: Index, event: Event, limit: int | None = 10) -> list[Relation]:
    """Return the events most related to one, best first, later ones first among equals."""
    own = index.numbers_of([event.id])[event.id]
    scores: defaultdict[int, float] = defaultdict(float)
    reasons: dict[int, dict[str, tuple[float, list[str]]]] = {}
    for facet, name, weight, others in _shared_values(index, own):
        for n in others:
            scores[n] += weight
            strength, names = reasons.setdefault(n, {}).get(facet, (0.0, []))
            reasons[n][facet] = (strength + weight, [*names, name])
    named = {item["event"]: item.get("why", "") for item in event.record.get("related", ())}
    for event_id, n in index.numbers_of(named).items():
        scores[n] += NAMED
        reasons.setdefault(n, {})[""] = (NAMED, [named[event_id].rstrip(".")] if named[event_id] else [])
    best = {n: round(score, 3) for n, score in scores.items() if score >= MIN_SCORE}
    if limit is not None and 0 < limit < len(best):  # dates decide among those as good as the last one
        lowest = sorted(best.values(), reverse=True)[limit - 1]
        best = {n: score for n, score in best.items() if score >= lowest}
    found = [Relation(other, best[n], tuple(_describe(reasons[n]))) for n, other in index.events(best).items()]
    found.sort(key=lambda one: (one.score, one.event.period, one.event.id), reverse=True)
    return found[:limit]


def _shared_values(index: Index, own: int) -> Iterator[tuple[str, str, float, list[int]]]:
    """Yield each value that the event shares with others: facet, name, weight and the others."""
    facets = {number: name for name, number in index.schema.facet_numbers.items() if name in TIES}
    marks = ",".join(map(str, facets))
    sql = "SELECT f.facet, f.name, coalesce(nullif(n.short, ''), n.name) FROM facets f JOIN names n ON n.n = f.name"
    sql += f" WHERE f.event = ? AND f.facet IN ({marks}) ORDER BY f.facet, n.name"
    for facet, number, name in index.connection.execute(sql, (own,)).fetchall():
        sql = "SELECT event FROM facets WHERE facet = ? AND name = ? LIMIT ?"
        events = [n for (n,) in index.connection.execute(sql, (facet, number, MAX_SHARED + 1))]
        if 1 < len(events) <= MAX_SHARED:
            rarity = math.log(index.size / len(events))
            yield facets[facet], name, TIES[facets[facet]][0] * rarity, [n for n in events if n != own]


def _describe(reasons: dict[str, tuple[float, list[str]]]) -> Iterator[str]:
    """Yield the reasons, the strongest first: ``same person: Erik Larson``."""
    for facet, (_, names) in sorted(reasons.items(), key=lambda item: -item[1][0]):
        shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        if facet:
            yield f"same {TIES[facet][1 if len(names) == 1 else 2]}: {shown}"
        else:
            yield shown or "named in the record"
