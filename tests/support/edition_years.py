"""The editions that there are, and a year of each: tests go over them and name none."""

from __future__ import annotations

import datetime

from pipeline.declare.editions import load_editions
from pipeline.model.edition import newest_begun

EDITIONS = load_editions()

YEARS = {
    key: min(max(edition.first_year + 1, 2024), edition.last_year or 9999)
    for key, edition in EDITIONS.items()
}
"""A year in which each is in force, and where it can be, was in force the year before."""

TODAYS = newest_begun(datetime.date.today().year, EDITIONS)
"""The edition that is meant where no year is said."""
