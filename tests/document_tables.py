"""The tables of the documents that derive from the code. Run this file to write them anew; a test holds them."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from archivecli.catalogue.report import CODES
from archivecli.core_schema import CORE, SECTIONS, TERM
from archivecli.schema import Field, Shape

DOCS = Path(__file__).parent.parent / "docs"

_KINDS = {
    "text": "text",
    "block": "text, paragraphs",
    "date": "date",
    "number": "number",
    "count": "whole number",
    "flag": "true or false",
    "url": "address",
    "id": "id",
}


def fields() -> Iterator[str]:
    yield "| field | value | what it tells |"
    yield "|---|---|---|"
    for field in CORE.fields:
        yield from _field(field)


def _field(field: Field, inside: str = "") -> Iterator[str]:
    required = " (required)" if field.required else ""
    yield f"| `{inside}{field.name}`{required} | {_shape(field.shape)} | {field.about} |"
    inner = field.shape.item or field.shape
    for part in inner.fields:
        yield from _field(part, f"{inside}{field.name}.")


def _shape(shape: Shape) -> str:
    if shape.kind == "list":
        assert shape.item is not None
        return f"list of {_shape(shape.item)}"
    if shape.kind == "map":
        return f"mapping, or just its `{shape.shorthand}`" if shape.shorthand else "mapping"
    return f"name of `{shape.section}`" if shape.kind == "ref" else _KINDS[shape.kind]


def sections() -> Iterator[str]:
    yield "| section | what it names |"
    yield "|---|---|"
    for name, about in SECTIONS.items():
        yield f"| `{name}` | {about} |"


def term() -> Iterator[str]:
    yield "| field | value | what it tells |"
    yield "|---|---|---|"
    for field in TERM.fields:
        yield from _field(field)


def codes() -> Iterator[str]:
    yield "| code | severity | meaning |"
    yield "|---|---|---|"
    for name, code in CODES.items():
        yield f"| `{name}` | {code.severity} | {code.about} |"


TABLES: dict[str, tuple[str, Callable[[], Iterator[str]]]] = {
    "fields": ("catalogue.md", fields),
    "sections": ("catalogue.md", sections),
    "term": ("catalogue.md", term),
    "codes": ("catalogue.md", codes),
}


def renewed(name: str, document: str) -> str:
    """Return a document with the table ``name`` between its markers."""
    table = "\n".join(TABLES[name][1]())
    block = f"<!-- {name} -->\n{table}\n<!-- end -->"
    made, number = re.subn(rf"<!-- {name} -->\n.*?<!-- end -->", lambda _: block, document, flags=re.DOTALL)
    assert number == 1, name
    return made


if __name__ == "__main__":
    for name, (file, _) in TABLES.items():
        path = DOCS / file
        path.write_text(renewed(name, path.read_text(encoding="utf-8")), encoding="utf-8")
