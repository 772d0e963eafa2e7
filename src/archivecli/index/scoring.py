"""How well events fit the groups of a query: how rare a word is, how much an event is about it, what stands together."""

import itertools
import json
import math
from collections.abc import Collection, Sequence

from archivecli.index.reader import Index
from archivecli.index.schema import COLUMNS, WEIGHTS
from archivecli.index.spelling import quoted
from archivecli.index.understanding import Alternative, Group

_BM25 = f"bm25(fts, {', '.join(str(WEIGHTS[column]) for column in COLUMNS)})"

K1, B = 1.2, 0.75
"""The constants that FTS5 builds into its BM25."""
PHRASE = 0.25
"""What a phrase gains for each word after its first; then: how much a word counts that may be missing; what a word in the
title adds; what two words add that stand together as typed, or near each other."""
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


def weigh(index: Index, group: Group, bound: int | None = None) -> None:
    """Find the events of a group and how well each fits.

    A phrase counts as much as its words would together; words of a name that are found apart count as one of them. With a
    ``bound``, a group that more events than that have is only marked as ``broad``.
    """
    group.broad = bound is not None and _more_than(index, group, bound)
    if group.broad:
        group.rarity = rarity_of(bound or 0, index.size)
        return
    for alternative in group.alternatives:
        parts = [matching(index, expression) for expression in alternative.expressions]
        if not parts:
            continue
        rarities = [rarity_of(len(part), index.size) for part in parts]
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
        group.rarity = rarity_of(0, index.size)


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


def matching(index: Index, expression: str, among: Collection[int] | None = None) -> dict[int, float]:
    """Return the events that hold an FTS5 expression of one word or phrase, each with how much it is about it, 0 to K1 + 1.

    FTS5's BM25 counts a word the less, the longer the record; but a long record here is a well-described event, and one
    of a few words says little. So its share of rarity and length is taken out again: what remains is f (K1 + 1) / (f + K1)
    for a weighted frequency f. Only the events ``among`` some are weighed, if that is given.
    """
    sql = f"SELECT fts.rowid, -{_BM25}, tokens FROM fts JOIN lengths ON n = fts.rowid WHERE fts MATCH ?"
    if among is None:
        rows = index.connection.execute(sql, (expression,)).fetchall()
        number = len(rows)
    else:
        sql += " AND fts.rowid >= ? AND +fts.rowid IN (SELECT value FROM json_each(?))"
        some = (expression, min(among, default=0), json.dumps(list(among)))
        rows = index.connection.execute(sql, some).fetchall() if among else []
        number = number_of(index, expression) if rows else 0
    if not rows:
        return {}
    rarity = max(math.log((index.size - number + 0.5) / (number + 0.5)), 1e-6)
    average = index.meta["tokens"] / index.size
    found = {}
    for n, score, tokens in rows:
        share = min(score / rarity, K1 + 1 - 1e-6)
        frequency = share * K1 * (1 - B + B * tokens / average) / (K1 + 1 - share)
        found[n] = frequency * (K1 + 1) / (frequency + K1)
    return found


def number_of(index: Index, expression: str) -> int:
    """Return how many events hold an FTS5 expression."""
    (number,) = index.connection.execute("SELECT count(*) FROM fts WHERE fts MATCH ?", (expression,)).fetchone()
    return int(number)


def rarity_of(found: int, size: int) -> float:
    """Return how much it says that ``found`` of ``size`` events have a word: more, the fewer they are."""
    return math.log(1.0 + (size - found + 0.5) / (found + 0.5))


def combine(index: Index, groups: Sequence[Group]) -> tuple[dict[int, float], bool]:
    """Return the score of each event that has every required group, else of those that have nearly all of the query."""
    required = [group for group in groups if group.required]
    wanted = required or groups
    common = set(wanted[0].scores).intersection(*(group.scores for group in wanted[1:]))
    sql = "SELECT rowid FROM fts WHERE fts MATCH ?"
    together = [{n for (n,) in index.connection.execute(sql, (name,))} for name in title_cased(groups)]
    partial = not common
    if partial:
        common = _nearly(wanted)
    common = common.intersection(*together)
    scores = {n: sum(group.scores.get(n, 0.0) for group in groups) for n in common}
    for n, bonus in _together(index, groups).items():
        if n in scores:
            scores[n] += bonus
    return {n: round(score, 6) for n, score in scores.items()}, partial


def title_cased(groups: Sequence[Group]) -> list[str]:
    """Return, for each run of three or more Capitalised Words that is no known name, the FTS5 expression of two together.

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
            found.append(" OR ".join(pairs))
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
