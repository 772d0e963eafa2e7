"""Ranked search: words are understood with the archive's own vocabulary, found through FTS5, and weighed.

Every word (or name of several words) becomes a *group* of alternatives: the word in all its forms, then what the
thesaurus says it may mean, or, where the archive does not know it, the nearest word that it does know. An event answers
when each group finds something in it. Its score is the sum over the groups of the best alternative's weight, times how
rare the alternative is, times FTS5's own measure of how much the event is about it (BM25 with a weight a column); words
that stand together as they were typed count more.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeGuard

from archivecli.events import Event, Hit
from archivecli.index.reader import COLUMNS as EVENT_COLUMNS
from archivecli.index.reader import ORDERS, Clause, Index, event_of
from archivecli.index.schema import COLUMNS
from archivecli.index.scoring import combine, matching, title_cased, weigh
from archivecli.index.understanding import Group, Reading, Understanding
from archivecli.query.criteria import And, Annually, During, Node, Not, Or, Phrase, Query, Word, conjunction

BROAD = 5_000
"""A word that more events than this have is too common to rank them all where only the best are asked for."""


MANY = 500
"""So many equally good events are told apart by reading their dates; among more, the first are met by going through all."""


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
        events = index.select(Query(scored.reading.filters, query.sort, query.reverse, query.limit))
        return Outcome([Hit(event) for event in events], scored.total, scored.reading)
    return Outcome(_ranked(index, scored.scores, scored.partial, query), scored.total, scored.reading)


def chosen(index: Index, query: Query) -> tuple[Clause, int]:
    """Return the condition on ``events e`` for what a query with words finds, and how many that are; nothing is ranked.

    It is a list of numbers, or, where these would be many, the question that finds them.
    """
    strict = _strict(index, query)
    if strict is None:
        scored = _found(index, Query(query.where, exact=query.exact))
        numbers = list(_everything(index, scored.plain) if scored.plain else scored.scores)
        return _listed(numbers), len(numbers)
    where, values = strict
    execute = index.connection.execute
    first = [n for (n,) in execute(f"SELECT fts.rowid FROM fts WHERE {where} LIMIT ?", [*values, BROAD + 1])]
    if len(first) <= BROAD:
        return _listed(first), len(first)
    (number,) = execute(f"SELECT count(*) FROM fts WHERE {where}", values).fetchone()
    return (f"e.n IN (SELECT fts.rowid FROM fts WHERE {where})", values), number


def _listed(numbers: list[int]) -> Clause:
    return "e.n IN (SELECT value FROM json_each(?))", [json.dumps(numbers)]


def _strict(index: Index, query: Query) -> Clause | None:
    """Return the condition on ``fts`` for the events with all words of a query; None where that finds nothing or not all."""
    reading = Understanding(index, query.exact).read(query.where)
    unwanted = _unwanted(index, reading.excluded, query.exact)
    if not reading.groups or unwanted is None:
        return None
    found = _matching(_expression(reading.groups, unwanted), index.clause(reading.filters))
    any_event = index.connection.execute(f"SELECT 1 FROM fts WHERE {found[0]} LIMIT 1", found[1]).fetchone()
    return found if any_event else None


def _matching(expression: str, clause: Clause) -> Clause:
    """Return the condition on ``fts`` for an expression of FTS5 and a condition on ``events e``."""
    where, values = clause
    among = f" AND +fts.rowid IN (SELECT e.n FROM events e WHERE {where})" if where != "1" else ""
    return f"fts MATCH ?{among}", [expression, *values]


def _required(groups: list[Group]) -> list[Group]:
    """Return what an event must have: of nothing but what may be left out, everything."""
    return [group for group in groups if group.required] or groups


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


def _is_day(part: Node) -> TypeGuard[During | Annually]:
    if isinstance(part, During):
        first, last = part.period
        return part.spoken and first[:7] == last[:7] and int(last[8:]) - int(first[8:]) < 7
    return isinstance(part, Annually) and part.spoken and part.day > 0


def _scored(index: Index, query: Query) -> _Scored:
    reading = Understanding(index, query.exact).read(query.where)
    clause = index.clause(reading.filters)
    if not reading.groups and not reading.excluded:
        return _Scored({}, index.count(reading.filters), False, reading, clause)
    unwanted = _unwanted(index, reading.excluded, query.exact)
    bound = BROAD if query.limit is not None and index.size > BROAD and unwanted is not None else None
    for group in reading.groups:
        weigh(index, group, bound)
    required = _required(reading.groups)
    if bound and any(group.broad for group in required):
        return _bounded(index, reading, _expression(reading.groups, unwanted or []), clause, bound)
    scores, partial = combine(index, reading.groups) if reading.groups else (_everything(index), False)
    if unwanted is not None:
        scores = _without(index, scores, unwanted)
    else:
        for node in reading.excluded:
            keep = _numbers_of(index, node, query.exact)
            scores = {n: score for n, score in scores.items() if n in keep}
    if clause[0] != "1":
        allowed = _allowed(index, clause, scores)
        scores = {n: score for n, score in scores.items() if n in allowed}
    return _Scored(scores, len(scores), partial, reading)


def _unwanted(index: Index, excluded: Sequence[Node], exact: bool) -> list[str] | None:
    """Return the FTS5 expressions of words that must not be there; None where more than words is excluded."""
    found = []
    for node in excluded:
        if not isinstance(node, Not) or not isinstance(node.part, Word | Phrase):
            return None
        groups = Understanding(index, exact).read(node.part).groups
        if len(groups) != 1:
            return None
        found.append(_either(groups[0]))
    return found


def _without(index: Index, scores: dict[int, float], unwanted: Sequence[str]) -> dict[int, float]:
    sql = "SELECT rowid FROM fts WHERE fts MATCH ?"
    gone = {n for expression in unwanted for (n,) in index.connection.execute(sql, (expression,))} if scores else set()
    return {n: score for n, score in scores.items() if n not in gone} if gone else scores


def _expression(groups: list[Group], unwanted: Sequence[str]) -> str:
    """Return the FTS5 expression for the events that have all of a query and nothing unwanted."""
    parts = [*(_either(group) for group in _required(groups)), *title_cased(groups)]
    wanted = " AND ".join(f"({part})" for part in parts)
    return " NOT ".join([f"({wanted})", *(f"({expression})" for expression in unwanted)])


def _bounded(index: Index, reading: Reading, expression: str, clause: Clause, bound: int) -> _Scored:
    """Score a query in which some word is too common to rank every event that has it.

    Such a word chooses, and does not rank, among the events that the other words find. Where all are so common, the latest
    events are ranked, and that is said.
    """
    where, values = _matching(expression, clause)
    required = _required(reading.groups)
    (total,) = index.connection.execute(f"SELECT count(*) FROM fts WHERE {where}", values).fetchone()
    rows = index.connection.execute(_latest_sql(where, total, index.size), [*values, bound])
    scores = {n: sum(group.scores.get(n, 0.0) for group in reading.groups) for (n,) in rows}
    if scores and all(group.broad for group in required):
        for group in required:
            for n, score in matching(index, _either(group), scores).items():
                scores[n] += score
    if total > len(scores):
        reading.remarks.append(
            f"{total:,} events match, too many to rank: the best of the latest {len(scores):,} come first"
        )
    return _Scored({n: round(score, 6) for n, score in scores.items()}, total, False, reading)


def _latest_sql(where: str, total: int, size: int) -> str:
    """Return the question for the latest of ``total`` events with a condition on ``fts``: few are sorted, many met by date."""
    ordered = f"ORDER BY {ORDERS['date'].format('DESC')} LIMIT ?"
    if total * 10 < size:
        return f"SELECT e.n FROM fts CROSS JOIN events e ON e.n = fts.rowid WHERE {where} {ordered}"
    found = f"SELECT fts.rowid FROM fts WHERE {where}"
    return f"SELECT e.n FROM events e INDEXED BY event_dates WHERE e.n IN ({found}) {ordered}"


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
    best = _best(index, scores, query)
    sql = f"SELECT e.n, {EVENT_COLUMNS} FROM events e WHERE e.n IN (SELECT value FROM json_each(?))"
    read = {row[0]: event_of(row[1:]) for row in index.connection.execute(sql, (json.dumps(best),))}
    return [Hit(read[n], scores[n], (), partial) for n in best]


def _best(index: Index, scores: dict[int, float], query: Query) -> list[int]:
    """Return the numbers of the best events in order; dates decide between those that are equally good."""
    contenders = _contenders(scores, query)
    if query.limit and len(contenders) > query.limit + MANY:
        contenders = _latest(index, scores, contenders, query)
    sql = "SELECT n, first, last, id FROM events WHERE n IN (SELECT value FROM json_each(?))"
    keys = index.connection.execute(sql, (json.dumps(contenders),)).fetchall()
    keys.sort(key=lambda key: (scores[key[0]], *key[1:]), reverse=not query.reverse)
    return [key[0] for key in keys[: query.limit]]


def _latest(index: Index, scores: dict[int, float], contenders: Sequence[int], query: Query) -> list[int]:
    """Return the contenders without most of those that are equally good as the last: what dates let in, all events in order."""
    edge = (max if query.reverse else min)(scores[n] for n in contenders) if contenders else 0.0
    tied = {n for n in contenders if scores[n] == edge}
    kept = [n for n in contenders if n not in tied]
    order = ORDERS["date"].format("ASC" if query.reverse else "DESC")
    room = (query.limit or 0) - len(kept)
    for (n,) in index.connection.execute(f"SELECT e.n FROM events e ORDER BY {order}"):
        if room <= 0:
            break
        if n in tied:
            kept.append(n)
            room -= 1
    return kept


def _contenders(scores: dict[int, float], query: Query) -> list[int]:
    """Return the events among which the dates decide: the best, and all that are as good as the last of them."""
    if query.limit is None or query.limit >= len(scores):
        return list(scores)
    if query.limit == 0:
        return []
    edge = sorted(scores.values(), reverse=not query.reverse)[query.limit - 1]
    return [n for n, score in scores.items() if (score <= edge if query.reverse else score >= edge)]


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
            groups = Understanding(index, exact).read(node).groups
            if not groups:
                return set(_everything(index))
            rows = index.connection.execute("SELECT rowid FROM fts WHERE fts MATCH ?", (_expression(groups, ()),))
            return {n for (n,) in rows}
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
