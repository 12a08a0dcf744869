"""How ledgers stand on a day, and the command that tells it."""

import datetime
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest

from pipeline.cli.main import main
from pipeline.declare.messages import problem
from pipeline.forms.ledger.workbook import LedgerFill, write_ledger
from pipeline.ledger.deadlines import Status
from pipeline.ledger.view import ColumnLine, LedgerView, RequestLine, average
from pipeline.overview.ledgers import ledger_listings
from tests.support.districts import district_2024, write_inputs
from tests.support.edition_years import TODAYS
from tests.support.holidays import NEXT, NOTICE, typed
from tests.support.ledger_views import BOOK, CALENDAR, EDITION, IDENTITY, item, view
from tests.support.ledgers import day, request


def test_what_presses_comes_first_the_longest_overdue_before_all():
    told = view(
        "2025-03-31",
        request("甲", "2025-03-03"),
        request("乙", "2025-02-24"),
        request("丙", "2025-03-05"),
        request("丁", "2025-02-20"),
        request("戊", "2025-03-20"),
        request("己", "2025-02-24", "2025-03-10"),
        request("庚", "2025-02-24", correction_asked=day("2025-02-25")),
    )
    assert [(line.number, line.status, line.left) for line in told.pressing] == [
        ("丁", "late", -7),
        ("乙", "late", -5),
        ("甲", "today", 0),
        ("丙", "soon", 2),
    ]
    assert told.counts["correcting"] == 1
    assert told.average == Decimal("10.0")


@pytest.mark.parametrize(
    ("days", "told"), [((), None), ((20,), "20.0"), ((10, 11, 11), "10.7"), ((1, 2, 2, 2), "1.8")]
)
def test_the_average_is_exact_to_a_tenth(days, told):
    assert average(days) == (Decimal(told) if told else None)


def test_nothing_is_told_of_an_empty_ledger():
    assert view("2025-03-31", watched=[{"name": "工作动态", "cycle": "动态"}]) is None


def test_columns_are_due_after_their_cycle():
    told = view(
        "2025-06-30",
        items=[
            item("2025-06-16", "工作动态"),
            item("2025-03-01", "公告"),
            item("2025-01-02", "图"),
        ],
        watched=[
            {"name": "工作动态", "cycle": "动态"},
            {"name": "公告", "cycle": "每季度"},
            {"name": "年报", "cycle": "年度"},
            {"name": "图", "cycle": "不定期"},
        ],
    )
    assert [(c.name, c.due, c.state) for c in told.columns] == [
        ("工作动态", day("2025-06-30"), "fresh"),
        ("公告", day("2025-06-01"), "due"),
        ("年报", day("2026-01-02"), "fresh"),
        ("图", None, "free"),
    ]
    assert [c.name for c in told.outdated] == ["公告"]
    assert told.items == 3


def test_after_its_year_a_ledger_watches_no_further():
    lines = {
        "items": [item("2025-12-20", "工作动态")],
        "watched": [{"name": "工作动态", "cycle": "动态"}],
    }
    assert view("2027-01-01", **lines).outdated == ()


# ---------------------------------------------------------------------------- the command


def command(capsys, *arguments):
    status = main(["ledger", *map(str, arguments)])
    return status, capsys.readouterr().out


def kept(folder, *lines, year=2025, **more):
    folder.mkdir(parents=True, exist_ok=True)
    fill = LedgerFill(identity={**IDENTITY, "year": str(year)}, requests=lines, **more)
    path = folder / "示例镇台账.xlsx"
    path.write_bytes(write_ledger(EDITION, BOOK, fill))
    return path


def test_the_command_lists_what_is_due_and_says_so_by_its_status(tmp_path, capsys):
    path = kept(
        tmp_path,
        request("2025-001", "2025-02-20"),
        request("2025-002", "2025-03-05"),
        request("2025-003", "2025-02-24", "2025-03-10"),
        request("2025-004", "2025-02-24", extension_told=day("2025-03-28"), extension=20),
        publications=[item("2025-01-06", "工作动态")],
    )
    status, told = command(capsys, path, "--on", "2025-3-31", "--input", tmp_path)
    assert status == 1
    for line in (
        "已逾期　2025-001　期限 2025-03-20，逾期 7 个工作日",
        "即将到期　2025-002　期限 2025-04-02，还剩 2 个工作日",
        "请核对　2025-004　延期没有在期满前告知，不能顺延",
        "申请登记 4 件，已答复 1 件，平均 10.0 个工作日",
        "应更新　“工作动态”（动态）最近 2025-01-06，应于 2025-01-20 前更新",
        "共 1 份台账，按 2025-03-31 计算：已逾期 2 件，今天到期 0 件，即将到期 1 件",
    ):
        assert line in told
    status, _ = command(capsys, path, "--on", "2025-02-25", "--input", tmp_path)
    assert status == 1  # 工作动态 is still out of date
    path = kept(tmp_path, request("1", "2025-03-03"))
    assert command(capsys, path, "--on", "2025-03-10", "--input", tmp_path)[0] == 0


def test_a_year_without_a_notice_is_refused_until_the_office_types_it(tmp_path, capsys):
    last = CALENDAR.last_year
    path = kept(tmp_path / "ledgers", request("1", f"{last}-12-28"), year=last)
    arguments = (path, "--on", f"{last}-12-30", "--input", tmp_path)
    status, told = command(capsys, *arguments)
    assert (status, f"不知道 {NEXT} 年的放假安排" in told) == (1, True)
    typed(tmp_path, *NOTICE)
    status, told = command(capsys, *arguments)
    assert (status, "放假安排" in told) == (0, False)
    typed(tmp_path, *NOTICE[1:])
    status, told = command(capsys, *arguments)
    assert (status, f"{NEXT} 年缺元旦" in told) == (1, True)


def test_without_files_the_ledgers_of_the_input_are_looked_at(tmp_path, capsys):
    kept(tmp_path / "input" / "台账", request("甲", "2025-03-03"))
    (tmp_path / "input" / "其他.xlsx").write_bytes(b"no workbook")
    status, told = command(
        capsys, "--input", tmp_path / "input", "--on", "2025-03-10", "--output", tmp_path / "o"
    )
    assert (status, "共 1 份台账" in told, (tmp_path / "o").exists()) == (0, True, False)


def test_where_there_is_no_ledger_blank_ones_are_issued(tmp_path, capsys):
    status, told = command(capsys, "--input", tmp_path / "input", "--output", tmp_path / "o")
    assert status == 0
    names = sorted(path.name for path in (tmp_path / "o").iterdir())
    assert names == [f"公开台账（{TODAYS.name}）.xlsx", "放假安排.xlsx"]
    assert all(name in told for name in names)
    status, told = command(capsys, tmp_path / "o" / names[0], "--input", tmp_path / "input")
    assert (status, "还没有登记" in told) == (0, True)


def test_a_report_without_a_ledger_and_a_file_that_is_none_are_told(tmp_path, capsys):
    path = tmp_path / "表.xlsx"
    [report] = write_inputs(tmp_path, district_2024()[1:2])
    status, told = command(capsys, report, "--input", tmp_path)
    assert (status, "没有台账" in told) == (0, True)
    openpyxl.Workbook().save(path)
    status, told = command(capsys, path, "--input", tmp_path)
    assert (status, "也不是台账" in told) == (1, True)
    path.write_bytes(b"")
    status, told = command(capsys, path, "--input", tmp_path)
    assert (status, "无法作为工作簿打开" in told) == (1, True)


def test_a_day_that_is_none_is_refused(capsys):
    with pytest.raises(SystemExit) as refused:
        main(["ledger", "--on", "昨天"])
    assert refused.value.code == 2
    assert "“昨天”不是日期" in capsys.readouterr().err


def test_no_word_of_an_applicant_is_printed(tmp_path, capsys):
    path = kept(tmp_path, request("1", "2025-03-03", summary="示例人13800138000申请公开"))
    _, told = command(capsys, path, "--on", datetime.date(2025, 3, 10), "--input", tmp_path)
    assert "像是有手机号码" in told
    assert "13800138000" not in told
    assert "示例人" not in told


def listed(*views: LedgerView) -> dict[str, tuple[tuple[str, ...], ...]]:
    return {listing.key: listing.rows for listing in ledger_listings(views)}


def line(number: str, status: Status, left: int | None = None, used: int = 0) -> RequestLine:
    due = None if left is None else day("2025-03-31")
    return RequestLine(
        number=number,
        received=day("2025-03-03"),
        status=status,
        due=due,
        used=used,
        left=left,
        faults=(),
    )


def standing_of(unit: str, *lines: RequestLine, **more: object) -> LedgerView:
    on = day("2025-03-31")
    return LedgerView(
        unit=unit, county="示例区", year=2025, source=f"{unit}.xlsx", on=on, requests=lines, **more
    )


def test_the_page_lists_what_is_due_of_all_units():
    views = (
        standing_of("甲镇", line("1", "late", -2), line("2", "answered", used=7)),
        standing_of("乙镇", line("3", "today", 0), line("4", "soon", 3), items=5),
    )
    found = listed(*views)
    assert found["ledger-due"] == (
        ("甲镇", "1", "已逾期", "2025-03-31", "逾期 2"),
        ("乙镇", "3", "今天到期", "2025-03-31", "今天"),
        ("乙镇", "4", "即将到期", "2025-03-31", "还剩 3"),
    )
    assert found["ledger-days"] == (
        ("甲镇", "2", "1", "7.0", "0", "1", "0"),
        ("乙镇", "2", "0", "", "0", "0", "5"),
    )
    assert set(found) == {"ledger-due", "ledger-days"}
    (days,) = [one for one in ledger_listings(views) if one.key == "ledger-days"]
    assert days.note == "2 个单位有台账，答复平均 7.0 个工作日。"


def test_the_page_lists_columns_without_anything_new_and_what_is_doubtful():
    column = ColumnLine(name="财政", cycle="每季", latest=None, due=day("2025-04-01"), state="due")
    fresh = replace(column, name="动态", state="fresh")
    doubtful = (problem("ledger.no_year"),)
    one = standing_of(
        "甲镇", columns=(column, fresh), problems=doubtful, unknown_years=(2027, 2026)
    )
    found = listed(one)
    assert found["ledger-columns"] == (("甲镇", "财政", "每季", "没有", "2025-04-01 前"),)
    assert found["ledger-problems"] == (("甲镇", "甲镇.xlsx", doubtful[0].message),)
    assert "ledger-due" not in found
    (days,) = [listing for listing in ledger_listings([one]) if listing.key == "ledger-days"]
    assert days.note == "1 个单位有台账，不知道 2026、2027 年的放假安排，跨年的期限没有算出。"
    assert ledger_listings([]) == ()
