"""The names of a catalogue: for each thing its key, its full name and its other names."""

from collections.abc import Mapping as AnyMapping

from archivecli.events import Term
from archivecli.fields import OPEN_SECTIONS


class Vocabulary:
    """Terms by section and key; a value of an event may be the key or the exact name of a term."""

    def __init__(self) -> None:
        self.sections: dict[str, dict[str, Term]] = {}
        self.complete = True
        """False where a part of the catalogue could not be read: a name that is not here may stand in that part."""
        self._keys: dict[str, dict[str, str]] = {}

    def add(self, section: str, key: str, term: Term) -> str:
        """Add a term and return an empty text, or the key that already has its name."""
        known = self._keys.setdefault(section, {})
        other = known.get(term.name)
        if other is not None and other != key:
            return other
        self.sections.setdefault(section, {})[key] = term
        known[key] = key
        known[term.name] = key
        return ""

    def declare(self, section: str) -> None:
        """Make ``section`` one whose names must all be listed."""
        self.sections.setdefault(section, {})

    def term(self, section: str, value: str) -> Term | None:
        """Return the term that ``value`` (a key or a full name) stands for; None where the section does not have it."""
        key = self._keys.get(section, {}).get(value)
        return self.sections[section][key] if key is not None else None

    def is_open(self, section: str) -> bool:
        """Tell whether the events may use names that ``section`` does not list."""
        return section in OPEN_SECTIONS or section not in self.sections or not self.complete

    def known(self, section: str) -> list[str]:
        """Return the keys and names of a section, for suggestions."""
        terms: AnyMapping[str, Term] = self.sections.get(section, {})
        return list(dict.fromkeys([*terms, *(term.name for term in terms.values())]))
