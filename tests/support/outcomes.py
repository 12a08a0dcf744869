"""Outcomes of made-up workbooks."""

from pipeline.declare.messages import problem
from pipeline.model.submission import Submission
from pipeline.model.unit_outcome import UnitOutcome, status


def outcome(unit: str, errors: int = 0, warnings: int = 0) -> UnitOutcome:
    submission = Submission(source=f"{unit}.xlsx", sha256="", identity={"unit": unit})
    blank = [problem("cell.blank", cell=f"A{n}", name="甲") for n in range(warnings)]
    wrong = [problem("cell.negative", cell=f"B{n}", name="甲", text="-1") for n in range(errors)]
    problems = (*blank, *wrong)
    return UnitOutcome(
        submission=submission, problems=problems, status=status(submission, problems)
    )
