"""The passage of a record in which a search found its words, with the words marked."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from rich.text import Text

from archivecli import display, text
from archivecli.events import Event
from archivecli.fields import BY_NAME
from archivecli.patterns import lazily
from archivecli.render import theme
from archivecli.render.lines import lines

if TYPE_CHECKING:
    from archivecli.search.interpret import Interpretation

Stemming: TypeAlias = Callable[[Iterable[str]], Mapping[str, str]]
"""Returns the stem of each word, as the index cuts them."""

PIECE = lazily(r"[^\W_]+(?:[-/.,'’][^\W_]+)*%?")
"""What is marked as a whole: a word, or several that are joined by more than a blank."""
_LEFT_OUT = str.maketrans("–—…", "   ", ".,'`’‘ʼ“”„")
"""Signs that stand inside a word and are no part of it, and others that are no letters."""
_SPELLED_OUT = ("percent", "dollar", "euro", "pound", "copyright")
"""Words that may be written as a sign."""
_BEFORE, _AROUND = 40, 160
_AT_ONCE = 100
"""The words of so many events are stemmed at once."""


class Marker:
    """Marks the words of a query in texts, by the same folding and stemming as the index.

    ``wanted`` holds the stems of the query, each with the number of its group.
    """

    def __init__(self, reading: "Interpretation", stems: Stemming) -> None:
        self._stems = stems
        wanted = [
            {word for alternative in term.alternatives for e in alternative.expressions for word in _bare(e)}
            for term in reading.terms
        ]
        stem_of = stems(word for words in wanted for word in words)
        self.wanted = {stem_of[word]: place for place, words in reversed(list(enumerate(wanted))) for word in words}
        self._starts = tuple({start for stem in self.wanted for start in _starts(stem)})
        self._anywhere = any(word.startswith(self._starts) for word in _SPELLED_OUT)
        self._anywhere |= any(start[:1].isdigit() for start in self._starts)
        self._groups: dict[str, int | None] = {}
        self._words: dict[str, list[str]] = {}

    def passages(self, events: Sequence[Event]) -> dict[str, Text]:
        """Return, by the id of the event, the passages that say more than the title."""
        found: dict[str, Text] = {}
        for at in range(0, len(events), _AT_ONCE):
            several = events[at : at + _AT_ONCE]
            said = [(event, [line for line in _said(event) if self._may_hold(line[1])]) for event in several]
            texts = [one for event, told in said for one in (event.title, *(line for _, line in told))]
            self._learn(word for one in texts for _, _, words in self._pieces(one) for word in words)
            found |= {event.id: passage for event, told in said if (passage := self._passage(event, told))}
        return found

    def _may_hold(self, said: str) -> bool:
        """Tell at once of most texts that no word of the query is in them."""
        if self._anywhere:
            return True
        plain = said.lower().translate(_LEFT_OUT)
        if not plain.isascii():
            others = (word for word in said.translate(_LEFT_OUT).split() if not word.isascii())
            plain = f"{plain} {text.fold(' '.join(others))}"
        return any(start in plain for start in self._starts)

    def _pieces(self, said: str) -> Iterator[tuple[int, int, list[str]]]:
        """Yield the pieces of a text that may be a word of the query: begin, end, the words as the index reads them."""
        for match in PIECE.finditer(said):
            if words := self._fitting(match.group()):
                yield (*match.span(), words)

    def _fitting(self, piece: str) -> list[str]:
        """Return the words of a piece that begin as a word of the query does."""
        if piece not in self._words:
            found = text.words(piece) if self._may_hold(piece) else ()
            self._words[piece] = [word for word in found if word.startswith(self._starts)]
        return self._words[piece]

    def _learn(self, words: Iterable[str]) -> None:
        """Find out of words which group each belongs to, if to any."""
        new = [word for word in words if word not in self._groups]
        if new:
            self._groups |= {word: self.wanted.get(stem) for word, stem in self._stems(new).items()}

    def spans(self, said: str) -> list[tuple[int, int, int]]:
        """Return the places of the words found in a text: begin, end, number of the group."""
        found = []
        for begin, end, words in self._pieces(said):
            self._learn(words)
            group = next((group for word in words if (group := self._groups[word]) is not None), None)
            if group is not None:
                found.append((begin, end, group))
        return found

    def marked(self, said: str) -> Text:
        """Return a text with the words of the query marked."""
        shown = Text(said)
        for begin, end, _ in self.spans(said):
            shown.stylize(theme.HIT, begin, end)
        return shown

    def _passage(self, event: Event, told: Iterable[tuple[str, str]]) -> Text | None:
        """Return the piece of the record that has most of the query, None where the title says it all."""
        best: tuple[int, int, str] | None = None
        in_title = {group for _, _, group in self.spans(event.title)}
        for name, said in told:
            groups = {group for _, _, group in self.spans(said)}
            weight = 10 * len(groups) + (3 if name == "summary" else 0) + len(groups - in_title)
            if groups and (best is None or weight > best[0]):
                best = (weight, len(groups), f"{_label(name)}{said}")
        if best is None or (best[1] < len(in_title)):
            return None
        return self._cut(best[2])

    def _cut(self, said: str) -> Text:
        spans = self.spans(said)
        begin = max(0, spans[0][0] - _BEFORE) if spans and len(said) > _AROUND else 0
        begin = said.find(" ", begin) + 1 if begin else 0
        end = min(len(said), begin + _AROUND)
        end = said.rfind(" ", begin, end) if end < len(said) else end
        piece = ("… " if begin else "") + said[begin:end] + (" …" if end < len(said) else "")
        shown = self.marked(piece)
        shown.stylize("not bold")
        return shown


def _said(event: Event) -> Iterator[tuple[str, str]]:
    """Yield the lines of a record in which a passage can stand, each with the name of its field."""
    for line in lines(event):
        if line.field.name not in ("id", "title", "start", "end", "related", "inferred"):
            yield line.field.name, display.terminal_safe(line.text)


def _starts(stem: str) -> list[str]:
    """Return how the words of a stem begin; stemming makes an i of the y at the end of a short one."""
    return [stem, f"{stem[:2]}y"] if len(stem) == 3 and stem[2] == "i" else [stem[:3]]


def _label(name: str) -> str:
    field: Any = BY_NAME[name]
    return "" if name == "summary" or not field.label else f"{field.label}: "


def _bare(expression: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", expression.rpartition(" : ")[2])
