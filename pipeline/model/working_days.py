"""Chinese working days: Monday to Friday, less the public holidays, with the days of 调休.

Which days those are the State Council's office says each year in a notice.  A library keeps
them; :func:`overridden` lays the days of a notice that is newer than the library over it.  A year
that neither knows is refused, never guessed.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pipeline.model.declared import Declared

ONE_DAY = datetime.timedelta(days=1)
SATURDAY = 5


class UnknownYear(ValueError):
    """The notice on the holidays of a year is not known; ``year`` says which."""

    def __init__(self, year: int) -> None:
        super().__init__(f"不知道 {year} 年的放假安排，不能计算工作日。")
        self.year = year


@dataclass(frozen=True, eq=False)
class Calendar:
    """The working days of the years from ``first_year`` to ``last_year``.

    ``special`` says of a day whether it is worked, where its weekday doesn't.
    """

    special: Mapping[datetime.date, bool]
    first_year: int
    last_year: int

    def worked(self, day: datetime.date) -> bool:
        """Whether a day is a working day.

        Raises:
            UnknownYear: the day is of a year without a notice.
        """
        if not self.first_year <= day.year <= self.last_year:
            raise UnknownYear(day.year)
        return self.special.get(day, day.weekday() < SATURDAY)

    def after(self, day: datetime.date, count: int) -> datetime.date:
        """The so-manieth working day after a day, which itself isn't counted (count ≥ 0).

        No working day after is the day itself.

        Raises:
            UnknownYear: the count runs into a year without a notice, or starts before the first.
        """
        if count <= 0:
            return day
        reached = self._until(day) + count
        if reached > len(self._days):
            raise UnknownYear(self.last_year + 1)
        return self._days[reached - 1]

    def between(self, start: datetime.date, end: datetime.date) -> int:
        """How many working days there are after ``start`` up to and with ``end``; 0 where the
        end is no later.

        Raises:
            UnknownYear: one of them is of a year without a notice.
        """
        return max(0, self._until(end) - self._until(start))

    def days(self, first_year: int, last_year: int) -> list[datetime.date]:
        """Every working day of the years that are known of a span, in order."""
        return [day for day in self._days if first_year <= day.year <= last_year]

    def _until(self, day: datetime.date) -> int:
        self.worked(day)
        return bisect_right(self._days, day)

    @cached_property
    def _days(self) -> list[datetime.date]:
        return list(self._walk())

    def _walk(self) -> Iterator[datetime.date]:
        day = datetime.date(self.first_year, 1, 1)
        while day.year <= self.last_year:
            if self.special.get(day, day.weekday() < SATURDAY):
                yield day
            day += ONE_DAY


@lru_cache(maxsize=1)
def library_calendar() -> Calendar:
    """The working days as the library ``chinesecalendar`` keeps them."""
    import chinese_calendar

    rest, work = chinese_calendar.holidays, chinese_calendar.workdays
    years = {day.year for day in rest}
    special = {**dict.fromkeys(rest, False), **dict.fromkeys(work, True)}
    return Calendar(special, min(years), max(years))


def overridden(
    calendar: Calendar, days: Mapping[datetime.date, bool], complete: Collection[int] = ()
) -> Calendar:
    """A calendar with the office's own word on single days: whether each is worked.

    ``complete`` are the years whose whole notice those days are; the calendar is extended by
    them as far as they follow its last year without a gap.
    """
    last = calendar.last_year
    while last + 1 in complete:
        last += 1
    return Calendar({**calendar.special, **days}, calendar.first_year, last)


class Periods(Declared):
    """The statutory periods, in working days; ``soon`` is how early a due day is told of."""

    answer: int
    extension: int
    correction: int
    consultation: int
    soon: int
