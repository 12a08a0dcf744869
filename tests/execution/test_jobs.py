"""However the work is cut into pieces, what comes of it is the same."""

from dataclasses import replace

import pytest

import pipeline.execution.jobs
from pipeline.declare.editions import load_editions
from pipeline.declare.workbook_form import workbook_form
from pipeline.model.settings import Settings
from pipeline.run import run
from tests.bench.workload import write_workbooks
from tests.support.paths import TEMPLATES


def outputs(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run of counties of different sizes, each judged by itself."""
    folder = tmp_path_factory.mktemp("run")
    paths = write_workbooks(folder / "input", 13, 4)
    # The same unit twice, and what is no workbook: problems that only show side by side.
    (paths[0].parent / "再报.xlsx").write_bytes(paths[0].read_bytes())
    paths[5].write_bytes(b"PK broken")
    settings = Settings(
        input=folder / "input",
        output=folder / "output",
        templates=TEMPLATES,
        editions=load_editions(),
        form=workbook_form(),
        jobs=1,
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pipeline.execution.jobs, "JUDGED_AT_ONCE", 1)
        told = run(settings, lambda *_: None)
    return settings, told, outputs(settings.output)


@pytest.mark.slow
@pytest.mark.parametrize(("at_once", "jobs"), [(128, 1), (5, 1), (128, 2)])
def test_pieces_of_any_size_on_any_cores_give_the_same_bytes(made, at_once, jobs, monkeypatch):
    settings, (units, counties), expected = made
    monkeypatch.setattr(pipeline.execution.jobs, "JUDGED_AT_ONCE", at_once)
    output = settings.output.with_name(f"again-{at_once}-{jobs}")  # pages link to the input
    again = run(replace(settings, output=output, jobs=jobs), lambda *_: None)
    assert [outcome.problems for outcome in again[0]] == [outcome.problems for outcome in units]
    assert [county.figures for county in again[1]] == [county.figures for county in counties]
    assert {outcome.status for outcome in units} == {"accepted", "returned", "unreadable"}
    found = outputs(output)
    assert found.keys() == expected.keys()
    assert [name for name in expected if found[name] != expected[name]] == []
