"""Ranked search: what the terms of a query find in the index, weighed and put in order.

A term is the word in all its forms, with its alternatives from the thesaurus or of corrected spelling. An event answers if
each term finds something in it. Its score is the sum over the terms of the best alternative's weight, times how rare the
alternative is, times how much the event is about it (BM25 with a weight for each column); words that are next to each other
as they were typed count more.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeGuard

from archivecli.events import Event, Hit
from archivecli.index.conditions import ALL, Condition, listed
from archivecli.index.reader import Index, match_condition
from archivecli.query.criteria import And, Annually, During, Node, Not, Or, Phrase, Query, Word, conjunction, conjuncts
from archivecli.search.interpret import Alternative, Interpretation, SearchTerm, interpret
from archivecli.search.spelling import quoted

BROAD = 5_000
"""A word that more events have is too common to rank them all if only the best are asked for."""

MANY = 500
"""Up to so many equally good events are told apart by their dates; of more, the first are met by going through all."""

PHRASE = 0.25
"""What a phrase gains for each word after its first."""

SOFT = 0.4
"""How much a word counts that may be missing."""

TITLED = 0.7
"""What a word in the title adds."""

TOGETHER = 0.7
NEAR = 0.25
"""What two words add that are next to each other as typed, or near each other."""

PARTIAL_SHARE = 0.6
"""How much of a query, weighed by rarity, a partial match must have."""

PARTIAL_FLOOR = 2.5
"""Less than this, in rarity, says nothing: two common words do not make an event fit."""

UNKNOWN_RARITY = 4.0
"""How much a word that the archive does not know weighs among those that it does."""


class Outcome(NamedTuple):
    """The answer to a search: hits best first, how many there are in all, and how the query was read."""

    hits: list[Hit]
    total: int
    reading: Interpretation


class _Scored(NamedTuple):
    """What a query finds, before any event is read; ``filtered`` is the condition of a query without words."""

    scores: dict[int, float]
    total: int
    partial: bool
    reading: Interpretation
    filtered: Condition | None = None


def search(index: Index, query: Query, reading: Interpretation | None = None) -> Outcome:
    """Return the events that answer a query, best first; ``reading`` is its interpretation, if that is known."""
    found = _find(index, query, reading or interpret(index, query.where, query.exact))
    if found.filtered:
        hits = [Hit(event) for event in index.select(query._replace(where=found.reading.filters))]
    else:
        hits = _rank(index, found.scores, found.partial, query)
    return Outcome(hits, found.total, found.reading)


def select(index: Index, query: Query, reading: Interpretation) -> tuple[Condition, int]:
    """Return the condition for the events that a query with words finds, and how many they are, without ranking them."""
    unwanted = _unwanted(index, reading, query.exact)
    if reading.terms and unwanted is not None:
        expression, condition = _expression(reading, unwanted), index.condition(reading.filters)
        first = index.match(expression, condition, BROAD + 1)
        if len(first) > BROAD:
            where, values = match_condition(expression, condition)
            found = f"e.n IN (SELECT fts.rowid FROM fts WHERE {where})", values
            return found, index.match_count(expression, condition)
        if first:
            return listed(first), len(first)
    scored = _find(index, Query(query.where, exact=query.exact), reading)
    numbers = index.numbers(scored.filtered) if scored.filtered else list(scored.scores)
    return listed(numbers), len(numbers)


# What a query finds


def _find(index: Index, query: Query, reading: Interpretation) -> _Scored:
    """Score the events that answer a query; if none does, its dates may be meant otherwise."""
    found = _score(index, query, reading)
    if found.total:
        return found
    rereadings: tuple[tuple[Callable[[Node], Node], str], ...] = (
        (_literal_date, ""),
        (_other_date, "no event was held then; these speak of that date"),
    )
    for reread, remark in rereadings:
        parts = conjuncts(query.where)
        changed = tuple(map(reread, parts))
        if changed != parts:
            where = conjunction(*changed)
            other = _score(index, query._replace(where=where), interpret(index, where, query.exact))
            if other.total:
                other.reading.remarks.extend([remark] if remark else [])
                return other
    return found


def _literal_date(part: Node) -> Node:
    """Read a range such as ``2011-2016`` as text."""
    return Phrase(part.said) if isinstance(part, During) and part.literal else part


def _other_date(part: Node) -> Node:
    """Look for a day, or a week at most, among the other dates of events."""
    return part._replace(other=True) if _is_day(part) else part


def _is_day(part: Node) -> TypeGuard[During | Annually]:
    if isinstance(part, During):
        return part.spoken and part.period.days() <= 7
    return isinstance(part, Annually) and part.spoken and part.day > 0


def _score(index: Index, query: Query, reading: Interpretation) -> _Scored:
    condition = index.condition(reading.filters)
    if not reading.terms and not reading.excluded:
        return _Scored({}, index.count(reading.filters), False, reading, condition)
    unwanted = _unwanted(index, reading, query.exact)
    bound = BROAD if query.limit is not None and index.size > BROAD and unwanted is not None else None
    for term in reading.terms:
        _weigh(index, term, bound)
    if any(term.broad for term in reading.required):
        return _score_latest(index, reading, _expression(reading, unwanted or []), condition)
    scores, partial = _combine(index, reading) if reading.terms else (dict.fromkeys(index.numbers(), 0.0), False)
    if unwanted is not None:
        gone = {n for expression in unwanted for n in index.match(expression)} if scores else set()
        scores = {n: score for n, score in scores.items() if n not in gone}
    else:
        for node in reading.excluded:
            kept = _numbers(index, node, query.exact)
            scores = {n: score for n, score in scores.items() if n in kept}
    if condition != ALL:
        (among, numbers), (where, values) = listed(scores), condition
        kept = set(index.numbers((f"{among} AND ({where})", [*numbers, *values])))
        scores = {n: score for n, score in scores.items() if n in kept}
    return _Scored(scores, len(scores), partial, reading)


def _unwanted(index: Index, reading: Interpretation, exact: bool) -> list[str] | None:
    """Return the FTS5 expressions of excluded words; None if more than words is excluded."""
    found = []
    for node in reading.excluded:
        if not isinstance(node, Not) or not isinstance(node.part, Word | Phrase):
            return None
        terms = interpret(index, node.part, exact).terms
        if len(terms) != 1:
            return None
        found.append(terms[0].expression)
    return found


def _expression(reading: Interpretation, unwanted: Sequence[str]) -> str:
    """Return the FTS5 expression for the events that have all of a query and nothing unwanted."""
    parts = [*(term.expression for term in reading.required), *_title_cased(reading.terms)]
    wanted = " AND ".join(f"({part})" for part in parts)
    return " NOT ".join([f"({wanted})", *(f"({expression})" for expression in unwanted)])


def _score_latest(index: Index, reading: Interpretation, expression: str, condition: Condition) -> _Scored:
    """Score a query in which some word is too common to rank every event that has it.

    Such a word chooses, and does not rank, among the events that the other words find. If all are so common, the latest
    events are ranked, with a remark.
    """
    total = index.match_count(expression, condition)
    latest = index.latest_match(expression, condition, total, BROAD)
    scores = {n: sum(term.scores.get(n, 0.0) for term in reading.terms) for n in latest}
    if scores and all(term.broad for term in reading.required):
        for term in reading.required:
            for n, frequency in index.frequencies(term.expression, scores).items():
                scores[n] += frequency
    if total > len(scores):
        remark = f"{total:,} events match, too many to rank: the best of the latest {len(scores):,} come first"
        reading.remarks.append(remark)
    return _Scored({n: round(score, 6) for n, score in scores.items()}, total, False, reading)


def _numbers(index: Index, node: Node, exact: bool) -> set[int]:
    """Return the events for which criteria with words hold: for OR and NOT among words and filters."""
    match node:
        case Not(part):
            return set(index.numbers()) - _numbers(index, part, exact)
        case Or(parts):
            return set().union(*(_numbers(index, part, exact) for part in parts))
        case And(parts) if parts:
            return set.intersection(*(_numbers(index, part, exact) for part in parts))
        case Word() | Phrase():
            reading = interpret(index, node, exact)
            return set(index.match(_expression(reading, ())) if reading.terms else index.numbers())
    return set(index.numbers(index.condition(node)))


# Scores


def _weigh(index: Index, term: SearchTerm, bound: int | None) -> None:
    """Find the events of a term and how well each fits.

    A phrase counts as much as its words would together; words of a name that are found apart count as one of them. With a
    ``bound``, a term that more events have is only marked as ``broad``.
    """
    term.broad = bound is not None and any(
        len(index.match(" AND ".join(one.expressions), limit=bound + 1)) > bound for one in term.alternatives
    )
    if term.broad:
        term.rarity = _rarity(bound or 0, index.size)
        return
    for alternative in term.alternatives:
        parts = [index.frequencies(expression) for expression in alternative.expressions]
        if not parts:
            continue
        rarities = [_rarity(len(part), index.size) for part in parts]
        length = PHRASE * alternative.expressions[0].count(" ") if len(parts) == 1 else 0
        weight = alternative.weight * ((1.0 if term.required else SOFT) + length)
        term.rarity = max(term.rarity, alternative.weight * sum(rarities) / len(rarities))
        common = set(parts[0]).intersection(*parts[1:])
        term.found[alternative.label] = common
        titled = _in_title(index, alternative) if common else set()
        for n in common:
            score = weight * sum(part[n] * rarity for part, rarity in zip(parts, rarities, strict=True)) / len(parts)
            if n in titled:
                score += TITLED * weight * sum(rarities) / len(parts)
            if score > term.scores.get(n, 0.0):
                term.scores[n] = score
    if not term.scores:
        term.rarity = _rarity(0, index.size)


def _in_title(index: Index, alternative: Alternative) -> set[int]:
    """Return the events whose title alone has all of an alternative."""
    if any(" : " in expression for expression in alternative.expressions):
        return set()
    return set(index.match(" AND ".join(f"{{title}} : {expression}" for expression in alternative.expressions)))


def _rarity(found: int, size: int) -> float:
    """Return how much it says that ``found`` of ``size`` events have a word: more, the fewer they are."""
    return math.log(1.0 + (size - found + 0.5) / (found + 0.5))


def _combine(index: Index, reading: Interpretation) -> tuple[dict[int, float], bool]:
    """Return the score of each event that has every required term, or else of those that have nearly all of the query."""
    wanted = reading.required
    found = set(wanted[0].scores).intersection(*(term.scores for term in wanted[1:]))
    partial = not found
    if partial:
        found = _nearly_all(wanted)
    found = found.intersection(*(index.match(name) for name in _title_cased(reading.terms)))
    scores = {n: sum(term.scores.get(n, 0.0) for term in reading.terms) for n in found}
    for left, right in itertools.pairwise(reading.terms):
        for expression, gain in _closeness(left, right):
            for n in index.match(expression):
                if n in scores:
                    scores[n] += gain
    return {n: round(score, 6) for n, score in scores.items()}, partial


def _closeness(left: SearchTerm, right: SearchTerm) -> list[tuple[str, float]]:
    """Return the expressions for two terms next to each other, and near each other, with what an event gains by each."""
    if not (left.words and right.words):
        return []
    rarity = min(left.rarity, right.rarity)
    last, first = left.words[-1], right.words[0]
    near = f"NEAR({quoted(last)} {quoted(first)}, 6)"
    return [(quoted(f"{last} {first}"), TOGETHER * rarity), (near, NEAR * rarity)]


def _title_cased(terms: Sequence[SearchTerm]) -> list[str]:
    """Return, for each run of three or more Capitalised Words that is no known name, the expression of two together.

    Such a run is a name to the person who typed it; its words scattered over an event are not that name.
    """
    found = []
    for capitalised, run in itertools.groupby(terms, lambda term: term.typed[:1].isupper() and len(term.words) == 1):
        words = [term.words[0] for term in run if capitalised]
        if len(words) > 2:
            found.append(" OR ".join(quoted(f"{left} {right}") for left, right in itertools.pairwise(words)))
    return found


def _nearly_all(terms: Sequence[SearchTerm]) -> set[int]:
    """Return the events that have most of a query of three words or more, weighed by rarity, and enough to be about it."""
    if sum(max(len(term.words), 1) for term in terms) < 3:
        return set()
    total = sum(term.rarity if term.scores else UNKNOWN_RARITY for term in terms)
    found: dict[int, list[float]] = {}
    for term in terms:
        for n in term.scores:
            found.setdefault(n, []).append(term.rarity)
    enough = max(PARTIAL_SHARE * total, PARTIAL_FLOOR)
    return {n for n, parts in found.items() if (len(parts) > 1 or len(terms) == 2) and sum(parts) >= enough}


# Order


def _rank(index: Index, scores: dict[int, float], partial: bool, query: Query) -> list[Hit]:
    """Return the hits in the order asked for, up to the limit; only those are read whole."""
    if query.sort not in ("", "relevance"):
        events = list(index.select(query, listed(scores)))
        numbers = index.numbers_of(event.id for event in events)
        return [Hit(event, scores[numbers[event.id]], (), partial) for event in events]
    best = _best(index, scores, query)
    found = index.events(best)
    return [Hit(found[n], scores[n], (), partial) for n in best]


def _best(index: Index, scores: dict[int, float], query: Query) -> list[int]:
    """Return the numbers of the best events in order; dates decide between those that are equally good."""
    limit = len(scores) if query.limit is None else query.limit
    ranked = sorted(scores, key=lambda n: scores[n], reverse=not query.reverse)
    if limit == 0:
        return []
    if limit < len(ranked):
        edge = scores[ranked[limit - 1]]
        better = list(itertools.takewhile(lambda n: scores[n] != edge, ranked))
        tied = {n for n in ranked if scores[n] == edge}
        if len(tied) > MANY:
            latest = (n for n in index.numbers_by_date(oldest_first=query.reverse) if n in tied)
            tied = set(itertools.islice(latest, limit - len(better)))
        ranked = [*better, *tied]
    dates = index.date_keys(ranked)
    return sorted(ranked, key=lambda n: (scores[n], *dates[n]), reverse=not query.reverse)[:limit]


# Where a hit matched


def matched_columns(index: Index, reading: Interpretation, events: Sequence[Event]) -> dict[str, tuple[str, ...]]:
    """Return, for each event's id, the search columns that have one of the terms of a query."""
    from archivecli.index.rows import RowBuilder  # 4 ms
    from archivecli.search.stems import stems

    phrases = {e for term in reading.terms for one in term.alternatives for e in one.expressions if " : " not in e}
    prepare = RowBuilder(index.schema, index)  # type: ignore[arg-type]
    texts = [[column.split() for column in prepare.search_text(event.record)] for event in events]
    wanted = [phrase.strip('"').split() for phrase in phrases]
    stem_of = stems(word for words in [*wanted, *itertools.chain(*texts)] for word in words)

    def stemmed(words: Sequence[str]) -> str:
        return f" {' '.join([stem_of[word] for word in words])} "

    sought = [stemmed(words) for words in wanted]
    return {
        event.id: tuple(
            name for name, words in zip(index.schema.columns, columns, strict=True) if _any_in(sought, stemmed(words))
        )
        for event, columns in zip(events, texts, strict=True)
    }


def _any_in(phrases: Sequence[str], text: str) -> bool:
    return any(phrase in text for phrase in phrases)
