"""Build a JSON Schema (draft 7) from the table of fields, for editors and for programs that read the JSON output.

A catalogue is YAML, whose readers convert an unquoted year to a number, so the schema allows a number there.
"""

import json
from typing import Any

from archivecli.core_schema import CATALOGUE, CORE, SECTIONS, SYNONYMS, TERM
from archivecli.schema import TEXT, Field, Shape, many

VERSION = 1  # increases if a record that was valid becomes invalid, or a field of the JSON output changes its meaning

Schema = dict[str, Any]

# JSON Schema has the regular expressions of ECMA-262 with the flag u, which allow no needless escapes.
_URL = r'^([Hh][Tt][Tt][Pp][Ss]?://|[Ff][Tt][Pp]://|[Mm][Aa][Ii][Ll][Tt][Oo]:)[^\s<>"\\]*$'
_DAY = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
_ID = r"^[^\s\u0000-\u001f\u007f-\u009f-][^\s\u0000-\u001f\u007f-\u009f]*$"

_SCALARS: dict[str, Schema] = {
    **{kind: {"type": "string", "minLength": 1} for kind in ("text", "block", "ref")},
    "date": {"anyOf": [{"type": "string", "pattern": _DAY}, {"type": "integer", "minimum": 1, "maximum": 9999}]},
    "number": {"type": "number"},
    "count": {"type": "integer", "minimum": 0},
    "flag": {"type": "boolean"},
    "url": {"type": "string", "pattern": _URL},
    "id": {"type": "string", "pattern": _ID, "maxLength": 100},
}

_HIT: Schema = {
    "type": "object",
    "description": "how the event answers a search; only in the output of 'archive search'",
    "additionalProperties": True,
    "properties": {
        "score": {"type": "number", "description": "how well it answers; higher is better"},
        "fields": {
            "type": "array",
            "items": {"type": "string"},
            "description": "the parts of the record in which words were found",
        },
        "partial": {"type": "boolean", "description": "whether some of the words are missing"},
    },
}


def schema_text() -> str:
    """Return the schema as indented JSON."""
    return json.dumps(catalogue_schema(), ensure_ascii=False, indent=2) + "\n"


def catalogue_schema() -> Schema:
    """Return the schema of a catalogue file; its definition ``answer`` is for the JSON output."""
    event, term = ({"$ref": f"#/definitions/{name}"} for name in ("event", "term"))
    sections = {
        name: {"type": "object", "description": about, "additionalProperties": term} for name, about in SECTIONS.items()
    }
    vocabulary = {
        "type": "object",
        "description": "the names that events use: each key with its name and other names",
        "additionalProperties": False,
        "properties": sections,
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": f"the format of archivecli, version {VERSION}; 'archive schema' prints this",
        "title": "A catalogue of dated events",
        "description": "one file of a catalogue: a mapping with these parts, or just the list of events",
        "type": ["object", "array"],
        "items": event,
        "additionalProperties": False,
        "properties": {
            "catalogue": {**_object(CATALOGUE), "description": "what the catalogue says of itself"},
            "vocabulary": vocabulary,
            "events": {"type": ["array", "null"], "items": event, "description": "the records"},
            "thesaurus": _thesaurus(),
        },
        "definitions": {
            "event": {**_object(CORE.fields), "title": "Event", "description": "what is known of one event"},
            "term": {**_schema(TERM), "description": "a name, or a mapping that tells its other names too"},
            "answer": _answer(),
        },
    }


def _schema(shape: Shape) -> Schema:
    if shape.kind == "list":
        assert shape.item is not None
        return {"type": "array", "minItems": 1, "items": _schema(shape.item)}
    if shape.kind == "map":
        whole = _object(shape.fields)
        if not shape.shorthand:
            return whole
        inner = next(field for field in shape.fields if field.name == shape.shorthand)
        return {"anyOf": [{**_schema(inner.shape), "description": inner.about}, whole]}
    return dict(_SCALARS[shape.kind])


def _object(fields: tuple[Field, ...]) -> Schema:
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {field.name: _described(field) for field in fields},
    }
    required = [field.name for field in fields if field.required]
    return {**schema, "required": required} if required else schema


def _described(field: Field) -> Schema:
    section = field.shape.item.section if field.shape.item else field.shape.section
    about = f"{field.about} (a key or any name of vocabulary.{section})" if section in SECTIONS else field.about
    return {**_schema(field.shape), "description": about}


def _thesaurus() -> Schema:
    words = _schema(many(TEXT))
    pair = {
        "type": "object",
        "additionalProperties": False,
        "required": ["typed", "means"],
        "properties": {field.name: _described(field) for field in SYNONYMS.fields},
    }
    return {
        "type": "array",
        "description": "words that find each other, or words of a query with those that they find",
        "items": {"anyOf": [{**words, "description": "words that find each other"}, pair]},
    }


def _answer() -> Schema:
    """Return the schema of ``--format json``: whole records, after a search each with its ``hit``."""
    properties: Schema = {name: {"$ref": f"#/definitions/event/properties/{name}"} for name in CORE.by_name}
    record = {
        "type": "object",
        "additionalProperties": False,
        "required": [field.name for field in CORE.fields if field.required],
        "properties": {**properties, "hit": _HIT},
    }
    return {"type": "array", "description": "what 'archive list --format json' prints", "items": record}
