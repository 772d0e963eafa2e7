"""Read what a catalogue has beside its events: its title and the like, its vocabulary and its thesaurus."""

from typing import Any

from archivecli import display
from archivecli.catalogue.validator import Validator, unknown_key
from archivecli.catalogue.vocabulary import Vocabulary
from archivecli.core_schema import CATALOGUE, SECTIONS, SYNONYMS, TERM
from archivecli.events import Synonyms, Term
from archivecli.readers.yaml import Ambiguous
from archivecli.schema import TEXT, many, mapping

PARTS = ("catalogue", "vocabulary", "events", "thesaurus")  # the keys of a catalogue file

_ABOUT = mapping(*CATALOGUE)
# the country of a term is looked up when all sections are known
_TERM = TERM._replace(fields=tuple(f._replace(shape=TEXT) if f.name == "country" else f for f in TERM.fields))
_WORDS = many(TEXT)


class Head:
    """What is beside the events, from all files of a catalogue."""

    def __init__(self) -> None:
        self.about: dict[str, Any] = {}
        self.vocabulary = Vocabulary()
        self.thesaurus: list[Synonyms] = []

    def add(self, validator: Validator, root: dict[str, Any]) -> None:
        """Add the parts of a file except its events; the values have positions."""
        for key, value in root.items():
            if key == "catalogue":
                self.about.update(validator.validate(value, _ABOUT, "catalogue") or {})
            elif key == "vocabulary":
                self._add_vocabulary(validator, value)
            elif key == "thesaurus":
                self._add_thesaurus(validator, value)
            elif key == "events":
                if not isinstance(value, list) and value != "":
                    validator.report(value, "type", "'events' is not a list", "put each event after '- '")
            else:
                hint = unknown_key(key, PARTS)
                validator.report(key, "unknown-field", f"'{key[:60]}' is not a part of a catalogue", hint)

    def _add_vocabulary(self, validator: Validator, value: Any) -> None:
        if not isinstance(value, dict):
            hint = f"its sections are {', '.join(SECTIONS)}"
            validator.report(value, "type", "'vocabulary' is not a mapping", hint)
            return
        for section, terms in value.items():
            if section not in SECTIONS:
                hint = unknown_key(section, list(SECTIONS))
                validator.report(section, "unknown-field", f"'{section[:60]}' is not a section", hint)
            elif not isinstance(terms, dict):
                validator.report(terms, "type", f"'{section}' is not a mapping", "write 'key: Name' below it")
            else:
                self.vocabulary.sections.setdefault(str(section), {})
                for key, term in terms.items():
                    self._add_term(validator, str(section), key, term)

    def _add_term(self, validator: Validator, section: str, key: str, value: Any) -> None:
        if key.__class__ is Ambiguous:
            what = f"YAML reads the key {key} as something other than a string"
            validator.report(key, "implicit-type", what, f'write "{key}" in quotes')
        found = validator.validate(value, _TERM, "term") or {}
        found.setdefault("name", display.collapse_whitespace(key))  # so that events can use an invalid term
        if key in self.vocabulary.sections.get(section, {}):
            what = f"'{key}' appears twice in vocabulary.{section}"
            validator.report(key, "duplicate-key", what, "keep one")
            return
        values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in found.items()}
        term = Term(**values)
        other = self.vocabulary.add(section, str(key), term)
        if other:
            hint = "two terms of a section cannot share a name; tell them apart, or keep one"
            validator.report(key, "duplicate-name", f"'{term.name}' is already the name of '{other}'", hint)

    def _add_thesaurus(self, validator: Validator, value: Any) -> None:
        if not isinstance(value, list):
            hint = "each item is [words, that, mean, the, same] or {typed: [words], means: [words]}"
            validator.report(value, "type", "'thesaurus' is not a list", hint)
            return
        for item in value:
            if isinstance(item, list):
                words = validator.validate(item, _WORDS, "thesaurus") or []
                found = {"typed": words, "means": words} if len(words) > 1 else {}
            else:
                found = validator.validate(item, SYNONYMS, "thesaurus") or {}
            if len(found) == 2:
                self.thesaurus.append(Synonyms("\n".join(found["typed"]), "\n".join(found["means"])))

    def resolve_countries(self) -> None:
        """Replace the country of each term, which may be a key or any name, by its full name."""
        for terms in self.vocabulary.sections.values():
            for key, term in terms.items():
                country = self.vocabulary.term("countries", term.country) if term.country else None
                if country is not None and country.name != term.country:
                    terms[key] = term._replace(country=country.name)
