"""Runs of the whole program in a folder."""

import json
from pathlib import Path

from docx import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from pipeline.cli.main import main
from tests.support.paths import TEMPLATES


def run(folder: Path, *options: str) -> tuple[int, dict]:
    arguments = ["--input", str(folder / "input"), "--output", str(folder / "output")]
    code = main(["run", *arguments, "--templates", str(TEMPLATES), *options])
    return code, json.loads((folder / "output" / "run.json").read_text("utf-8"))


def report(folder: Path, name: str) -> list[str]:
    """The paragraphs and table cells of a report in order, merged cells once, spaces aside."""
    document = Document(str(next((folder / "output").rglob(name))))
    told: list[str] = []
    for element in document.element.body.iterchildren():
        if element.tag.endswith("}p"):
            told.append(Paragraph(element, document).text)
        elif element.tag.endswith("}tbl"):
            seen = set()
            for row in Table(element, document).rows:
                for cell in row.cells:
                    if cell._tc not in seen:
                        seen.add(cell._tc)
                        told.append(cell.text)
    return ["".join(text.split()) for text in told if text.strip()]
