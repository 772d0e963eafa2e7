"""Any machine, any pipe: closed and full streams, signals at any moment, no home, strange locales and widths."""

import io
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from archivecli.cli.app import COMMANDS
from archivecli.cli.process import accept_any_text
from archivecli.render import FORMATS
from conftest import HANG, Result, Run, make_catalogue

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals, devices and descriptors of POSIX")

ARCHIVE = [sys.executable, "-m", "archivecli"]
FULL = Path("/dev/full")

ONE_OF_EACH = {
    "list": ["list"],
    "search": ["search", "corruption"],
    "show": ["show", "2010-06-26"],
    "related": ["related", "2010-06-26"],
    "count": ["count", "--by", "topic"],
    "calendar": ["calendar"],
    "timeline": ["timeline"],
    "facets": ["facets"],
    "on-this-day": ["on-this-day", "--year", "2009"],
    "cite": ["cite", "2010-06-26"],
    "open": ["open", "2010-06-26", "--print"],
    "validate": ["validate", "--quiet", "--format", "json"],
    "schema": ["schema"],
    "info": ["info"],
    "completion": ["completion", "bash"],
}
"""A command line with an answer for every command."""

WRITES = {"init"}
"""Commands whose answer is a file."""

HELP = [["--help"], ["--version"], [], ["list", "--help"]]
ANSWERS = [*ONE_OF_EACH.values(), *HELP, *(["list", "--format", name] for name in FORMATS)]
ANSWERS.append(["list", "--format", "json", "--output", "/dev/stdout"])


def named(lines: list[list[str]]) -> list[Any]:
    return [pytest.param(line, id=" ".join(line) or "bare") for line in lines]


def started(*args: str, **settings: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen([*ARCHIVE, *args], **{"stdin": subprocess.DEVNULL, **settings})


def finished(process: subprocess.Popen[bytes]) -> Result:
    out, err = process.communicate(timeout=HANG)
    return Result(process.returncode, (out or b"").decode(), (err or b"").decode())


def closing(*numbers: int) -> Any:
    """Return what closes these streams before a program starts, as ``>&-`` does."""

    def close() -> None:
        for number in numbers:
            os.close(number)

    return close


def to_file(stdout: IO[bytes] | int, *args: str, **settings: Any) -> Result:
    return finished(started(*args, stdout=stdout, stderr=subprocess.PIPE, **settings))


# Streams


@pytest.mark.parametrize("line", named(ANSWERS))
def test_a_reader_that_goes_away_ends_it_quietly(line: list[str]) -> None:
    unbuffered = "1" if len(line) % 2 else ""  # half of the lines each, for the sake of time
    reading, writing = os.pipe()
    os.close(reading)  # nobody will ever read: even the first byte meets a closed pipe
    with open(writing, "wb") as pipe:
        result = to_file(pipe, *line, env={**os.environ, "PYTHONUNBUFFERED": unbuffered})
    assert (result.code, result.err) == (0, "")


def test_every_command_has_a_line_here() -> None:
    assert set(COMMANDS) - WRITES - {"browse"} == set(ONE_OF_EACH)


def test_head_takes_one_line_of_a_long_answer() -> None:
    line = f"{sys.executable} -m archivecli list --format jsonl | head -1 | wc -l; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("1\n0\n", "")


@pytest.mark.skipif(not FULL.exists(), reason="this machine has no /dev/full")
@pytest.mark.parametrize("line", named([*ONE_OF_EACH.values(), ["--help"], ["list", "--format", "json"]]))
def test_a_full_disk_is_told(line: list[str]) -> None:
    with FULL.open("wb") as full:
        result = to_file(full, *line)
    assert (result.code, result.err) == (1, "archive: the answer cannot be written: No space left on device\n")


@pytest.mark.parametrize("line", named([["list"], ["show", "2010-06-26"], ["--help"]]))
def test_a_closed_stdout_is_told(line: list[str]) -> None:
    result = finished(started(*line, stderr=subprocess.PIPE, preexec_fn=closing(1)))
    assert (result.code, result.err) == (1, "archive: the answer cannot be written: Bad file descriptor\n")


def test_a_closed_stdin_and_stderr_change_nothing(shell: Run) -> None:
    expected = shell("list")
    result = finished(started("list", stdout=subprocess.PIPE, preexec_fn=closing(0, 2)))
    assert (result.code, result.out) == (0, expected.out)


def test_an_error_without_stderr_still_has_its_code() -> None:
    assert finished(started("show", "nothing", preexec_fn=closing(0, 1, 2))).code == 1
    assert finished(started("list", "--nonsense", preexec_fn=closing(2))).code == 2


def test_no_file_of_ours_takes_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    path = make_catalogue(tmp_path / "catalogue.yaml", 3)
    result = finished(started("list", "--catalogue", str(path), preexec_fn=closing(0, 1, 2)))
    assert result.code == 1
    assert finished(started("count", "--catalogue", str(path), stdout=subprocess.PIPE)).out == "3\n"


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
def test_a_file_may_not_grow_further(unbuffered: str, tmp_path: Path) -> None:
    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    with (tmp_path / "answer").open("wb") as answer:
        result = to_file(answer, "list", preexec_fn=limit, env={**os.environ, "PYTHONUNBUFFERED": unbuffered})
    assert (result.code, result.err) == (1, "archive: the answer cannot be written: File too large\n")


# Files: whole or not at all


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, shell: Run) -> None:
    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))

    path = tmp_path / "answer.json"
    line = ["list", "--output", str(path), "--quiet"]
    result = finished(started(*line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit))
    assert (result.code, result.out) == (1, "")
    assert "file too large" in result.err
    assert not list(tmp_path.iterdir())
    path.write_text("mine")
    assert shell(*line).code == 1
    result = finished(started(*line, "--force", stderr=subprocess.PIPE, preexec_fn=limit))
    assert result.code == 1
    assert path.read_text() == "mine"
    assert [entry.name for entry in tmp_path.iterdir()] == ["answer.json"]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_leaves_a_whole_file_or_none(number: signal.Signals, tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path / "catalogue.yaml", 1500)
    folder = tmp_path / "out"
    folder.mkdir()
    path = folder / "answer.jsonl"
    line = ["list", "--output", str(path), "--catalogue", str(catalogue), "--quiet"]
    assert finished(started(*line)).code == 0
    whole = path.read_bytes()
    for result in interrupted(number, line, 8):
        assert result.code in (0, 128 + number)
        assert result.err == ""
        assert [entry.name for entry in folder.iterdir()] in ([], ["answer.jsonl"])
        assert not path.exists() or path.read_bytes() == whole
        path.unlink(missing_ok=True)


# Signals

COUNTED = """
import atexit, os, pathlib, sys
from archivecli.cli import process
process.prepare()
from archivecli.__main__ import main
calls = 0

def count(frame, event, arg):
    global calls
    calls += 1
    if calls == {moment}:
        os.kill(os.getpid(), {number})

atexit.register(lambda: pathlib.Path({report!r}).write_text(str(calls)))
sys.argv = ["archive", *{args!r}]
sys.setprofile(count)
main()
"""
"""The command, which sends itself a signal at a moment that is counted in calls of functions: no clock is needed."""


def interrupted(number: int, args: list[str], moments: int) -> Iterator[Result]:
    """Yield what a command does when it gets a signal, at moments spread evenly over its run."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "calls"

        def started_with(moment: int) -> Result:
            program = COUNTED.format(moment=moment, number=int(number), args=args, report=str(report))
            line = [sys.executable, "-c", program]
            return finished(subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE))

        started_with(0)
        calls = int(report.read_text())
        for moment in range(moments):
            yield started_with(1 + calls * moment // moments)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_at_any_moment_is_quiet(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_catalogue(tmp_path / "catalogue.yaml", 100)
    folder = tmp_path / "cache"
    monkeypatch.setenv("ARCHIVE_CACHE", str(folder))
    ended_by_it = 0
    for result in interrupted(number, ["list", "--catalogue", str(path)], 12):
        assert result.err == ""
        assert result.code == 128 + number or (result.code, len(result.lines)) == (0, 100)
        ended_by_it += result.code != 0
        left = list(folder.iterdir()) if folder.exists() else []
        assert [entry.suffix for entry in left] in ([], [".db"])  # nothing, or a whole index
        for entry in left:
            entry.unlink()
    assert ended_by_it > 8


def test_a_signal_ends_a_program_that_waits_for_its_reader(tmp_path: Path) -> None:
    path = make_catalogue(tmp_path / "catalogue.yaml", 2000)
    reading, writing = os.pipe()
    process = started("list", "--format", "json", "--catalogue", str(path), stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert os.read(reading, 1) == b"["
    process.terminate()
    assert process.wait(HANG) == 143
    os.close(reading)
    assert finished(process).err == ""


def test_an_ignored_signal_stays_ignored(tmp_path: Path) -> None:
    path = make_catalogue(tmp_path / "catalogue.yaml", 5)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        results = list(interrupted(signal.SIGHUP, ["count", "--catalogue", str(path)], 2))
    finally:
        signal.signal(signal.SIGHUP, before)
    assert [(result.code, result.out) for result in results] == [(0, "5\n")] * 2


# Places


@pytest.mark.parametrize(
    ("name", "value"),
    [("HOME", None), ("HOME", ""), ("HOME", "relative"), ("HOME", "/nonexistent"), ("HOME", "/dev/null")],
)
def test_without_a_home_the_answer_is_the_same(name: str, value: str | None, tmp_path: Path) -> None:
    environment = {key: v for key, v in os.environ.items() if key not in ("ARCHIVE_CACHE", name)}
    if value is not None:
        environment[name] = value
    result = finished(started("count", stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=tmp_path))
    assert (result.code, result.out, result.err) == (0, "38\n", "")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("cache", ["/dev/null", "/dev/null/below", "/proc/nothing", "x" * 5000, ("b" * 250 + "/") * 20])
def test_a_cache_that_cannot_be(cache: str, shell: Run, tmp_path: Path) -> None:
    result = shell("count", cwd=tmp_path, ARCHIVE_CACHE=cache)
    assert (result.code, result.out, result.err) == (0, "38\n", "")


def test_the_folder_one_stands_in_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    line = f"cd {gone} && rmdir {gone} && {sys.executable} -m archivecli count"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("38\n", "")


# Languages and screens

LOCALES: list[dict[str, str]] = [
    {"LANG": "C", "LC_ALL": "C"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "latin-1"},
    {"PYTHONIOENCODING": "cp1252:strict"},
    {"LC_ALL": "xx_YY.nonsense"},
]


@pytest.mark.parametrize("locale", LOCALES, ids=lambda locale: " ".join(f"{k}={v}" for k, v in locale.items()))
@pytest.mark.parametrize(
    "line",
    named(
        [
            ["list"],
            ["list", "--help"],
            ["show", "2009-11", "--color", "always"],
            ["search", "Šurković müller"],
            ["count", "--by", "city"],
        ]
    ),
)
def test_any_locale(line: list[str], locale: dict[str, str]) -> None:
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": {**os.environ, **locale}}
    process = started(*line, **settings)
    out, err = process.communicate(timeout=HANG)
    assert b"Traceback" not in err
    assert process.returncode == 0 or b"archive:" in err
    assert (out.count(b"\n") == 38) or line != ["list"]


def in_encoding(charset: str, *args: str) -> tuple[int, bytes, bytes]:
    """Run a command line in this process, with streams of an encoding."""
    from typer.testing import CliRunner

    from archivecli.cli.app import app

    result = CliRunner(charset=charset).invoke(app, list(args))
    return result.exit_code, result.stdout_bytes, result.stderr_bytes


@pytest.mark.parametrize(
    ("charset", "commands"),
    [("ascii", ["", *COMMANDS]), ("latin-1", ["", "list"]), ("shift_jis", ["search"])],
    ids=["ascii", "latin-1", "shift_jis"],
)
def test_help_in_any_encoding(charset: str, commands: list[str]) -> None:
    for command in commands:
        code, out, err = in_encoding(charset, *command.split(), "--help")
        assert (code, err) == (0, b"")
        lines = out.decode(charset).splitlines()
        assert any("Usage:" in line for line in lines)
        frames = {len(line) for line in lines if line.startswith(("+", "|"))}
        assert len(frames) == 1, command  # straight


@pytest.mark.parametrize("charset", ["ascii", "latin-1"])
@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["list", "--year", "1999"], b"the nearest event is of 9 Dec 2008"),
        (["list", "--person", "bisceviz"], b"Hido Bi"),
        (["list", "--\u017eear", "2009"], b"there is no option --"),
        (["show", "\u6771\u4eac"], b"no event has the id 'DongJing'"),
        (["--version"], b""),
        ([], b""),
    ],
)
def test_messages_in_any_encoding(charset: str, line: list[str], said: bytes) -> None:
    code, _, err = in_encoding(charset, *line)
    assert code in (0, 1, 2)
    assert said in err
    assert b"should not have happened" not in err


def test_a_stream_takes_what_its_encoding_lacks() -> None:
    for charset, written in (("ascii", b"Gurbuz - ss"), ("latin-1", b"G\xfcrb\xfcz - \xdf")):
        raw = io.BytesIO()
        stream = io.TextIOWrapper(raw, charset)
        accept_any_text(stream)
        stream.write("Gürbüz \u2013 ß")
        stream.flush()
        assert raw.getvalue() == written


def test_data_is_utf8_whatever_the_locale(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("- {id: 2009-x, title: T, start: nö}\n", encoding="utf-8")
    (tmp_path / "right.yaml").write_text("- {id: ö, title: Š, start: 2009, topics: [č]}\n", encoding="utf-8")
    formats = (["list", "--format", name] for name in ("plain", "json", "jsonl", "csv", "yaml", "ids"))
    for line in (*formats, ["show", "ö"], ["count", "--by", "topic"], ["validate", "wrong.yaml", "-f", "json"]):
        answers = [
            to_file(
                subprocess.PIPE, *line, cwd=tmp_path, env={**os.environ, **locale, "ARCHIVE_CATALOGUE": "right.yaml"}
            ).out
            for locale in ({}, {"PYTHONIOENCODING": "ascii"})
        ]
        assert answers[0] == answers[1]
        assert not answers[0].isascii()


@pytest.mark.parametrize("locale", LOCALES, ids=str)
def test_an_id_of_any_letters_is_piped_and_typed(locale: dict[str, str], tmp_path: Path, shell: Run) -> None:
    path = str(tmp_path / "ćé.yaml")
    Path(path).write_text("- {id: 2020-ćé漢, title: T, start: 2020}\n", encoding="utf-8")
    listed = shell("list", "--catalogue", path, **locale).out
    piped = shell("show", "-", "--catalogue", path, stdin=listed, **locale)
    assert listed.startswith("2020-ćé漢 ")
    assert piped.out == shell("show", "2020-ćé漢", "--catalogue", path, **locale).out != ""


@pytest.mark.parametrize("columns", ["0", "-1", "1", "7", "40", "109", "500", "x"])
def test_any_width(columns: str, run: Run) -> None:
    for line in (
        ["list", "--format", "table"],
        ["show", "2010-06-26", "--format", "table"],
        ["search", "drug", "--format", "table"],
        ["count", "--by", "body", "--format", "table"],
        ["--help"],
        ["list", "--help"],
    ):
        result = run(*line, COLUMNS=columns)
        assert result.code == 0
        assert result.out


def test_a_width_of_five_thousand_digits(shell: Run) -> None:
    assert shell("list", "--help", COLUMNS="9" * 5000).code == 0
    assert shell("list", "--format", "table", COLUMNS="9" * 5000, LINES="9" * 5000).code == 0


@pytest.mark.parametrize("term", [None, "", "dumb", "nonsense", "xterm-256color"])
def test_any_terminal_name(term: str | None, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TERM") if term is None else monkeypatch.setenv("TERM", term)
    result = run("list", "--color", "always", "--format", "table")
    assert result.code == 0
    assert "Belgrade" in result.out
