"""The plain way in which a thesaurus is nearly always written, read without a node for each word.

``[words, that, mean, the same]`` or ``{typed: [words], means: [words]}`` after each dash, every word beginning with a
letter and free of signs that mean something in YAML. Any other item becomes a node, for the checker to judge; and where
it is not beyond doubt where an item ends, the whole thesaurus is left to those who read the rest. A test compares the two.
"""

import re

from archivecli.catalogue import blocks
from archivecli.catalogue.reader import MAX_TEXT, Node
from archivecli.display import collapse_whitespace
from archivecli.events import Synonyms

Item = Synonyms | Node

# these never go back, like those that look for the events
_BEGIN = re.compile(r"^thesaurus: *+(?:#[^\n]*+)?\n(?: *+(?:#[^\n]*+)?\n)*+(?=( *+)- )", re.MULTILINE)
_KEY = re.compile(r"\n(?=[A-Za-z_])")
_LETTERS = r"[^][{}#&*!|>%@`:?\\,\t\r\n]++"
_OTHERWISE = r"[nytfoNYTFO](?i:ull|es|o|rue|alse|n|ff)?[],]"  # null, yes, no and the like, and a few that are sound
_WORD = rf"(?!{_OTHERWISE})(?=[^\W\d_]){_LETTERS}(?:\n +{_LETTERS})*+(?<! )(?:,(?: |\n) *+(?!\])|(?=\]))"
_LIST = rf"\[((?:{_WORD})++)\]"
_ITEM = re.compile(rf"(\{{typed: )?+{_LIST}(?(1),(?: |\n +)means: {_LIST}\}})(?:\n *+(?:#[^\n]*+)?)*+")


def parted(text: str) -> tuple[str, list[Item]] | None:
    """Return a file without its thesaurus, and the items of that, or None where it has none or none plainly written.

    The answer holds only where the rest is a mapping that ``blocks`` can read: then no value reaches across the gap.
    """
    begin = _BEGIN.search(text)
    if begin is None:
        return None
    end = _KEY.search(text, begin.end() + len(begin[1]) + 1)
    stop = end.end() if end else len(text)
    if stop - begin.end() > MAX_TEXT:
        return None
    items = _items(text[begin.end() + len(begin[1]) + 2 : stop].rstrip("\n"), f"{begin[1]}- ")
    return (text[: begin.start()] + text[stop:], items) if items is not None else None


def _items(text: str, dash: str) -> list[Item] | None:
    found: list[Item] = []
    for item in text.split(f"\n{dash}"):
        match = _ITEM.fullmatch(item)
        if match is None or not (item.isascii() or item.replace("\n", "").isprintable()):
            values = blocks.items(dash + item)
            if values is None:
                return None
            found += map(blocks.node, values)
        elif match[1]:
            found.append(Synonyms(_lines(match[2]), _lines(match[3])))
        elif "," in match[2]:
            found.append(Synonyms(_lines(match[2]), _lines(match[2])))
    return found


def _lines(written: str) -> str:
    if "\n" in written or "  " in written or not written.isascii():
        return "\n".join([collapse_whitespace(word) for word in written.split(",")])
    return written.replace(", ", "\n")
