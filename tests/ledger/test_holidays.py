"""放假安排.xlsx: the notice of a year, as the office types it, against the library's own."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.forms.ledger.holidays import HEADER_ROW, write_holidays
from pipeline.intake.input_folder import workbook_files
from pipeline.ledger.holidays import (
    Notice,
    known_notices,
    notices_of,
    office_calendar,
    with_notices,
)
from pipeline.model.working_days import Calendar, UnknownYear
from pipeline.sheets.workbook import Sheet
from tests.support.holidays import FORM, LIBRARY, NEXT, NOTICE, typed

HEADER = [column.label for column in FORM.columns]


def day(text):
    return datetime.date.fromisoformat(text)


def before(year):
    """The library's calendar as it was before a year's notice came out."""
    known = {d: worked for d, worked in LIBRARY.special.items() if d < day(f"{year - 1}-12-28")}
    return Calendar(known, LIBRARY.first_year, year - 1)


# In 2020 中秋 fell on 国庆 and has no days of its own in the library.
@pytest.mark.parametrize("year", [y for y in range(2019, LIBRARY.last_year + 1) if y != 2020])
def test_a_notice_typed_in_gives_the_year_as_the_library_knows_it(year):
    calendar, problems = with_notices(before(year), known_notices(year))
    assert problems == ()
    assert calendar.days(year, year) == LIBRARY.days(year, year)
    assert calendar.last_year == year


def test_a_year_without_all_its_festivals_stays_unknown_and_is_told():
    year = LIBRARY.last_year
    lines = [line for line in known_notices(year) if line.festival != "端午节"]
    calendar, [told] = with_notices(before(year), lines)
    assert told.rule == "holidays.incomplete"
    assert "端午节" in told.message
    with pytest.raises(UnknownYear):
        calendar.worked(day(f"{year}-03-03"))


def test_festivals_that_are_off_together_may_stand_on_one_line():
    lines = [line for line in known_notices(2025) if line.festival not in ("国庆节", "中秋节")]
    both = Notice(
        year=2025,
        festival="国庆节、中秋节",
        first=day("2025-10-01"),
        last=day("2025-10-08"),
        worked=(day("2025-09-28"), day("2025-10-11")),
    )
    calendar, problems = with_notices(before(2025), [*lines, both])
    assert problems == ()
    assert calendar.days(2025, 2025) == LIBRARY.days(2025, 2025)


def test_a_known_year_is_corrected_day_by_day():
    line = Notice(year=2025, festival="清明节", first=day("2025-04-07"), last=day("2025-04-07"))
    calendar, problems = with_notices(LIBRARY, [line])
    assert problems == ()
    assert (LIBRARY.worked(day("2025-04-07")), calendar.worked(day("2025-04-07"))) == (True, False)


def test_the_template_is_the_same_each_time_and_changes_nothing(tmp_path):
    assert write_holidays() == write_holidays()
    typed(tmp_path)
    calendar, problems = office_calendar(tmp_path)
    assert problems == ()
    assert calendar.last_year == LIBRARY.last_year
    assert calendar.days(2019, 2030) == LIBRARY.days(2019, 2030)
    assert workbook_files(tmp_path) == []


def test_without_the_file_the_library_is_all_there_is(tmp_path):
    assert office_calendar(tmp_path) == (LIBRARY, ())


def test_a_notice_in_the_input_makes_its_year_known(tmp_path):
    typed(tmp_path, *NOTICE)
    calendar, problems = office_calendar(tmp_path)
    assert problems == ()
    off = [f"{NEXT}-01-01", f"{NEXT}-02-11", f"{NEXT}-10-07"]
    worked = [f"{NEXT}-01-30", f"{NEXT}-02-14", f"{NEXT}-05-08", f"{NEXT}-10-09"]
    assert [calendar.worked(day(text)) for text in (*off, *worked)] == [False] * 3 + [True] * 4


@pytest.mark.parametrize(
    ("at", "value", "cell"),
    [
        (0, "明年", "A"),
        (1, "", "B"),
        (2, "2月5日", "C"),
        (2, f"{NEXT + 1}-2-5", "C"),
        (3, f"{NEXT}-1-11", "D"),
        (3, f"{NEXT}-3-11", "D"),
        (4, "下周末", "E"),
        (4, f"{NEXT}-2-6", "E"),
    ],
)
def test_a_wrong_line_is_told_at_its_cell_and_the_file_not_used(tmp_path, at, value, cell):
    line = list(NOTICE[1])
    line[at] = value
    typed(tmp_path, NOTICE[0], line, *NOTICE[2:])
    calendar, [told] = office_calendar(tmp_path)
    assert told.rule == "holidays.invalid"
    assert told.cell == f"{cell}{HEADER_ROW + 3 + len(known_notices(LIBRARY.last_year))}"
    assert calendar is LIBRARY


def test_a_file_that_is_no_workbook_is_told(tmp_path):
    (tmp_path / "放假安排.xlsx").write_bytes(b"not a workbook")
    calendar, [told] = office_calendar(tmp_path)
    assert (told.rule, calendar is LIBRARY) == ("holidays.unreadable", True)
    assert "（内容不是工作簿，可能是改了扩展名的其他文件）" in told.message


def test_what_has_its_name_and_is_no_file_is_told(tmp_path):
    (tmp_path / "放假安排.xlsx").mkdir()
    _, [told] = office_calendar(tmp_path)
    assert (told.rule, "文件夹" in told.message) == ("holidays.unreadable", True)


def test_a_sheet_without_its_header_is_told():
    _, [told] = notices_of(Sheet(FORM.sheet, [["年度", "节日"]]))
    assert told.rule == "holidays.no_header"


CELLS = st.one_of(
    st.none(), st.text(max_size=8), st.floats(), st.dates(), st.booleans(), st.integers(0, 3000)
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=5), max_size=6))
def test_whatever_stands_in_the_cells_nothing_is_raised(rows):
    notices, problems = notices_of(Sheet(FORM.sheet, [HEADER, *rows]))
    assert len(notices) + len(problems) <= len(rows)
    with_notices(LIBRARY, notices)
