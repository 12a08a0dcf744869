"""A whole January: a roster of twenty units, three waves of workbooks, the final report, and what
is published; after each wave every place that tells the officer how things stand says the same."""

from __future__ import annotations

import datetime
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence

import openpyxl
import pytest
from docx import Document

from pipeline.cli.main import main
from tests.support.january import (
    COUNTY,
    FOLDER,
    GOVERNMENT,
    REPORT,
    UNITS,
    YEAR,
    Office,
    roster,
    workbook,
    wrong,
)


def stands(office: Office, county: Mapping, expected: Mapping[str, Sequence[str]]) -> None:
    """The summary workbook, the record and the page agree on where every unit stands."""
    statuses = {unit: status for status, units in expected.items() for unit in units}
    passed = [unit for unit in UNITS if unit not in statuses]
    assert {row[0]: row[2] for row in office.sheet("报送情况")} == {
        unit: statuses.get(unit, "通过") for unit in UNITS
    }
    assert {row[0] for row in office.sheet("催报单")} == set(statuses)
    counts = Counter(statuses.values())
    told = county["completeness"]
    assert (told["expected"], told["accepted"], told["added"]) == (20, len(passed), len(passed))
    assert (told["returned"], told["missing"], told["late"], told["doubled"]) == tuple(
        counts[status] for status in ("退回", "未报", "逾期", "重复")
    )
    assert told["received"] == 20 - counts["未报"] - counts["逾期"]
    assert set(told["lacking"]) == set(statuses)
    assert set(county["units"]) == set(passed)
    figures = Counter()
    for unit in passed:
        figures.update(workbook(unit).figures)
    assert county["figures"] == {key: figures[key] for key in county["figures"]}
    page = office.page()
    complete = "已齐" in page
    assert complete == (not statuses)


@pytest.mark.slow
def test_january(tmp_path, capsys):
    office = Office(tmp_path)
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "名册.xlsx").write_bytes(roster({}))

    # The first wave, in time: twelve units, two of them wrong.
    office.receive(UNITS[:12])
    first, second = UNITS[4], UNITS[5]
    wrong(office.file(first))
    wrong(office.file(second))
    county = office.run("2025-01-10")
    assert office.code == 1
    stands(office, county, {"退回": [first, second], "未报": UNITS[12:]})
    assert office.reports() == [f"草稿（未齐10个）{REPORT}"]
    draft = Document(str(office.output / office.reports()[0]))
    text = "\n".join(paragraph.text for paragraph in draft.paragraphs)
    assert "汇总 10 个单位，应报 20 个" in text
    assert all(unit in text for unit in (first, second, *UNITS[12:]))
    assert "没有定稿" not in capsys.readouterr().out

    # The second, after the deadline: five more; one corrected in place of the wrong one, the
    # other sent beside it.
    office.receive(UNITS[12:17])
    office.receive([first])
    again = tmp_path / "input" / "又报一次.xlsx"
    corrected = office.receive([second])[0]
    shutil.copy(corrected, again)
    wrong(office.file(second))
    county = office.run("2025-01-17")
    assert office.code == 1
    stands(office, county, {"重复": [second], "逾期": UNITS[17:]})
    assert office.reports() == [f"草稿（未齐4个）{REPORT}"]
    assert "草稿，未齐——" in capsys.readouterr().out

    # Nothing is final while anybody is missing.
    county = office.run("2025-01-17", "--final")
    assert office.code == 1
    assert office.reports() == []
    assert f"没有定稿：{COUNTY}{YEAR}年度" in capsys.readouterr().out

    # The third: the wrong file is gone, the last have come; one is not signed off.
    office.file(second).unlink()
    office.receive(UNITS[17:])
    book = openpyxl.load_workbook(office.file(UNITS[18]))
    sheet = book["基本信息"]
    [row] = [row for row in sheet.iter_rows() if row[0].value == "签发人"]
    signer, row[1].value = row[1].value, None
    book.save(office.file(UNITS[18]))
    county = office.run("2025-01-22")
    assert office.code == 0
    stands(office, county, {})
    assert office.reports() == [REPORT]
    signing = {line[0]: line[4] for line in office.sheet("报送情况")}
    assert signing == {unit: "缺签发人" if unit == UNITS[18] else "齐" for unit in UNITS}
    capsys.readouterr()
    office.run("2025-01-22", "--final")
    assert office.code == 1
    assert office.reports() == []
    assert f"{UNITS[18]}：缺签发人" in capsys.readouterr().out

    # Signed off, it goes out.
    row[1].value = signer
    book.save(office.file(UNITS[18]))
    county = office.run("2025-01-24", "--final")
    assert office.code == 0
    stands(office, county, {})
    assert office.reports() == [REPORT]
    document = Document(str(office.output / REPORT))
    assert "草稿" not in "".join(paragraph.text for paragraph in document.paragraphs)
    assert "textpath" not in document.sections[0].header._element.xml
    assert "已全部定稿" in capsys.readouterr().out

    # In February the officer notes what has been published.
    day = datetime.date
    published = {unit: day(2025, 1, 28) for unit in UNITS[1:18]} | {UNITS[18]: day(2025, 2, 3)}
    (tmp_path / "input" / "名册.xlsx").write_bytes(roster(published))
    county = office.run("2025-02-05", "--final")
    assert office.code == 0
    told = {line[0]: line[2] for line in office.sheet("公布情况")}
    assert told == {
        **dict.fromkeys(UNITS[1:18], "按期公布"),
        GOVERNMENT: "未公布",
        UNITS[18]: "逾期公布",
        UNITS[19]: "逾期未公布",
    }
    assert county["completeness"]["published"][UNITS[1]]["on"] == "2025-01-28"


def test_what_went_back_in_january_is_kept_and_told_at_its_cell(tmp_path):
    office = Office(tmp_path)
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "名册.xlsx").write_bytes(roster({}))
    office.receive(UNITS[:2])
    wrong(office.file(UNITS[1]))
    office.run("2025-01-10")
    assert (office.output / "退回" / f"{UNITS[1]}.xlsx").is_file()
    office.receive([UNITS[1]])
    office.run("2025-01-11")
    assert not (office.output / "退回").exists() or not list((office.output / "退回").iterdir())
    kept = tmp_path / "output" / "旧文件" / FOLDER
    assert (kept / "退回" / f"{UNITS[1]}.xlsx").is_file()


@pytest.mark.parametrize("day", ["2025-13-01", "明天"])
def test_a_day_that_is_none_is_refused(day, capsys):
    with pytest.raises(SystemExit):
        main(["run", "--today", day])
    assert "不是日期" in capsys.readouterr().err
