"""The file of settings, catalogues by name, and ``archive info``."""

from pathlib import Path

import pytest

from archivecli import __version__
from archivecli.files import embedded_catalogue
from archivecli.settings import KEYS
from conftest import ROOT, Run

EVENT = "- id: {0}-one\n  title: One thing\n  start: {0}\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two catalogues, and a file of settings that names one of them."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "archivecli").mkdir()
    (tmp_path / "work.yaml").write_text(EVENT.format("1999-01-02"), encoding="utf-8")
    (tmp_path / "other.yaml").write_text(EVENT.format("1998-01-02"), encoding="utf-8")
    settings(tmp_path, f'[catalogues]\nwork = "{tmp_path}/work.yaml"\n')
    return tmp_path


def settings(home: Path, content: str) -> Path:
    path = home / "archivecli" / "config.toml"
    path.write_text(content, encoding="utf-8")
    return path


def ids(run: Run, *args: str, **environment: str) -> str:
    return run(*args, "list", "--format", "ids", **environment).out.strip()


# Catalogues


def test_a_catalogue_has_a_name(run: Run, home: Path) -> None:
    assert ids(run, "--catalogue", "work") == "1999-01-02-one"
    assert run("list", "--catalogue", "work", "--format", "ids").out == "1999-01-02-one\n"
    assert ids(run, ARCHIVE_CATALOGUE="work") == "1999-01-02-one"
    assert run("validate", "work").code == 0


def test_an_option_counts_before_a_variable_before_the_file(run: Run, home: Path) -> None:
    other = str(home / "other.yaml")
    settings(home, f'catalogue = "work"\n[catalogues]\nwork = "{home}/work.yaml"\n')
    assert ids(run) == "1999-01-02-one"
    assert ids(run, ARCHIVE_CATALOGUE=other) == "1998-01-02-one"
    assert ids(run, "--catalogue", "work", ARCHIVE_CATALOGUE=other) == "1999-01-02-one"


def test_a_name_counts_before_a_file_of_the_folder(shell: Run, home: Path) -> None:
    (home / "work").write_text(EVENT.format("1990"), encoding="utf-8")
    assert shell("list", "--catalogue", "work", "-f", "ids", cwd=home).out == "1999-01-02-one\n"
    assert shell("list", "--catalogue", "./work", "-f", "ids", cwd=home).out == "1990-one\n"


def test_paths_begin_where_the_settings_stand(run: Run, home: Path) -> None:
    settings(home, 'catalogue = "../other.yaml"\n')
    assert ids(run) == "1998-01-02-one"
    settings(home, '[catalogues]\nx = "~/work.yaml"\n')
    assert ids(run, "--catalogue", "x", HOME=str(home)) == "1999-01-02-one"


def test_an_unknown_name_tells_the_known(run: Run, home: Path) -> None:
    found = run("list", "--catalogue", "wrok")
    assert (found.code, found.out) == (2, "")
    assert found.err == "archive: no catalogue has the name 'wrok'\n  did you mean work?\n"


def test_names_are_completed(shell: Run, home: Path) -> None:
    found = shell("archive", "list", "--catalogue", "wo", _ARCHIVE_COMPLETE="zsh").lines
    assert found == [f"work\t{home}/work.yaml", ":files\t"]
    assert shell("archive", "--catalogue", "work", "show", "", _ARCHIVE_COMPLETE="zsh").out.startswith("1999-01-02-one")


# The file


@pytest.mark.parametrize(
    ("content", "place", "said"),
    [
        ("x = [\n", ":2:1", "not TOML"),
        ('color = "auto"\nx\n', ":2:2", "not TOML"),
        ('color = "red"\n', ":1", "not one of auto, always, never"),
        ("\ncolor = 3\n", ":2", "'color' is not a string"),
        ('colour = "auto"\n', ":1", "there is no setting 'colour'"),
        ('pager = ""\n\nlimit = 3\n', ":3", "there is no setting 'limit'"),
        ("[catalogues]\nwork = 1\n", ":2", "has no path"),
        ('[catalogues]\n"a b" = "x"\n', ":2", "cannot be a name"),
        ('catalogues = "x"\n', ":1", "is not a table"),
        ('catalogue = ""\n', ":1", "is empty"),
    ],
)
def test_a_mistake_is_told_with_its_place(run: Run, home: Path, content: str, place: str, said: str) -> None:
    path = settings(home, content)
    found = run("count")
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith(f"archive: {path}{place}: ")
    assert said in found.err


def test_help_needs_no_settings(run: Run, home: Path) -> None:
    settings(home, "x = [")
    assert run("--help").code == run("list", "--help").code == run("--version").code == 0


def test_bytes_that_are_no_text_are_told(run: Run, home: Path) -> None:
    (home / "archivecli" / "config.toml").write_bytes(b"\xff")
    assert "is not UTF-8" in run("count").err
    (home / "archivecli" / "config.toml").unlink()
    (home / "archivecli" / "config.toml").mkdir()
    assert run("count").code == 2


def test_another_file_can_be_named(run: Run, home: Path) -> None:
    other = home / "other.toml"
    other.write_text('catalogue = "work.yaml"\n', encoding="utf-8")
    assert ids(run, ARCHIVE_CONFIG=str(other)) == "1999-01-02-one"
    missing = run("count", ARCHIVE_CONFIG=str(home / "none.toml"))
    assert (missing.code, missing.out) == (2, "")
    assert "none.toml: cannot be read: No such file" in missing.err


def test_colour_is_a_setting(shell: Run, home: Path) -> None:
    line = ("list", "--format", "table", "--catalogue", "work")
    assert "\x1b" not in shell(*line).out
    settings(home, f'color = "always"\n[catalogues]\nwork = "{home}/work.yaml"\n')
    assert "\x1b[" in shell(*line).out
    assert "\x1b[" in shell(*line, NO_COLOR="1").out
    assert "\x1b" not in shell(*line, ARCHIVE_COLOR="never").out
    assert "\x1b" not in shell(*line, "--color", "never").out


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    for name in (*KEYS, "ARCHIVE_CATALOGUE", "ARCHIVE_COLOR", "ARCHIVE_PAGER", "ARCHIVE_CONFIG", "ARCHIVE_CACHE"):
        assert f"`{name}` |" in page


# What is in force


def test_info_of_the_shipped_archive(run: Run, cache: Path) -> None:
    run("count")
    found = run("info", "--format", "json").json
    assert found["version"] == {"value": __version__, "origin": None}
    assert found["catalogue"] == {"value": str(embedded_catalogue()), "origin": "embedded"}
    assert found["events"]["value"] == 38
    assert found["period"]["value"] == "2008-12-09/2012-12-04"
    assert found["index_state"]["value"] == "fresh"
    index = Path(found["index"]["value"])
    assert index.parent == cache
    assert found["index_size"]["value"] == index.stat().st_size
    assert found["cache"] == {"value": str(cache), "origin": "ARCHIVE_CACHE"}
    assert found["settings"]["value"] is None


def test_info_tells_where_each_setting_comes_from(run: Run, home: Path) -> None:
    path = settings(
        home, f'catalogue = "work"\ncolor = "never"\npager = "more"\n[catalogues]\nwork = "{home}/work.yaml"\n'
    )

    def origins(*args: str, **environment: str) -> list[str]:
        found = run(*args, "info", "--format", "json", **environment).json
        return [found[name]["origin"] for name in ("catalogue", "colour", "pager")]

    assert origins() == [f"catalogue in {path}", f"color in {path}", f"pager in {path}"]
    said = {"ARCHIVE_CATALOGUE": "work", "ARCHIVE_COLOR": "always", "ARCHIVE_PAGER": "cat"}
    assert origins(**said) == list(said)
    assert origins("--catalogue", "work")[0] == "--catalogue"
    last = run("info", "--color", "always", "--no-pager", "--catalogue", "work", "--format", "json", **said).json
    assert [last[name]["origin"] for name in ("catalogue", "colour", "pager")] == [
        "--catalogue",
        "--color",
        "--no-pager",
    ]
    settings(home, "")
    assert origins(NO_COLOR="1", PAGER="more") == ["embedded", "NO_COLOR", "PAGER"]


def test_info_without_a_cache(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    found = run("info", "--format", "json", ARCHIVE_CACHE=str(tmp_path / "file")).json
    assert found["index"]["value"] is None
    assert found["index_state"]["value"] == "memory"


def test_info_in_text_is_a_line_a_fact(run: Run) -> None:
    lines = run("info").lines
    assert len(lines) == len(run("info", "--format", "json").json)
    assert "events       38" in lines
    assert any(line.startswith("catalogue ") and line.endswith("(embedded)") for line in lines)


def test_info_of_a_catalogue_without_events(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "empty.yaml"
    path.write_text("events: []\n", encoding="utf-8")
    assert run("info", "--catalogue", str(path), "--format", "json").json["period"]["value"] is None


@pytest.mark.parametrize(
    "line",
    [
        ["--catalogue", "", "list"],
        ["list", "--catalogue", ""],
        ["info", "--catalogue", ""],
        ["validate", ""],
        ["validate", "--catalogue", ""],
        ["init", ""],
        ["list", "-o", ""],
        ["list", "--format", "json", "--output", ""],
        ["facets", "--output", ""],
    ],
)
def test_an_empty_path_is_refused(run: Run, line: list[str]) -> None:
    result = run(*line)
    assert (result.code, result.out) == (2, "")
    assert "the path is empty" in result.err


def test_an_empty_variable_is_an_unset_one(run: Run) -> None:
    assert run("count", ARCHIVE_CATALOGUE="").out == run("count").out


def test_a_byte_order_mark_is_no_mistake(run: Run, home: Path) -> None:
    path = settings(home, 'catalogue = "work"\n[catalogues]\nwork = "~/work.yaml"\n')
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert ids(run, HOME=str(home)) == "1999-01-02-one"
