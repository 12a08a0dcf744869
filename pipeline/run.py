"""The main job, start to finish: gather → read → check → add up → render → publish → record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.aggregate.roster_history import recorded_units
from pipeline.execution.executors import cores, executor, streamed
from pipeline.execution.jobs import (
    CLUSTER_WINDOW,
    WINDOW,
    SharedSettings,
    chunk_counties,
    county_payloads,
    gather,
    process_counties,
    roster_layers,
)
from pipeline.intake.input_folder import workbook_files
from pipeline.model.county_outcome import CountyOutcome
from pipeline.model.settings import Progress, Settings
from pipeline.model.unit_outcome import UnitOutcome
from pipeline.overview.units import PAGE
from pipeline.publish.atomic import publish, set_aside
from pipeline.publish.provenance import made_with
from pipeline.publish.record import RECORD, last_outcomes, made_before, made_by, run_record
from pipeline.publish.run_lock import only_run
from pipeline.validate.explanations import recorded_explanations


class NothingToDo(Exception):
    """The input folder holds no workbook."""


def run(settings: Settings, progress: Progress) -> tuple[list[UnitOutcome], list[CountyOutcome]]:
    """Do the whole job on the input folder, county by county, wherever ``settings`` says.

    Raises:
        NothingToDo: there is no workbook below the input folder.
        pipeline.execution.executors.SchedulerError: the cluster can't be used.
        pipeline.publish.atomic.OutputError: an output could not be written, or another run is going on.
        pipeline.publish.pdf.NoPdf: PDFs are asked for and can't be made.
    """

    files = workbook_files(settings.input)
    if not files:
        raise NothingToDo
    with only_run(settings.output) as token:
        return _done(files, replace(settings, token=token), progress)


def _done(
    files: Sequence[Path], settings: Settings, progress: Progress
) -> tuple[list[UnitOutcome], list[CountyOutcome]]:
    from pipeline.overview.index import write_index
    from pipeline.publish.pdf import NoPdf, told_lacking, with_pdfs

    record = settings.output / RECORD
    earlier = last_outcomes(record)
    before = recorded_explanations(earlier)
    units: list[UnitOutcome] = []
    counties: list[CountyOutcome] = []
    processes = cores(settings.jobs, len(files))
    with executor(processes, settings.scheduler) as pool:
        window = WINDOW * processes if not settings.scheduler else CLUSTER_WINDOW
        sent, share = SharedSettings(settings), len(files) // (2 * processes)
        packed, years = gather(files, sent, pool, window, progress)
        now = settings.roster.year if settings.roster is not None else 0
        listed = recorded_units(earlier, years, now)
        for layer in roster_layers(settings.roster):
            each = county_payloads(packed, sent, before, layer, tuple(counties), listed)
            jobs = chunk_counties(each, sent, share)
            for done in streamed(pool, process_counties, jobs, window):
                units += done[0]
                counties += done[1]
                progress("生成年报", len(units), len(files))
    units.sort(key=lambda outcome: outcome.submission.source)
    counties.sort(key=lambda outcome: (outcome.county, outcome.year))
    lacking: list[str] = []
    if settings.pdf:
        units, counties, lacking = with_pdfs(units, counties, settings.output)
    made = made_by(units, counties)
    set_aside(settings.output, made_before(earlier) - made)
    publish(settings.output / PAGE, write_index(units, counties, settings), settings.token)
    machinery = made_with(settings.editions, settings.templates)
    written = run_record(units, counties, settings.editions, machinery)
    publish(record, written, settings.token)
    if lacking:
        raise NoPdf(told_lacking(lacking))
    return units, counties
