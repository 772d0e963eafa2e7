"""What is built and installed: the archive ships inside, and every way of running it gives the same answers."""

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from archivecli import __version__
from archivecli.files import embedded_catalogue
from conftest import CATALOGUE, ROOT, Run

LINES = ("list", "list --country macedonia", "search corruption", "show 2010-06-26", "count --by topic", "list -f json")

built_once = pytest.mark.xdist_group("packaging")  # one process builds the wheel and runs these tests

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def requirements() -> list[list[str]]:
    """Return what the package, its tests and its checks require."""
    extras = PROJECT["project"]["optional-dependencies"]
    return [PROJECT["project"]["dependencies"], extras["test"], extras["dev"]]


def test_the_embedded_catalogue_is_that_of_the_repository() -> None:
    assert embedded_catalogue().read_bytes() == CATALOGUE.read_bytes()


@pytest.mark.parametrize("line", LINES)
def test_the_answer_does_not_depend_on_where_one_stands(shell: Run, tmp_path: Path, line: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    elsewhere = shell(*line.split(), cwd=tmp_path, HOME=str(home), ARCHIVE_CACHE="")
    assert elsewhere.code == 0
    assert elsewhere.out == shell(*line.split(), cwd=ROOT).out
    assert list((home / ".cache").iterdir())  # and its index is where XDG wants it


def test_installed_and_run_as_a_module_are_one(shell: Run, tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("archive")
    if not script.exists():
        pytest.skip("the command 'archive' is not installed beside this interpreter")
    for line in LINES:
        done = subprocess.run([script, *line.split()], capture_output=True, text=True, cwd=tmp_path, check=True)
        assert done.stdout == shell(*line.split()).out


def canonical_name(requirement: str) -> str:
    """Return the name of a requirement as PEP 503 writes it: ``ruamel-yaml`` for ``ruamel.yaml>=0.18``."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement)[0]).lower()


def test_constraints_are_exact_and_apply_to_any_machine() -> None:
    lines = (ROOT / "tests" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if not line.startswith("#")]
    for line in pinned:  # pip refuses extras in constraints; hashes, indexes and paths belong to one machine
        assert re.fullmatch(r"[a-z0-9-]+==[\w.!+]+( ; [\w.<>=!'() ]+)?", line), line
    assert not re.search(r"/(home|root|tmp|work)/|://", "\n".join(lines))
    names = {line.partition("==")[0] for line in pinned}
    for wanted in (requirement for group in requirements() for requirement in group):
        if not wanted.startswith("archivecli["):
            assert canonical_name(wanted) in names, f"{wanted}: run .ci/update-constraints"


def test_what_builds_the_wheel_has_one_exact_version() -> None:
    (builder,) = PROJECT["build-system"]["requires"]
    assert re.fullmatch(r"hatchling==[\d.]+", builder)
    _, test, _ = requirements()
    assert builder in test
    assert builder in (ROOT / "tests" / "constraints.txt").read_text(encoding="utf-8").splitlines()


def test_no_requirement_is_listed_twice() -> None:
    for group in requirements():
        names = [canonical_name(requirement) for requirement in group]
        assert len(names) == len(set(names))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist, and the wheel that is built from that sdist, without a network."""
    for needed in ("build", "hatchling"):
        pytest.importorskip(needed, reason=f"NOTHING WAS BUILT: {needed} is missing; pip install '.[test]'")
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (sdist,) = folder.glob("*.tar.gz")
    (wheel,) = folder.glob("*.whl")
    return sdist, wheel


@pytest.mark.slow
@built_once
def test_the_sdist_holds_what_the_readme_speaks_of(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[0]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "pyproject.toml", "data/events.yaml"} <= names
    assert {"tests/conftest.py", "tests/constraints.txt", "docs/commands.md", "src/archivecli/py.typed"} <= names


@pytest.mark.slow
@built_once
def test_the_wheel_holds_the_archive_and_nothing_of_the_tests(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[1]) as wheel:
        names = wheel.namelist()
        assert wheel.read("archivecli/data/events.yaml") == CATALOGUE.read_bytes()
    data = ["starter.yaml", "completion.bash", "completion.zsh", "completion.fish"]
    assert {"archivecli/py.typed", *(f"archivecli/data/{name}" for name in data)} <= set(names)
    assert any(name.endswith("/LICENSE") for name in names)
    assert all(name.startswith(("archivecli/", f"archivecli-{__version__}.dist-info/")) for name in names)


@pytest.mark.slow
@built_once
def test_the_wheel_in_a_fresh_environment_gives_the_same_answers(
    built: tuple[Path, Path], tmp_path: Path, shell: Run
) -> None:
    venv, home = tmp_path / "venv", tmp_path / "home"
    home.mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    (site,) = venv.glob("lib/python*/site-packages")
    pip = [sys.executable, "-m", "pip", "--python", str(venv), "install", "-q", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(built[1])], check=True, cwd=tmp_path)
    # what it depends on comes from here, so that no network is needed
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    environment = {**os.environ, "HOME": str(home), "ARCHIVE_CACHE": ""}
    where = subprocess.run(
        [venv / "bin" / "python", "-c", "import archivecli; print(archivecli.__file__)"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    assert where.stdout.startswith(str(site))
    for line in LINES:
        for start in ([str(venv / "bin" / "archive")], [str(venv / "bin" / "python"), "-m", "archivecli"]):
            done = subprocess.run([*start, *line.split()], capture_output=True, text=True, cwd=home, env=environment)
            assert (done.returncode, done.stderr) == (0, "")
            assert done.stdout == shell(*line.split()).out
