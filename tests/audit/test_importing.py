"""Published reports become workbooks: what is certain is filled in, the rest is left and told."""

import json
from dataclasses import replace

import pytest

from pipeline.audit.importing import imported
from pipeline.cli.main import main
from pipeline.declare.editions import load_editions
from pipeline.declare.workbook_form import workbook_form
from pipeline.forms.workbook import write_form
from pipeline.intake.submissions import read_bytes
from pipeline.model.edition import edition_for
from pipeline.published.reports import read_report
from tests.support.audits import PROSE_ONLY, beginning, published
from tests.support.districts import district_2020, district_2024, example, write_inputs
from tests.support.paths import DATA
from tests.support.published_pages import page, plain_text
from tests.support.runs import run
from tests.support.word_documents import written

EDITIONS = load_editions()
FORM = workbook_form()
REAL = {
    r["id"]: r for r in json.loads((DATA / "published-reports.json").read_text("utf-8"))["reports"]
}
UNITS = [*district_2020(), *district_2024()]


def through(report):
    """An imported report as intake reads the workbook."""
    result = imported(report, EDITIONS, "示例县")
    content = write_form(result.edition, FORM, result.prefill)
    return result, read_bytes(content, "导入.xlsx", EDITIONS, FORM)


def filled(submission) -> dict[str, int]:
    fields = EDITIONS[submission.edition].fields
    return {f.key: v for f, v in zip(fields, submission.values, strict=True)}


@pytest.mark.parametrize("unit", UNITS, ids=[u.identity["unit"] for u in UNITS])
def test_an_own_report_gives_its_workbook_again(unit):
    content, _ = written(unit)
    result, read = through(read_report(content, "年报.docx", EDITIONS))
    assert result.left == ()
    assert filled(read) == unit.figures
    assert read.written == unit.written | {
        key: "0" for key in read.written if key not in unit.written
    }
    assert (read.unit, read.year, read.county) == (
        unit.identity["unit"],
        int(unit.identity["year"]),
        "示例县",
    )
    told = [(p.section, p.heading.rstrip("。"), p.paragraphs) for p in unit.passages]
    assert [(p.section, p.heading, p.paragraphs) for p in read.passages] == told


def test_the_real_report_as_copied_gives_its_workbook():
    report = read_report((DATA / "wangdian-2020.txt").read_bytes(), "年报.txt", EDITIONS)
    result, read = through(report)
    wangdian = UNITS[1]
    assert result.left == ()
    assert filled(read) == wangdian.figures
    assert read.written["disclosure.central.amount"] == "108万元"


def test_blank_cells_stay_empty_and_are_told():
    report = read_report(published(REAL["shuyang-fgj-2023"]).encode(), "年报.html", EDITIONS)
    result = imported(report, EDITIONS)
    (left,) = result.left
    assert (left.table, left.why, len(left.names)) == ("表三", "原文空白", 125)
    assert not any(".organisation." in key for key in result.prefill.figures)
    assert result.prefill.figures["requests.received.total"] == 26


@pytest.mark.parametrize("real", PROSE_ONLY, ids=[real["id"] for real in PROSE_ONLY])
def test_a_report_without_tables_gives_its_prose_and_leaves_every_figure_open(real):
    result, read = through(read_report(beginning(real).encode(), "年报.html", EDITIONS))
    assert {(left.table, left.why) for left in result.left} == {
        (table, "没有找到这张表") for table in ("表二", "表三", "表四")
    }
    assert result.prefill.figures == {}
    assert [p.paragraphs for p in read.passages] == [(real["overview"],)]


def test_figures_of_another_editions_layout_are_taken_only_where_they_count_the_same():
    report = read_report(published(REAL["hongze-2023"]).encode(), "年报.html", EDITIONS)
    result, read = through(report)
    assert result.edition is EDITIONS["2021"]
    empty = {key for key in filled(read) if key not in result.prefill.figures}
    assert empty == {
        f.key for f in EDITIONS["2021"].fields if f.key.startswith("requests.results.other.")
    }
    assert [left.why for left in result.left] == ["2019年版（试行）没有这一项"]
    assert "行政复议" in result.recomputed[0]
    assert "原文为 0，各项之和为 11" in result.recomputed[0]
    old = read_report(published(REAL["yanglin-2023"]).encode(), "年报.html", EDITIONS)
    assert not any(k.startswith("disclosure.") for k in imported(old, EDITIONS).prefill.figures)


def test_a_report_of_no_known_year_is_not_imported(tmp_path, capsys):
    path = tmp_path / "某市.html"
    path.write_text(published(REAL["city-2019ed-unknown"]), "utf-8")
    assert main(["import", str(path), "--output", str(tmp_path / "output")]) == 1
    assert "【未导入】" in capsys.readouterr().out
    assert not (tmp_path / "output").exists()


def test_a_workbook_that_says_something_else_is_never_replaced(tmp_path):
    unit = UNITS[-1]
    title = "示例镇2024年度政府信息公开工作年度报告"
    path = tmp_path / "年报.html"
    path.write_text(page(EDITIONS["2021"], title, plain_text(unit.figures)), "utf-8")
    arguments = ["import", str(path), "--output", str(tmp_path / "output")]
    folder = tmp_path / "output" / "导入"
    assert main(arguments) == 0
    assert main(arguments) == 0
    assert [p.name for p in folder.iterdir()] == ["示例镇2024年度.xlsx"]
    (folder / "示例镇2024年度.xlsx").write_bytes(b"edited")
    assert main(arguments) == 0
    assert sorted(p.name for p in folder.iterdir()) == [
        "示例镇2024年度.xlsx",
        "示例镇2024年度（2）.xlsx",
    ]
    assert (folder / "示例镇2024年度.xlsx").read_bytes() == b"edited"


@pytest.mark.slow
@pytest.mark.parametrize("year", [2020, 2025])
def test_a_report_of_random_figures_gives_them_again_and_its_prose(year, tmp_path):
    """Workbook → run → Word report → import → workbook → intake."""
    edition = edition_for(year, EDITIONS)
    units = [
        example(edition, f"示例{n}镇", "我镇", "示例县", year, seed, scale)
        for n, (seed, scale) in enumerate([(101, 0), (211, 7), (308, 900)])
    ]
    write_inputs(tmp_path / "input", units)
    _, record = run(tmp_path)
    for made in record["units"]:
        (path,) = (name for name in made["outputs"] if name.endswith(".docx"))
        report = read_report((tmp_path / "output" / path).read_bytes(), "年报.docx", EDITIONS)
        result, read = through(report)
        assert result.left == ()
        assert filled(read) == made["figures"]
        assert (read.unit, read.year) == (made["unit"], year)
        unit = next(u for u in units if u.identity["unit"] == made["unit"])
        told = {p.section: [] for p in unit.passages if p.section != "other"}
        for passage in unit.passages:
            if passage.section in told:
                told[passage.section] += [(passage.heading, passage.paragraphs)]
        assert told == {
            key: [(p.heading, p.paragraphs) for p in read.passages if p.section == key]
            for key in told
        }
        if edition.fee is None:
            assert read.fee is None
        else:
            assert read.fee.amount == made["fee"]["amount"]


def test_an_imported_report_carries_over_to_the_next_year(tmp_path):
    """Last year's report, imported: the balance across the years is judged, and holds or not."""
    edition = EDITIONS["2021"]
    before, now = (
        example(edition, "示例镇", "我镇", "示例县", year, seed, 9)
        for year, seed in ((2023, 17), (2024, 23))
    )
    content, _ = written(before)
    result = imported(read_report(content, "年报.docx", EDITIONS), EDITIONS, "示例县")
    last = replace(
        result.prefill,
        confirmed=True,
        identity={**before.identity, **result.prefill.identity},
    )
    write_inputs(tmp_path / "input", [last, now])
    _, record = run(tmp_path)
    told = [
        p for u in record["units"] if u["year"] == 2024 for p in u["problems"] if p["rule"] == "D1"
    ]
    carried, left = (
        now.figures["requests.carried_in.total"],
        before.figures["requests.carried_out.total"],
    )
    assert bool(told) == (carried != left)
    assert any(str(left) in p["message"] and str(carried) in p["message"] for p in told)
