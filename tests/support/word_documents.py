"""Word documents as others write them."""

from pathlib import Path

from pipeline.declare.editions import load_editions
from pipeline.model.submission import Submission
from pipeline.report.context import unit_context
from pipeline.word.compiled import compile_template
from tests.support.districts import district_2020, district_2024

TEMPLATE = Path(__file__).parents[2] / "templates" / "年报.docx"


EDITIONS = load_editions()


COMPILED = compile_template(TEMPLATE)


def written(prefill) -> tuple[bytes, Submission]:
    """A unit's report as this project writes it, and what it was written from."""
    year = int(prefill.identity["year"])
    edition = next(e for e in EDITIONS.values() if e.in_force(year))
    submission = Submission(
        source="",
        sha256="",
        edition=edition.key,
        year=year,
        identity=prefill.identity,
        values=tuple(prefill.figures[f.key] for f in edition.fields),
        written=prefill.written,
        passages=prefill.passages,
    )
    return COMPILED.render(unit_context(submission, edition)), submission


UNITS = [*district_2020(), *district_2024()]
