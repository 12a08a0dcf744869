"""What is installed is what was pinned, and it is as it was published."""

from __future__ import annotations

import ast
import base64
import hashlib
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import distributions, packages_distributions
from itertools import chain
from pathlib import Path

import pytest

from tests import advisories
from tests.support.paths import ROOT
from tests.support.pins import DEV, PNG, RUN, name_of, pinned

OURS = {"pipeline", "tests", "templates"}
BY_VENV = {"pip", "setuptools"}
"""Every virtual environment comes with these."""


def test_every_requirement_is_pinned_with_hashes_and_from_nowhere_else():
    for path in (RUN, DEV, PNG):
        assert pinned(path)
        assert not re.search(
            r"https?:|--index-url|--find-links|^-e ", path.read_text("utf-8"), re.MULTILINE
        )


def test_what_runs_is_pinned_alike_for_development():
    run, dev = pinned(RUN), pinned(DEV)
    assert {name: dev.get(name) for name in run} == run


def test_what_the_project_asks_for_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = {
        name_of(re.split(r"[<>=\[; ]", text)[0])
        for text in (*project["project"]["dependencies"], *project["dependency-groups"]["dev"])
    }
    assert asked <= pinned(DEV).keys()


def imported(path: Path) -> Iterator[tuple[str, bool]]:
    """The packages that a file imports, and whether without them it can't be loaded at all."""
    tree = ast.parse(path.read_text("utf-8"))
    first = {id(node) for node in tree.body}
    beside = (
        {other.stem for other in path.parent.glob("*.py")} if path.parent.name in OURS else set()
    )
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in {name.partition(".")[0] for name in names}:
            if name not in sys.stdlib_module_names | OURS | beside:
                yield name, id(node) in first


@pytest.mark.parametrize("folder", sorted(OURS))
def test_every_package_that_is_imported_is_pinned(folder):
    """A package that happens to be installed is there on this machine only."""
    provided = packages_distributions()
    run, optional = pinned(RUN).keys(), pinned(PNG).keys()
    allowed = run if folder != "tests" else run | pinned(DEV).keys() | optional
    for path in sorted((ROOT / folder).rglob("*.py")):
        for name, needed in imported(path):
            by = {name_of(one) for one in provided.get(name, ())}
            known = allowed if needed else allowed | optional | CLUSTER
            assert by & known, f"{path.relative_to(ROOT)} imports {name}, which is not pinned"


CLUSTER = {"distributed"}
"""For --scheduler alone: asked for when it is used, and missing with a message."""


def test_an_import_that_nobody_pinned_would_be_seen(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("import os\nimport nobody_knows.it\nfrom pipeline import x\n", "utf-8")
    assert list(imported(path)) == [("nobody_knows", True)]
    path.write_text("def f():\n    from nobody_knows import it\n", "utf-8")
    assert list(imported(path)) == [("nobody_knows", False)]


@pytest.mark.parametrize("folder", ["pipeline", "templates"])
def test_every_package_that_runs_is_asked_for_by_name(folder):
    """What another package brings along may be gone with its next version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = chain.from_iterable(project["optional-dependencies"].values())
    wanted = [*project["dependencies"], *extras]
    asked = {name_of(re.split(r"[<>=\[; ]", text)[0]) for text in wanted}
    provided = packages_distributions()
    for path in sorted((ROOT / folder).rglob("*.py")):
        for name, _ in imported(path):
            by = {name_of(one) for one in provided.get(name, ())}
            assert by & asked, f"{path.relative_to(ROOT)} imports {name}, which is not declared"


def test_the_makefile_installs_nothing_without_its_hash():
    commands = re.findall(r"pip install.*", (ROOT / "Makefile").read_text("utf-8"))
    assert commands
    assert all("--require-hashes" in command for command in commands)


def test_installed_files_are_as_they_were_published():
    """Each file of a package that runs against its own package's record of hashes."""
    wanted, checked = pinned(RUN), 0
    for found in distributions():
        name = name_of(found.metadata["Name"])
        if name not in wanted:
            continue
        assert found.version in wanted[name], f"{name} {found.version} is not the pinned one"
        for file in found.files or ():
            if file.hash is None or file.suffix == ".pyc":
                continue
            content = Path(str(file.locate())).read_bytes()
            digest = hashlib.new(file.hash.mode, content).digest()
            told = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            assert told == file.hash.value, f"{name}: {file} was changed"
            checked += 1
    assert checked > 1000


def test_no_module_of_ours_speaks_to_a_network():
    """The Dask cluster that an office may name itself is the one exception."""
    speaks = re.compile(
        r"^\s*(?:import|from) (socket|ssl|http|urllib\.request|ftplib|smtplib|requests)\b"
    )
    for path in (ROOT / "pipeline").rglob("*.py"):
        for line in path.read_text("utf-8").splitlines():
            assert not speaks.match(line), f"{path.name}: {line}"


ADVISORY = """
id: 示例-1
details: 示例
affected:
- package: {name: Jinja2, ecosystem: PyPI}
  ranges:
  - type: ECOSYSTEM
    events:
    - introduced: "1.0"
    - fixed: "2.0"
    - introduced: "3.0"
    - last_affected: "3.1"
  - type: GIT
    events:
    - introduced: "0"
  versions: ["5.0"]
modified: "2026-01-02T03:04:05Z"
"""


@pytest.mark.parametrize(
    ("version", "affected"),
    [("0.9", 0), ("1.0", 1), ("1.9", 1), ("2.0", 0), ("3.1", 1), ("3.1.1", 0), ("5.0", 1)],
)
def test_a_known_vulnerability_is_told_without_a_network(
    version, affected, tmp_path, capsys, monkeypatch
):
    folder = tmp_path / "vulns" / "Jinja2"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text(ADVISORY, "utf-8")
    (folder / "b.yaml").write_text(ADVISORY + "withdrawn: 2026-02-01T00:00:00Z\n", "utf-8")
    monkeypatch.setattr(advisories, "pinned", lambda _: {"jinja2": {version}, "other": {"1"}})
    assert advisories.main([str(tmp_path)]) == affected
    said = capsys.readouterr().out
    assert (
        f"软件包 2 个，有关的公告 1 条（最近的一条 2026-01-02），涉及固定版本的 {affected} 条"
        in said
    )
    assert ("jinja2" in said) == bool(affected)


def test_without_the_database_nothing_is_said_to_be_sound(tmp_path, capsys):
    assert advisories.main([str(tmp_path)]) == advisories.main([]) == 2
    assert "没有找到公告数据库" in capsys.readouterr().out
