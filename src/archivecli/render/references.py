"""References for reference managers (Zotero, EndNote, JabRef, pandoc): BibTeX, RIS and CSL-JSON.

The reference is to the entry of the source, as in ``render.citation``: a web page with its publisher as the author. So no
field names the publisher again, and the kind of the event, which is not a kind of page, is left out.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from archivecli import dates, display
from archivecli.dates import SHORT_MONTHS
from archivecli.events import Event, Hit, values_at
from archivecli.render import FormatContext
from archivecli.render.citation import Reference, reference
from archivecli.render.tabular import enclosed, to_json

_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    # the older font encodings print other characters for these three
    **{character: f"${character}$" for character in "<>|"},
    **{character: f"\\{character}" for character in "{}$&#%_"},
}
_LONELY = {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
_OPENING_QUOTE = re.compile(r"""(?<![^\s(\[{<>/|`'"‘“„«—–-])"(?=[^\s)\]}])""")
_LIGATURE = re.compile(r"([-'`,])(?=\1)|[?!](?=`)")  # such as the dash that LaTeX makes of two hyphens


def latex(value: str) -> str:
    """Return a string as one line of LaTeX that prints it; letters beyond ASCII stay, as UTF-8.

    Straight quotation marks become curly, since babel gives them a meaning in some languages. A brace without a partner is
    written by name, because BibTeX counts braces, also escaped ones; more programs can read the others escaped.
    """
    value = _OPENING_QUOTE.sub("“", display.terminal_safe(value)).replace('"', "”")
    lonely = _lonely_braces(value)
    written = re.sub(
        r"[\\~^<>|{}$&#%_]", lambda found: (_LONELY if found.start() in lonely else _LATEX)[found.group()], value
    )
    return _LIGATURE.sub(r"\g<0>{}", written)


def _lonely_braces(value: str) -> set[int]:
    lonely: list[int] = []
    for found in re.finditer("[{}]", value):
        if found.group() == "}" and lonely and value[lonely[-1]] == "{":
            lonely.pop()
        else:
            lonely.append(found.start())
    return set(lonely)


def as_bibtex(hits: Iterable[Hit], context: FormatContext) -> Iterator[str]:
    """Write an ``@misc`` per event, its key made of the id; ``date`` and ``keywords`` are those of BibLaTeX."""
    return enclosed((_bibtex_entry(hit.event, context) for hit in hits), "", "\n", "", "")


def _bibtex_entry(event: Event, context: FormatContext) -> str:
    cited = reference(event, context.about, context.page_url)
    fields = "".join(f"  {name} = {value},\n" for name, value in _bibtex(event, cited))
    key = re.sub(r"[^A-Za-z0-9_.:/-]", lambda found: f"+{ord(found.group()):x}+", cited.key)  # é becomes +e9+
    return f"@misc{{{key},\n{fields}}}\n"


def _bibtex(event: Event, cited: Reference) -> Iterator[tuple[str, str]]:
    if cited.author:
        yield "author", f"{{{{{latex(cited.author)}}}}}"  # twice in braces: a body, not first and last names
    yield "title", f"{{{{{latex(cited.title)}}}}}"  # twice in braces: capitals stay
    if cited.page:
        yield "howpublished", f"{{{latex(cited.page)}}}"
    yield "year", f"{{{dates.truncate(cited.start, 'year')}}}"
    if month := dates.parts(cited.start)[1]:
        yield "month", SHORT_MONTHS[month - 1].lower()
    yield "date", f"{{{dates.iso(cited.start, cited.end)}}}"
    if cited.url:
        yield "url", f"{{{quote(cited.url, safe=_URL_SAFE)}}}"
    if note := _note(event, cited):
        yield "note", f"{{{latex(note)}}}"
    topics = map(latex, event.record.get("topics", ()))
    if keywords := ", ".join(f"{{{topic}}}" if "," in topic else topic for topic in topics):  # a comma would end one
        yield "keywords", f"{{{keywords}}}"
    if "summary" in event.record:
        yield "abstract", f"{{{latex(event.record['summary'])}}}"


_URL_SAFE = "%:/?#[]@!$&'()*+,;=~-._"


def _note(event: Event, cited: Reference) -> str:
    """Return the number of the entry, the place of the event, and whether the date was inferred, in words."""
    parts = [f"entry {cited.entry}"] if cited.entry is not None else []
    if held := display.terminal_safe(event.place):
        parts.append(f"held in {held}" if ";" not in held else f"held in: {held}")
    if cited.inferred:
        parts.append("date inferred by the cataloguer")
    note = "; ".join(parts)
    return note[:1].upper() + note[1:]


def as_ris(hits: Iterable[Hit], context: FormatContext) -> Iterator[str]:
    """Write RIS: a line per value, ended by CRLF; a reference ends with ER."""
    for hit in hits:
        cited = reference(hit.event, context.about, context.page_url)
        lines = (f"{tag}  - {display.terminal_safe(value)}\r\n" for tag, value in _ris(hit.event, cited))
        yield "".join(lines) + "ER  - \r\n\r\n"


def _ris(event: Event, cited: Reference) -> Iterator[tuple[str, str]]:
    yield "TY", "ELEC"
    yield "ID", cited.key
    if cited.author:
        yield "AU", cited.author
    yield "TI", cited.title
    if cited.page:
        yield "T2", cited.page
    yield "PY", dates.truncate(cited.start, "year")
    yield "DA", "/".join([*cited.start.split("-"), "", ""][:3]) + "/"
    if cited.end:
        yield "N1", f"Date: {dates.iso(cited.start, cited.end)}"
    if note := _note(event, cited):
        yield "N1", note
    yield from (("KW", topic) for topic in event.record.get("topics", ()))
    if "summary" in event.record:
        yield "AB", event.record["summary"]
    if cited.url:
        yield "UR", cited.url.replace(";", "%3B")  # in RIS a semicolon separates URLs


def as_csl(hits: Iterable[Hit], context: FormatContext) -> Iterator[str]:
    """Write CSL-JSON: a list of items of the type ``webpage``."""
    return enclosed(to_json(_csl(hit.event, context), indent=2) for hit in hits)


def _csl(event: Event, context: FormatContext) -> dict[str, Any]:
    cited = reference(event, context.about, context.page_url)
    found = {
        "id": cited.key,
        "type": "webpage",
        "title": cited.title,
        "author": [{"literal": cited.author}] if cited.author else None,
        "container-title": cited.page,
        "issued": _csl_date(cited),
        "event-date": _csl_date(cited._replace(inferred=False)),
        "event-place": display.terminal_safe(event.place),
        "keyword": ", ".join(values_at(event.record, "topics")),
        "abstract": event.record.get("summary"),
        "URL": cited.url,
        "note": _note(event, cited),
    }
    return {name: value for name, value in found.items() if value}


def _csl_date(cited: Reference) -> dict[str, Any]:
    ends = dict.fromkeys(filter(None, (cited.start, cited.end)))
    parts: dict[str, Any] = {"date-parts": [[int(part) for part in date.split("-")] for date in ends]}
    return parts | {"circa": True} if cited.inferred else parts
