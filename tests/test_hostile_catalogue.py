"""Any file as a catalogue: a clear error with its place, exit 1, nothing on stdout, in bounded time and memory."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from archivecli import files
from archivecli.errors import CatalogueError
from archivecli.readers import layout
from conftest import events_of, make_catalogue
from limits import limited, refused

EVENT = "  - {id: 2009-01-02-talk, title: A talk, start: 2009-01-02}\n"


def record(fields: str) -> str:
    """Return a catalogue of one event with more fields, each on a line of its own."""
    body = "".join(f"    {line}\n" for line in fields.splitlines())
    return f"events:\n  - id: 2009-01-02-talk\n    title: A talk\n    start: 2009-01-02\n{body}"


# name: (content, where, what is said)
BAD: dict[str, tuple[bytes | str, str, str]] = {
    # encodings and bytes
    "binary": (bytes(range(256)) * 50, ":1:1", "is not allowed in a catalogue|is not UTF-8"),
    "an SQLite file": (b"SQLite format 3\0" + bytes(4000), ":1:16", "U+0000"),
    "an ELF file": (b"\x7fELF\x02\x01\x01" + bytes(4000), ":1:8", "U+0000"),
    "a gzip file": (b"\x1f\x8b\x08\x08" + bytes(range(128, 256)), ":1:2", "is not UTF-8"),
    "UTF-16 with a mark": ("events: []\n".encode("utf-16"), ":1:1", "the file is UTF-16"),
    "UTF-16 without a mark": ("events: []\n".encode("utf-16-le"), ":1:1", "UTF-16|U+0000"),
    "UTF-32": ("events: []\n".encode("utf-32"), ":1:1", "UTF-16|UTF-32"),
    "Latin-1": ("events:\n  - {title: Müller}\n".encode("latin-1"), ":2:14", "byte 0xfc is not UTF-8"),
    "cut in a character": ("events: # Šurković"[:-1].encode() + b"\xc4", ":1:18", "is not UTF-8"),
    "a surrogate in UTF-8": (b"events: # \xed\xa0\x80", ":1:11", "is not UTF-8"),
    "overlong UTF-8": (b"events: # \xc0\xaf", ":1:11", "is not UTF-8"),
    "NUL": ("events:\n  - {title: \0}\n", ":2:13", "U+0000"),
    "ESC": ("events:\n  - {title: \x1b[31mred}\n", ":2:13", "U+001B"),
    "C1": ("events:\n  - {title: \x9b31m}\n", ":2:13", "U+009B"),
    # no YAML
    "words": ("once upon a time\n", ":1:1", "this is not a catalogue"),
    "a number": ("42\n", ":1:1", "this is not a catalogue"),
    "JSON text": ('"events"', ":1:1", "this is not a catalogue"),
    "tabs": ("events:\n\t- id: x\n", ":2:1", "indent with spaces, not tabs"),
    "a colon too many": ("events:\n  - title: one: two\n", ":2:15", "a second ': '"),
    "an open quote": ('events:\n  - title: "never closed\n', ":2:12", "a quote is never closed"),
    "an open bracket": ("events: [{id: 1}", ":", "not YAML"),
    "truncated in a record": (record("people:\n  - {name: Ann")[:-1], ":", "not YAML"),
    "HTML": ("<!doctype html>\n<html><body>Not found</body></html>\n", ":1:1", "this is not a catalogue|not YAML"),
    "two documents": ("events: []\n---\nevents: []\n", ":2:1", "a second document"),
    "a directive": ("%YAML 9.9\n---\nevents: []\n", ":1:1", "not YAML"),
    "a no-break space as indentation": (
        "events:\n  - id: 2009-x\n\u00a0 \u00a0 title: t\n    start: 2009\n",
        ":3:1",
        "a no-break space (U+00A0) in place of a space",
    ),
    "a wide space after a dash": (
        "events:\n  -\u3000id: 2009-x\n    title: t\n",
        ":2:4",
        "an ideographic space (U+3000)",
    ),
    "a no-break space after a colon": (record("summary:\u00a0one\nkind: Talk"), ":5:13", "a no-break space"),
    "a no-break space before a key": ("events: []\n\u00a0vocabulary: {}\n", ":2:1", "a no-break space"),
    # more than plain data
    "a Python tag": ("events: !!python/object/apply:os.system [id]\n", ":1:9", "the tag"),
    "a local tag": ("events:\n  - !boom {id: 1}\n", ":2:5", "the tag !boom"),
    "an anchor": ("events: &all []\n", ":1:9", "anchors and aliases"),
    "an alias": ("events: *all\n", ":1:9", "anchors and aliases"),
    "itself": ("events: &all [*all]\n", ":1:9", "anchors and aliases"),
    "a merge key": ("events:\n  - {<<: {id: 1}}\n", ":2:6", "merge keys"),
    "a key twice": ("events: []\nevents: []\n", ":2:1", "'events' appears twice"),
    "a field twice": (record("kind: Talk\nkind: Walk"), ":6:5", "'kind' appears twice"),
    "a list as key": ("? [a, b]\n: c\n", ":1:3", "cannot be a key"),
    "a mapping as key": ("{{a: b}: c}\n", ":1:2", "cannot be a key"),
    # bombs
    "billion laughs": (
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{n}: &{n} [{','.join([f'*{m}'] * 9)}]\n" for m, n in zip("abcdefgh", "bcdefghi", strict=True)),
        ":1:4",
        "anchors and aliases",
    ),
    "merge bomb": ("x: &x {a: 1}\ny: {<<: [" + ",".join(["*x"] * 5000) + "]}\n", ":1:4", "anchors and aliases"),
    "zeroes without end": (bytes(20_000_000), ":1:1", "U+0000"),
    "open brackets, not many": ("[" * 1100, ":1:25", "nested deeper than 24 levels"),
    "open brackets in an event": (record("aims: " + "[" * 1100), ":5:", "nested deeper than 24 levels"),
    "open brackets": ("[" * 1_000_000, ":1:25", "nested deeper than 24 levels"),
    "open braces": ("{a: " * 300_000, ":1:", "nested deeper than 24 levels"),
    "open braces as keys": ("{" * 1_000_000, ":1:", "nested deeper|cannot be a key"),
    "dashes": ("- " * 500_000, ":1:", "nested deeper than 24 levels"),
    "question marks": ("? " * 200_000, ":1:", "nested deeper|cannot be a key"),
    "deeper and deeper": ("".join(f"{' ' * n}a:\n" for n in range(2000)), ":25:", "nested deeper than 24 levels"),
    "a long value": (record(f"summary: {'a' * 1_100_000}"), ":5:14", "a value of 1,100,000 characters|a line longer"),
    "a long quoted value": (record('summary: "' + "a b\\n" * 400_000 + '"'), ":5:", "characters|a line longer"),
    "a value of many lines": (record("summary: |\n" + "  word\n" * 250_000), ":5:14", "characters"),
    "a long key": ("a" * 1_100_000 + ": x\n", ":1:1", "not YAML|characters|a line longer"),
    "a long comment": ("# " + "x" * 30_000_000, ":1:", "a line longer"),
    "a long line of blanks": ("events:" + " " * 30_000_000, ":1:", "a line longer"),
    "a log of the wrong kind": ("2009-01-02 12:00:00 GET /index.html\n" * 400_000, ":1:1", "a value without an end"),
    "a quote over all the file": (
        'events:\n  - {title: "' + "some words\n" * 1_000_000,
        ":2:",
        "without an end|never closed",
    ),
    "many keys": ("".join(f"key{n}: x\n" for n in range(20_000)), ":1:1", "is not a part of a catalogue"),
    "many unknown fields": (record("".join(f"field{n}: x\n" for n in range(20_000))), ":5:5", "is not a field"),
    "many bad events": ("events:\n" + "  - {}\n" * 50_000, ":2:5", "'id' is missing"),
    "many bad terms": (
        "vocabulary:\n  bodies:\n" + "".join(f"    k{n}: []\n" for n in range(50_000)),
        ":3:",
        "is a list",
    ),
    "many copies": ("events:\n" + EVENT * 20_000, ":3:", "already taken"),
    "many lost relations": (
        "events:\n"
        + "".join(
            f"  - {{id: {1000 + n}-x, title: t, start: {1000 + n}, related: [{2000 + n}-no]}}\n" for n in range(900)
        ),
        ":2:",
        "no event has the id",
    ),
    # values that YAML would change behind one's back
    "a boolean": (record("kind: yes"), ":5:11", "YAML reads yes as something other than a string"),
    "Norway": ("vocabulary:\n  countries:\n    no: Norway\n", ":3:5", "YAML reads the key no"),
    "a clock": (record("aims: [12:30]"), ":5:12", "YAML reads 12:30"),
    "an octal": (record("aims: [010]"), ":5:12", "YAML reads 010"),
    "a number with a line below": (record("aims: [1_000]"), ":5:12", "YAML reads 1_000"),
    "not a number": (record("figures: [{value: .nan, of: x}]"), ":5:23", "is not a number"),
    "a huge integer": (record(f"figures: [{{value: {'9' * 5000}, of: x}}]"), ":5:23", "is too large"),
    "a number of 16 digits": (
        record("figures: [{value: 1000000000000000, of: x}]"),
        ":5:23",
        "the largest number is 999,999,999,999,999",
    ),
    "an octal number": (record("figures: [{value: 010, of: x}]"), ":5:23", "begins with a zero; write 10;"),
    "many decimals": (record("figures: [{value: 0.1234567, of: x}]"), ":5:23", "has too many decimals"),
    "a count of people": (record("participants: {count: 99999999999999}"), ":5:27", "is too large"),
    "a count with zeroes": (record("participants: {count: 012}"), ":5:27", "begins with a zero; write 12;"),
    "a count below nothing": (record("participants: {count: -1}"), ":5:27", "is less than zero"),
    "half a person": (record("participants: {count: 1.5}"), ":5:27", "is not a whole number"),
    "base 60": (record(f"figures: [{{value: {':'.join(['1'] * 50_000)}, of: x}}]"), ":5:", "is not a number|not YAML"),
    "a missing text": (record("kind: ~"), ":5:11", "'kind' is empty"),
    # dates
    "no such day": (
        "events:\n  - {id: 2009-02-30-x, title: t, start: 2009-02-30}\n",
        ":2:41",
        "Feb 2009 has no day 30",
    ),
    "no such month": ("events:\n  - {id: 2009-13-x, title: t, start: 2009-13}\n", ":2:", "there is no month 13"),
    "the year 0": ("events:\n  - {id: 0000-x, title: t, start: 0000}\n", ":2:", "there is no year 0000"),
    "the year 10000": ("events:\n  - {id: 2009-x, title: t, start: 10000}\n", ":2:", "is not a date"),
    "a moment": ("events:\n  - {id: 2009-x, title: t, start: 2009-01-02T10:00:00+99:99}\n", ":2:", "is not a date"),
    "digits of another script": ("events:\n  - {id: 2009-x, title: t, start: ٢٠٠٩}\n", ":2:", "is not a date"),
    "the end first": ("events:\n  - {id: 2009-x, title: t, start: 2009, end: 2008}\n", ":2:46", "is before the start"),
    # shapes
    "a mapping for a list": ("events: {a: b}\n", ":1:9", "'events' is not a list"),
    "a text for a record": ("events: [talk]\n", ":1:10", "is a single value"),
    "a list for a text": (record("kind: [a]"), ":5:11", "'kind' is a list"),
    "a dangerous link": (
        record("links: [{url: 'javascript:alert(1)'}]"),
        ":5:19",
        "is not a valid URL",
    ),
    "a link with a blank": (record("links: [{url: 'http://x y'}]"), ":5:19", "is not a valid URL"),
    "a link with an escape": (record('links: [{url: "http://x\\e]8;;y"}]'), ":5:19", "is not a valid URL"),
    "an id of two words": ("events:\n  - {id: a talk, title: t, start: 2009}\n", ":2:10", "it contains white space"),
    "a long id": (f"events:\n  - {{id: {'x' * 101}, title: t, start: 2009}}\n", ":2:10", "longer than 100 characters"),
    "an id like an option": ("events:\n  - {id: --help, title: t, start: 2009}\n", ":2:10", "it begins with a hyphen"),
    "an id with an escape": ('events:\n  - {id: "a\\e[31m", title: t, start: 2009}\n', ":2:10", "a control character"),
    "an id that turns": ("events:\n  - {id: a\u202eb, title: t, start: 2009}\n", ":2:10", "a control character"),
    "an id that is a number": ("events:\n  - {id: 007, title: t, start: 2009}\n", ":2:10", "YAML reads 007"),
    "an id of a mile": (f"events:\n  - {{id: 2009-{'a' * 5000}, title: t, start: 2009}}\n", ":2:10", "cannot be an id"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    content, place, said = BAD[name]
    path = tmp_path / "bad.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = limited("list", "--catalogue", str(path))
    refused(result, place=f"{path}{place}")
    assert any(words in result.err for words in said.split("|")), result.err


def test_nothing_is_left_of_a_bad_file(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    path = make_catalogue(tmp_path / "catalogue.yaml", 50)
    with path.open("a") as file:
        file.write("  - {id: nonsense}\n")
    refused(limited("list", "--catalogue", str(path), environment={"ARCHIVE_CACHE": str(folder)}))
    assert not list(folder.glob("*"))


def test_a_catalogue_that_turns_bad_is_never_answered_from_its_past(tmp_path: Path) -> None:
    path = make_catalogue(tmp_path / "catalogue.yaml", 3)
    assert limited("count", "--catalogue", str(path)).out == "3\n"
    sound = path.read_text()
    path.write_text(sound + "  - broken\n")
    refused(limited("count", "--catalogue", str(path)), place=f"{path}:5:5")
    path.write_text(sound)
    assert limited("count", "--catalogue", str(path)).out == "3\n"


# Files that look odd and are sound

ODD: dict[str, bytes] = {
    "a byte-order mark": b"\xef\xbb\xbfevents:\n" + EVENT.encode(),
    "CRLF": b"events:\r\n" + EVENT.replace("\n", "\r\n").encode(),
    "old Mac line ends": b"events:\r" + EVENT.replace("\n", "\r").encode(),
    "no line end": b"events:\n" + EVENT.rstrip().encode(),
    "a list alone": b"- {id: 2009-01-02-talk, title: A talk, start: 2009-01-02}",
    "JSON": b'{"events": [{"id": "2009-01-02-talk", "title": "A talk", "start": "2009-01-02"}]}',
    "a document mark": b"---\nevents:\n" + EVENT.encode() + b"...\n",
    "comments": b"# one\nevents: # two\n# three\n" + EVENT.encode() + b"#" * 5000,
    "trailing blanks": b"events:   \n" + EVENT.replace("\n", "   \n\n\n").encode(),
    "tabs between": b"events:\n  - {id:\t2009-01-02-talk,\ttitle:\tA talk,\tstart: 2009-01-02}\t\n",
    "an explicit key": b"? events\n:\n" + EVENT.encode(),
    "a no-tag": b"events:\n  - {id: 2009-01-02-talk, title: ! A talk, start: 2009-01-02}\n",
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_but_sound_file_is_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_bytes(ODD[name])
    result = limited("list", "--catalogue", str(path))
    assert (result.code, result.out, result.err) == (0, "2009-01-02-talk  2009-01-02  -  -  A talk\n", "")


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"# nothing yet\n", b"\xef\xbb\xbf", b"events:\n", b"events: []\n", b"---\n", b"{}"]
)
def test_a_file_of_nothing_or_comments_is_a_catalogue_without_events(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "empty.yaml"
    path.write_bytes(content)
    result = limited("list", "--catalogue", str(path))
    assert (result.code, result.out, result.err) == (0, "", "the catalogue holds no events\n")
    checked = limited("validate", str(path))
    assert (checked.code, checked.out.count("no-events")) == (0, 1)
    assert checked.lines[0].startswith(f"{path}:1:1: no-events: ")


def test_a_file_of_comments_keeps_no_folder_from_being_read(tmp_path: Path) -> None:
    (tmp_path / "0.yaml").write_text("# 2008: nothing yet\n")
    make_catalogue(tmp_path / "1.yaml", 2)
    result = limited("count", "--catalogue", str(tmp_path))
    assert (result.code, result.out, result.err) == (0, "2\n", "")


@pytest.mark.parametrize("character", ["\u0085", "\u2028", "\u2029", "\u00a0", "\u200b"])
def test_no_line_end_of_another_kind_forges_a_field(character: str, tmp_path: Path) -> None:
    path = tmp_path / "forged.yaml"
    path.write_text(record(f"aims: [one]\nsummary: A text{character}    kind: Forged"), encoding="utf-8")
    result = limited("show", "2009-01-02-talk", "--format", "json", "--catalogue", str(path))
    if result.code:
        refused(result, place=f"{path}:")
    else:
        assert "kind" not in result.json[0]


# What is no regular file


@pytest.mark.parametrize(
    "path", ["/dev/zero", "/dev/random", "/dev/null", "/dev/tty", "/dev/stdin", "/dev/full", "/proc/kmsg"]
)
def test_a_device_is_no_catalogue(path: str) -> None:
    if not os.path.exists(path):
        pytest.skip(f"this machine has no {path}")
    refused(limited("list", "--catalogue", path), place=path)


def test_a_fifo_is_no_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "fifo.yaml"
    os.mkfifo(path)
    refused(limited("list", "--catalogue", str(path)), "this is not a regular file", place=str(path))
    refused(limited("list", "--catalogue", str(tmp_path)), "this is not a regular file", place=str(path))


def test_a_socket_is_no_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "socket.yaml"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        refused(limited("list", "--catalogue", str(path)), "this is not a regular file", place=str(path))


def test_links_that_lead_to_themselves(tmp_path: Path) -> None:
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    one.symlink_to(other)
    other.symlink_to(one)
    refused(limited("list", "--catalogue", str(one)), "Too many levels of symbolic links", place=str(one))
    folder = limited("list", "--catalogue", str(tmp_path))
    refused(folder, f"{one}: cannot be read", f"{other}: cannot be read", "2 problems")


def test_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "link.yaml"
    path.symlink_to(tmp_path / "nowhere")
    refused(limited("list", "--catalogue", str(path)), "No such file", place=str(path))


def test_a_folder_that_holds_itself(tmp_path: Path) -> None:
    make_catalogue(tmp_path / "catalogue.yaml", 4)
    (tmp_path / "again").symlink_to(tmp_path)
    assert limited("count", "--catalogue", str(tmp_path)).out == "4\n"


@pytest.mark.parametrize(
    "path",
    ["/nonexistent/x.yaml", "/etc/passwd/x", "x" * 5000, "a/" * 3000, "\x1b]0;gone\x07", " ", "~nobody-of-this-name/x"],
)
def test_a_path_that_leads_nowhere(path: str) -> None:
    result = limited("list", "--catalogue", path)
    refused(result, "cannot be read")
    assert "\x1b" not in result.err


def test_a_folder_without_catalogues(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    refused(limited("list", "--catalogue", str(tmp_path)), "no catalogue in this folder", place=str(tmp_path))


def test_one_bad_file_of_many_is_named_and_the_others_are_not(tmp_path: Path) -> None:
    for number in range(30):
        content = f"- {{id: {1900 + number}-x, title: t, start: {1900 + number}}}\n"
        (tmp_path / f"{number:02}.yaml").write_text(content)
    assert limited("count", "--catalogue", str(tmp_path)).out == "30\n"
    (tmp_path / "17.yaml").write_text("- {id: 1917-x, title: t, start: 1917-99}\n")
    (tmp_path / "23.yml").write_bytes(b"\xff")
    result = limited("count", "--catalogue", str(tmp_path))
    refused(result, "2 problems", "there is no month 99", "0xff is not UTF-8")
    assert {line.split(":")[0] for line in result.err.splitlines()[:-1]} == {
        str(tmp_path / "17.yaml"),
        str(tmp_path / "23.yml"),
    }


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    raw = os.path.join(os.fsencode(tmp_path), b"\xff\xfe\x1b[31m.yaml")
    with open(raw, "wb") as file:
        file.write(b"- {id: 2009-x, title: t, start: 2009}\n")
    assert limited("count", "--catalogue", os.fsdecode(raw)).out == "1\n"
    with open(raw, "wb") as file:
        file.write(b"nonsense")
    result = limited("count", "--catalogue", str(tmp_path))
    refused(result, "this is not a catalogue", "\\x1b[31m")
    assert "\x1b" not in result.err


def nobody() -> None:
    """Become a user who may read nothing that is not for everybody."""
    if os.geteuid() == 0:
        os.setegid(65534)
        os.seteuid(65534)


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "secret.yaml"
    folder = tmp_path / "secrets"
    make_catalogue(path, 1).chmod(0)
    folder.mkdir(mode=0o700)
    make_catalogue(folder / "inner.yaml", 1).chmod(0)
    for parent in [tmp_path, *tmp_path.parents][:3]:
        parent.chmod(0o755)
    refused(limited("list", "--catalogue", str(path), before=nobody), "Permission denied", place=str(path))
    refused(limited("list", "--catalogue", str(folder), before=nobody), "Permission denied", place=str(folder))


# What is too large


def test_a_sparse_file_is_refused_by_its_size_and_named(tmp_path: Path) -> None:
    path = tmp_path / "sparse.yaml"
    with path.open("wb") as file:
        file.truncate(2 * 1024**3 + 1)
    refused(limited("list", "--catalogue", str(path)), "the file is too large; the limit is 2 GiB", place=str(path))
    checked = limited("validate", str(path))
    assert (checked.code, checked.out) == (2, "")
    assert f"{path}: the file is too large" in checked.err


def test_a_file_that_takes_too_much_memory_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_catalogue(tmp_path / "catalogue.yaml", 3)

    def exhausted(*_: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(layout, "scan", exhausted)
    with pytest.raises(CatalogueError) as caught:
        events_of(path)
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"{path}: there is not enough memory to read this; ")


# A file that changes


@pytest.mark.slow
def test_a_file_that_is_written_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.yaml"
    contents = [
        make_catalogue(tmp_path / name, 300, title).read_bytes() for name, title in (("a", "Meeting"), ("b", "Seminar"))
    ]
    path.write_bytes(contents[0])
    program = (
        "import sys\nwhile True:\n for name in sys.argv[2:]: open(sys.argv[1], 'r+b').write(open(name, 'rb').read())"
    )
    writer = subprocess.Popen([sys.executable, "-c", program, str(path), str(tmp_path / "a"), str(tmp_path / "b")])
    try:
        for _ in range(15):
            result = limited("list", "--catalogue", str(path))
            if result.code:
                refused(result, place=str(path))
            else:
                assert len(result.lines) == 300
    finally:
        writer.kill()
        writer.wait()
    path.write_bytes(contents[1])
    result = limited("list", "--catalogue", str(path))
    assert [line.split()[4] for line in result.lines] == ["Seminar"] * 300


def test_a_file_that_grows_without_end_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_catalogue(tmp_path / "catalogue.yaml", 3)
    source = files.survey(path)[0][0]
    whole = files._read_all

    def growing(handle: IO[bytes], found: files.Source) -> bytes:
        with path.open("ab") as more:
            more.write(b"# more\n")
        return whole(handle, found)

    monkeypatch.setattr(files, "_read_all", growing)
    with pytest.raises(CatalogueError) as caught:
        files.read(source)
    assert "the file changes while it is read" in str(caught.value.problems[0])
