"""References for reference managers (Zotero, EndNote, JabRef, pandoc): BibTeX, RIS and CSL-JSON.

What is referred to is the entry of the source, as in ``render.citation``: a web page by its publisher. So nothing names
the publisher again, and the kind of the event, which is no kind of page, is left out.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from archivecli import dates, display
from archivecli.dates import SHORT_MONTHS
from archivecli.events import Event, values_at
from archivecli.render.citation import Reference, reference
from archivecli.render.formats import Asked, Rows

_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    # in text these three come out as other characters in the older font encodings
    **{sign: f"${sign}$" for sign in "<>|"},
    **{sign: f"\\{sign}" for sign in "{}$&#%_"},
}
_LATEX_SIGN = re.compile(r"[\\~^<>|{}$&#%_]")
_LONELY = {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
_OPENING_QUOTE = re.compile(r"""(?<![^\s(\[{<>/|`'"‘“„«—–-])"(?=[^\s)\]}])""")
_LIGATURE = re.compile(r"([-'`,])(?=\1)|[?!](?=`)")  # such as the dash that LaTeX makes of two hyphens


def latex(said: str) -> str:
    """Return a text on one line as LaTeX prints it; letters beyond ASCII stay, as UTF-8.

    Straight quotation marks become curly ones: babel gives them a meaning in several languages, and what LaTeX has for
    them depends on the font encoding. A brace without a partner is written by name, for BibTeX counts braces, escaped or
    not, to find the end of a value; other braces are escaped, which more programs understand.
    """
    said = _OPENING_QUOTE.sub("“", display.terminal_safe(said)).replace('"', "”")
    lonely = _lonely_braces(said)
    written = _LATEX_SIGN.sub(
        lambda found: (_LONELY if found.start() in lonely else _LATEX)[found.group()],
        said,
    )
    return _LIGATURE.sub(r"\g<0>{}", written)


def _lonely_braces(said: str) -> set[int]:
    """Return where the braces without a partner are."""
    opened: list[int] = []
    lonely = set()
    for found in re.finditer("[{}]", said):
        if found.group() == "{":
            opened.append(found.start())
        elif opened:
            opened.pop()
        else:
            lonely.add(found.start())
    return lonely.union(opened)


def as_bibtex(rows: Rows, asked: Asked) -> Iterator[str]:
    """An ``@misc`` an event, its key made of the id; ``date`` and ``keywords`` are those of BibLaTeX."""
    first = True
    for hit in rows:
        cited = reference(hit.event, asked.about, asked.address)
        fields = "".join(f"  {name} = {said},\n" for name, said in _bibtex(hit.event, cited))
        yield ("" if first else "\n") + f"@misc{{{_bibtex_key(cited.key)},\n{fields}}}\n"
        first = False


def _bibtex_key(event_id: str) -> str:
    """Return an id as a key for BibTeX: other characters than ASCII letters, figures and a few signs as ``+e9+``."""
    return re.sub(r"[^A-Za-z0-9_.:/-]", lambda found: f"+{ord(found.group()):x}+", event_id)


def _bibtex(event: Event, cited: Reference) -> Iterator[tuple[str, str]]:
    if cited.author:
        yield "author", f"{{{{{latex(cited.author)}}}}}"  # twice in braces: a body, not first and last names
    yield "title", f"{{{{{latex(cited.title)}}}}}"  # twice in braces: capitals stay
    if cited.page:
        yield "howpublished", f"{{{latex(cited.page)}}}"
    yield "year", f"{{{cited.start[:4]}}}"
    if len(cited.start) > 4:
        yield "month", SHORT_MONTHS[int(cited.start[5:7]) - 1].lower()
    yield "date", f"{{{dates.iso(cited.start, cited.end)}}}"
    if cited.url:
        yield "url", f"{{{quote(cited.url, safe=_URL_SIGNS)}}}"
    note = _note(event, cited)
    if note:
        yield "note", f"{{{latex(note)}}}"
    topics = ", ".join(_keyword(topic) for topic in event.record.get("topics", ()))
    if topics:
        yield "keywords", f"{{{topics}}}"
    if "summary" in event.record:
        yield "abstract", f"{{{latex(event.record['summary'])}}}"


def _keyword(topic: str) -> str:
    """Return a keyword; braces keep a comma in it from ending it."""
    return f"{{{latex(topic)}}}" if "," in topic else latex(topic)


_URL_SIGNS = "%:/?#[]@!$&'()*+,;=~-._"


def _note(event: Event, cited: Reference) -> str:
    """Say which entry of the page it is, where the event was held, and whether the date was inferred."""
    said = [f"entry {cited.entry}"] if cited.entry is not None else []
    held = display.terminal_safe(event.place)
    if held:
        said.append(f"held in {held}" if ";" not in held else f"held in: {held}")
    if cited.inferred:
        said.append("date inferred by the cataloguer")
    note = "; ".join(said)
    return note[:1].upper() + note[1:]


def as_ris(rows: Rows, asked: Asked) -> Iterator[str]:
    """RIS: a line a value, ended by CRLF; a reference ends with ER."""
    for hit in rows:
        cited = reference(hit.event, asked.about, asked.address)
        lines = (f"{tag}  - {display.terminal_safe(said)}\r\n" for tag, said in _ris(hit.event, cited))
        yield "".join(lines) + "ER  - \r\n\r\n"


def _ris(event: Event, cited: Reference) -> Iterator[tuple[str, str]]:
    yield "TY", "ELEC"
    yield "ID", cited.key
    if cited.author:
        yield "AU", cited.author
    yield "TI", cited.title
    if cited.page:
        yield "T2", cited.page
    yield "PY", cited.start[:4]
    yield "DA", "/".join([*cited.start.split("-"), "", ""][:3]) + "/"
    if cited.end:
        yield "N1", f"Date: {dates.iso(cited.start, cited.end)}"
    note = _note(event, cited)
    if note:
        yield "N1", note
    yield from (("KW", topic) for topic in event.record.get("topics", ()))
    if "summary" in event.record:
        yield "AB", event.record["summary"]
    if cited.url:
        yield "UR", cited.url.replace(";", "%3B")  # in RIS a semicolon parts addresses


def as_csl(rows: Rows, asked: Asked) -> Iterator[str]:
    """CSL-JSON: a list of items of the type ``webpage``."""
    opened = False
    for hit in rows:
        item = _csl(hit.event, reference(hit.event, asked.about, asked.address))
        yield (",\n" if opened else "[\n") + display.json_safe(json.dumps(item, ensure_ascii=False, indent=2))
        opened = True
    yield "\n]\n" if opened else "[]\n"


def _csl(event: Event, cited: Reference) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": cited.key,
        "type": "webpage",
        "title": cited.title,
        "author": [{"literal": cited.author}] if cited.author else None,
        "container-title": cited.page,
        "issued": _csl_date(cited),
        "event-date": {key: value for key, value in _csl_date(cited).items() if key != "circa"},
        "event-place": display.terminal_safe(event.place),
        "keyword": ", ".join(values_at(event.record, "topics")),
        "abstract": event.record.get("summary"),
        "URL": cited.url,
        "note": _note(event, cited),
    }
    return {name: value for name, value in found.items() if value}


def _csl_date(cited: Reference) -> dict[str, Any]:
    ends = [cited.start, cited.end] if cited.end and cited.end != cited.start else [cited.start]
    parts: dict[str, Any] = {"date-parts": [[int(part) for part in date.split("-")] for date in ends]}
    return parts | {"circa": True} if cited.inferred else parts
