"""Every format read back by a program that is not ours: the same ids in the same order, the same dates and texts."""

import csv
import datetime
import io
import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from archivecli import display
from archivecli.catalogue.vocabulary import Vocabulary, make_event
from archivecli.core_schema import CORE
from archivecli.events import Hit
from archivecli.render import FORMATS, FormatContext, by_suffix
from archivecli.render.icalendar import content_line
from archivecli.render.icalendar import escaped as icalendar_text
from archivecli.render.references import latex
from archivecli.render.tabular import escaped, harmless, quoted, tabbed
from conftest import CATALOGUE, ROOT, Run, events_of, tried

NASTY = r"""
catalogue:
  title: '<b>Nasty</b> & "quoted"; C:\North, and more'
  publisher: "Ministry of {Braces} & Co, Ltd_50% (MBC)"
  source: page
vocabulary:
  pages:
    the-page: {name: 'The "Page" #1', url: 'http://example.org/a_b?x=1;2&y=%7Bz%7D~'}
events:
- id: 2009-12-09-formula
  title: "=cmd|' /C calc'!A1"
  start: 2009-12-09
  end: 2009-12-10
  kind: "talk, with commas; and \\ backslashes"
  places: [{venue: "Room \"A\"; floor 1, left", city: "Скопје", country: "A & B"}, {city: "+Town"}]
  organisers: ["Body {one}", "Body } two; three"]
  topics: ["a,b", "c;d", "100 % $ # _ ^ ~ < > |"]
  people: [{name: "O'Neil, Sean"}, {name: Absent, present: false}]
  participants: {count: 7, bodies: [Third]}
  summary: "First, with a comma.\n\nSecond \\n line\t<script>alert(1)</script> \u001b[31mred\u009b \u2028 end."
  figures: [{value: -5, of: degrees}]
  links: [{url: 'http://example.org/?q=a,b;c&d=%7Be%7D'}, the-page]
  source: {page: the-page, entry: 3}
- id: 2009-11-quoted
  title: '"Uranus" and "apple" in C:\New\north {a, b} -- x #'
  start: 2009-11
  places: [{venue: 'Room \N', city: Lund}]
  topics: ['Trade, fair and free', Peace]
  organisers: ['"a', 'b"']
- id: 2009-10-month
  title: "   @SUM(1) \"quoted\" 'single' [link](x) *bold* `code` # $x$ {y} \\ % END:VEVENT"
  start: 2009-10
  source: the-page
- id: 2009-year
  related: [{event: 2009-12-09-formula, why: "x: y"}, 2008-02-29-plain]
  title: "2. -ER  - , TY  - ｅｎｄ, Ärzte naïve 日本"
  start: 2009
  end: 2010-02
  inferred: [start]
- id: 2008-02-29-plain
  title: "＝full-width, \"\"doubled\"\""
  start: 2008-02-29
  summary: "-1+2"
- id: 9999-12-31-end
  title: "- the last: a day"
  start: 9999-12-31
- id: 0001-01-01-begin
  title: "Question?"
  start: 0001-01-01
"""


@pytest.fixture(params=["shipped", "nasty"])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "shipped":
        return CATALOGUE
    made = tmp_path / "nasty.yaml"
    made.write_text(NASTY, encoding="utf-8")
    return made


Export = Callable[[str], str]


@pytest.fixture
def export(run: Run, catalogue: Path, tmp_path: Path) -> Export:
    """Write the whole catalogue in a format and return it as it stands in the file, line ends and all."""

    def write(format_: str) -> str:
        file = tmp_path / "export"
        result = run("--catalogue", str(catalogue), "list", "--format", format_, "-o", str(file), "--force", "-q")
        assert (result.code, result.out, result.err) == (0, "", "")
        return file.read_bytes().decode()

    return write


@pytest.fixture
def events(export: Export) -> list[dict[str, Any]]:
    """The events as JSON has them, in their order; another test holds JSON against the YAML."""
    found: list[dict[str, Any]] = json.loads(export("json"))
    return found


def one_line(said: str) -> str:
    """What a format of single lines makes of a text: no line breaks, and controls shown."""
    said = re.sub(r"[\t\r\n\u2028 ]+", " ", said).strip()
    return said.replace("\x1b", "\\x1b").replace("\x9b", "\\x9b")


def test_json_is_the_catalogue(export: Export, events: list[dict[str, Any]], catalogue: Path) -> None:
    written = {str(event["id"]): event for event in yaml.safe_load(catalogue.read_bytes())["events"]}
    assert {event["id"] for event in events} == set(written)
    for event in events:
        assert event["start"] == str(written[event["id"]]["start"])
        assert event.get("end") == (str(written[event["id"]]["end"]) if "end" in written[event["id"]] else None)
        assert event["title"] == " ".join(written[event["id"]]["title"].split())


def test_json_never_holds_what_a_terminal_obeys(export: Export) -> None:
    for format_ in ("json", "jsonl", "jsonld", "csl-json"):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]", export(format_))


def test_jsonl(export: Export, events: list[dict[str, Any]]) -> None:
    assert [json.loads(line) for line in export("jsonl").split("\n")[:-1]] == events


def test_yaml_is_a_catalogue_of_the_same_events(
    export: Export, events: list[dict[str, Any]], run: Run, tmp_path: Path
) -> None:
    (tmp_path / "again.yaml").write_text(export("yaml"), encoding="utf-8")
    again = run("--catalogue", str(tmp_path / "again.yaml"), "list", "--format", "json")
    assert again.json == events


def test_yaml_of_some_events_is_a_catalogue_too(run: Run, catalogue: Path, tmp_path: Path) -> None:
    """Relations to events that are left out are left out as well: a catalogue may not have them."""
    some = tmp_path / "some.yaml"
    run("--catalogue", str(catalogue), "list", "--year", "2009", "-o", str(some))
    again = run("--catalogue", str(some), "list", "-f", "json").json
    before = run("--catalogue", str(catalogue), "list", "--year", "2009", "-f", "json").json
    kept = {event["id"] for event in before}
    for event in before:
        related = [one for one in event.pop("related", []) if one["event"] in kept]
        if related:
            event["related"] = related
    assert [dict(sorted(event.items())) for event in again] == [dict(sorted(event.items())) for event in before]


# Text that some reader of YAML takes for something else, or that its syntax could swallow

_WORDS = (
    "0 -0 +1 08 012 0999 0_8 0b1 0o17 0x1F 1_000 1,000 1,000.5 12e3 1e3 1.5e3 9E9 -1e3 1e+3 1. .5 +.5 -.5 . .. ... "
    ".inf -.Inf .NaN inf nan NaN Infinity 0:30 09:30 9:30 190:20:30 1:2:3.5 2020-1-5 2020-01-05 2020-01 2020 2020-01-05T10:00Z "
    "y Y n N yes YES yEs no On oFF true tRUE False null nUll ~ NULL = << :word :a:b :' -- --- -a - ? ?a : # #a & &a * *a "
    "! !a % %a @ @a ` | > |- [ ] { } , [a] {a} ' '' \" \\ \\n \\U0001F600 \\\\U0001F600 None Null, 5% 1/2 ½ ² ٣ 三 α 2020-01-05-x"
)
LOOKALIKES = [
    *_WORDS.split(),
    *("2020-01-05 10:00", "2020-01-05 10:00:00 +1", "a: b", "a:", "a #b", "a # b", "- a", "? a", "yes # no", "1 000"),
    *(
        "\u00a0a\u00a0",
        "a\u2028b",
        "a\x85b",
        "a\x07b\x1b[31m",
        "a\u202eb\u200fc",
        "\ufeffa",
        "\u0301a",
        "\u200da",
        "\U000e0061a",
    ),
    *(
        "👨‍👩‍👧",
        "a 😀 \\",
        "x" * 500,
        "1" * 70,
        "x " * 200 + "y",
        "1 " * 100 + "2",
        "'" * 3,
        '"a": "b"',
        "{a: b, c}",
        "\U0010ffff",
    ),
]


def records(said: list[str]) -> list[dict[str, Any]]:
    """Return an event for each text, which stands in a title, in paragraphs and in lists."""
    return [
        {
            "id": f"2020-{number}",
            "title": display.collapse_whitespace(value),
            "start": "2020",
            "places": [{"venue": display.collapse_whitespace(value)}],
            "summary": f"{value}\n\n {value}\t{value}  {value}\n".strip(),
            "aims": [display.collapse_whitespace(value), "a"],
        }
        for number, value in enumerate(said)
    ]


def written_as_yaml(events: list[dict[str, Any]]) -> str:
    hits = [Hit(make_event(event, Vocabulary())) for event in events]
    return "".join(FORMATS["yaml"].write(hits, FormatContext(CORE)))


def test_text_that_looks_like_something_else_comes_back_from_yaml(run: Run, tmp_path: Path) -> None:
    before, copy = tmp_path / "before.yaml", tmp_path / "copy.yaml"
    before.write_text(yaml.safe_dump(records(LOOKALIKES), default_style='"'), encoding="utf-8")
    assert run("--catalogue", str(before), "list", "-o", str(copy)).code == 0
    assert "error" not in run("validate", str(copy)).err
    again = [run("--catalogue", str(path), "list", "-f", "json").json for path in (before, copy)]
    assert again[0] == again[1]
    assert sorted(event["title"] for event in again[1]) == sorted(map(display.collapse_whitespace, LOOKALIKES))


AWKWARD = st.text(
    st.sampled_from([*"aeny019-+.,:_~#!&*?|>'\"\\%@`[]{}<=/ \t\nUé中😀", *"\x85\u2028\u00a0\u202e\x07\ufeff"])
)


FIGURES = r"[-+]?[0-9.][0-9_,:.eExoabTZ-]{0,8}(?: [0-9:.]{4,8})?"


@tried(20)
@given(
    st.lists(
        (AWKWARD | st.text() | st.from_regex(FIGURES, fullmatch=True)).filter(lambda said: said.strip()), max_size=8
    )
)
def test_any_text_comes_back_from_yaml(tmp_path: Path, said: list[str]) -> None:
    """It is the same to this program, to readers of YAML 1.1 and 1.2, and nothing in it is control of a terminal."""
    events = records(said)
    written = written_as_yaml(events)
    assert yaml.safe_load(written) == {"events": events}
    assert YAML(typ="safe", pure=True).load(written) == {"events": events}
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\ufeff]", written)
    (tmp_path / "copy.yaml").write_text(written, encoding="utf-8")
    assert [event.record for event in events_of(tmp_path / "copy.yaml")] == events


def test_a_number_with_decimals_comes_back_from_yaml(tmp_path: Path) -> None:
    """Not with an exponent, which a catalogue does not take."""
    values = [0.000001, -0.00005, 123456789012345.5, 0.5, 12.0, 7]
    events = [{"id": "2020", "title": "A", "start": "2020", "figures": [{"value": v, "of": "grams"} for v in values]}]
    (tmp_path / "copy.yaml").write_text(written_as_yaml(events))
    assert [event.record for event in events_of(tmp_path / "copy.yaml")] == events


def test_csv_into_sqlite(export: Export, events: list[dict[str, Any]]) -> None:
    heading, *rows = csv.reader(io.StringIO(export("csv"), newline=""), strict=True)
    assert len(heading) > 15
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE events ({})".format(", ".join(f'"{name}" TEXT' for name in heading)))
    base.executemany("INSERT INTO events VALUES ({})".format(",".join("?" * len(heading))), rows)
    found = base.execute('SELECT id, start, "end", title, "topics" FROM events ORDER BY rowid').fetchall()
    assert [row[:3] for row in found] == [(e["id"], e["start"], e.get("end", "")) for e in events]
    assert [row[3].removeprefix("'") for row in found] == [event["title"] for event in events]
    assert [row[4] for row in found] == ["; ".join(event.get("topics", [])) for event in events]
    counts = [str(event.get("participants", {}).get("count", "")) for event in events]
    assert [count for (count,) in base.execute('SELECT "participants.count" FROM events ORDER BY rowid')] == counts


def test_csv_lines_end_as_rfc_4180_says(export: Export, events: list[dict[str, Any]]) -> None:
    written = export("csv")
    assert written.count("\r\n") == len(events) + 1
    assert written.endswith("\r\n")


def test_no_cell_is_a_formula(export: Export) -> None:
    for format_ in ("csv", "tsv"):
        rows = csv.reader(io.StringIO(export("csv"), newline=""))
        for row in rows if format_ == "csv" else (line.split("\t") for line in export(format_).split("\n")):
            assert not any(re.match(r"\s*[=+\-@＝＋－＠]", cell) for cell in row)


def test_a_number_is_no_formula(run: Run, tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(NASTY, encoding="utf-8")
    listed = run(
        "--catalogue", str(tmp_path / "c.yaml"), "list", "--fields", "figures.value", "-f", "csv", "--year", "2009"
    )
    assert "'-5" not in listed.out
    assert "-5" in listed.out


def test_tsv(export: Export, events: list[dict[str, Any]]) -> None:
    rows = [line.split("\t") for line in export("tsv").split("\n")[:-1]]
    assert {len(row) for row in rows} == {len(rows[0])}
    assert [row[:3] for row in rows[1:]] == [[e["id"], e["start"], e.get("end", "")] for e in events]


def test_ids_and_plain(export: Export, events: list[dict[str, Any]]) -> None:
    ids = [event["id"] for event in events]
    assert export("ids").splitlines() == ids
    assert [line.split()[0] for line in export("plain").splitlines()] == ids


# Calendars


def days(event: dict[str, Any]) -> tuple[datetime.date, datetime.date | None]:
    """The first day of an event and the day after its last (none after the last of all), by Python's calendar."""
    start, end = event["start"], event.get("end", event["start"])
    first = datetime.date.fromisoformat((start + "-01-01")[:10] if len(start) < 10 else start)
    if len(end) == 10:
        last = datetime.date.fromisoformat(end)
    elif len(end) == 4:
        last = datetime.date(int(end), 12, 31)
    else:
        year, month = int(end[:4]), int(end[5:])
        last = datetime.date(year + month // 12, month % 12 + 1, 1) - datetime.timedelta(days=1)
    return first, last + datetime.timedelta(days=1) if last < datetime.date.max else None


def test_ics(export: Export, events: list[dict[str, Any]]) -> None:
    import icalendar

    calendar = icalendar.Calendar.from_ical(export("ics"))
    found: list[Any] = list(calendar.walk("VEVENT"))
    assert [str(entry["UID"]) for entry in found] == [f"{event['id']}@archivecli" for event in events]
    assert [(entry.decoded("DTSTART"), entry.decoded("DTEND", None)) for entry in found] == [days(e) for e in events]
    assert [str(entry["SUMMARY"]) for entry in found] == [event["title"] for event in events]
    for entry, event in zip(found, events, strict=True):
        assert not isinstance(entry.decoded("DTSTART"), datetime.datetime)  # all-day
        categories = [str(name) for name in entry.categories]
        assert categories[len(categories) - len(event.get("topics", [])) :] == event.get("topics", [])
        paragraphs = [one_line(part) for part in event.get("summary", "").split("\n") if part.strip()]
        assert str(entry["DESCRIPTION"]).split("\n")[: len(paragraphs)] == paragraphs


def test_ics_by_vobject(export: Export, events: list[dict[str, Any]], catalogue: Path) -> None:
    import vobject

    title = yaml.safe_load(catalogue.read_bytes())["catalogue"]["title"]

    calendar = vobject.readOne(export("ics"))
    assert calendar.contents["x-wr-calname"][0].value == title
    assert [entry.uid.value for entry in calendar.vevent_list] == [f"{event['id']}@archivecli" for event in events]
    assert [entry.summary.value for entry in calendar.vevent_list] == [event["title"] for event in events]
    ends = [entry.dtend.value if hasattr(entry, "dtend") else None for entry in calendar.vevent_list]
    assert ends == [days(event)[1] for event in events]
    for entry, event in zip(calendar.vevent_list, events, strict=True):
        topics, categories = event.get("topics", []), entry.contents.get("categories", [])
        assert [name for line in categories for name in line.value][-len(topics) :] == topics if topics else True


def test_the_last_possible_day(run: Run, tmp_path: Path) -> None:
    """There is no day after it to end on: one day needs no end, and several have a duration."""
    path = tmp_path / "last.yaml"
    path.write_text("- {id: 9999, title: All, start: 9999}\n- {id: 9999-12-31, title: Last, start: 9999-12-31}\n")
    last, year = run("--catalogue", str(path), "list", "-f", "ics").out.split("BEGIN:VEVENT")[1:]
    assert "DTSTART;VALUE=DATE:99991231" in last
    assert "DTEND" not in last + year
    assert "DURATION" not in last
    assert "DTSTART;VALUE=DATE:99990101" in year
    assert "DURATION:P365D" in year


def test_ics_lines_are_those_of_rfc_5545(export: Export) -> None:
    written = export("ics")
    assert written.count("\n") == written.count("\r\n")
    lines = written.encode().split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", written)
    assert lines.count(b"BEGIN:VEVENT") == lines.count(b"END:VEVENT")


def test_the_stamp_is_the_events_own(export: Export) -> None:
    stamps = re.findall(r"DTSTAMP:(\d{8})T000000Z\r\nDTSTART;VALUE=DATE:(\d{8})", export("ics"))
    assert stamps
    assert all(stamp == start for stamp, start in stamps)


# Linked data

EVENT_PROPERTIES = """about additionalType attendee contributor description endDate funder identifier keywords location
name organizer sponsor startDate subjectOf superEvent url""".split()
PROPERTIES = {
    "Event": {"@id", *EVENT_PROPERTIES},
    "Place": {"name", "address"},
    "PostalAddress": {"addressLocality", "addressCountry"},
    "Organization": {"name"},
    "Person": {"name", "jobTitle", "affiliation"},
    "Thing": {"name"},
    "Legislation": {"name"},
    "Project": {"name"},
    "EventSeries": {"name"},
    "WebPage": {"name", "url", "publisher"},
    "CreativeWork": {"name", "url", "datePublished"},
}
"""The types of schema.org that are used, with those of their properties that are used."""


def nodes(value: Any) -> list[dict[str, Any]]:
    """Every object of a JSON-LD document."""
    if isinstance(value, list):
        return [node for item in value for node in nodes(item)]
    if isinstance(value, dict):
        return [value, *(node for item in value.values() for node in nodes(item))]
    return []


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def test_jsonld(export: Export, events: list[dict[str, Any]]) -> None:
    written = export("jsonld")
    assert not set("<>&") & set(written)  # fit for a script element of a page
    document = json.loads(written)
    assert document["@context"] == "https://schema.org"
    assert [(n["identifier"], n["name"], n["startDate"], n.get("endDate")) for n in document["@graph"]] == [
        (e["id"], e["title"], e["start"], e.get("end")) for e in events
    ]
    for node in nodes(document["@graph"]):
        assert set(node) - {"@type"} <= PROPERTIES[node["@type"]]
        assert node.get("name") or node["@type"] == "PostalAddress"
    for node, event in zip(document["@graph"], events, strict=True):
        assert len(as_list(node.get("location"))) == len(event.get("places", []))
        assert [body["name"] for body in as_list(node.get("organizer"))] == [
            party["body"] for party in event.get("organisers", [])
        ]
        came = [person["name"] for person in event.get("people", []) if person.get("present", True)]
        assert [n["name"] for n in as_list(node.get("attendee")) if n["@type"] == "Person"] == came
        assert node.get("description") == event.get("summary")


# References


def test_bibtex_by_bibtexparser(export: Export, events: list[dict[str, Any]]) -> None:
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.middlewares import LatexDecodingMiddleware

    library = parse_string(export("bibtex"), append_middleware=[LatexDecodingMiddleware(keep_math_mode=False)])
    assert not library.failed_blocks
    assert [entry.key for entry in library.entries] == [event["id"] for event in events]
    for entry, event in zip(library.entries, events, strict=True):
        fields = {name: field.value for name, field in entry.fields_dict.items()}
        assert fields["date"] == "/".join(filter(None, (event["start"], event.get("end"))))
        assert straight(fields["title"]) == event["title"].rstrip(".")


def straight(said: str) -> str:
    """Return a text with the quotation marks that were typed; in BibTeX they are curly."""
    return said.replace("“", '"').replace("”", '"')


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ('The "Uranus" and "apple" prizes, and the 5" screen', "The “Uranus” and “apple” prizes, and the 5” screen"),
        ('("x"), \'"y"\', a/"b", "c"-"d"', "(“x”), '“y”', a/“b”, “c”-“d”"),
        ('""doubled"" " alone', "““doubled”” ” alone"),
        ("On {a, b} and other sets", r"On \{a, b\} and other sets"),
        ("Lonely :-{ here", r"Lonely :-\textbraceleft{} here"),
        ("}{a}", r"\textbraceright{}\{a\}"),
        ("a -- b --- c-d", "a -{}- b -{}-{}- c-d"),
        ("``a'' ?` ,,", "`{}`a'{}' ?{}` ,{},"),
        (
            r"50 % of C:\x_y & #1 ~ ^ $",
            r"50 \% of C:\textbackslash{}x\_y \& \#1 \textasciitilde{} \textasciicircum{} \$",
        ),
    ],
)
def test_latex_prints_the_text(said: str, written: str) -> None:
    """Nothing with a meaning to LaTeX, BibTeX or babel (as a straight quotation mark in German) is left as it is."""
    assert latex(said) == written


def test_a_topic_with_a_comma_is_one_keyword(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text('- {id: 2024-fair, title: Fair, start: 2024, topics: ["Trade, fair and free", Peace]}\n')
    assert "keywords = {{Trade, fair and free}, Peace}," in run("--catalogue", str(path), "list", "-f", "bibtex").out


@pytest.mark.parametrize("style", ["chicago", "apa"])
def test_a_publisher_that_is_the_author_is_named_once(run: Run, tmp_path: Path, style: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(
        "catalogue: {title: News, publisher: Office of Lights}\n"
        "events: [{id: 2024-03-13-a, title: Lamps, start: 2024-03-13, kind: Workshop}]\n"
    )
    for format_ in ("csl-json", "ris", "bibtex"):
        written = run("--catalogue", str(path), "list", "-f", format_).out
        assert written.count("Office of Lights") == 1
        assert "Workshop" not in written  # the kind of the event, not of the page
    cited = run("--catalogue", str(path), "cite", "2024", "--style", style).out
    assert cited.count("Office of Lights") == 1


def test_bibtex_by_pybtex(export: Export, events: list[dict[str, Any]]) -> None:
    from pybtex.database import parse_string

    written = export("bibtex")
    entries = parse_string(written, "bibtex").entries
    assert list(entries) == [event["id"] for event in events]
    assert [entry.fields["year"] for entry in entries.values()] == [event["start"][:4] for event in events]
    for body in re.findall(r"= \{(.*)\},", written):  # BibTeX counts braces, escaped or not
        assert body.count("{") == body.count("}")


def test_ris(export: Export, events: list[dict[str, Any]]) -> None:
    import rispy

    written = export("ris")
    assert written.count("\n") == written.count("\r\n")
    found = rispy.loads(written.replace("\r\n", "\n"))
    assert [entry["id"] for entry in found] == [event["id"] for event in events]
    assert [entry["title"] for entry in found] == [one_line(event["title"]).rstrip(".") for event in events]
    dates = ["/".join([*event["start"].split("-"), "", ""][:3]) + "/" for event in events]
    assert [entry["date"] for entry in found] == dates
    assert [entry.get("keywords", []) for entry in found] == [event.get("topics", []) for event in events]
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in written.split("\r\n") if line)


CSL_TEXTS = "id title container-title event-place keyword abstract URL note".split()
CSL_DATE = {
    "type": "object",
    "required": ["date-parts"],
    "additionalProperties": False,
    "properties": {
        "circa": {"type": "boolean"},
        "date-parts": {
            "type": "array",
            "minItems": 1,
            "maxItems": 2,
            "items": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "integer"}},
        },
    },
}
CSL_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["id", "type", "title"],
        "additionalProperties": False,
        "properties": {
            **{name: {"type": "string", "minLength": 1} for name in CSL_TEXTS},
            "type": {"const": "webpage"},
            "author": {
                "type": "array",
                "items": {"type": "object", "required": ["literal"], "properties": {"literal": {"type": "string"}}},
            },
            "issued": CSL_DATE,
            "event-date": CSL_DATE,
        },
    },
}
"""The part of the CSL-JSON schema that concerns what is written, and nothing beside it."""


def test_csl_json(export: Export, events: list[dict[str, Any]]) -> None:
    import jsonschema

    items = json.loads(export("csl-json"))
    jsonschema.validate(items, CSL_SCHEMA)
    assert [item["id"] for item in items] == [event["id"] for event in events]
    for item, event in zip(items, events, strict=True):
        written = ["-".join(f"{part:02}" for part in parts) for parts in item["event-date"]["date-parts"]]
        assert [text.zfill(len(start)) for text, start in zip(written, ends(event), strict=True)] == ends(event)


def ends(event: dict[str, Any]) -> list[str]:
    return [event["start"], event["end"]] if "end" in event else [event["start"]]


def test_csl_json_by_a_citation_processor(export: Export, events: list[dict[str, Any]]) -> None:
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON

    source = CiteProcJSON(json.loads(export("csl-json")))
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, source, formatter.plain)
    event = events[0]
    bibliography.register(Citation([CitationItem(event["id"])]))
    (cited,) = [str(item) for item in bibliography.bibliography()]
    assert event["title"].rstrip(".")[:20] in cited
    assert str(int(event["start"][:4])) in cited


# Markdown


def test_markdown(export: Export, events: list[dict[str, Any]]) -> None:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse(export("markdown"))
    headings = [tokens[n + 1] for n, token in enumerate(tokens) if token.type == "heading_open"]
    shown = ["".join(child.content for child in token.children or []) for token in headings]
    assert shown == [one_line(event["title"]) for event in events]
    assert not [token for token in tokens if token.type in ("html_block", "html_inline", "code_block", "fence")]
    codes = [child.content for t in tokens for child in t.children or [] if child.type == "code_inline"]
    assert codes == [event["id"] for event in events]


def test_markdown_links_a_source_without_its_separator(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    url = "https://example.org/g"
    path.write_text(
        f'- {{id: 2024-a, title: A, start: 2024, source: {{page: Gazette, url: "{url}", entry: 3}}}}\n'
        f'- {{id: 2024-b, title: B, start: 2024, source: {{page: Gazette, url: "{url}"}}}}\n'
        f'- {{id: 2024-c, title: C, start: 2024, source: {{url: "{url}"}}, links: [{{url: "{url}"}}],\n'
        f'   documents: [{{name: "Act: 1", by: Us, url: "{url}", note: long}}]}}\n'
    )
    written = run("--catalogue", str(path), "list", "-f", "markdown").out
    links = dict.fromkeys(re.findall(r"\[(.*?)\]\(<(.*?)>\)", written))
    assert set(links) == {(name, url) for name in ("Gazette, entry 3", "Gazette", url, "Act: 1 (Us) — long")}


@pytest.mark.parametrize(
    "said",
    [
        "# no",
        "- no",
        "+ no",
        "1. no",
        "1) no",
        "*a*",
        "_a_",
        "`a`",
        "[a](b)",
        "<b>",
        "a & b &amp; c",
        "\\",
        "a | b",
        "===",
    ],
)
def test_markdown_shows_a_text_as_it_is(said: str) -> None:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse(escaped(said))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert "".join(child.content for child in tokens[1].children or []) == said
    assert {child.type for child in tokens[1].children or []} <= {"text", "text_special"}


# Any text

SIGNS = "\\{}$%&#_^~<>|*`[]()!-+=.1 \"'\n\r,;@ab"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.text(SIGNS, max_size=30)


@given(TEXTS)
@example("\\")
@example("==")
@example("1234567890) x")
@example(" -")
@example("Song in C #")
@example("C ##")
def test_any_text_survives_markdown(said: str) -> None:
    from markdown_it import MarkdownIt

    wanted = display.terminal_safe(said)
    for before, kind in (("", "paragraph"), ("## ", "heading")):
        tokens = MarkdownIt("commonmark").parse(before + escaped(said))
        assert [token.type for token in tokens] == [f"{kind}_open", "inline", f"{kind}_close"] or not wanted.strip()
        assert "".join(child.content for child in tokens[1].children or []) == wanted.strip() if tokens else True


@given(TEXTS)
@example(r"C:\Archive\North and \\server\new, \n \N; \\N \,")
def test_any_text_survives_a_calendar(said: str) -> None:
    """What is escaped and folded comes back when another library unfolds and unescapes it."""
    import vobject

    wanted = display.terminal_safe(said)
    line = content_line("X-WR-CALNAME", icalendar_text(wanted))
    assert max(map(len, line.encode().split(b"\r\n"))) <= 75
    calendar = vobject.readOne(f"BEGIN:VCALENDAR\r\n{line}END:VCALENDAR\r\n")
    assert calendar.contents["x-wr-calname"][0].value == wanted


@given(TEXTS)
@example('"Hello" and goodbye')
@example('"')
def test_any_text_survives_a_tab_separated_cell(said: str) -> None:
    """A reader that knows quotes gets the text; so does one that does not, unless a mark of quotation opens the cell."""
    cell = tabbed(harmless(said))
    assert list(csv.reader([f"x\t{cell}\ty"], delimiter="\t")) == [
        ["x", display.collapse_whitespace(harmless(said)), "y"]
    ]
    assert cell == display.collapse_whitespace(harmless(said)) or said.lstrip().startswith('"')


@given(TEXTS)
def test_any_text_survives_a_cell(said: str) -> None:
    cell = harmless(said)
    (row,) = csv.reader(io.StringIO(f"x,{quoted(cell)},y\r\n", newline=""), strict=True)
    assert row == ["x", cell, "y"]
    assert cell.removeprefix("'") == display.escape_controls(said).removeprefix("'")
    assert not re.match(r"\s*[=+\-@＝＋－＠]", cell)


@given(TEXTS)
def test_any_text_is_one_value_to_bibtex(said: str) -> None:
    from bibtexparser.entrypoint import parse_string
    from pybtex.database import parse_string as parse_by_pybtex

    written = f"@misc{{key,\n  title = {{{{{latex(said)}}}}},\n  year = {{2009}},\n}}\n"
    (entry,) = parse_string(written).entries
    assert entry.fields_dict["year"].value == "2009"
    assert parse_by_pybtex(written, "bibtex").entries["key"].fields["year"] == "2009"


# Laws


@pytest.mark.parametrize("format_", FORMATS)
def test_the_same_gives_the_same_bytes(export: Export, format_: str) -> None:
    assert export(format_) == export(format_)


@pytest.mark.parametrize("format_", FORMATS)
def test_nothing_is_an_answer_too(run: Run, format_: str) -> None:
    result = run("list", "--year", "1900", "--format", format_)
    assert result.code == 0
    if "json" in format_ and format_ != "jsonl":
        assert json.loads(result.out) in ([], {"@context": "https://schema.org", "@graph": []})


@pytest.mark.parametrize("format_", FORMATS)
def test_list_search_and_show_know_it(run: Run, format_: str) -> None:
    assert run("search", "corruption", "--format", format_).code == 0
    assert "2012-12-04" in run("show", "2012", "--format", format_).out or format_ in ("ics", "ris", "csl-json")


@pytest.mark.parametrize("format_", FORMATS)
def test_it_is_documented(run: Run, format_: str) -> None:
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    known = FORMATS[format_]
    suffixes = ", ".join(f"`{suffix}`" for suffix in known.suffixes)
    assert f"| `{format_}` | {suffixes} | {known.about} |" in page
    assert format_ in re.sub(r"[\s│]+", " ", run("list", "--help", COLUMNS="300").out)


def test_suffixes_are_different_and_the_longest_counts() -> None:
    suffixes = [suffix for known in FORMATS.values() for suffix in known.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert all(by_suffix(f"x{suffix}") == name for name, known in FORMATS.items() for suffix in known.suffixes)
    assert by_suffix("refs.csl.json") == "csl-json"
    assert by_suffix("REFS.JSON") == "json"
    assert by_suffix("refs") is None
