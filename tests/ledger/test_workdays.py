"""Working days, against the State Council's notices on the holidays of 2024 to 2026."""

import datetime

import pytest

from pipeline.model.working_days import UnknownYear, library_calendar, overridden

CALENDAR = library_calendar()


def day(text):
    return datetime.date.fromisoformat(text)


def test_holidays_and_days_of_exchange_as_the_notices_say():
    # 国办发明电〔2023〕7号, 〔2024〕12号, 〔2025〕7号
    rest = ("2024-02-12", "2024-10-07", "2025-01-28", "2025-10-08", "2026-02-23", "2026-05-05")
    work = ("2024-02-04", "2024-10-12", "2025-01-26", "2025-09-28", "2026-02-14", "2026-10-10")
    assert [text for text in rest if CALENDAR.worked(day(text))] == []
    assert [text for text in work if not CALENDAR.worked(day(text))] == []
    assert CALENDAR.worked(day("2024-02-09"))  # the day before 春节 2024 was no holiday


def test_the_day_itself_is_not_counted():
    assert CALENDAR.after(day("2025-03-03"), 1) == day("2025-03-04")
    assert CALENDAR.after(day("2025-03-07"), 1) == day("2025-03-10")
    assert CALENDAR.after(day("2025-03-08"), 1) == day("2025-03-10")
    assert CALENDAR.after(day("2025-03-08"), 0) == day("2025-03-08")


def test_counting_over_a_long_holiday_with_a_worked_weekend():
    # 2025: 10-01 to 10-08 off; Sunday 09-28 and Saturday 10-11 worked
    assert CALENDAR.after(day("2025-09-26"), 4) == day("2025-10-09")
    assert CALENDAR.between(day("2025-09-26"), day("2025-10-11")) == 6
    assert CALENDAR.between(day("2025-10-11"), day("2025-09-26")) == 0


def test_an_unknown_year_is_refused():
    beyond = CALENDAR.last_year + 1
    with pytest.raises(UnknownYear, match=str(beyond)):
        CALENDAR.worked(datetime.date(beyond, 3, 3))
    with pytest.raises(UnknownYear, match=str(beyond)):
        CALENDAR.after(datetime.date(CALENDAR.last_year, 12, 20), 20)


def test_the_office_overrides_single_days_and_adds_whole_years():
    own = overridden(CALENDAR, {day("2025-03-04"): False, day("2025-03-08"): True})
    assert CALENDAR.worked(day("2025-03-04"))
    assert [own.worked(day(x)) for x in ("2025-03-04", "2025-03-08")] == [False, True]

    last = CALENDAR.last_year
    new_year = datetime.date(last + 1, 1, 1)
    assert overridden(CALENDAR, {new_year: False}, {last + 1}).last_year == last + 1
    # A year after a gap stays unknown: periods would run through the gap.
    assert overridden(CALENDAR, {}, {last + 2}).last_year == last
    assert overridden(CALENDAR, {}, {last + 1, last + 2}).last_year == last + 2
