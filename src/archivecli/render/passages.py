"""The passage of a record in which a search found its words, with the words marked."""

import re
from typing import TYPE_CHECKING, Any

from rich.text import Text

from archivecli import text
from archivecli.events import Event
from archivecli.fields import BY_NAME
from archivecli.render import theme
from archivecli.render.lines import lines

if TYPE_CHECKING:
    from archivecli.index.understanding import Reading

_PIECE = re.compile(r"[^\W_]+(?:[-/.,'’][^\W_]+)*%?")
_BEFORE, _AROUND = 40, 160


class Marker:
    """Marks the words of a query in texts, by the same folding and stemming as the index."""

    def __init__(self, reading: "Reading") -> None:
        from snowballstemmer import stemmer  # type: ignore[import-untyped]  # 6 ms, only for passages

        self._stem = stemmer("porter").stemWord
        self._stems: list[set[str]] = [
            {
                self._stem(word)
                for alternative in group.alternatives
                for e in alternative.expressions
                for word in _bare(e)
            }
            for group in reading.groups
        ]
        self._starts = {stem[:3] for stems in self._stems for stem in stems}

    def spans(self, said: str) -> list[tuple[int, int, int]]:
        """Return the places of the words found in a text: begin, end, number of the group."""
        found = []
        for match in _PIECE.finditer(said):
            for word in text.words(match.group()):
                if word[:3] not in self._starts:
                    continue
                stem = self._stem(word)
                group = next((number for number, stems in enumerate(self._stems) if stem in stems), None)
                if group is not None:
                    found.append((*match.span(), group))
                    break
        return found

    def marked(self, said: str) -> Text:
        """Return a text with the words of the query marked."""
        shown = Text(said)
        for begin, end, _ in self.spans(said):
            shown.stylize(theme.HIT, begin, end)
        return shown

    def passage(self, event: Event) -> Text | None:
        """Return the piece of the record that has most of the query, None where the title says it all."""
        best: tuple[int, int, str] | None = None
        in_title = {group for _, _, group in self.spans(event.title)}
        for line in lines(event):
            if line.field.name in ("id", "title", "start", "end", "related", "inferred"):
                continue
            said = text.one_line(line.text)
            groups = {group for _, _, group in self.spans(said)}
            weight = 10 * len(groups) + (3 if line.field.name == "summary" else 0) + len(groups - in_title)
            if groups and (best is None or weight > best[0]):
                best = (weight, len(groups), f"{_label(line.field.name)}{said}")
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


def _label(name: str) -> str:
    field: Any = BY_NAME[name]
    return "" if name == "summary" or not field.label else f"{field.label}: "


def _bare(expression: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", expression.rpartition(" : ")[2])
