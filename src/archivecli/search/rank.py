"""Find the events that match the terms of a query, and rank them.

An event matches if each term finds something in it. Its score is the sum over the terms: the weight of the best alternative
times its rarity times how much the event is about it (BM25 with a weight for each column). Words that are next to each
other as typed score more.
"""

import itertools
import math
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import NamedTuple

from archivecli.events import Event, Hit
from archivecli.index.conditions import ALL, Condition, listed
from archivecli.index.reader import Index, match_condition
from archivecli.query.criteria import And, Annually, During, Node, Not, Or, Phrase, Query, Word, conjunction, conjuncts
from archivecli.search.interpret import Alternative, Interpretation, SearchTerm, interpret
from archivecli.search.spelling import quoted

BROAD = 5_000
"""Events of words that more events have are not all ranked if only the best are asked for."""

MAX_TIED = 500  # more equally good events are taken in order of date, without sorting them all

PHRASE = 0.25  # what each word of a phrase after its first adds
SOFT = 0.4  # the weight of a word that need not be found
TITLE = 0.7  # what a word in the title adds
ADJACENT, NEAR = 0.7, 0.25  # what two words add that are next to each other as typed, or near each other

# A partial match needs this share of the query, weighted by rarity, and at least this rarity: two common words match nothing
PARTIAL_SHARE, PARTIAL_MINIMUM = 0.6, 2.5
UNKNOWN_RARITY = 4.0  # of a word that the archive does not know


class SearchResult(NamedTuple):
    """The hits of a search, best first, their number without a limit, and how the query was interpreted."""

    hits: list[Hit]
    total: int
    interpretation: Interpretation


class _Scored(NamedTuple):
    """The scores of the matching events by number; ``filtered`` is the condition of a query without words."""

    scores: dict[int, float]
    total: int
    partial: bool
    interpretation: Interpretation
    filtered: Condition | None = None


def search(index: Index, query: Query, interpretation: Interpretation | None = None) -> SearchResult:
    """Return the events that match a query, best first; ``interpretation`` is that of the query, if it is known."""
    found = _find(index, query, interpretation or interpret(index, query.where, query.exact))
    if found.filtered:
        hits = [Hit(event) for event in index.select(query._replace(where=found.interpretation.filters))]
    else:
        hits = _rank(index, found.scores, found.partial, query)
    return SearchResult(hits, found.total, found.interpretation)


def select(index: Index, query: Query, interpretation: Interpretation) -> tuple[Condition, int]:
    """Return the condition for the events that match a query with words, and their number, without ranking them."""
    unwanted = _unwanted(index, interpretation, query.exact)
    if interpretation.terms and unwanted is not None:
        expression, condition = _expression(interpretation, unwanted), index.condition(interpretation.filters)
        first = index.match(expression, condition, BROAD + 1)
        if len(first) > BROAD:
            where, values = match_condition(expression, condition)
            found = f"e.n IN (SELECT fts.rowid FROM fts WHERE {where})", values
            return found, index.match_count(expression, condition)
        if first:
            return listed(first), len(first)
    scored = _find(index, Query(query.where, exact=query.exact), interpretation)
    numbers = index.numbers(scored.filtered) if scored.filtered else list(scored.scores)
    return listed(numbers), len(numbers)


# Matching


def _find(index: Index, query: Query, interpretation: Interpretation) -> _Scored:
    """Score the events that match a query; if there are none, interpret its dates in other ways."""
    found = _score(index, query, interpretation)
    if found.total:
        return found
    parts = conjuncts(query.where)
    for reread, notes in ((_literal_date, []), (_other_date, ["no event was held then; these mention that date"])):
        changed = tuple(map(reread, parts))
        if changed != parts:
            where = conjunction(*changed)
            other = _score(index, query._replace(where=where), interpret(index, where, query.exact))
            if other.total:
                other.interpretation.notes += notes
                return other
    return found


def _literal_date(part: Node) -> Node:
    """Read a range such as ``2011-2016`` as text."""
    return Phrase(part.typed) if isinstance(part, During) and part.literal else part


def _other_date(part: Node) -> Node:
    """Search for a day, or a week at most, among the other dates in records."""
    match part:
        case During(period, from_free_text=True) if period.days() <= 7:
            return part._replace(other=True)
        case Annually(day=day, from_free_text=True) if day:
            return part._replace(other=True)
    return part


def _score(index: Index, query: Query, interpretation: Interpretation) -> _Scored:
    condition = index.condition(interpretation.filters)
    if not interpretation.terms and not interpretation.excluded:
        return _Scored({}, index.count(interpretation.filters), False, interpretation, condition)
    unwanted = _unwanted(index, interpretation, query.exact)
    bound = BROAD if query.limit is not None and index.size > BROAD and unwanted is not None else None
    for term in interpretation.terms:
        _weigh(index, term, bound)
    if any(term.broad for term in interpretation.required):
        return _score_latest(index, interpretation, _expression(interpretation, unwanted or []), condition)
    scores, partial = (
        _combine(index, interpretation) if interpretation.terms else (dict.fromkeys(index.numbers(), 0.0), False)
    )
    kept = set(scores)
    if unwanted is None:
        kept = kept.intersection(*(_numbers(index, node, query.exact) for node in interpretation.excluded))
    elif scores:
        kept = kept.difference(*(index.match(expression) for expression in unwanted))
    if condition != ALL:
        (among, numbers), (where, values) = listed(kept), condition
        kept = set(index.numbers((f"{among} AND ({where})", [*numbers, *values])))
    return _Scored({n: score for n, score in scores.items() if n in kept}, len(kept), partial, interpretation)


def _unwanted(index: Index, interpretation: Interpretation, exact: bool) -> list[str] | None:
    """Return the FTS5 expressions of excluded words; None if more than words is excluded."""
    found = []
    for node in interpretation.excluded:
        if not isinstance(node, Not) or not isinstance(node.part, Word | Phrase):
            return None
        terms = interpret(index, node.part, exact).terms
        if len(terms) != 1:
            return None
        found.append(terms[0].expression)
    return found


def _expression(interpretation: Interpretation, unwanted: Sequence[str]) -> str:
    """Return the FTS5 expression for the events that have all of a query and nothing unwanted."""
    parts = [*(term.expression for term in interpretation.required), *_title_cased(interpretation.terms)]
    wanted = " AND ".join(f"({part})" for part in parts)
    return " NOT ".join(f"({expression})" for expression in (wanted, *unwanted))


def _score_latest(index: Index, interpretation: Interpretation, expression: str, condition: Condition) -> _Scored:
    """Score a query with a word that is too common to rank every event that has it.

    Such a word selects among the events that the other words find, without ranking them. If all words are so common, the
    latest events are ranked, with a note.
    """
    total = index.match_count(expression, condition)
    latest = index.latest_match(expression, condition, total, BROAD)
    scores = {n: sum(term.scores.get(n, 0.0) for term in interpretation.terms) for n in latest}
    if scores and all(term.broad for term in interpretation.required):
        for term in interpretation.required:
            for n, frequency in index.frequencies(term.expression, scores).items():
                scores[n] += frequency
    if total > len(scores):
        note = f"{total:,} events match, too many to rank: the best of the latest {len(scores):,} come first"
        interpretation.notes.append(note)
    return _Scored({n: round(score, 6) for n, score in scores.items()}, total, False, interpretation)


def _numbers(index: Index, node: Node, exact: bool) -> set[int]:
    """Return the numbers of the events that match criteria in which OR or NOT combine words and filters."""
    match node:
        case Not(part):
            return set(index.numbers()) - _numbers(index, part, exact)
        case Or(parts):
            return set().union(*(_numbers(index, part, exact) for part in parts))
        case And(parts) if parts:
            return set.intersection(*(_numbers(index, part, exact) for part in parts))
        case Word() | Phrase():
            interpretation = interpret(index, node, exact)
            return set(index.match(_expression(interpretation, ())) if interpretation.terms else index.numbers())
    return set(index.numbers(index.condition(node)))


# Scores


def _weigh(index: Index, term: SearchTerm, bound: int | None) -> None:
    """Score the events of a term.

    A phrase counts as much as its words together; the words of a name found apart count as one of them. With a ``bound``, a
    term of more events is only marked as ``broad``.
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
                score += TITLE * weight * sum(rarities) / len(parts)
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
    """Return the rarity (inverse document frequency) of a word that ``found`` of ``size`` events have."""
    return math.log(1.0 + (size - found + 0.5) / (found + 0.5))


def _combine(index: Index, interpretation: Interpretation) -> tuple[dict[int, float], bool]:
    """Return the score of each event that has every required term, or else of those that have nearly all of the query."""
    wanted = interpretation.required
    found = set(wanted[0].scores).intersection(*(term.scores for term in wanted[1:]))
    partial = not found
    found = (found or _nearly_all(wanted)).intersection(*map(index.match, _title_cased(interpretation.terms)))
    scores = {n: sum(term.scores.get(n, 0.0) for term in interpretation.terms) for n in found}
    for left, right in itertools.pairwise(interpretation.terms):
        if left.words and right.words:
            last, first, rarity = left.words[-1], right.words[0], min(left.rarity, right.rarity)
            near = f"NEAR({quoted(last)} {quoted(first)}, 6)"
            for expression, gain in ((quoted(f"{last} {first}"), ADJACENT * rarity), (near, NEAR * rarity)):
                for n in scores.keys() & index.match(expression):
                    scores[n] += gain
    return {n: round(score, 6) for n, score in scores.items()}, partial


def _title_cased(terms: Sequence[SearchTerm]) -> list[str]:
    """Return, for each run of three or more Capitalised Words, the expression of any two of them in sequence.

    Such a run is likely a name that the archive does not know; words scattered over an event are not that name.
    """
    found = []
    for capitalised, run in itertools.groupby(terms, lambda term: term.typed[:1].isupper() and len(term.words) == 1):
        words = [term.words[0] for term in run if capitalised]
        if len(words) > 2:
            found.append(" OR ".join(quoted(f"{left} {right}") for left, right in itertools.pairwise(words)))
    return found


def _nearly_all(terms: Sequence[SearchTerm]) -> set[int]:
    """Return the events that have most of a query of at least three words, weighted by rarity."""
    if sum(max(len(term.words), 1) for term in terms) < 3:
        return set()
    total = sum(term.rarity if term.scores else UNKNOWN_RARITY for term in terms)
    found: dict[int, list[float]] = {}
    for term in terms:
        for n in term.scores:
            found.setdefault(n, []).append(term.rarity)
    enough = max(PARTIAL_SHARE * total, PARTIAL_MINIMUM)
    return {n for n, parts in found.items() if (len(parts) > 1 or len(terms) == 2) and sum(parts) >= enough}


# Order


def _rank(index: Index, scores: dict[int, float], partial: bool, query: Query) -> list[Hit]:
    """Return the hits in order, up to the limit."""
    if query.sort not in ("", "relevance"):
        events = list(index.select(query, listed(scores)))
        numbers = index.numbers_of(event.id for event in events)
        return [Hit(event, scores[numbers[event.id]], (), partial) for event in events]
    best = _best(index, scores, query)
    found = index.events(best)
    return [Hit(found[n], scores[n], (), partial) for n in best]


def _best(index: Index, scores: dict[int, float], query: Query) -> list[int]:
    """Return the numbers of the best events in order; dates decide between equal scores."""
    limit = len(scores) if query.limit is None else query.limit
    ranked = sorted(scores, key=lambda n: scores[n], reverse=not query.reverse)
    if 0 < limit < len(ranked):
        edge = scores[ranked[limit - 1]]
        better = list(itertools.takewhile(lambda n: scores[n] != edge, ranked))
        tied = {n for n in ranked if scores[n] == edge}
        if len(tied) > MAX_TIED:
            latest = (n for n in index.numbers_by_date(oldest_first=query.reverse) if n in tied)
            tied = set(itertools.islice(latest, limit - len(better)))
        ranked = [*better, *tied]
    dates = index.date_keys(ranked)
    return sorted(ranked, key=lambda n: (scores[n], *dates[n]), reverse=not query.reverse)[:limit]


# Where a hit matched


def matched_columns(
    index: Index, interpretation: Interpretation, events: Sequence[Event]
) -> dict[str, tuple[str, ...]]:
    """Return, for each event's id, the search columns that have one of the terms of a query."""
    from archivecli.index.rows import RowBuilder  # 4 ms

    phrases = {
        e for term in interpretation.terms for one in term.alternatives for e in one.expressions if " : " not in e
    }
    builder = RowBuilder(index.schema, index)  # type: ignore[arg-type]
    texts = [[column.split() for column in builder.search_text(event.record)] for event in events]
    wanted = [phrase.strip('"').split() for phrase in phrases]
    stem_of = stems(word for words in [*wanted, *itertools.chain(*texts)] for word in words)

    def stemmed(words: Sequence[str]) -> str:
        return f" {' '.join([stem_of[word] for word in words])} "

    sought = [stemmed(words) for words in wanted]

    def matches(words: Sequence[str]) -> bool:
        text = stemmed(words)
        return any(phrase in text for phrase in sought)

    return {
        event.id: tuple(name for name, words in zip(index.schema.columns, columns, strict=True) if matches(words))
        for event, columns in zip(events, texts, strict=True)
    }


def stems(words: Iterable[str]) -> dict[str, str]:
    """Return the stem of each folded word, which is what FTS5 keeps of it in a temporary table."""
    different = list(dict.fromkeys(words))
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE held USING fts5(words, content='', tokenize='porter ascii')")
        connection.execute("CREATE VIRTUAL TABLE kept USING fts5vocab(held, 'instance')")
        connection.execute("INSERT INTO held (rowid, words) VALUES (1, ?)", (" ".join(different),))
        return {different[place]: stem for stem, place in connection.execute('SELECT term, "offset" FROM kept')}
