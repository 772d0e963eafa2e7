"""``-o FILE``: the format of the suffix, whole or not at all, nothing overwritten, nothing left over; ``--bom``, ``-0``."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from archivecli.errors import OutputError
from archivecli.files import write_file
from archivecli.render import FORMATS
from conftest import Run, make_catalogue

posix = pytest.mark.skipif(os.name != "posix", reason="permissions, links and signals of POSIX")

PAIRS = [(suffix, name) for name, format_ in FORMATS.items() for suffix in format_.suffixes]


@pytest.mark.parametrize(("suffix", "name"), PAIRS)
def test_the_suffix_is_the_format(run: Run, tmp_path: Path, suffix: str, name: str) -> None:
    file = tmp_path / f"events{suffix}"
    result = run("list", "--year", "2010", "-o", str(file))
    assert (result.code, result.out) == (0, "")
    assert "10 events written to" in result.err
    expected = run("list", "--year", "2010", "--format", name).out
    assert file.read_bytes().decode().replace("\r\n", "\n") == expected
    assert list(tmp_path.iterdir()) == [file]


def test_show_and_search_write_files_too(run: Run, tmp_path: Path) -> None:
    assert run("show", "2012", "-o", str(tmp_path / "one.bib")).code == 0
    assert run("search", "corruption", "-o", str(tmp_path / "found.csv"), "--fields", "id,hit.score").code == 0
    assert (tmp_path / "one.bib").read_text(encoding="utf-8").startswith("@misc{2012-12-04-selec-memorandum,")
    assert (tmp_path / "found.csv").read_text(encoding="utf-8").startswith("id,hit.score\n")


def test_format_beats_suffix_and_a_dash_is_stdout(run: Run, tmp_path: Path) -> None:
    run("list", "-f", "ids", "-o", str(tmp_path / "x.csv"))
    assert (tmp_path / "x.csv").read_text(encoding="utf-8") == run("list", "-f", "ids", "-o", "-").out


def test_a_file_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("mine", encoding="utf-8")
    result = run("list", "-o", str(file))
    assert (result.code, result.out) == (1, "")
    assert "--force" in result.err
    assert file.read_text(encoding="utf-8") == "mine"
    assert run("list", "-o", str(file), "--force").code == 0
    assert file.read_text(encoding="utf-8").startswith("id,")


@pytest.mark.parametrize("command", [["list", "-n", "1"], ["count", "--by", "year"]])
@pytest.mark.parametrize("folder", [False, True])
def test_the_catalogue_is_never_overwritten(run: Run, tmp_path: Path, command: list[str], folder: bool) -> None:
    (tmp_path / "c").mkdir()
    path = make_catalogue(tmp_path / "c" / "mine.yaml", 3)
    before = path.read_bytes()
    catalogue = path.parent if folder else path
    result = run(*command, "--catalogue", str(catalogue), "-o", str(path), "--force")
    assert (result.code, result.out) == (1, "")
    assert "the catalogue itself" in result.err
    assert path.read_bytes() == before
    assert run(*command, "--catalogue", str(catalogue), "-o", str(path.with_suffix(".csv"))).code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["-o", "x.foo"], 2, ".csv"),
        (["-o", "noname"], 2, ".csv"),
        (["-o", "no/such/folder/x.csv"], 1, "no such file"),
        (["-o", ".", "-f", "csv"], 1, "folder"),
        (["-o", "x.csv", "-f", "table"], 2, "terminal"),
        (["--force"], 2, "--output"),
        (["--bom", "-f", "json"], 2, "csv"),
        (["-0", "-f", "csv"], 2, "ids"),
        (["-f", "cvs"], 2, "csv, "),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    os.chdir(tmp_path)
    result = run("list", *arguments)
    assert (result.code, result.out) == (code, "")
    assert said in result.err
    assert list(tmp_path.iterdir()) == []


def test_nothing_found_makes_an_empty_sheet(run: Run, tmp_path: Path) -> None:
    result = run("list", "--year", "1900", "-o", str(tmp_path / "x.csv"))
    assert result.code == 0
    assert "no event matches" in result.err
    assert (tmp_path / "x.csv").read_text(encoding="utf-8").count("\n") == 1


def test_a_byte_order_mark_when_asked_for(run: Run, tmp_path: Path) -> None:
    run("list", "--bom", "-o", str(tmp_path / "x.csv"))
    assert (tmp_path / "x.csv").read_bytes().startswith(b"\xef\xbb\xbfid,start,")
    run("list", "-o", str(tmp_path / "y.csv"))
    assert (tmp_path / "y.csv").read_bytes().startswith(b"id,start,")


def test_nul_after_each_id(run: Run) -> None:
    ids = run("list", "-f", "ids").lines
    assert run("list", "-0").out == run("list", "-f", "ids", "-0").out == "".join(f"{i}\0" for i in ids)


# The file itself


@posix
def test_permissions_are_those_of_the_umask_or_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "x"
    before = os.umask(0o027)
    try:
        write_file(str(file), ["a"])
        assert stat.S_IMODE(file.stat().st_mode) == 0o640
        file.chmod(0o604)
        write_file(str(file), ["b"], force=True)
        assert stat.S_IMODE(file.stat().st_mode) == 0o604
    finally:
        os.umask(before)


@posix
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link = tmp_path / "x"
    link.symlink_to(tmp_path / "there" / "real")
    write_file(str(link), ["a"])
    write_file(str(link), ["b"], force=True)
    assert link.is_symlink()
    assert (tmp_path / "there" / "real").read_text(encoding="utf-8") == "b"


def test_a_failure_in_the_middle_leaves_what_was(tmp_path: Path) -> None:
    def pieces() -> Iterator[str]:
        yield "half"
        raise OSError(28, "No space left on device")

    (tmp_path / "x").write_text("mine", encoding="utf-8")
    for name in ("x", "new"):
        with pytest.raises(OutputError, match="no space left"):
            write_file(str(tmp_path / name), pieces(), force=True)
    assert [file.name for file in tmp_path.iterdir()] == ["x"]
    assert (tmp_path / "x").read_text(encoding="utf-8") == "mine"


def test_somebody_else_is_quicker(tmp_path: Path) -> None:
    def pieces() -> Iterator[str]:
        yield "mine"
        (tmp_path / "x").write_text("theirs", encoding="utf-8")

    with pytest.raises(OutputError, match="exists"):
        write_file(str(tmp_path / "x"), pieces())
    assert (tmp_path / "x").read_text(encoding="utf-8") == "theirs"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("name", ["new.yaml", "new.yml", "sub/new.yaml"])
@pytest.mark.parametrize("command", [["list"], ["count", "--by", "year"], ["show", "2000-01-01", "-f", "plain"]])
def test_no_file_joins_the_folder_of_the_catalogue(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, command: list[str]
) -> None:
    folder = tmp_path / "events"
    (folder / "sub").mkdir(parents=True)
    make_catalogue(folder / "one.yaml", 2)
    (tmp_path / "link").symlink_to(folder, target_is_directory=True)
    monkeypatch.chdir(folder)
    for catalogue in (".", str(folder), "../link"):
        for target in (name, str(folder / name), f"../link/{name}"):
            result = run("--catalogue", catalogue, *command, "-o", target)
            assert (result.code, result.out) == (1, "")
            assert "would become part of the catalogue" in result.err
            assert "another folder" in result.err
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["one.yaml"]


def test_a_link_in_the_folder_is_a_new_file_too(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "events"
    folder.mkdir()
    make_catalogue(folder / "one.yaml", 2)
    (folder / "out.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    (tmp_path / "in.yaml").symlink_to(folder / "new.yaml")
    for target in (folder / "out.yaml", tmp_path / "in.yaml"):
        write = pytest.raises(OutputError, match="part of the catalogue")
        with write:
            write_file(str(target), ["x"], protected=folder)
    for name in (folder / "x.json", folder / ".hidden.yaml", tmp_path / "beside.yaml"):
        write_file(str(name), ["x"], protected=folder)
        assert name.exists()
