"""Issuing the workbooks: one for each unit of the roster, and all of them in one archive.

What a rule across years says to be equal to last year's figures is carried over from the
unit's own accepted workbook or published report of last year, shown with its source, and may still be changed.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from pipeline.created import ZIP_DATE
from pipeline.edition import Edition
from pipeline.reading import kept_text
from pipeline.roster import Roster, RosterUnit
from pipeline.submission import Prefill, Submission

_LOCKED = ("unit", "self", "county", "year")


def prefill(
    unit: RosterUnit, roster: Roster, edition: Edition, prior: Submission | None
) -> Prefill:
    """What a unit's workbook is issued with.

    ``prior`` is its accepted workbook or its report of last year in the terms of ``edition``, or None.
    """
    identity = {"unit": unit.name, "county": roster.county, "year": str(roster.year)}
    if unit.self:
        identity["self"] = unit.self
    before = _known(prior, edition)
    carried = carried_over(edition, before)
    origin = {
        key: f"{roster.year - 1}年度（{prior.source if prior else ''}）：{kept_text(value, edition.by_key[key].kind)}"
        for key, value in carried.items()
    }
    return Prefill(
        identity=identity,
        locked=frozenset(key for key in _LOCKED if key in identity),
        figures=carried,
        prior=before,
        origin=origin,
    )


def _known(prior: Submission | None, edition: Edition) -> dict[str, int]:
    if prior is None:
        return {}
    pairs = zip(edition.by_key, prior.values, strict=True)
    return {key: value for key, value in pairs if value is not None}


def carried_over(edition: Edition, before: Mapping[str, int]) -> dict[str, int]:
    """This year's figures that a rule says to equal last year's, by field key, totals aside."""
    carried: dict[str, int] = {}
    for rule in edition.rules:
        if rule.relation != "=":
            continue
        for identity in rule.identities:
            left, right = identity.left, identity.right
            if len(left) != 1 or left[0].prior or left[0].coefficient != 1 or identity.constant:
                continue
            figure = edition.by_key[left[0].field]
            told = bool(right) and all(term.prior and term.field in before for term in right)
            if told and not figure.derived:
                value = sum(term.coefficient * before[term.field] for term in right)
                if value >= 0:
                    carried[figure.key] = value
    return carried


def archive(files: Mapping[str, bytes]) -> bytes:
    """The files as one .zip; the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(zipfile.ZipInfo(name, ZIP_DATE), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
