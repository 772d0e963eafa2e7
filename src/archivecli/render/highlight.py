"""The passage of a record in which a search found its words, with the words highlighted."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from rich.text import Text

from archivecli import display, text
from archivecli.core_schema import CORE
from archivecli.events import Event
from archivecli.render import theme
from archivecli.render.describe import lines

Stemming: TypeAlias = Callable[[Iterable[str]], Mapping[str, str]]
"""Returns the stem of each word, as the index cuts them."""

PIECE = re.compile(r"[^\W_]+(?:[-/.,'’][^\W_]+)*%?")
"""What is highlighted as a whole: a word, or several that are joined by more than a space."""
_LEFT_OUT = str.maketrans("–—…", "   ", ".,'`’‘ʼ“”„")
"""Characters inside a word that are no part of it, and others that are no letters."""
_SPELLED_OUT = ("percent", "dollar", "euro", "pound", "copyright")
"""Words that may be written as a symbol."""
_BEFORE, _AROUND = 40, 160
_BATCH = 100
"""Events whose words are stemmed together."""


class Highlighter:
    """Finds the words of a query in strings, by the same folding and stemming as the index.

    ``terms`` are the words that each term of the query may match; ``wanted`` holds their stems with the number of the term.
    """

    def __init__(self, terms: Sequence[Iterable[str]], stems: Stemming) -> None:
        self._stems = stems
        wanted = [set(words) for words in terms]
        stem_of = stems(word for words in wanted for word in words)
        self.wanted = {stem_of[word]: place for place, words in reversed(list(enumerate(wanted))) for word in words}
        self._starts = tuple({start for stem in self.wanted for start in _starts(stem)})
        self._anywhere = any(word.startswith(self._starts) for word in _SPELLED_OUT)
        self._anywhere |= any(start[:1].isdigit() for start in self._starts)
        self._terms: dict[str, int | None] = {}
        self._words: dict[str, list[str]] = {}

    def passages(self, events: Sequence[Event]) -> dict[str, Text]:
        """Return, by the id of the event, the passages that say more than the title."""
        found: dict[str, Text] = {}
        for at in range(0, len(events), _BATCH):
            batch = [
                (event, [line for line in _lines(event) if self._may_match(line[1])])
                for event in events[at : at + _BATCH]
            ]
            strings = [
                string for event, found_lines in batch for string in (event.title, *(line for _, line in found_lines))
            ]
            self._learn(word for string in strings for _, _, words in self._pieces(string) for word in words)
            found |= {
                event.id: passage for event, found_lines in batch if (passage := self._passage(event, found_lines))
            }
        return found

    def _may_match(self, string: str) -> bool:
        """Rule out most strings without a word of the query at once."""
        if self._anywhere:
            return True
        plain = string.lower().translate(_LEFT_OUT)
        if not plain.isascii():
            others = (word for word in string.translate(_LEFT_OUT).split() if not word.isascii())
            plain = f"{plain} {text.fold(' '.join(others))}"
        return any(start in plain for start in self._starts)

    def _pieces(self, string: str) -> Iterator[tuple[int, int, list[str]]]:
        """Yield the pieces that may be a word of the query: begin, end, the words as the index reads them."""
        for match in PIECE.finditer(string):
            if words := self._candidates(match.group()):
                yield (*match.span(), words)

    def _candidates(self, piece: str) -> list[str]:
        """Return the words of a piece that begin as a word of the query does."""
        if piece not in self._words:
            found = text.words(piece) if self._may_match(piece) else ()
            self._words[piece] = [word for word in found if word.startswith(self._starts)]
        return self._words[piece]

    def _learn(self, words: Iterable[str]) -> None:
        """Find out to which term of the query each word belongs, if to any."""
        new = [word for word in words if word not in self._terms]
        if new:
            self._terms |= {word: self.wanted.get(stem) for word, stem in self._stems(new).items()}

    def spans(self, string: str) -> list[tuple[int, int, int]]:
        """Return the positions of the words found in a string: begin, end, number of the term."""
        found = []
        for begin, end, words in self._pieces(string):
            self._learn(words)
            term = next((term for word in words if (term := self._terms[word]) is not None), None)
            if term is not None:
                found.append((begin, end, term))
        return found

    def highlighted(self, string: str) -> Text:
        """Return a string with the words of the query highlighted."""
        shown = Text(string)
        for begin, end, _ in self.spans(string):
            shown.stylize(theme.HIT, begin, end)
        return shown

    def _passage(self, event: Event, lines: Iterable[tuple[str, str]]) -> Text | None:
        """Return the piece of the record that has most of the query, None where the title says it all."""
        best, most, passage = 0, 0, ""
        in_title = {term for _, _, term in self.spans(event.title)}
        for name, string in lines:
            terms = {term for _, _, term in self.spans(string)}
            weight = 10 * len(terms) + (3 if name == "summary" else 0) + len(terms - in_title)
            if terms and weight > best:
                best, most, passage = weight, len(terms), f"{_label(name)}{string}"
        return self._cut(passage) if passage and most >= len(in_title) else None

    def _cut(self, string: str) -> Text:
        spans = self.spans(string)
        begin = max(0, spans[0][0] - _BEFORE) if spans and len(string) > _AROUND else 0
        begin = string.find(" ", begin) + 1 if begin else 0
        end = min(len(string), begin + _AROUND)
        end = string.rfind(" ", begin, end) if end < len(string) else end
        piece = ("… " if begin else "") + string[begin:end] + (" …" if end < len(string) else "")
        shown = self.highlighted(piece)
        shown.stylize("not bold")
        return shown


def _lines(event: Event) -> Iterator[tuple[str, str]]:
    """Yield the lines of a record that can be shown as a passage, each with the name of its field."""
    for line in lines(event):
        if line.field.name not in ("id", "title", "start", "end", "related", "inferred"):
            yield line.field.name, display.terminal_safe(line.text)


def _starts(stem: str) -> list[str]:
    """Return how the words of a stem begin; stemming makes an i of the y at the end of a short one."""
    return [stem, f"{stem[:2]}y"] if len(stem) == 3 and stem[2] == "i" else [stem[:3]]


def _label(name: str) -> str:
    label = CORE.by_name[name].label
    return "" if name == "summary" or not label else f"{label}: "


def words_of(expression: str) -> list[str]:
    """Return the words of a query of FTS5, without the names of columns before them."""
    return re.findall(r"[a-z0-9]+", expression.rpartition(" : ")[2])
