"""The passage of a record in which a search found its words, with the words highlighted."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from rich.text import Text

from archivecli import display, text
from archivecli.events import Event
from archivecli.render import theme
from archivecli.render.describe import lines
from archivecli.schema import Schema

TOKEN = re.compile(r"[^\W_]+(?:[-/.,'’][^\W_]+)*%?")
"""What is highlighted as a whole: a word, or several that are joined by more than a space."""

_BEFORE, _PASSAGE = 40, 160  # characters: before the first word found, and of the whole passage
_NOT_SHOWN = ("id", "title", "start", "end", "related", "inferred")  # as passages
_BATCH = 100  # events whose words are stemmed together


class Highlighter:
    """Finds the words of a query in strings, by the same folding and stemming as the index.

    ``terms`` are the words that each term of the query may match; ``wanted`` maps their stems to the number of the term.
    ``stems`` returns the stem of each word, as the index has it.
    """

    def __init__(
        self, schema: Schema, terms: Sequence[Sequence[str]], stems: Callable[[Iterable[str]], Mapping[str, str]]
    ) -> None:
        self.schema = schema
        self._stems = stems
        stem_of = stems(word for words in terms for word in words)
        self.wanted = {stem_of[word]: place for place, words in reversed(list(enumerate(terms))) for word in words}
        self._terms: dict[str, int | None] = {}  # by token
        self._matching: set[str] = set()  # tokens with a term
        # stemming keeps how a word begins, but for a y at the end of a short one, which becomes an i
        self._beginnings = {stem[:2] for stem in self.wanted} | {f"{s[0]}y" for s in self.wanted if s[1:] == "i"}

    def passages(self, events: Sequence[Event]) -> dict[str, Text]:
        """Return, by the id of the event, the passages that say more than the title."""
        found: dict[str, Text | None] = {}
        for at in range(0, len(events), _BATCH):
            batch = [(event, self._lines(event)) for event in events[at : at + _BATCH]]
            self._learn(string for event, fields in batch for string in (event.title, *(line for _, line in fields)))
            found |= {event.id: self._passage(event, fields) for event, fields in batch}
        return {event_id: passage for event_id, passage in found.items() if passage}

    def _lines(self, event: Event) -> list[tuple[str, str]]:
        shown = (line for line in lines(self.schema, event) if line.field.name not in _NOT_SHOWN)
        return [(line.field.name, display.terminal_safe(line.text)) for line in shown]

    def _learn(self, strings: Iterable[str]) -> None:
        """Find the term of the query that each token belongs to, if any."""
        new = {token for string in strings for token in TOKEN.findall(string)} - self._terms.keys()
        words_of = {token: text.words(token) if self._may_match(token) else [] for token in new}
        stem_of = self._stems(word for words in words_of.values() for word in words) if new else {}
        for token, words in words_of.items():
            terms = (self.wanted[stem_of[word]] for word in words if stem_of[word] in self.wanted)
            self._terms[token] = next(terms, None)
        self._matching.update(token for token in words_of if self._terms[token] is not None)

    def _may_match(self, token: str) -> bool:
        """Return whether a token needs a closer look: it is not a plain word, or begins as one of the query does."""
        return not (token.isascii() and token.isalpha()) or token[:2].lower() in self._beginnings

    def spans(self, string: str) -> list[tuple[int, int, int]]:
        """Return begin and end of each token found in a string, with the number of its term."""
        self._learn([string])
        return self._known_spans(string)

    def _known_spans(self, string: str) -> list[tuple[int, int, int]]:
        if not any(token in string for token in self._matching):
            return []
        found = ((*match.span(), self._terms[match.group()]) for match in TOKEN.finditer(string))
        return [(begin, end, term) for begin, end, term in found if term is not None]

    def highlighted(self, string: str) -> Text:
        """Return a string with the words of the query highlighted."""
        shown = Text(string)
        for begin, end, _ in self.spans(string):
            shown.stylize(theme.HIT, begin, end)
        return shown

    def _passage(self, event: Event, fields: Iterable[tuple[str, str]]) -> Text | None:
        """Return the field of the record that matches most of the query, None if the title matches more."""
        best, most, passage = 0, 0, ""
        in_title = {term for _, _, term in self._known_spans(event.title)}
        for name, string in fields:
            terms = {term for _, _, term in self._known_spans(string)}
            weight = 10 * len(terms) + (3 if name == "summary" else 0) + len(terms - in_title)
            if terms and weight > best:
                label = "" if name == "summary" else self.schema.by_name[name].label
                best, most, passage = weight, len(terms), f"{label}: {string}" if label else string
        return self._cut(passage) if passage and most >= len(in_title) else None

    def _cut(self, string: str) -> Text:
        spans = self.spans(string)
        begin = max(0, spans[0][0] - _BEFORE) if spans and len(string) > _PASSAGE else 0
        begin = string.find(" ", begin) + 1 if begin else 0
        end = min(len(string), begin + _PASSAGE)
        end = string.rfind(" ", begin, end) if end < len(string) else end
        passage = self.highlighted(("… " if begin else "") + string[begin:end] + (" …" if end < len(string) else ""))
        passage.stylize("not bold")
        return passage
