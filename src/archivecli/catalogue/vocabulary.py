"""The names of a catalogue: for each thing its key, its full name and its other names.

A record may use any of them, in any case and with or without accents; the event has the full name.
"""

from typing import Any

from archivecli import text
from archivecli.core_schema import OPEN_SECTIONS
from archivecli.events import Event, Term


class Vocabulary:
    """Terms by section and key. If it is not ``complete``, a name that is not here may be in a part that cannot be read."""

    def __init__(self) -> None:
        self.sections: dict[str, dict[str, Term]] = {}
        self.complete = True
        self._keys: dict[str, dict[str, str]] = {}
        self._folded: dict[str, dict[str, list[str]]] = {}
        self._lost: list[str | None] = []
        self._lost_words = ""

    def add(self, section: str, key: str, term: Term) -> str:
        """Add a term; return the key that already has its name, or an empty string."""
        known = self._keys.setdefault(section, {})
        other = known.get(term.name)
        if other is not None and other != key:
            return other
        self.sections.setdefault(section, {})[key] = term
        known[key] = key
        known[term.name] = key
        self._folded.pop(section, None)
        return ""

    def term(self, section: str, value: str) -> Term | None:
        """Return the one term that ``value`` identifies; None if the section has none, or more than one."""
        key = self._keys.get(section, {}).get(value)
        if key is not None:
            return self.sections[section][key]
        found = self._spelled(section, value)
        return self.sections[section][found[0]] if len(found) == 1 else None

    def candidates(self, section: str, value: str) -> list[Term]:
        """Return the terms that have the key or full name ``value``, or else any name in any spelling of it."""
        term = self.term(section, value)
        return [term] if term else [self.sections[section][key] for key in self._spelled(section, value)]

    def _spelled(self, section: str, value: str) -> list[str]:
        """Return the keys of the terms that have the name ``value``, ignoring case and accents."""
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
        """Return whether events may use names that ``section`` does not list."""
        return section in OPEN_SECTIONS or section not in self.sections

    def known(self, section: str) -> list[str]:
        """Return the keys and names of a section, for suggestions."""
        terms = self.sections.get(section, {})
        return list(dict.fromkeys([*terms, *(term.name for term in terms.values())]))

    # What could not be read

    def lose(self, content: str | None) -> None:
        """Add the text of a part of the catalogue that could not be read, or None if even that is unknown."""
        self.complete = False
        self._lost.append(content)
        self._lost_words = ""

    def may_have_lost(self, word: str) -> bool:
        """Return whether a name or id may be in a part that could not be read."""
        if self.complete:
            return False
        if None in self._lost:
            return True
        if not self._lost_words:
            self._lost_words = f" {' '.join(text.key(part) for part in self._lost if part)} "
        spelled = text.key(word)
        return not spelled or f" {spelled} " in self._lost_words


# Events


def make_event(record: dict[str, Any], vocabulary: Vocabulary) -> Event:
    """Return the event of a validated record, which gets what the vocabulary knows of its links and places."""
    for link in record.get("links", ()):
        page = vocabulary.term("pages", link.get("page", ""))
        if page is not None and page.url:
            link.setdefault("url", page.url)
    for place in record.get("places", ()):
        city = vocabulary.term("cities", place.get("city", "")) if "country" not in place else None
        if city is not None and city.country:
            note = {"note": place.pop("note")} if "note" in place else {}  # which stays last
            place.update({"country": city.country, **note})
    places = dict.fromkeys(_place(place, vocabulary) for place in record.get("places", ()))
    return Event(
        id=record["id"],
        title=record["title"],
        start=record["start"],
        end=record.get("end", ""),
        kind=_short(vocabulary, "kinds", record["kind"]) if "kind" in record else "",
        place="; ".join(filter(None, places)),
        record=record,
    )


def _place(place: dict[str, str], vocabulary: Vocabulary) -> str:
    parts = [("cities", place.get("city")), ("countries", place.get("country"))]
    shown = [_short(vocabulary, section, name) for section, name in parts if name]
    return ", ".join(shown) or place.get("venue", "")


def _short(vocabulary: Vocabulary, section: str, name: str) -> str:
    term = vocabulary.term(section, name)
    return (term.short or term.name) if term else name
