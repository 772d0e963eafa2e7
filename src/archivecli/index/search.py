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
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeGuard

from archivecli.events import Event, Hit
from archivecli.index.reader import COLUMNS as EVENT_COLUMNS
from archivecli.index.reader import Clause, Index, event_of
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
BROAD = 10_000
"""A word that more events than this have is too common to rank them all where only the best are asked for."""
UNKNOWN_RARITY = 4.0
"""How much a word that the archive does not know weighs among those that it does."""


class Outcome(NamedTuple):
    """The answer to a search: hits best first, how many there are in all, and how the query was read."""

    hits: list[Hit]
    total: int
    reading: Reading


class _Scored(NamedTuple):
    """What a query finds, before any event is read: numbers with scores, how many there are in all, and so on."""

    scores: dict[int, float]
    total: int
    partial: bool
    reading: Reading
    plain: Clause | None = None
    """The condition on its own, where the query has no words: then nothing is scored."""


def search(index: Index, query: Query) -> Outcome:
    """Return the events that answer a query, best first."""
    scored = _found(index, query)
    if scored.plain:
        events = index.select(query, scored.plain)
        return Outcome([Hit(event) for event in events], scored.total, scored.reading)
    return Outcome(_ranked(index, scored.scores, scored.partial, query), scored.total, scored.reading)


def numbers(index: Index, query: Query) -> str:
    """Return the numbers of all events that a query with words finds, as a list in JSON."""
    scored = _found(index, Query(query.where, exact=query.exact))
    return json.dumps(list(_everything(index, scored.plain) if scored.plain else scored.scores))


def _found(index: Index, query: Query) -> _Scored:
    """Score the events that answer a query; where none does, its dates may be meant otherwise."""
    scored = _scored(index, query)
    if scored.total:
        return scored
    for reread, remark in ((_literal_dates, ""), (_other_dates, "no event was held then; these speak of that date")):
        where = reread(query.where)
        if where is not None:
            other = _scored(index, Query(where, query.sort, query.reverse, query.limit, query.exact))
            if other.total:
                other.reading.remarks.extend([remark] if remark else [])
                return other
    return scored


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


def _scored(index: Index, query: Query) -> _Scored:
    reading = Understanding(index, query.exact).read(query.where)
    clause = index.clause(reading.filters)
    if not reading.groups and not reading.excluded:
        return _Scored({}, index.count_where(clause), False, reading, clause)
    bound = BROAD if query.limit is not None and index.size > BROAD and not reading.excluded else None
    for group in reading.groups:
        weigh(index, group, bound)
    required = [group for group in reading.groups if group.required] or reading.groups
    if bound and any(group.broad for group in required):
        return _bounded(index, reading, required, clause, bound)
    scores, partial = _combine(index, reading)
    for node in reading.excluded:
        keep = _numbers_of(index, node, query.exact)
        scores = {n: score for n, score in scores.items() if n in keep}
    if clause[0] != "1":
        allowed = _allowed(index, clause, scores)
        scores = {n: score for n, score in scores.items() if n in allowed}
    return _Scored(scores, len(scores), partial, reading)


def _bounded(index: Index, reading: Reading, required: Sequence[Group], clause: Clause, bound: int) -> _Scored:
    """Score a query in which some word is too common to rank every event that has it.

    Such a word chooses, and does not rank, among the events that the other words find. Where all are so common, the part
    of the catalogue that was written last is ranked, and that is said.
    """
    expression = " AND ".join(f"({_either(group)})" for group in required)
    where, values = clause
    sql = f"FROM fts{' JOIN events e ON e.n = fts.rowid' if where != '1' else ''} WHERE fts MATCH ? AND ({where})"
    (total,) = index.connection.execute(f"SELECT count(*) {sql}", [expression, *values]).fetchone()
    rows = index.connection.execute(
        f"SELECT fts.rowid {sql} ORDER BY fts.rowid DESC LIMIT ?", [expression, *values, bound]
    )
    scores = {n: sum(group.scores.get(n, 0.0) for group in reading.groups) for (n,) in rows}
    if scores and all(group.broad for group in required):
        for group in required:
            for n, score in matching(index, _either(group), min(scores)).items():
                if n in scores:
                    scores[n] += score
    if total > len(scores):
        reading.remarks.append(
            f"{total:,} events match, too many to rank: the best of the last {len(scores):,} come first"
        )
    return _Scored({n: round(score, 6) for n, score in scores.items()}, total, False, reading)


def _either(group: Group) -> str:
    return " OR ".join(f"({' AND '.join(alternative.expressions)})" for alternative in group.alternatives) or '""'


def _allowed(index: Index, clause: Clause, scores: dict[int, float]) -> set[int]:
    where, values = clause
    sql = f"SELECT e.n FROM events e WHERE e.n IN (SELECT value FROM json_each(?)) AND ({where})"
    return {n for (n,) in index.connection.execute(sql, [json.dumps(list(scores)), *values])}


def _ranked(index: Index, scores: dict[int, float], partial: bool, query: Query) -> list[Hit]:
    """Return the hits in the order asked for, as many as asked for; only those are read whole."""
    if query.sort not in ("", "relevance"):
        clause: Clause = ("e.n IN (SELECT value FROM json_each(?))", [json.dumps(list(scores))])
        events = {event.id: event for event in index.select(query, clause)}
        sql = "SELECT id, n FROM events WHERE id IN (SELECT value FROM json_each(?))"
        found = dict(index.connection.execute(sql, (json.dumps(list(events)),)).fetchall())
        return [Hit(event, scores[found[event.id]], (), partial) for event in events.values()]
    sql = "SELECT n, first, last, id FROM events WHERE n IN (SELECT value FROM json_each(?))"
    keys = index.connection.execute(sql, (json.dumps(_contenders(scores, query)),)).fetchall()
    keys.sort(key=lambda key: (scores[key[0]], *key[1:]), reverse=not query.reverse)
    best = [key[0] for key in keys[: query.limit]]
    sql = f"SELECT e.n, {EVENT_COLUMNS} FROM events e WHERE e.n IN (SELECT value FROM json_each(?))"
    read = {row[0]: event_of(row[1:]) for row in index.connection.execute(sql, (json.dumps(best),))}
    return [Hit(read[n], scores[n], (), partial) for n in best]


def _contenders(scores: dict[int, float], query: Query) -> list[int]:
    """Return the events among which the dates decide: the best, and all that are as good as the last of them."""
    if query.limit is None or query.limit >= len(scores):
        return list(scores)
    if query.limit == 0:
        return []
    edge = sorted(scores.values(), reverse=not query.reverse)[query.limit - 1]
    return [n for n, score in scores.items() if (score <= edge if query.reverse else score >= edge)]


def weigh(index: Index, group: Group, bound: int | None = None) -> None:
    """Find the events of a group and how well each fits.

    A phrase counts as much as its words would together; words of a name that are found apart count as one of them. With a
    ``bound``, a group that more events than that have is only marked as ``broad``.
    """
    group.broad = bound is not None and _more_than(index, group, bound)
    if group.broad:
        group.rarity = _rarity(bound or 0, index.size)
        return
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


def _more_than(index: Index, group: Group, bound: int) -> bool:
    sql = "SELECT count(*) FROM (SELECT 1 FROM fts WHERE fts MATCH ? LIMIT ?)"
    return any(
        index.connection.execute(sql, (" AND ".join(a.expressions), bound + 1)).fetchone()[0] > bound
        for a in group.alternatives
    )


def _in_title(index: Index, alternative: Alternative) -> set[int]:
    """Return the events whose title alone has all of an alternative."""
    if any(" : " in expression for expression in alternative.expressions):
        return set()
    expression = " AND ".join(f"{{title}} : {expression}" for expression in alternative.expressions)
    return {n for (n,) in index.connection.execute("SELECT rowid FROM fts WHERE fts MATCH ?", (expression,))}


def matching(index: Index, expression: str, first: int = 0) -> dict[int, float]:
    """Return the events that hold an FTS5 expression of one word or phrase, each with how much it is about it, 0 to K1 + 1.

    FTS5's BM25 counts a word the less, the longer the record; but a long record here is a well-described event, and one
    of a few words says little. So its share of rarity and length is taken out again: what remains is f (K1 + 1) / (f + K1)
    for a weighted frequency f. Only events from number ``first`` on are looked at.
    """
    sql = f"SELECT fts.rowid, -{_BM25}, tokens FROM fts JOIN lengths ON n = fts.rowid WHERE fts MATCH ? AND fts.rowid >= ?"
    rows = index.connection.execute(sql, (expression, first)).fetchall()
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
        return _everything(index), False
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
            return set(_everything(index)) - _numbers_of(index, part, exact)
        case Or(parts):
            return set().union(*(_numbers_of(index, part, exact) for part in parts))
        case And(parts):
            sets = [_numbers_of(index, part, exact) for part in parts]
            return set.intersection(*sets) if sets else set(_everything(index))
        case Word() | Phrase():
            reading = Understanding(index, exact).read(node)
            for group in reading.groups:
                weigh(index, group)
            found = [set(group.scores) for group in reading.groups]
            return set.intersection(*found) if found else set(_everything(index))
        case _:
            where, values = index.clause(node)
            return {n for (n,) in index.connection.execute(f"SELECT e.n FROM events e WHERE {where}", values)}


def _everything(index: Index, clause: Clause = ("1", [])) -> dict[int, float]:
    where, values = clause
    return dict.fromkeys(
        (n for (n,) in index.connection.execute(f"SELECT e.n FROM events e WHERE {where}", values)), 0.0
    )


FEW = 100
LARGE = 5_000


def _searchable(index: Index, numbers: dict[int, str]) -> sqlite3.Connection:
    """Return a database in which the events of ``numbers`` can be searched.

    For a few of many events that is a small index of their own: the large one would go through every event that has a word.
    """
    if len(numbers) > FEW or index.size < LARGE:
        return index.connection
    from archivecli.index.prepare import Preparer  # 4 ms

    small = sqlite3.connect(":memory:", isolation_level=None)
    small.execute(f"CREATE VIRTUAL TABLE fts USING fts5({', '.join(COLUMNS)}, content='', tokenize='porter ascii')")
    marks = ",".join("?" * (len(COLUMNS) + 1))
    prepare = Preparer(index)
    for n, event_id in numbers.items():
        event = index.get(event_id)
        assert event is not None
        small.execute(
            f"INSERT INTO fts (rowid, {', '.join(COLUMNS)}) VALUES ({marks})", (n, *prepare.search_text(event.record))
        )
    return small


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
    searched = _searchable(index, numbers)
    for column in COLUMNS:
        sql = "SELECT rowid FROM fts WHERE fts MATCH ?"
        for (n,) in searched.execute(sql, (f"{{{column}}} : ({either})",)):
            if n in numbers:
                found[numbers[n]].append(column)
    return {event_id: tuple(columns) for event_id, columns in found.items()}
