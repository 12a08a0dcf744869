"""The statutory periods, on the working days of 2024 and 2025."""

import datetime
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pipeline.ledger.deadlines import day_of_receipt, standing
from pipeline.model.ledger import Course
from pipeline.model.working_days import Periods, library_calendar

CALENDAR = library_calendar()
PERIODS = Periods(answer=20, extension=20, correction=7, consultation=15, soon=3)


def day(text):
    return datetime.date.fromisoformat(text)


def course(received, **days):
    return Course(
        received=day(received),
        **{key: x if isinstance(x, int) else day(x) for key, x in days.items()},
    )


def stands(on, received, **days):
    return standing(course(received, **days), day(on), PERIODS, CALENDAR)


def test_twenty_working_days_after_the_day_of_receipt():
    # March 2025 has no holidays: received on Monday the 3rd, due on Monday the 31st.
    told = stands("2025-03-10", "2025-03-03")
    assert (told.status, told.due, told.used, told.left) == ("open", day("2025-03-31"), 5, 15)


def test_what_is_told_as_the_day_comes_near():
    told = {on: stands(f"2025-{on}", "2025-03-03") for on in ("03-25", "03-26", "03-31", "04-01")}
    assert [x.status for x in told.values()] == ["open", "soon", "today", "late"]
    assert [x.left for x in told.values()] == [4, 3, 0, -1]


def test_answers_in_time_and_late():
    told = stands("2025-12-31", "2025-03-03", answered="2025-03-31")
    assert (told.status, told.used) == ("answered", 20)
    told = stands("2025-12-31", "2025-03-03", answered="2025-04-01")
    assert (told.status, told.used) == ("answered_late", 21)
    assert stands("2025-12-31", "2025-03-03", answered="2025-03-03").used == 0


def test_an_extension_counts_when_it_was_told_in_time():
    told = stands("2025-04-02", "2025-03-03", extension_told="2025-03-31", extension=20)
    # 清明 04-04, 劳动节 05-01 to 05-05, Sunday 04-27 worked
    assert (told.status, told.due, told.faults) == ("open", day("2025-04-28"), ())
    told = stands("2025-04-02", "2025-03-03", extension_told="2025-04-01", extension=20)
    assert (told.status, told.due) == ("late", day("2025-03-31"))
    assert told.faults == ("extension_late",)


def test_no_extension_beyond_twenty_working_days():
    told = stands("2025-04-02", "2025-03-03", extension_told="2025-03-20", extension=30)
    assert told.due == day("2025-04-28")
    assert told.faults == ("extension_long",)


def test_the_period_begins_anew_with_the_correction():
    asked = {"correction_asked": "2025-03-12"}
    assert stands("2025-05-30", "2025-03-03", **asked).status == "correcting"
    told = stands("2025-04-01", "2025-03-03", **asked, corrected="2025-03-31")
    # 20 working days after 03-31: 清明 04-04 off, Sunday 04-27 worked
    assert (told.status, told.due, told.used) == ("open", day("2025-04-28"), 1)
    assert told.faults == ()
    late = stands("2025-04-01", "2025-03-03", correction_asked="2025-03-13")
    assert late.faults == ("correction_late",)


def test_the_time_of_consultation_is_left_out_holidays_and_all():
    # Asked on 09-24, heard on 10-13: working days 09-25, 26, 28, 29, 30, 10-09, 10, 11, 13.
    asked = {"consulted": "2025-09-24", "heard": "2025-10-13"}
    plain = stands("2025-10-14", "2025-09-15")
    told = stands("2025-10-14", "2025-09-15", **asked)
    assert plain.due == day("2025-10-17")
    assert CALENDAR.between(plain.due, told.due) == 9
    assert plain.used - told.used == 9
    answered = stands("2025-12-31", "2025-09-15", **asked, answered=told.due.isoformat())
    assert (answered.status, answered.used) == ("answered", 20)


def test_a_consultation_under_way_stops_the_clock():
    told = stands("2025-03-28", "2025-03-03", consulted="2025-03-10")
    assert (told.status, told.used) == ("consulting", 5)
    assert told.faults == ()
    assert stands("2025-04-10", "2025-03-03", consulted="2025-03-10").faults == (
        "consultation_long",
    )


def test_a_consultation_after_the_period_does_not_bring_it_back():
    told = stands("2025-04-10", "2025-03-03", consulted="2025-04-02", heard="2025-04-09")
    assert (told.status, told.due, told.used) == ("late", day("2025-03-31"), 27)


def test_the_day_of_receipt_is_the_confirmation_where_the_channel_asks_it():
    came, confirmed = day("2025-03-01"), day("2025-03-03")
    assert day_of_receipt(came, confirmed, True) == confirmed
    assert day_of_receipt(came, confirmed, False) == came
    assert day_of_receipt(came, None, True) == came


def test_a_period_that_runs_into_an_unknown_year():
    last = CALENDAR.last_year
    late = Course(received=datetime.date(last, 12, 21))
    told = standing(late, datetime.date(last, 12, 28), PERIODS, CALENDAR)
    assert (told.status, told.due, told.unknown_year) == ("open", None, last + 1)
    answered = replace(late, answered=datetime.date(last, 12, 28))
    assert standing(answered, datetime.date(last, 12, 31), PERIODS, CALENDAR).status == "answered"
    told = standing(late, datetime.date(last + 1, 1, 20), PERIODS, CALENDAR)
    assert (told.status, told.unknown_year) == ("unknown", last + 1)


DAYS = st.dates(datetime.date(2024, 1, 1), datetime.date(2025, 6, 30))
LATER = st.none() | st.dates(datetime.date(2024, 1, 1), datetime.date(2025, 9, 30))


@given(DAYS, DAYS, LATER, LATER, LATER, st.integers(0, 25))
def test_who_comes_later_is_not_due_earlier(one, other, consulted, heard, told, extension):
    first, second = sorted((one, other))
    on = datetime.date(2025, 12, 31)
    dues = [
        standing(
            Course(
                received=received,
                consulted=consulted,
                heard=heard if consulted and heard and heard >= consulted else None,
                extension_told=told,
                extension=extension,
            ),
            on,
            PERIODS,
            CALENDAR,
        ).due
        for received in (first, second)
    ]
    assert dues[0] is not None
    assert dues[1] is not None
    assert dues[0] <= dues[1]


@given(DAYS, st.integers(0, 20), st.integers(0, 20))
def test_a_longer_extension_is_not_due_earlier(received, one, other):
    dues = [
        standing(
            Course(received=received, extension_told=received, extension=extension),
            received,
            PERIODS,
            CALENDAR,
        ).due
        for extension in sorted((one, other))
    ]
    assert dues[0] <= dues[1]
