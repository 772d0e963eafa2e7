"""The names of a catalogue: for each thing its key, its full name and its other names.

An event may use any of them, in any case and with or without accents; what comes out is the full name.
"""

from collections.abc import Mapping

from archivecli import text
from archivecli.core_schema import OPEN_SECTIONS
from archivecli.events import Term


class Vocabulary:
    """Terms by section and key."""

    def __init__(self) -> None:
        self.sections: dict[str, dict[str, Term]] = {}
        self.complete = True
        """False where a part of the catalogue could not be read: a name that is not here may be in that part."""
        self._keys: dict[str, dict[str, str]] = {}
        self._folded: dict[str, dict[str, list[str]]] = {}
        self._lost: list[str | None] = []
        self._lost_words = ""

    def add(self, section: str, key: str, term: Term) -> str:
        """Add a term and return an empty text, or the key that already has its name."""
        known = self._keys.setdefault(section, {})
        other = known.get(term.name)
        if other is not None and other != key:
            return other
        self.sections.setdefault(section, {})[key] = term
        known[key] = key
        known[term.name] = key
        self._folded.pop(section, None)
        return ""

    def declare(self, section: str) -> None:
        """Make ``section`` one whose names must all be listed."""
        self.sections.setdefault(section, {})

    def term(self, section: str, value: str) -> Term | None:
        """Return the one term that ``value`` identifies; None where the section has none, or several."""
        key = self._keys.get(section, {}).get(value)
        if key is not None:
            return self.sections[section][key]
        found = self._spelled(section, value)
        return self.sections[section][found[0]] if len(found) == 1 else None

    def candidates(self, section: str, value: str) -> list[Term]:
        """Return the terms that ``value`` may stand for: a key or full name exactly, or any name in any spelling."""
        term = self.term(section, value)
        return [term] if term else [self.sections[section][key] for key in self._spelled(section, value)]

    def _spelled(self, section: str, value: str) -> list[str]:
        """Return the keys of the terms that have the name ``value``, case and accents apart."""
        terms = self.sections.get(section)
        if not terms:
            return []
        folded = self._folded.get(section)
        if folded is None:
            named = [(name, key) for key, term in terms.items() for name in (key, *term.names())]
            folded = self._folded[section] = {}
            for spelled, (_, key) in zip(text.keys([name for name, _ in named]), named, strict=True):
                found = folded.setdefault(spelled, [])
                if key not in found:
                    found.append(key)
        spelled = text.key(value)
        return folded.get(spelled, []) if spelled else []

    def is_open(self, section: str) -> bool:
        """Tell whether the events may use names that ``section`` does not list."""
        return section in OPEN_SECTIONS or section not in self.sections

    def known(self, section: str) -> list[str]:
        """Return the keys and names of a section, for suggestions."""
        terms: Mapping[str, Term] = self.sections.get(section, {})
        return list(dict.fromkeys([*terms, *(term.name for term in terms.values())]))

    # What could not be read

    def lose(self, content: str | None) -> None:
        """Note a part of the catalogue that could not be read: its text, or None where not even that is known."""
        self.complete = False
        self._lost.append(content)
        self._lost_words = ""

    def may_have_lost(self, word: str) -> bool:
        """Tell whether a name or an id may be one that stands in a part that could not be read."""
        if self.complete:
            return False
        if None in self._lost:
            return True
        if not self._lost_words:
            self._lost_words = f" {' '.join(text.key(part) for part in self._lost if part)} "
        spelled = text.key(word)
        return not spelled or f" {spelled} " in self._lost_words
