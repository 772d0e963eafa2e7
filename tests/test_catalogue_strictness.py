"""A catalogue is strict: every slip is told, all of them in one run, each with its place; and nothing is guessed."""

import re
from pathlib import Path

import pytest

from archivecli.cli.app import COMMANDS
from conftest import Run

SLIPS = """\
vocabulary:
  countries:
    NO: Norway
    srb: {name: Serbia, short: SRB}
    srp: {nam: Srpska}
  topics:
    drugs: Drugs
  planets:
    mars: Mars
evnts: []
events:
  - id: 2009-01-05-unpadded
    title: One
    start: 2009-1-5
  - id: 2009-01-06-unknown
    titel: Two
    title: Two
    start: 2009-01-06
    places: [{country: srbija}]
  - id: 2009-01-07-backwards
    title: NO
    start: 2009-01-07
    end: 2009-01-01
  - id: 2009-02-30-impossible
    title: 12:30
    start: 2009-02-30
    summary: once
    summary: twice
  - id: 2009-01-08-same
    title: Types
    start: 2009-01-08
    topics: drugs
    people: [{role: speaker}]
  - id: 2009-01-08-same
    title: Same
    start: 2009-01-08
    topics: [drug]
  - id: 2009-01-09-guessed
    title: 2009-10-05
    start: [2009]
    figures: [{value: many, of: people}]
    source: {more: yes}
    links: [{url: www.example.org}]
  - id: 2009-01-10-Capital
    title: 010
    start: 2009-01-10
    related: [2009-01-11-nowhere]
  - id: 2009-01-11-other
    title: The id has another date
    start: 2009-01-12
    participants: {count: 1_000}
  - just text
"""

# line, column, what is said (a pattern)
TOLD = [
    (3, 5, 'the key NO .* "NO" in quotes'),
    (5, 10, "'name' is missing"),
    (5, 11, "'nam' is not a field .* did you mean name"),
    (8, 3, "'planets' is not a section"),
    (10, 1, "'evnts' is not a part of a catalogue; did you mean events"),
    (14, 12, "'2009-1-5' is not a date.*write 2009-01-05"),
    (16, 5, "'titel' is not a field .* did you mean title"),
    (19, 24, "'srbija' is not in vocabulary.countries; did you mean srb"),
    (21, 12, 'YAML reads NO .* "NO" in quotes'),
    (23, 10, "the end, 2009-01-01, is before the start"),
    (25, 12, 'YAML reads 12:30 .* "12:30" in quotes'),
    (26, 12, "Feb 2009 has no day 30"),
    (28, 5, "'summary' appears twice"),
    (32, 13, "'topics' is a single value; expected a list"),
    (33, 14, "'name' is missing"),
    (34, 9, "the id 2009-01-08-same is already taken at .*:29"),
    (37, 14, "'drug' is not in vocabulary.topics; did you mean drugs"),
    (39, 12, "YAML reads 2009-10-05"),
    (40, 12, "'start' is a list; expected a date"),
    (41, 23, "'many' is not a number"),
    (42, 20, "'yes' is neither true nor false"),
    (43, 19, "not a valid URL"),
    (45, 12, "YAML reads 010"),
    (47, 15, "no event has the id 2009-01-11-nowhere"),
    (51, 27, "'1_000' is not a whole number"),
    (52, 5, "expected a mapping"),
]


@pytest.fixture
def slips(tmp_path: Path) -> Path:
    path = tmp_path / "slips.yaml"
    path.write_text(SLIPS, encoding="utf-8")
    return path


def test_every_slip_is_told_in_one_run_with_its_place(run: Run, slips: Path) -> None:
    result = run("list", "--catalogue", str(slips))
    assert (result.code, result.out) == (1, "")
    *problems, last = result.err.splitlines()
    told = [re.fullmatch(r".*/slips\.yaml:(\d+):(\d+): (.*)", problem) for problem in problems]
    found = [(int(match[1]), int(match[2]), match[3]) for match in told if match]
    assert [place[:2] for place in found] == [place[:2] for place in TOLD]
    for (_, _, said), (line, column, pattern) in zip(found, TOLD, strict=True):
        assert re.search(pattern, said), f"{line}:{column}: {said}"
    assert f"{len(TOLD)} problems" in last


@pytest.mark.parametrize("line", ["list", "search one", "show 2009", "count", "count --by year", ""])
def test_every_command_refuses_it(run: Run, slips: Path, line: str) -> None:
    result = run(*line.split(), ARCHIVE_CATALOGUE=str(slips))
    assert (result.code, result.out) == (1, "")
    assert f":{TOLD[0][0]}:{TOLD[0][1]}: " in result.err


def test_a_folder_is_checked_as_a_whole(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("events:\n  - {id: 2009-01-05-a, title: A, start: 2009-01-05}\n")
    (tmp_path / "b.yaml").write_text("events:\n  - {id: 2009-01-05-a, title: B, start: 2009-01-05}\n")
    (tmp_path / "c.yml").write_text("events:\n  - {id: 2009-01-06-c, titel: C, start: 2009-01-06}\n")
    result = run("list", "--catalogue", str(tmp_path))
    assert (result.code, result.out) == (1, "")
    assert f"{tmp_path}/b.yaml:2:10: the id 2009-01-05-a is already taken at {tmp_path}/a.yaml:2" in result.err
    assert f"{tmp_path}/c.yml:2:24: 'titel' is not a field" in result.err


# One's own, without a vocabulary

OWN = """\
events:
  - id: 2024-05-17-binding-books
    title: Workshop on binding books
    start: 2024-05-17
    places: [{venue: City Library, city: Čačak, country: Serbia}]
    kind: workshop
    topics: [books, crafts]
  - id: 2024-10-reading
    title: An evening with poets
    start: 2024-10
"""


@pytest.fixture
def own(tmp_path: Path) -> str:
    path = tmp_path / "own.yaml"
    path.write_text(OWN, encoding="utf-8")
    return str(path)


def test_ten_lines_open_with_every_command(run: Run, own: str, tmp_path: Path) -> None:
    lines = {
        "search": ["search", "books"],
        "show": ["show", "2024-05"],
        "related": ["related", "2024-05"],
        "open": ["open", "2024-05"],
        "cite": ["cite", "2024-05"],
        "validate": ["validate", own],
        "completion": ["completion", "bash"],
        "init": ["init", str(tmp_path / "new.yaml")],
    }
    for name in COMMANDS:
        result = run(*lines.get(name, [name]), ARCHIVE_CATALOGUE=own)
        unable = name == "open"  # the event has no link
        assert result.code == (1 if unable else 0), (name, result.err)
        assert "Traceback" not in result.err


def test_names_need_no_vocabulary(run: Run, own: str) -> None:
    for args in (["--city", "cacak"], ["--topic", "BOOKS"], ["--kind", "Workshop"], ["--country", "serbia"]):
        assert run("list", "--catalogue", own, *args, "--format", "ids").lines == ["2024-05-17-binding-books"]
    near = run("list", "--catalogue", own, "--topic", "boks")
    assert (near.code, near.out) == (2, "")
    assert "did you mean books?" in near.err


def test_a_month_stays_a_month(run: Run, own: str) -> None:
    assert run("list", "--catalogue", own).lines[0].split()[1] == "2024-10"
    for args in (["--month", "10"], ["--from", "2024-10-31"], ["--to", "2024-10-01", "--from", "2024-06"]):
        assert run("list", "--catalogue", own, *args, "--format", "ids").lines == ["2024-10-reading"]


def test_several_files_are_one_archive(run: Run, tmp_path: Path) -> None:
    names = "vocabulary:\n  topics:\n    books: {name: Books, also: [volumes]}\n"
    (tmp_path / "names.yaml").write_text(names)
    inner = tmp_path / "2024"
    inner.mkdir()
    (inner / "may.yaml").write_text("events:\n  - {id: 2024-05-17-a, title: A, start: 2024-05-17, topics: [books]}\n")
    (inner / "june.yml").write_text("- {id: 2024-06-01-b, title: B, start: 2024-06-01}\n")
    (tmp_path / "notes.txt").write_text("not part of it")
    assert run("list", "--catalogue", str(tmp_path), "--format", "ids").lines == ["2024-06-01-b", "2024-05-17-a"]
    assert run("count", "--catalogue", str(tmp_path), "--topic", "volumes").out == "1\n"


def test_the_option_wins_over_the_environment(run: Run, own: str) -> None:
    assert run("count", "--catalogue", own, ARCHIVE_CATALOGUE="/nowhere").out == "2\n"
    assert run("--catalog", own, "count", ARCHIVE_CATALOGUE="/nowhere").out == "2\n"
    assert run("count", ARCHIVE_CATALOGUE=own).out == "2\n"


# A part that cannot be read hides no other problem, and makes no false one

BROKEN = """\
vocabulary:
  kinds:
    talk: {name: Talk, also: [Vortrag]}
    walk: {name: "Walk}
    run: [Run]
  topics:
    books: Books
events:
  - id: 2009-01-01-quote
    title: "One
    start: 2009-01-01
  - id: 2009-01-02-sound
    title: Two
    start: 2009-01-02
    kind: walk
    related: [2009-01-01-quote, 2009-01-09-nowhere]
  - id: 2009-01-03-colon
    title: one: two
    start: 2009-01-03
  - id: 2009-01-04-unknown
    title: Four
    start: 2009-01-04
    kind: wlak
    topics: [bokks]
  - id: 2009-01-05-shape
    title: Five
    start: 2009-01-05
    kind: run
    topics: [books
  - title: Six
    start: 2009-02-30
"""

BROKEN_TOLD = [
    (4, 18, "a quote is never closed"),
    (5, 10, "'term' is a list"),
    (10, 12, "a quote is never closed"),
    (16, 33, "no event has the id 2009-01-09-nowhere"),
    (18, 15, "a second ': ' in one value"),
    (23, 11, "'wlak' is not in vocabulary.kinds"),
    (24, 14, "'bokks' is not in vocabulary.topics"),
    (29, 13, "a bracket is never closed"),
    (30, 5, "'id' is missing"),
    (31, 12, "Feb 2009 has no day 30"),
]


def told(path: Path, said: str) -> list[tuple[int, int, str]]:
    """Return line, column and words of each problem with one file that is reported."""
    found = (re.fullmatch(rf"{re.escape(str(path))}:(\d+):(\d+): (.*)", line) for line in said.splitlines())
    return [(int(match[1]), int(match[2]), match[3]) for match in found if match]


@pytest.mark.parametrize("line", ["list", "search one", "validate"])
def test_broken_parts_hide_no_other_problem_and_make_no_false_one(run: Run, tmp_path: Path, line: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(BROKEN)
    result = run(*line.split(), ARCHIVE_CATALOGUE=str(path))
    assert result.code == 1
    found = told(path, result.err if line != "validate" else result.out)
    assert [problem[:2] for problem in found] == [problem[:2] for problem in BROKEN_TOLD], found
    for (*_, said), (*_, words) in zip(found, BROKEN_TOLD, strict=True):
        assert words in said


def test_a_broken_file_hides_nothing_of_the_others_in_its_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("vocabulary:\n  kinds:\n    talk: Talk\n    walk: {name: Walk, also: [\n")
    (tmp_path / "b.yaml").write_text(
        "- {id: 2009-01-01-a, title: A, start: 2009-01-01, kind: walk}\n"
        "- {id: 2009-01-02-b, title: B, start: 2009-01-02, kind: wlak, related: [2009-01-04-d]}\n"
    )
    (tmp_path / "c.yaml").write_bytes(b"- {id: 2009-01-04-d, title: M\xfcll, start: 2009-01-04}\n")
    (tmp_path / "d.yaml").symlink_to(tmp_path / "nowhere")
    result = run("list", "--catalogue", str(tmp_path))
    assert (result.code, result.out) == (1, "")
    assert "3 problems" in result.err
    assert told(tmp_path / "a.yaml", result.err) == [
        (5, 1, "not YAML: a value is missing here, or a bracket is never closed")
    ]
    assert [problem[:2] for problem in told(tmp_path / "b.yaml", result.err)] == []
    assert [problem[:2] for problem in told(tmp_path / "c.yaml", result.err)] == [(1, 30)]
    assert f"{tmp_path}/d.yaml: cannot be read" in result.err
    (tmp_path / "d.yaml").unlink()  # now it is known what every file holds, so that the name is known to be wrong
    result = run("list", "--catalogue", str(tmp_path))
    assert [problem[:2] for problem in told(tmp_path / "b.yaml", result.err)] == [(2, 57)]


def test_what_is_passed_over_is_not_reported_as_missing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "merged.yaml"
    path.write_text("- {<<: *base, id: 2009-a, title: A}\n- {id: 2009-b, title: B, start: 2009, topics: [*t]}\n")
    result = run("list", "--catalogue", str(path))
    assert [problem[:2] for problem in told(path, result.err)] == [(1, 4), (1, 8), (2, 48)], result.err


# Names: whatever identifies a term may be used in an event

NAMES = """\
vocabulary:
  kinds:
    lecture: {name: Öffentliche Lesung, short: ÖL, also: [talk, "Vortrag (Abend)"]}
    walk: {name: Walk, also: [stroll]}
    parade: {name: Parade, also: [Stroll, talks]}
events:
"""


@pytest.mark.parametrize(
    "written",
    ["lecture", "LECTURE", "Öffentliche Lesung", "offentliche lesung", "ÖL", "ol", "talk", "Talk", "vortrag (abend)"],
)
def test_any_name_of_a_term_may_be_used_in_an_event(run: Run, tmp_path: Path, written: str) -> None:
    path = tmp_path / "names.yaml"
    path.write_text(NAMES + f"  - {{id: 2009-01-05-a, title: A, start: 2009-01-05, kind: {written}}}\n")
    result = run("list", "--catalogue", str(path), "--format", "json")
    assert result.code == 0, result.err
    assert result.json[0]["kind"] == "Öffentliche Lesung"


def test_a_name_of_several_terms_is_an_error_that_lists_them(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "names.yaml"
    path.write_text(NAMES + "  - {id: 2009-01-05-a, title: A, start: 2009-01-05, kind: STROLL}\n")
    result = run("list", "--catalogue", str(path))
    assert result.code == 1
    (problem,) = told(path, result.err)
    assert problem[:2] == (7, 59)
    assert "write the full name: 'Walk', 'Parade'" in problem[2]


def test_a_key_and_a_full_name_are_never_ambiguous(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "names.yaml"
    terms = (
        "vocabulary:\n  kinds:\n    talk: {name: Talk, also: [walk]}\n    walk: {name: Walk, also: [Talk]}\nevents:\n"
    )
    path.write_text(
        terms + "".join(f"  - {{id: 2009-{n}, title: A, start: 2009, kind: {n}}}\n" for n in ("talk", "Walk"))
    )
    found = run("list", "--catalogue", str(path), "--format", "json").json
    assert {event["id"]: event["kind"] for event in found} == {"2009-talk": "Talk", "2009-Walk": "Walk"}


# Ids: any word

IDS = ["Event-1", "event-2", "café", "日本", "a/b#c", "$(ls)`x`", '{"a":1},', "2009", "0,5", "=SUM(A1)", "x" * 100]


@pytest.fixture
def any_ids(tmp_path: Path) -> str:
    path = tmp_path / "ids.yaml"
    events = (f"- {{id: '{name}', title: T{n}, start: 2009-01-0{n % 9 + 1}}}\n" for n, name in enumerate(IDS))
    path.write_text("".join(events), encoding="utf-8")
    return str(path)


def test_an_id_is_any_word(run: Run, any_ids: str) -> None:
    found = run("--catalogue", any_ids, "list", "-f", "ids", "--sort", "id").lines
    assert sorted(found) == sorted(IDS)
    assert run("--catalogue", any_ids, "show", *IDS, "-f", "ids").lines == IDS
    checked = run("validate", any_ids)
    assert (checked.code, checked.out.count("undated-id")) == (0, 1)
    assert "nor do the ids of 10 other events" in checked.out


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("EVENT-1", "Event-1"), ("event-1", "Event-1"), ("Event-2", "event-2"), ("CAF", "café"), ("cafe\u0301", "café")],
)
def test_an_id_may_be_typed_in_any_case(run: Run, any_ids: str, typed: str, meant: str) -> None:
    assert run("--catalogue", any_ids, "show", typed, "-f", "ids").lines == [meant]


def test_an_id_in_another_case_may_be_ambiguous(run: Run, any_ids: str) -> None:
    result = run("--catalogue", any_ids, "show", "EVENT")
    assert (result.code, result.out) == (1, "")
    assert "'EVENT' is the beginning of several ids" in result.err
    assert "Event-1" in result.err
    assert "event-2" in result.err


def test_an_id_keeps_within_its_place_in_every_format(run: Run, any_ids: str) -> None:
    keys = re.findall(r"^@misc\{(.*),$", run("--catalogue", any_ids, "list", "-f", "bibtex").out, re.MULTILINE)
    assert len(set(keys)) == len(IDS)
    assert all(re.fullmatch(r"[A-Za-z0-9_.:/+-]+", key) for key in keys)
    names = [event["@id"] for event in run("--catalogue", any_ids, "list", "-f", "jsonld").json["@graph"]]
    assert len(set(names)) == len(IDS)
    assert all(re.fullmatch(r"#[A-Za-z0-9!$&'()*+,;=:@/?._~%-]+", name) for name in names)
    assert "`` $(ls)`x` ``" in run("--catalogue", any_ids, "list", "-f", "markdown").out


def test_ids_that_differ_from_the_custom_are_each_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "ids.yaml"
    path.write_text("- {id: 2009-a, title: A, start: 2009}\n- {id: 2010-b, title: B, start: 2009}\n")
    checked = run("validate", str(path))
    assert checked.code == 0
    assert f"{path}:2:8: undated-id: the id 2010-b does not begin with the date 2009 [warning]" in checked.out
