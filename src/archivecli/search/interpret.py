"""Turn the words of a query into search terms, expanded with the archive's names, synonyms and spelling corrections."""

from collections.abc import Sequence
from typing import NamedTuple

from archivecli import text
from archivecli.files import package_data
from archivecli.index.reader import Index
from archivecli.query.criteria import EVERYTHING, Node, Or, Phrase, Word, conjunction, conjuncts, has_words
from archivecli.search.spelling import Spelling, quoted

# Words that mean nothing by themselves: a search skips them unless the query has no others
STOP_WORDS = frozenset(package_data("stop_words.txt").read_text(encoding="utf-8").split())
# Common words of questions and prose: they help to rank, but an event need not have them. No words of a subject.
SOFT_WORDS = frozenset(package_data("soft_words.txt").read_text(encoding="utf-8").split())

# The weights of what is found instead of the word itself
SYNONYM, CORRECTED, RELATED, ALL_WORDS_OF_NAME = 0.75, 0.9, 0.9, 0.6

MAX_TERMS = 40
MAX_NAME, MAX_EXPRESSION = 8, 4  # words

NAMED_COLUMNS = frozenset({"topics", "people", "bodies", "attendance", "places"})


class Alternative(NamedTuple):
    """One way in which a term can be found: FTS5 expressions that must all match; ``how`` is for explanations."""

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
    """A word or name of the query with its alternatives; ``required`` unless it is only there to rank.

    ``scores`` and the attributes after it are results of the search.
    """

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
    """The terms and filters of a query, with notes for the user and the unknown words, each with similar known ones."""

    def __init__(self) -> None:
        self.terms: list[SearchTerm] = []
        self.filters: Node = EVERYTHING
        self.excluded: list[Node] = []
        self.dropped: list[str] = []
        self.notes: list[str] = []
        self.unknown: dict[str, list[str]] = {}

    @property
    def required(self) -> list[SearchTerm]:
        """The terms that an event must have; all terms if none of them is required."""
        return [term for term in self.terms if term.required] or self.terms


def interpret(index: Index, where: Node, exact: bool) -> Interpretation:
    """Return the interpretation of criteria; ``exact`` takes words as typed."""
    return Interpreter(index, exact).interpret(where)


class Interpreter:
    """Expands query words with the catalogue's names, synonyms and spelling corrections."""

    def __init__(self, index: Index, exact: bool) -> None:
        self.index = index
        self.exact = exact
        self.spelling = Spelling(index)
        self.found = Interpretation()
        self.corrected: set[str] = set()
        self.all_capitals = False

    def interpret(self, where: Node) -> Interpretation:
        """Return the interpretation of the criteria."""
        filters: list[Node] = []
        run: list[Word] = []
        for part in conjuncts(where):
            if isinstance(part, Word) and not part.prefix and not part.column:
                run.append(part)
                continue
            self._add_words(run)
            run = []
            if not has_words(part):
                filters.append(part)
            elif isinstance(part, Word):
                self._add_prefix_or_column(part)
            elif isinstance(part, Phrase):
                self._add_phrase(part)
            else:
                self._add_complex(part)
        self._add_words(run)
        found = self.found
        found.filters = conjunction(*filters)
        del found.terms[MAX_TERMS:]
        for term in found.required:
            term.required = True
        if not found.terms and found.dropped and not found.excluded and found.filters == EVERYTHING:
            found.terms = [self._term(word, [word]) for word in found.dropped]  # only stop words: search for them
            found.dropped = []
        return found

    # Consecutive words

    def _add_words(self, run: Sequence[Word]) -> None:
        typed: list[str] = []
        folded: list[str] = []
        for word in run:
            parts = list(filter(None, [text.compound(word.text)])) or text.words(word.text)
            typed += [word.text] * len(parts)
            folded += parts
        self.all_capitals = len(run) > 1 and all(word.text.upper() == word.text for word in run)
        if not self.exact:
            self._correct(typed, folded)
        at = 0
        while at < len(folded):
            taken = self._add_name(typed, folded, at) or self._add_expression(typed, folded, at)
            if not taken:
                self._add_word(typed[at], folded[at])
            at += taken or 1

    def _correct(self, typed: list[str], folded: list[str]) -> None:
        """Replace words that the archive does not know by the most similar ones that it does, with a note."""
        for at, word in enumerate(folded):
            parts = self._parts(typed[at], word)
            known = word in STOP_WORDS or word in SOFT_WORDS or self._own(parts)
            if known or self._in_thesaurus(folded, at) or self._relatives(parts):
                continue
            name = typed[at][:1].isupper() and not self.all_capitals and (at > 0 or len(folded) == 1)
            corrected = [self.spelling.correct(part, name) for part in parts]
            if all(corrected):
                folded[at] = "".join(corrected)
                typed[at] = "-".join(corrected)
                self.found.notes.append(f"no event mentions '{word}'; searched for {' '.join(corrected)}")
                self.corrected.add(folded[at])

    def _parts(self, typed: str, folded: str) -> list[str]:
        """Return the parts of a hyphenated word, else the word."""
        return text.words(typed) if text.compound(typed) == folded else [folded]

    def _in_thesaurus(self, folded: Sequence[str], at: int) -> bool:
        """Return whether the word at ``at`` is part of an expression of the thesaurus."""
        return any(
            self._synonyms(folded[start : start + length])
            for length in range(1, MAX_EXPRESSION + 1)
            for start in range(max(0, at - length + 1), min(at, len(folded) - length) + 1)
        )

    def _add_name(self, typed: Sequence[str], folded: Sequence[str], at: int) -> int:
        """Add the longest name of multiple words that begins here; return its number of words, or 0."""
        for length in range(min(MAX_NAME, len(folded) - at), 1, -1):
            end = at + length
            if folded[at] in STOP_WORDS or folded[end - 1] in STOP_WORDS:
                continue
            name = " ".join(part for word in typed[at:end] for part in text.words(word))
            if self.index.is_name(name) and self.spelling.knows(quoted(name)):
                words = [word for word in folded[at:end] if word not in STOP_WORDS]
                alternatives = [_together([name], "name"), _apart(words), *self._synonyms(folded[at:end])]
                self._add(" ".join(typed[at:end]), alternatives, words)
                return length
        return 0

    def _add_expression(self, typed: Sequence[str], folded: Sequence[str], at: int) -> int:
        """Add an expression of the thesaurus of multiple words that begins here; return its number of words, or 0."""
        for length in range(min(MAX_EXPRESSION, len(folded) - at), 1, -1):
            words = folded[at : at + length]
            if synonyms := self._synonyms(words):
                content = [word for word in words if word not in STOP_WORDS]
                own = [_together(words), *([_apart(content)] if self._knows_all(content) else [])]
                self._add(" ".join(typed[at : at + length]), [*own, *synonyms], content)
                return length
        return 0

    def _add_word(self, typed: str, folded: str) -> None:
        acronym = typed.isupper() and len(typed) > 1 and not self.all_capitals  # WHO, US
        if folded in STOP_WORDS and acronym and self.index.is_name(text.key(typed)):
            self._add(typed, [Alternative((within("aliases", quoted(folded)),), 1.0, typed, "name")])
        elif folded in STOP_WORDS or (len(folded) == 1 and not folded.isdigit()):
            self.found.dropped.append(folded)
        else:
            self.found.terms.append(self._term(typed, self._parts(typed, folded)))

    def _term(self, typed: str, parts: list[str]) -> SearchTerm:
        """Return the term of one word with its synonyms, or with words of its family if the archive does not know it."""
        soft = len(parts) == 1 and parts[0] in SOFT_WORDS
        own = self._own(parts)
        if "".join(parts) in self.corrected:
            own = [a._replace(weight=a.weight * CORRECTED, how="correction") for a in own]
        relatives = [] if own or soft or self.exact else self._relatives(parts)
        alternatives = [*own, *relatives, *self._synonyms(parts)]
        if not alternatives and not soft:
            self.found.unknown[typed] = [] if self.exact else self.spelling.near("".join(parts))
        return SearchTerm(typed, alternatives, not soft, parts)

    def _relatives(self, parts: list[str]) -> list[Alternative]:
        found = self.spelling.relatives(parts[0]) if len(parts) == 1 else []
        return [_together([word], "kin", RELATED) for word in found]

    def _own(self, parts: list[str]) -> list[Alternative]:
        """Return the forms in which the archive has a word as typed."""
        ways = [_together(parts), _together(["".join(parts)])] if len(parts) > 1 else [_together(parts)]
        found = [way for way in ways if self.spelling.knows(*way.expressions)]
        return found or ([_apart(parts)] if len(parts) > 1 and self._knows_all(parts) else [])

    def _knows_all(self, words: Sequence[str]) -> bool:
        return all(self.spelling.knows(quoted(word)) for word in words)

    def _synonyms(self, words: Sequence[str]) -> list[Alternative]:
        """Return the synonyms of a word or expression that the archive knows."""
        if self.exact or not words:
            return []
        found: dict[str, Alternative] = {}
        for means in self.index.synonyms(quoted(f"¶ {' '.join(words)} ¶")):
            for other in means.split("\n"):
                expression = quoted(" ".join(text.words(other)))
                found.setdefault(expression, Alternative((expression,), SYNONYM, other, "synonym"))
        return [alternative for expression, alternative in found.items() if self.spelling.knows(expression)]

    # Everything else

    def _add(self, typed: str, alternatives: list[Alternative], words: Sequence[str] = ()) -> None:
        self.found.terms.append(SearchTerm(typed, alternatives, words=words))

    def _add_phrase(self, part: Phrase) -> None:
        expression = within(part.column, quoted(" ".join(text.words(part.text))))
        if not self.spelling.knows(expression):
            self.found.unknown[f'"{part.text}"'] = []
        self._add(f'"{part.text}"', [Alternative((expression,), 1.0, part.text, "phrase")])

    def _add_prefix_or_column(self, part: Word) -> None:
        words = text.words(part.text)
        if part.prefix and words:
            typed = f"{part.text}*"
            found = [_together([word], "prefix") for word in self.index.words_from(words[-1], 300)]
        else:
            typed = f"{part.column}:{part.text}"
            found = self._term(part.text, words).alternatives
        self._add(typed, [a._replace(expressions=tuple(within(part.column, e) for e in a.expressions)) for a in found])

    def _add_complex(self, part: Node) -> None:
        """Add an OR of words as one term; from a NOT or a larger OR, which chooses events, words that help to rank."""
        terms: list[SearchTerm] = []
        for side in part.parts if isinstance(part, Or) else ():
            inner = interpret(self.index, side, self.exact)
            self.found.notes += inner.notes
            terms += inner.terms
        if isinstance(part, Or) and all(isinstance(side, Word | Phrase) for side in part.parts):
            self._add(" OR ".join(term.typed for term in terms), [a for term in terms for a in term.alternatives])
            return
        self.found.excluded.append(part)
        for term in terms:
            term.required = False
        self.found.terms += terms


def _together(words: Sequence[str], how: str = "word", weight: float = 1.0) -> Alternative:
    return Alternative((quoted(" ".join(words)),), weight, " ".join(words), how)


def _apart(words: Sequence[str]) -> Alternative:
    return Alternative(tuple(map(quoted, words)), ALL_WORDS_OF_NAME, " + ".join(words), "words")


def within(column: str, expression: str) -> str:
    """Return an FTS5 expression restricted to one column; names are also found by their other names."""
    if not column:
        return expression
    names = f"{column} aliases" if column in NAMED_COLUMNS else column
    return f"{{{names}}} : {expression}"
