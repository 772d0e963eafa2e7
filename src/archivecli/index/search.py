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
from typing import NamedTuple

from archivecli import text
from archivecli.events import Event, Hit
from archivecli.index.english import SOFT_WORDS, STOP_WORDS
from archivecli.index.reader import COLUMNS as EVENT_COLUMNS
from archivecli.index.reader import Index, event_of
from archivecli.index.schema import COLUMNS, WEIGHTS
from archivecli.query.criteria import And, During, Node, Not, Or, Phrase, Query, Word, conjunction, has_words

_BM25 = f"bm25(fts, {', '.join(str(WEIGHTS[column]) for column in COLUMNS)})"

K1, B = 1.2, 0.75
"""The constants that FTS5 builds into its BM25."""
SYNONYM = 0.75
CORRECTED = 0.9
ALL_WORDS_OF_NAME = 0.6
PHRASE = 0.25
SOFT = 0.4
TITLED = 0.7
TOGETHER = 0.7
NEAR = 0.25
ALIKE = 0.88
"""How alike (Jaro and Winkler) a word with two letters wrong must be to the word that it is taken for."""
PARTIAL_SHARE = 0.6
"""How much of a query, weighed by rarity, an event must have to follow as a partial match."""
PARTIAL_FLOOR = 2.5
"""Less than this, in rarity, says nothing: two common words do not make an event fit."""
UNKNOWN_RARITY = 4.0
"""How much a word that the archive does not know weighs among those that it does."""
MAX_GROUPS = 40
LONGEST_NAME = 8


class Alternative(NamedTuple):
    """One way in which a group can be found: FTS5 expressions that must all hold."""

    expressions: tuple[str, ...]
    weight: float
    label: str
    how: str


class Group:
    """A word or name of the query with its alternatives; ``required`` unless it is only there to rank."""

    def __init__(
        self, typed: str, alternatives: list[Alternative], required: bool = True, words: tuple[str, ...] = ()
    ) -> None:
        self.typed = typed
        self.alternatives = alternatives
        self.required = required
        self.words = words
        self.scores: dict[int, float] = {}
        self.found: dict[str, set[int]] = {}
        self.rarity = 0.0


class Reading:
    """How a query was understood: its groups, its filters, what is left out, what should be said
    about it, and the words that the archive does not know, each with the nearest that it does."""

    def __init__(self) -> None:
        self.groups: list[Group] = []
        self.filters: Node = And(())
        self.excluded: list[Node] = []
        self.dropped: list[str] = []
        self.remarks: list[str] = []
        self.unknown: dict[str, list[str]] = {}


class Outcome(NamedTuple):
    """The answer to a search: hits best first, how many there are in all, and how the query was read."""

    hits: list[Hit]
    total: int
    reading: Reading


def search(index: Index, query: Query) -> Outcome:
    """Return the events that answer a query, best first."""
    outcome = _search(index, query)
    if not outcome.total:
        literal = _literal_dates(query.where)
        if literal is not None:
            other = _search(index, Query(literal, query.sort, query.reverse, query.limit, query.exact))
            if other.total:
                return other
    return outcome


def _literal_dates(where: Node) -> Node | None:
    """Return the query with ranges such as ``2011-2016`` read as text; None where it has none."""
    parts = where.parts if isinstance(where, And) else (where,)
    if not any(isinstance(part, During) and part.literal for part in parts):
        return None
    return conjunction(*(Phrase(p.said) if isinstance(p, During) and p.literal else p for p in parts))


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
    if len(groups) < 3:
        return set()
    total = sum(group.rarity if group.scores else UNKNOWN_RARITY for group in groups)
    found: dict[int, list[float]] = {}
    for group in groups:
        for n in group.scores:
            found.setdefault(n, []).append(group.rarity)
    enough = max(PARTIAL_SHARE * total, PARTIAL_FLOOR)
    return {n for n, parts in found.items() if len(parts) > 1 and sum(parts) >= enough}


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


def quoted(words: str) -> str:
    """Return folded words as one FTS5 string: nothing that people type is ever an operator."""
    return '"' + words.replace('"', '""') + '"'


class Understanding:
    """Turns criteria into groups, by looking the words up in the archive."""

    def __init__(self, index: Index, exact: bool) -> None:
        self.index = index
        self.exact = exact
        self.reading = Reading()
        self.corrected: set[str] = set()
        self.shouted = False

    def read(self, where: Node) -> Reading:
        """Return how the criteria are understood."""
        filters: list[Node] = []
        run: list[Word] = []
        for part in where.parts if isinstance(where, And) else (where,):
            if isinstance(part, Word) and not part.prefix and not part.column:
                run.append(part)
                continue
            self._words(run)
            run = []
            if not has_words(part):
                filters.append(part)
            elif isinstance(part, Word):
                self._prefix_or_column(part)
            elif isinstance(part, Phrase):
                self._phrase(part)
            elif isinstance(part, Or) and all(isinstance(side, Word | Phrase) for side in part.parts):
                self._either(part)
            else:
                self._complex(part)
        self._words(run)
        self.reading.filters = conjunction(*filters) if filters else And(())
        self._keep_something()
        return self.reading

    def _keep_something(self) -> None:
        """Where only words without content were typed, they are what is meant."""
        groups = self.reading.groups
        del groups[MAX_GROUPS:]
        if groups and not any(group.required for group in groups):
            for group in groups:
                group.required = True
        if not groups and self.reading.dropped and not self.reading.excluded and self.reading.filters == And(()):
            for word in self.reading.dropped:
                groups.append(self._plain(word, [word]))
            self.reading.dropped = []

    # One word after the other

    def _words(self, run: Sequence[Word]) -> None:
        typed: list[str] = []
        folded: list[str] = []
        for word in run:
            joined = text.compound(word.text)
            for part in [joined] if joined else text.words(word.text):
                typed.append(word.text)
                folded.append(part)
        self.shouted = len(run) > 1 and all(word.text.upper() == word.text for word in run)
        if not self.exact:
            self._correct(typed, folded)
        at = 0
        while at < len(folded):
            taken = self._name(typed, folded, at) or self._synonym_phrase(typed, folded, at)
            if not taken:
                self._one(typed[at], folded[at])
                taken = 1
            at += taken

    def _correct(self, typed: list[str], folded: list[str]) -> None:
        """Replace words that the archive does not know by the nearest that it does, and say so."""
        for at, word in enumerate(folded):
            parts = text.words(typed[at]) if text.compound(typed[at]) == word else [word]
            if word in STOP_WORDS or word in SOFT_WORDS or self._own(parts) or self._in_thesaurus(folded, at):
                continue
            name = typed[at][:1].isupper() and not self.shouted and (at > 0 or len(folded) == 1)
            corrected = [self._correction(part, name) for part in parts]
            if all(corrected):
                folded[at] = "".join(corrected)
                typed[at] = "-".join(corrected)
                self.reading.remarks.append(f"no event mentions '{word}'; searched for {' '.join(corrected)}")
                self.corrected.add(folded[at])

    def _in_thesaurus(self, folded: Sequence[str], at: int) -> bool:
        """Tell whether the word at a place is part of an expression that the thesaurus knows."""
        for length in (1, 2, 3, 4):
            for start in range(max(0, at - length + 1), at + 1):
                words = folded[start : start + length]
                if len(words) == length and self._synonyms(words):
                    return True
        return False

    def _name(self, typed: Sequence[str], folded: Sequence[str], at: int) -> int:
        """Take the longest name of several words that begins here; return how many words it has."""
        for length in range(min(LONGEST_NAME, len(folded) - at), 1, -1):
            name = " ".join(part for word in typed[at : at + length] for part in text.words(word))
            if folded[at] in STOP_WORDS or folded[at + length - 1] in STOP_WORDS:
                continue
            row = self.index.connection.execute("SELECT 1 FROM aliases WHERE alias = ? LIMIT 1", (name,)).fetchone()
            if row and self._known(quoted(name)):
                words = [word for word in folded[at : at + length] if word not in STOP_WORDS]
                alternatives = [
                    Alternative((quoted(name),), 1.0, name, "name"),
                    Alternative(tuple(quoted(word) for word in words), ALL_WORDS_OF_NAME, " + ".join(words), "words"),
                    *self._synonyms(folded[at : at + length]),
                ]
                self._add(Group(" ".join(typed[at : at + length]), alternatives, True, tuple(words)))
                return length
        return 0

    def _synonym_phrase(self, typed: Sequence[str], folded: Sequence[str], at: int) -> int:
        """Take an expression of two or three words that the thesaurus knows."""
        if self.exact:
            return 0
        for length in (4, 3, 2):
            words = folded[at : at + length]
            synonyms = self._synonyms(words) if len(words) == length else []
            if synonyms:
                content = [word for word in words if word not in STOP_WORDS]
                own = [Alternative((quoted(" ".join(words)),), 1.0, " ".join(words), "word")]
                if all(self._known(quoted(word)) for word in content):
                    expressions = tuple(quoted(word) for word in content)
                    own.append(Alternative(expressions, ALL_WORDS_OF_NAME, " + ".join(content), "words"))
                self._add(Group(" ".join(typed[at : at + length]), [*own, *synonyms], True, tuple(content)))
                return length
        return 0

    def _one(self, typed: str, folded: str) -> None:
        if folded in STOP_WORDS and self._acronym(typed):
            self._add(Group(typed, [Alternative((_within("aliases", quoted(folded)),), 1.0, typed, "name")], True, ()))
            return
        if folded in STOP_WORDS or (len(folded) == 1 and not folded.isdigit()):
            self.reading.dropped.append(folded)
            return
        parts = text.words(typed) if text.compound(typed) == folded else [folded]
        self._add(self._plain(typed, parts))

    def _acronym(self, typed: str) -> bool:
        """Tell whether a stop word in capitals, in a query that is not all capitals, is an acronym: WHO, US."""
        if not typed.isupper() or len(typed) < 2 or self.shouted:
            return False
        sql = "SELECT 1 FROM aliases WHERE alias = ? LIMIT 1"
        return self.index.connection.execute(sql, (text.key(typed),)).fetchone() is not None

    def _plain(self, typed: str, parts: list[str]) -> Group:
        """Return the group of one word: itself, its synonyms, else its correction."""
        soft = len(parts) == 1 and parts[0] in SOFT_WORDS
        own = self._own(parts)
        if "".join(parts) in self.corrected:
            own = [a._replace(weight=a.weight * CORRECTED, how="correction") for a in own]
        synonyms = [] if self.exact else self._synonyms(parts)
        if own or synonyms:
            return Group(typed, [*own, *synonyms], not soft, tuple(parts))
        return self._unknown(typed, parts, soft)

    def _unknown(self, typed: str, parts: list[str], soft: bool) -> Group:
        if not soft:
            self.reading.unknown[typed] = self._nearest(parts)
        return Group(typed, [], not soft, tuple(parts))

    def _own(self, parts: list[str]) -> list[Alternative]:
        """Return the ways in which a word as typed can stand in an event; none where the archive does not know it."""
        joined = "".join(parts)
        found = []
        if self._known(quoted(" ".join(parts))):
            found.append(Alternative((quoted(" ".join(parts)),), 1.0, " ".join(parts), "word"))
        if len(parts) > 1 and self._known(quoted(joined)):
            found.append(Alternative((quoted(joined),), 1.0, joined, "word"))
        if len(parts) > 1 and not found and all(self._known(quoted(part)) for part in parts):
            expressions = tuple(quoted(part) for part in parts)
            found.append(Alternative(expressions, ALL_WORDS_OF_NAME, " + ".join(parts), "words"))
        return found

    def _synonyms(self, words: Sequence[str]) -> list[Alternative]:
        """Return what the thesaurus gives for a word or expression, as far as the archive knows it."""
        if self.exact:
            return []
        sql = (
            "SELECT s.means FROM thesaurus t JOIN synonyms s ON s.n = t.rowid"
            " WHERE t.typed MATCH ? AND s.words = ? ORDER BY s.n"
        )
        rows = self.index.connection.execute(sql, (quoted(" ".join(words)), len(words))).fetchall()
        found: dict[str, Alternative] = {}
        for (means,) in rows:
            for other in json.loads(means):
                expression = quoted(" ".join(text.words(other)))
                if expression not in found and self._known(expression):
                    found[expression] = Alternative((expression,), SYNONYM, other, "synonym")
        return list(found.values())

    def _known(self, expression: str) -> bool:
        sql = "SELECT 1 FROM fts WHERE fts MATCH ? LIMIT 1"
        return self.index.connection.execute(sql, (expression,)).fetchone() is not None

    def _correction(self, word: str, name: bool) -> str:
        """Return the word of the archive that is nearest to an unknown one, or an empty text."""
        if self._known(quoted(word)):
            return word
        if len(word) < 3 or any(character.isdigit() for character in word):
            return ""
        from rapidfuzz import process  # 20 ms, needed only for a word that the archive does not know
        from rapidfuzz.distance import OSA, JaroWinkler

        sql = "SELECT word FROM words WHERE length(word) BETWEEN ? AND ?"
        known = [w for (w,) in self.index.connection.execute(sql, (max(3, len(word) - 2), len(word) + 2))]
        near = process.extract(word, known, scorer=OSA.distance, score_cutoff=1 if len(word) < 5 else 2, limit=50)
        fitting = [
            (-distance, w[:1] == word[:1], JaroWinkler.similarity(word, w), len(matching(self.index, quoted(w))), w)
            for w, distance, _ in near
            if not w.isdigit() and self._likely(word, w, int(distance), name)
        ]
        return max(fitting)[-1] if fitting else ""

    def _likely(self, word: str, known: str, distance: int, name: bool) -> bool:
        """Tell whether a known word can be what was meant by one that is nearly it.

        Short words are near to too many others: of four letters none may be exchanged, of five only in a name. Two wrong
        letters are a slip where the words begin alike. A word with a capital is a name, and becomes nothing but a name.
        """
        from rapidfuzz.distance import JaroWinkler

        exchanged = distance == 1 and len(word) == len(known) and sorted(word) != sorted(known)
        if len(word) <= 4 and (exchanged or len(known) < len(word) or word[0] != known[0]):
            return False
        if distance == 2 and (word[0] != known[0] or JaroWinkler.similarity(word, known) < ALIKE):
            return False
        return self._a_name(known) if name or (exchanged and len(word) == 5) else True

    def _a_name(self, word: str) -> bool:
        sql = "SELECT 1 FROM aliases WHERE section IN ('people', 'cities', 'countries', 'bodies') AND ' ' || alias || ' ' LIKE ? LIMIT 1"
        return self.index.connection.execute(sql, (f"% {word} %",)).fetchone() is not None

    def _nearest(self, parts: Sequence[str]) -> list[str]:
        """Return the words of the archive that look a little like an unknown one: too little to search for them."""
        if self.exact or any(part.isdigit() for part in parts):
            return []
        from rapidfuzz import fuzz, process  # 20 ms, needed only for a word that the archive does not know

        word = "".join(parts)
        sql = "SELECT word FROM words WHERE length(word) BETWEEN ? AND ? LIMIT 200000"
        known = [w for (w,) in self.index.connection.execute(sql, (max(3, len(word) - 3), len(word) + 3))]
        return [w for w, _, _ in process.extract(word, known, scorer=fuzz.ratio, limit=3, score_cutoff=77)]

    # Everything else

    def _phrase(self, part: Phrase) -> None:
        words = text.words(part.text)
        expression = _within(part.column, quoted(" ".join(words)))
        if not self._known(expression):
            self.reading.unknown[f'"{part.text}"'] = []
        alternative = Alternative((expression,), 1.0, part.text, "phrase")
        self._add(Group(f'"{part.text}"', [alternative], True, ()))

    def _prefix_or_column(self, part: Word) -> None:
        words = text.words(part.text)
        if part.prefix and words:
            self._add(Group(f"{part.text}*", self._beginning(words[-1], part.column), True, ()))
            return
        plain = self._plain(part.text, words)
        column = part.column
        alternatives = [
            a._replace(expressions=tuple(_within(column, e) for e in a.expressions)) for a in plain.alternatives
        ]
        self._add(Group(f"{column}:{part.text}", alternatives, True, ()))

    def _beginning(self, start: str, column: str) -> list[Alternative]:
        sql = "SELECT word FROM words WHERE word >= ? AND word < ? LIMIT 300"
        found = [w for (w,) in self.index.connection.execute(sql, (start, start + "\x7f"))]
        return [Alternative((_within(column, quoted(word)),), 1.0, word, "prefix") for word in found]

    def _either(self, part: Or) -> None:
        alternatives: list[Alternative] = []
        typed = []
        for side in part.parts:
            inner = Understanding(self.index, self.exact).read(side)
            self.reading.remarks += inner.remarks
            for group in inner.groups:
                alternatives += group.alternatives
                typed.append(group.typed)
        self._add(Group(" OR ".join(typed), alternatives, True, ()))

    def _complex(self, part: Node) -> None:
        """A NOT, or an OR of larger parts: decides which events answer; its positive words also help to rank."""
        self.reading.excluded.append(part)
        if isinstance(part, Or):
            for side in part.parts:
                inner = Understanding(self.index, self.exact).read(side)
                self.reading.remarks += inner.remarks
                for group in inner.groups:
                    group.required = False
                    self._add(group)

    def _add(self, group: Group) -> None:
        self.reading.groups.append(group)


_NAMED_COLUMNS = frozenset({"topics", "people", "bodies", "attendance", "places"})


def _within(column: str, expression: str) -> str:
    if not column:
        return expression
    names = f"{column} aliases" if column in _NAMED_COLUMNS else column
    return f"{{{names}}} : {expression}"


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
