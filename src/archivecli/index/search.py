"""Ranked search: words are understood with the archive's own vocabulary, found through FTS5, and weighed.

Every word (or name of several words) becomes a *group* of alternatives: the word in all its forms, then what the
thesaurus says it may mean, or, where the archive does not know it, the nearest word that it does know. An event answers
when each group finds something in it. Its score is the sum over the groups of the best alternative's weight, times how
rare the alternative is, times FTS5's own measure of how much the event is about it (BM25 with a weight a column); words
that stand together as they were typed count more.
"""

import itertools
import json
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeGuard

from archivecli.events import Event, Hit
from archivecli.index.reader import COLUMNS as EVENT_COLUMNS
from archivecli.index.reader import Index, event_of
from archivecli.index.schema import COLUMNS, WEIGHTS
from archivecli.index.spelling import quoted
from archivecli.index.understanding import Alternative, Group, Reading, Understanding
from archivecli.query.criteria import And, During, Node, Not, Or, Phrase, Query, Recurs, Word, conjunction

_BM25 = f"bm25(fts, {', '.join(str(WEIGHTS[column]) for column in COLUMNS)})"

K1, B = 1.2, 0.75
"""The constants that FTS5 builds into its BM25."""
PHRASE = 0.25
SOFT = 0.4
TITLED = 0.7
TOGETHER = 0.7
NEAR = 0.25
PARTIAL_SHARE = 0.6
"""How much of a query, weighed by rarity, an event must have to follow as a partial match."""
PARTIAL_FLOOR = 2.5
"""Less than this, in rarity, says nothing: two common words do not make an event fit."""
UNKNOWN_RARITY = 4.0
"""How much a word that the archive does not know weighs among those that it does."""


class Outcome(NamedTuple):
    """The answer to a search: hits best first, how many there are in all, and how the query was read."""

    hits: list[Hit]
    total: int
    reading: Reading


def search(index: Index, query: Query) -> Outcome:
    """Return the events that answer a query, best first."""
    outcome = _search(index, query)
    if outcome.total:
        return outcome
    for reread, remark in ((_literal_dates, ""), (_other_dates, "no event was held then; these speak of that date")):
        where = reread(query.where)
        if where is not None:
            other = _search(index, Query(where, query.sort, query.reverse, query.limit, query.exact))
            if other.total:
                other.reading.remarks.extend([remark] if remark else [])
                return other
    return outcome


def _literal_dates(where: Node) -> Node | None:
    """Return the query with ranges such as ``2011-2016`` read as text; None where it has none."""
    parts = where.parts if isinstance(where, And) else (where,)
    if not any(isinstance(part, During) and part.literal for part in parts):
        return None
    return conjunction(*(Phrase(p.said) if isinstance(p, During) and p.literal else p for p in parts))


def _other_dates(where: Node) -> Node | None:
    """Return the query with its days, a week at most, looked for among the other dates of events; None without any."""
    parts = where.parts if isinstance(where, And) else (where,)
    changed = [part._replace(other=True) if _is_day(part) else part for part in parts]
    return conjunction(*changed) if changed != list(parts) else None


def _is_day(part: Node) -> TypeGuard[During | Recurs]:
    if isinstance(part, During):
        first, last = part.period
        return part.spoken and first[:7] == last[:7] and int(last[8:]) - int(first[8:]) < 7
    return isinstance(part, Recurs) and part.spoken and part.day > 0


def numbers(index: Index, query: Query) -> str:
    """Return the numbers of all events that a query with words finds, as a list in JSON."""
    outcome = search(index, Query(query.where, exact=query.exact))
    ids = json.dumps([hit.event.id for hit in outcome.hits])
    sql = "SELECT json_group_array(n) FROM events WHERE id IN (SELECT value FROM json_each(?))"
    (found,) = index.connection.execute(sql, (ids,)).fetchone()
    return str(found)


def _search(index: Index, query: Query) -> Outcome:
    reading = Understanding(index, query.exact).read(query.where)
    clause = index.clause(reading.filters)
    if not reading.groups and not reading.excluded:
        events = list(index.select(Query(reading.filters, query.sort, query.reverse, query.limit), clause))
        return Outcome([Hit(event) for event in events], index.count_where(clause), reading)
    for group in reading.groups:
        weigh(index, group)
    scores, partial = _combine(index, reading)
    for node in reading.excluded:
        keep = _numbers_of(index, node, query.exact)
        scores = {n: score for n, score in scores.items() if n in keep}
    if clause[0] != "1":
        allowed = _allowed(index, clause, scores)
        scores = {n: score for n, score in scores.items() if n in allowed}
    return Outcome(_ranked(index, scores, partial, query), len(scores), reading)


def _allowed(index: Index, clause: tuple[str, list[object]], scores: dict[int, float]) -> set[int]:
    where, values = clause
    sql = f"SELECT e.n FROM events e WHERE e.n IN (SELECT value FROM json_each(?)) AND ({where})"
    return {n for (n,) in index.connection.execute(sql, [json.dumps(list(scores)), *values])}


def _ranked(index: Index, scores: dict[int, float], partial: bool, query: Query) -> list[Hit]:
    numbers = list(scores)
    if query.sort in ("", "relevance"):
        best = sorted(numbers, key=lambda n: -scores[n])
        if query.limit is not None:  # keep ties at the edge: dates decide among them
            edge = scores[best[query.limit - 1]] if 0 < query.limit < len(best) else -1.0
            best = [n for n in best if scores[n] >= edge] if query.limit else []
        numbers = best
    sql = f"SELECT e.n, {EVENT_COLUMNS} FROM events e WHERE e.n IN (SELECT value FROM json_each(?))"
    if query.sort not in ("", "relevance"):
        clause = ("e.n IN (SELECT value FROM json_each(?))", [json.dumps(numbers)])
        order = {event.id: None for event in index.select(query, clause)}
        ids = dict(index.connection.execute(f"SELECT e.id, e.n FROM events e WHERE {clause[0]}", clause[1]).fetchall())
        return [
            Hit(event, scores[ids[event.id]], (), partial) for event in index.select(query, clause) if event.id in order
        ]
    rows = index.connection.execute(sql, (json.dumps(numbers),)).fetchall()
    found = [(scores[row[0]], event_of(row[1:])) for row in rows]
    found.sort(key=lambda pair: pair[1].id)
    found.sort(key=lambda pair: pair[1].period, reverse=True)
    found.sort(key=lambda pair: -pair[0])
    if query.reverse:
        found.reverse()
    hits = [Hit(event, score, (), partial) for score, event in found]
    return hits[: query.limit] if query.limit is not None else hits


def weigh(index: Index, group: Group) -> None:
    """Find the events of a group and how well each fits.

    A phrase counts as much as its words would together; words of a name that are found apart count as one of them.
    """
    for alternative in group.alternatives:
        parts = [matching(index, expression) for expression in alternative.expressions]
        if not parts:
            continue
        rarities = [_rarity(len(part), index.size) for part in parts]
        soft = 1.0 if group.required else SOFT
        length = soft + PHRASE * (alternative.expressions[0].count(" ") if len(parts) == 1 else 0)
        weight = alternative.weight * length
        group.rarity = max(group.rarity, alternative.weight * sum(rarities) / len(rarities))
        common = set(parts[0]).intersection(*parts[1:])
        group.found[alternative.label] = common
        titled = _in_title(index, alternative) if common else set()
        for n in common:
            score = weight * sum(part[n] * rarity for part, rarity in zip(parts, rarities, strict=True)) / len(parts)
            if n in titled:
                score += TITLED * weight * sum(rarities) / len(parts)
            if score > group.scores.get(n, 0.0):
                group.scores[n] = score
    if not group.scores:
        group.rarity = _rarity(0, index.size)


def _in_title(index: Index, alternative: Alternative) -> set[int]:
    """Return the events whose title alone has all of an alternative."""
    if any(" : " in expression for expression in alternative.expressions):
        return set()
    expression = " AND ".join(f"{{title}} : {expression}" for expression in alternative.expressions)
    return {n for (n,) in index.connection.execute("SELECT rowid FROM fts WHERE fts MATCH ?", (expression,))}


def matching(index: Index, expression: str) -> dict[int, float]:
    """Return the events that hold an FTS5 expression of one word or phrase, each with how much it is about it, 0 to K1 + 1.

    FTS5's BM25 counts a word the less, the longer the record; but a long record here is a well-described event, and one
    of a few words says little. So its share of rarity and length is taken out again: what remains is f (K1 + 1) / (f + K1)
    for a weighted frequency f.
    """
    sql = f"SELECT fts.rowid, -{_BM25}, tokens FROM fts JOIN lengths ON n = fts.rowid WHERE fts MATCH ?"
    rows = index.connection.execute(sql, (expression,)).fetchall()
    if not rows:
        return {}
    rarity = max(math.log((index.size - len(rows) + 0.5) / (len(rows) + 0.5)), 1e-6)
    average = index.meta["tokens"] / index.size
    found = {}
    for n, score, tokens in rows:
        share = min(score / rarity, K1 + 1 - 1e-6)
        frequency = share * K1 * (1 - B + B * tokens / average) / (K1 + 1 - share)
        found[n] = frequency * (K1 + 1) / (frequency + K1)
    return found


def _rarity(found: int, size: int) -> float:
    return math.log(1.0 + (size - found + 0.5) / (found + 0.5))


def _combine(index: Index, reading: Reading) -> tuple[dict[int, float], bool]:
    """Return the score of each event that has every required group, else of those that have nearly all of the query."""
    groups = reading.groups
    required = [group for group in groups if group.required]
    if not groups:
        return dict.fromkeys((n for (n,) in index.connection.execute("SELECT n FROM events")), 0.0), False
    wanted = required or groups
    common = set(wanted[0].scores).intersection(*(group.scores for group in wanted[1:]))
    together = _title_cased(index, groups)
    partial = not common
    if partial:
        common = _nearly(wanted)
    common = common.intersection(*together)
    scores = {n: sum(group.scores.get(n, 0.0) for group in groups) for n in common}
    for n, bonus in _together(index, groups).items():
        if n in scores:
            scores[n] += bonus
    return {n: round(score, 6) for n, score in scores.items()}, partial


def _title_cased(index: Index, groups: Sequence[Group]) -> list[set[int]]:
    """Return, for each run of three or more Capitalised Words that is no known name, the events in which two stand together.

    Such a run is a name to the person who typed it; its words scattered over an event are not that name.
    """
    runs: list[list[Group]] = [[]]
    for group in groups:
        if group.typed[:1].isupper() and len(group.words) == 1:
            runs[-1].append(group)
        else:
            runs.append([])
    found = []
    for run in runs:
        if len(run) > 2:
            pairs = [quoted(f"{left.words[0]} {right.words[0]}") for left, right in itertools.pairwise(run)]
            rows = index.connection.execute("SELECT rowid FROM fts WHERE fts MATCH ?", (" OR ".join(pairs),))
            found.append({n for (n,) in rows})
    return found


def _nearly(groups: Sequence[Group]) -> set[int]:
    """Return the events that have most of a query of three words or more, weighed by rarity, and enough to be about it."""
    if sum(max(len(group.words), 1) for group in groups) < 3:
        return set()
    total = sum(group.rarity if group.scores else UNKNOWN_RARITY for group in groups)
    found: dict[int, list[float]] = {}
    for group in groups:
        for n in group.scores:
            found.setdefault(n, []).append(group.rarity)
    enough = max(PARTIAL_SHARE * total, PARTIAL_FLOOR)
    return {n for n, parts in found.items() if (len(parts) > 1 or len(groups) == 2) and sum(parts) >= enough}


def _together(index: Index, groups: Sequence[Group]) -> dict[int, float]:
    """Return what events gain in which neighbouring words of the query stand together or near each other."""
    gains: dict[int, float] = {}
    for left, right in itertools.pairwise(groups):
        if not (left.words and right.words):
            continue
        rarity = min(left.rarity, right.rarity)
        phrase = quoted(" ".join((left.words[-1], right.words[0])))
        near = f"NEAR({quoted(left.words[-1])} {quoted(right.words[0])}, 6)"
        for expression, gain in ((phrase, TOGETHER), (near, NEAR)):
            for (n,) in index.connection.execute("SELECT rowid FROM fts WHERE fts MATCH ?", (expression,)):
                gains[n] = gains.get(n, 0.0) + gain * rarity
    return gains


def _numbers_of(index: Index, node: Node, exact: bool) -> set[int]:
    """Return the events for which a query with words holds, as a set: for OR and NOT among words and filters."""
    match node:
        case Not(part):
            return _everything(index) - _numbers_of(index, part, exact)
        case Or(parts):
            return set().union(*(_numbers_of(index, part, exact) for part in parts))
        case And(parts):
            sets = [_numbers_of(index, part, exact) for part in parts]
            return set.intersection(*sets) if sets else _everything(index)
        case Word() | Phrase():
            reading = Understanding(index, exact).read(node)
            for group in reading.groups:
                weigh(index, group)
            found = [set(group.scores) for group in reading.groups]
            return set.intersection(*found) if found else _everything(index)
        case _:
            where, values = index.clause(node)
            return {n for (n,) in index.connection.execute(f"SELECT e.n FROM events e WHERE {where}", values)}


def _everything(index: Index) -> set[int]:
    return {n for (n,) in index.connection.execute("SELECT n FROM events")}


def matched_columns(index: Index, reading: Reading, events: Iterable[Event]) -> dict[str, tuple[str, ...]]:
    """Return, for each event's id, the columns in which the groups of a query are found."""
    expressions = {e for group in reading.groups for a in group.alternatives for e in a.expressions if " : " not in e}
    if not expressions:
        return {}
    either = " OR ".join(sorted(expressions))
    numbers = {}
    for event in events:
        row = index.connection.execute("SELECT n FROM events WHERE id = ?", (event.id,)).fetchone()
        numbers[row[0]] = event.id
    found: dict[str, list[str]] = {event_id: [] for event_id in numbers.values()}
    for column in COLUMNS:
        sql = "SELECT rowid FROM fts WHERE fts MATCH ?"
        for (n,) in index.connection.execute(sql, (f"{{{column}}} : ({either})",)):
            if n in numbers:
                found[numbers[n]].append(column)
    return {event_id: tuple(columns) for event_id, columns in found.items()}
