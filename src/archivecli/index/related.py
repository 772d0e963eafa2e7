"""The events nearest to one: those that share what few others have, with the reasons."""

import math
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
"""What ties two events: how much a shared value of each facet counts beside how rare it is; what one, what several are called."""

SAID = 6.0
"""How much it counts that the catalogue itself names the other event."""

MOST = 2000
"""A value that more events have than this ties none of them closely, and is passed over."""

FAINTEST = 1.5
"""Below this two events have too little in common to be called related."""


def related(index: Index, event: Event, limit: int | None = 10) -> list[Relation]:
    """Return the events nearest to one, the nearest first, later ones first among equals."""
    own = index.numbers_of([event.id])[event.id]
    scores: dict[int, float] = {}
    reasons: dict[int, dict[str, tuple[float, list[str]]]] = {}
    for facet, name, short, weight, others in _shared_values(index, own):
        for n in others:
            scores[n] = scores.get(n, 0.0) + weight
            strength, names = reasons.setdefault(n, {}).get(facet, (0.0, []))
            reasons[n][facet] = (strength + weight, [*names, short or name])
    said = _said(index, event)
    for n, why in said.items():
        scores[n] = scores.get(n, 0.0) + SAID
        reasons.setdefault(n, {})[""] = (SAID, [why.rstrip(".")] if why else [])
    near = _nearest({n: round(score, 3) for n, score in scores.items() if score >= FAINTEST}, limit)
    found = [
        Relation(other, round(scores[n], 3), tuple(_in_words(reasons[n]))) for n, other in index.events(near).items()
    ]
    found.sort(key=lambda relation: (relation.event.period, relation.event.id), reverse=True)
    found.sort(key=lambda relation: -relation.score)
    return found[:limit] if limit is not None else found


def _nearest(scores: dict[int, float], limit: int | None) -> list[int]:
    """Return the events among which the dates decide: the best, and all that are as good as the last of them."""
    if limit is None or limit >= len(scores):
        return list(scores)
    edge = sorted(scores.values(), reverse=True)[limit - 1] if limit else math.inf
    return [n for n, score in scores.items() if score >= edge]


def _shared_values(index: Index, own: int) -> Iterator[tuple[str, str, str, float, list[int]]]:
    """Yield each value of an event that others share: facet, name, short name, weight, the others."""
    facets = {number: name for name, number in index.schema.facet_numbers.items() if name in TIES}
    marks = ",".join(map(str, facets))
    sql = "SELECT f.facet, f.name, n.name, n.short FROM facets f JOIN names n ON n.n = f.name"
    sql += f" WHERE f.event = ? AND f.facet IN ({marks}) ORDER BY f.facet, n.name"
    for facet, number, name, short in index.connection.execute(sql, (own,)).fetchall():
        rows = index.connection.execute(
            "SELECT event FROM facets WHERE facet = ? AND name = ? LIMIT ?", (facet, number, MOST + 1)
        ).fetchall()
        if 1 < len(rows) <= MOST:
            rarity = math.log(index.size / len(rows))
            yield facets[facet], name, short, TIES[facets[facet]][0] * rarity, [n for (n,) in rows if n != own]


def _said(index: Index, event: Event) -> dict[int, str]:
    """Return the events that the record names as related, with the reason it gives."""
    reasons = {item["event"]: item.get("why", "") for item in event.record.get("related", ())}
    return {n: reasons[event_id] for event_id, n in index.numbers_of(reasons).items()}


def _in_words(reasons: dict[str, tuple[float, list[str]]]) -> Iterator[str]:
    """Yield the reasons as words, the strongest first: ``same person: Erik Larson``."""
    for facet, (_, names) in sorted(reasons.items(), key=lambda item: -item[1][0]):
        shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        if facet:
            yield f"same {TIES[facet][1 if len(names) == 1 else 2]}: {shown}"
        else:
            yield shown or "named in the record"
