"""Issuing the workbooks: one for each unit of the roster, and all of them in one archive.

What a rule across years says to be equal to last year's figures is carried over from the
unit's own accepted workbook or published report of last year, shown with its source, and may still be changed.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from pipeline.aggregate.years import UnitKey, index_by_year, restate_in_edition
from pipeline.declare.roster import roster_form
from pipeline.forms.guide import DELIVERY
from pipeline.forms.workbook import write_form
from pipeline.intake.input_folder import REVIEW_FOLDER, workbook_files
from pipeline.intake.submissions import read_workbook
from pipeline.model.edition import Edition, edition_for
from pipeline.model.hierarchy import Level
from pipeline.model.place import Place
from pipeline.model.roster import Roster
from pipeline.model.roster_unit import RosterUnit
from pipeline.model.settings import Settings
from pipeline.model.submission import Passage, Prefill, Submission
from pipeline.model.workbook_form import WorkbookForm
from pipeline.model.working_days import Calendar
from pipeline.ooxml.created import ZIP_DATE
from pipeline.prose.citing import field_names
from pipeline.published.reports import read_published, report_files
from pipeline.roster.matching import assign_to_roster
from pipeline.text.figures import format_figure
from pipeline.text.labels import normalise
from pipeline.text.names import Names, county_folder, safe_name
from pipeline.validate.batch import validate_batch
from pipeline.validate.ledger import with_ledgers
from pipeline.validate.published import as_submission

_LOCKED = ("unit", "self", "county", "year")
_TOWNSHIP = ("scope", "level")
"""Entries whose first choice holds for every township."""


def prefill(
    unit: RosterUnit,
    level: Level,
    roster: Roster,
    edition: Edition,
    form: WorkbookForm,
    prior: Submission | None,
) -> Prefill:
    """What the workbook of a unit directly of a level is issued with.

    A government's is the level's own (本级).  ``prior`` is its accepted workbook or its report of
    last year in the terms of ``edition``, or None.
    """
    identity = {"unit": unit.name, "county": level.name, "year": str(roster.year)}
    if unit.self:
        identity["self"] = unit.self
    if unit is level.line or unit.kind in roster_form().governments:
        identity["scope"] = form.entry("scope").choices[1]
    known = () if "scope" in identity or unit.kind not in roster_form().townships else _TOWNSHIP
    identity |= {key: form.entry(key).choices[0] for key in known}
    before = _known(prior, edition)
    carried = carried_over(edition, before)
    origin = {
        key: f"{roster.year - 1}年度（{prior.source if prior else ''}）：{format_figure(value, edition.by_key[key].kind)}"
        for key, value in carried.items()
    }
    return Prefill(
        identity=identity,
        locked=frozenset(key for key in (*_LOCKED, *known) if key in identity),
        hidden=frozenset(known),
        figures=carried,
        prior=before,
        origin=origin,
        deadline=unit.deadline,
        delivery={key: getattr(roster.settings, key) or "" for key in DELIVERY},
        passages=_introduction(roster, edition),
    )


def _introduction(roster: Roster, edition: Edition) -> tuple[Passage, ...]:
    """The introduction that the office gives to all units; none where it gives none."""
    text, parts = roster.settings.introduction, edition.parts
    if not text or not parts:
        return ()
    return (
        Passage(
            section=parts[0].section,
            part=parts[0].key,
            heading="",
            paragraphs=tuple(filter(None, map(str.strip, text.split("\n")))),
            place=Place(parts[0].label, ""),
        ),
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


def issued(settings: Settings, calendar: Calendar | None = None) -> dict[str, bytes]:
    """The workbooks of the roster's units that must report, by path, and an archive for each
    level; with ``calendar`` they have the ledgers in them.

    Empty when no edition is in force for the roster's year.
    """
    roster = settings.roster
    edition = edition_for(roster.year, settings.editions) if roster is not None else None
    if roster is None or edition is None:
        return {}
    earlier = [
        assign_to_roster(read_workbook(path, path.name, settings.editions, settings.form), roster)
        for path in workbook_files(settings.input)
    ]
    reports, _ = with_ledgers(earlier)
    accepted = index_by_year(
        o.submission for o in validate_batch(reports, settings) if o.status == "accepted"
    )
    own_scope = settings.form.entry("scope").choices[1]
    published = _published_last_year(settings, roster)
    made: dict[str, bytes] = {}
    for level in roster.levels:
        files: dict[str, bytes] = {}
        names = Names()
        for unit in level.reporting:
            whose = (normalise(level.name), normalise(unit.name))
            found = accepted.get((*whose, roster.year - 1))
            if found is None and len(published.get(whose, ())) == 1:
                found = published[whose][0]
            before = restate_in_edition(edition, found, settings.editions)
            filled = prefill(unit, level, roster, edition, settings.form, before)
            own = filled.identity.get("scope") == own_scope
            named = field_names(edition, settings.form, level.name if own else None)
            content = write_form(edition, settings.form, filled, named, calendar)
            stem = f"{safe_name(unit.name)}{roster.year}年度填报工作簿"
            files[names.free(stem, ".xlsx")] = content
        folder = county_folder(level.name, roster.year)
        made |= {f"{folder}/{name}": content for name, content in files.items()}
        if files:
            made[f"{folder}填报工作簿.zip"] = archive(files)
    return made


def _published_last_year(settings: Settings, roster: Roster) -> dict[UnitKey, list[Submission]]:
    """Last year's reports as they were published, lying in the input folder, by the unit that
    they call themselves; of a name that several levels have, nobody's."""
    owners: dict[str, set[tuple[str, str]]] = {}
    for level in roster.levels:
        for name, unit in level.known.items():
            owners.setdefault(name, set()).add((level.name, unit.name))
    found: dict[UnitKey, list[Submission]] = {}
    for path in report_files([settings.input]):
        if path.relative_to(settings.input).parts[0] == REVIEW_FOLDER:
            continue
        report = read_published(path, settings.editions)
        whose = owners.get(normalise(report.unit), set())
        if len(whose) == 1 and report.edition and report.year == roster.year - 1:
            [(county, name)] = whose
            edition = settings.editions[report.edition]
            key = (normalise(county), normalise(name))
            found.setdefault(key, []).append(as_submission(report, edition, unit=name))
    return found
