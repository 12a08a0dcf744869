"""The day that everything we write says it was made on, so that equal contents are equal bytes."""

from __future__ import annotations

import datetime

CREATED = datetime.datetime(2000, 1, 1)
"""For the properties of a document."""

ZIP_DATE = (CREATED.year, CREATED.month, CREATED.day, 0, 0, 0)
"""The same for the entries of a package."""
