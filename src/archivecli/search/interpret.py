"""The words of a query → search terms: each with what it may stand for, by the archive's names, thesaurus and spelling."""

from collections.abc import Sequence
from typing import NamedTuple

from archivecli import text
from archivecli.index.reader import Index
from archivecli.query.criteria import EVERYTHING, Node, Or, Phrase, Word, conjunction, conjuncts, has_words
from archivecli.search.spelling import Spelling, quoted
from archivecli.search.stop_words import SOFT_WORDS, STOP_WORDS

# How much each counts beside the word itself: a word of the thesaurus, a corrected word, the words of a name apart, a word
# of the same family.
SYNONYM = 0.75
CORRECTED = 0.9
ALL_WORDS_OF_NAME = 0.6
KIN = 0.9

MAX_TERMS = 40
LONGEST_NAME = 8


class Alternative(NamedTuple):
    """One way in which a term can be found: FTS5 expressions that must all hold."""

    expressions: tuple[str, ...]
    weight: float
    label: str
    how: str

    @property
    def words(self) -> list[str]:
        """The words in the expressions, without the names of columns."""
        phrases = (expression.rpartition(" : ")[2].strip('"') for expression in self.expressions)
        return [word for phrase in phrases for word in phrase.split()]


class SearchTerm:
    """A word or name of the query with its alternatives; ``required`` unless it is only there to rank."""

    def __init__(
        self, typed: str, alternatives: list[Alternative], required: bool = True, words: Sequence[str] = ()
    ) -> None:
        self.typed = typed
        self.alternatives = alternatives
        self.required = required
        self.words = tuple(words)
        self.scores: dict[int, float] = {}
        self.found: dict[str, set[int]] = {}
        self.rarity = 0.0
        self.broad = False

    @property
    def expression(self) -> str:
        """The FTS5 expression for the events that have any of the alternatives."""
        return " OR ".join(f"({' AND '.join(one.expressions)})" for one in self.alternatives) or '""'


class Interpretation:
    """How a query is understood: its terms, its filters, what is left out, what should be said
    about it, and the words that the archive does not know, each with the most similar that it does."""

    def __init__(self) -> None:
        self.terms: list[SearchTerm] = []
        self.filters: Node = EVERYTHING
        self.excluded: list[Node] = []
        self.dropped: list[str] = []
        self.remarks: list[str] = []
        self.unknown: dict[str, list[str]] = {}

    @property
    def required(self) -> list[SearchTerm]:
        """What an event must have; of nothing but what may be missing, everything."""
        return [term for term in self.terms if term.required] or self.terms


def interpret(index: Index, where: Node, exact: bool) -> Interpretation:
    """Return how criteria are understood; ``exact`` takes words as typed."""
    return Interpreter(index, exact).interpret(where)


class Interpreter:
    """Expands query words with the catalogue's names, synonyms and spelling corrections."""

    def __init__(self, index: Index, exact: bool) -> None:
        self.index = index
        self.exact = exact
        self.spelling = Spelling(index)
        self.found = Interpretation()
        self.corrected: set[str] = set()
        self.shouted = False

    def interpret(self, where: Node) -> Interpretation:
        """Return how the criteria are understood."""
        filters: list[Node] = []
        run: list[Word] = []
        for part in conjuncts(where):
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
        self.found.filters = conjunction(*filters)
        self._require_one_term()
        return self.found

    def _require_one_term(self) -> None:
        """If the query has only stop words, search for them."""
        found = self.found
        del found.terms[MAX_TERMS:]
        for term in found.required:
            term.required = True
        if not found.terms and found.dropped and not found.excluded and found.filters == EVERYTHING:
            found.terms = [self._plain(word, [word]) for word in found.dropped]
            found.dropped = []

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
        """Replace words that the archive does not know by the most similar that it does, with a remark."""
        for at, word in enumerate(folded):
            parts = text.words(typed[at]) if text.compound(typed[at]) == word else [word]
            known = word in STOP_WORDS or word in SOFT_WORDS or self._own(parts)
            if known or self._in_thesaurus(folded, at) or self._kin(parts):
                continue
            name = typed[at][:1].isupper() and not self.shouted and (at > 0 or len(folded) == 1)
            corrected = [self.spelling.correct(part, name) for part in parts]
            if all(corrected):
                folded[at] = "".join(corrected)
                typed[at] = "-".join(corrected)
                self.found.remarks.append(f"no event mentions '{word}'; searched for {' '.join(corrected)}")
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
            if self.index.is_name(name) and self.spelling.knows(quoted(name)):
                words = [word for word in folded[at : at + length] if word not in STOP_WORDS]
                synonyms = self._synonyms(folded[at : at + length])
                alternatives = [_together([name], "name"), _apart(words), *synonyms]
                self._add(SearchTerm(" ".join(typed[at : at + length]), alternatives, words=words))
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
                own = [_together(words)]
                if self._knows_all(content):
                    own.append(_apart(content))
                self._add(SearchTerm(" ".join(typed[at : at + length]), [*own, *synonyms], words=content))
                return length
        return 0

    def _one(self, typed: str, folded: str) -> None:
        if folded in STOP_WORDS and self._acronym(typed):
            self._add(SearchTerm(typed, [Alternative((within("aliases", quoted(folded)),), 1.0, typed, "name")]))
            return
        if folded in STOP_WORDS or (len(folded) == 1 and not folded.isdigit()):
            self.found.dropped.append(folded)
            return
        parts = text.words(typed) if text.compound(typed) == folded else [folded]
        self._add(self._plain(typed, parts))

    def _acronym(self, typed: str) -> bool:
        """Tell whether a stop word in capitals, in a query that is not all capitals, is an acronym: WHO, US."""
        if not typed.isupper() or len(typed) < 2 or self.shouted:
            return False
        return self.index.is_name(text.key(typed))

    def _plain(self, typed: str, parts: list[str]) -> SearchTerm:
        """Return the term of one word: itself, its synonyms, else its correction."""
        soft = len(parts) == 1 and parts[0] in SOFT_WORDS
        own = self._own(parts)
        if "".join(parts) in self.corrected:
            own = [a._replace(weight=a.weight * CORRECTED, how="correction") for a in own]
        synonyms = [] if self.exact else self._synonyms(parts)
        kin = [] if own or soft or self.exact else self._kin(parts)
        if own or synonyms or kin:
            return SearchTerm(typed, [*own, *kin, *synonyms], not soft, parts)
        return self._unknown(typed, parts, soft)

    def _kin(self, parts: list[str]) -> list[Alternative]:
        found = self.spelling.kin(parts[0]) if len(parts) == 1 else []
        return [Alternative((quoted(word),), KIN, word, "kin") for word in found]

    def _unknown(self, typed: str, parts: list[str], soft: bool) -> SearchTerm:
        if not soft:
            self.found.unknown[typed] = [] if self.exact else self.spelling.near("".join(parts))
        return SearchTerm(typed, [], not soft, parts)

    def _own(self, parts: list[str]) -> list[Alternative]:
        """Return the ways in which a word as typed can stand in an event; none if the archive does not know it."""
        ways = [_together(parts), _together(["".join(parts)])] if len(parts) > 1 else [_together(parts)]
        found = [way for way in ways if self.spelling.knows(*way.expressions)]
        return found or ([_apart(parts)] if len(parts) > 1 and self._knows_all(parts) else [])

    def _knows_all(self, words: Sequence[str]) -> bool:
        return all(self.spelling.knows(quoted(word)) for word in words)

    def _synonyms(self, words: Sequence[str]) -> list[Alternative]:
        """Return what the thesaurus gives for a word or expression, as far as the archive knows it."""
        if self.exact or not words:
            return []
        found: dict[str, Alternative] = {}
        for means in self.index.synonyms(quoted(f"¶ {' '.join(words)} ¶")):
            for other in means.split("\n"):
                expression = quoted(" ".join(text.words(other)))
                if expression not in found and self.spelling.knows(expression):
                    found[expression] = Alternative((expression,), SYNONYM, other, "synonym")
        return list(found.values())

    # Everything else

    def _phrase(self, part: Phrase) -> None:
        words = text.words(part.text)
        expression = within(part.column, quoted(" ".join(words)))
        if not self.spelling.knows(expression):
            self.found.unknown[f'"{part.text}"'] = []
        alternative = Alternative((expression,), 1.0, part.text, "phrase")
        self._add(SearchTerm(f'"{part.text}"', [alternative]))

    def _prefix_or_column(self, part: Word) -> None:
        words = text.words(part.text)
        if part.prefix and words:
            self._add(SearchTerm(f"{part.text}*", self._beginning(words[-1], part.column)))
            return
        plain = self._plain(part.text, words)
        column = part.column
        alternatives = [
            a._replace(expressions=tuple(within(column, e) for e in a.expressions)) for a in plain.alternatives
        ]
        self._add(SearchTerm(f"{column}:{part.text}", alternatives))

    def _beginning(self, start: str, column: str) -> list[Alternative]:
        found = self.index.words_from(start, 300)
        return [Alternative((within(column, quoted(word)),), 1.0, word, "prefix") for word in found]

    def _either(self, part: Or) -> None:
        alternatives: list[Alternative] = []
        typed = []
        for side in part.parts:
            inner = interpret(self.index, side, self.exact)
            self.found.remarks += inner.remarks
            for term in inner.terms:
                alternatives += term.alternatives
                typed.append(term.typed)
        self._add(SearchTerm(" OR ".join(typed), alternatives))

    def _complex(self, part: Node) -> None:
        """Add a NOT, or an OR of larger parts, which decides which events answer; its positive words also help to rank."""
        self.found.excluded.append(part)
        if isinstance(part, Or):
            for side in part.parts:
                inner = interpret(self.index, side, self.exact)
                self.found.remarks += inner.remarks
                for term in inner.terms:
                    term.required = False
                    self._add(term)

    def _add(self, term: SearchTerm) -> None:
        self.found.terms.append(term)


def _together(words: Sequence[str], how: str = "word") -> Alternative:
    return Alternative((quoted(" ".join(words)),), 1.0, " ".join(words), how)


def _apart(words: Sequence[str]) -> Alternative:
    return Alternative(tuple(map(quoted, words)), ALL_WORDS_OF_NAME, " + ".join(words), "words")


_NAMED_COLUMNS = frozenset({"topics", "people", "bodies", "attendance", "places"})


def within(column: str, expression: str) -> str:
    """Return an FTS5 expression that looks into one column only; names are also found by their other names."""
    if not column:
        return expression
    names = f"{column} aliases" if column in _NAMED_COLUMNS else column
    return f"{{{names}}} : {expression}"
