"""docxtemplater (Node) filling the same report, as its own pages show it.

Its template is a report of ours with a tag for each figure and each paragraph: the tables stand
ready in it, so that it has no loops to expand.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from pipeline.report.context import unit_context
from pipeline.word.compiled import compile_template
from pipeline.word.table_layout import PrintedTable
from tests.bench.workload import YEAR, pattern
from tests.support.districts import EDITIONS
from tests.support.paths import ROOT

VERSION = "docxtemplater@3.71.0"
ZIP = "pizzip@3.3.0"

SCRIPT = """
const PizZip = require("pizzip"), Docxtemplater = require("docxtemplater"), fs = require("fs");
const content = fs.readFileSync("template.docx", "binary");
const data = JSON.parse(fs.readFileSync("data.json"));
const fill = () => {
  const doc = new Docxtemplater(new PizZip(content), { paragraphLoop: true, linebreaks: true });
  doc.render(data);
  return doc.getZip().generate({ type: "nodebuffer", compression: "DEFLATE" });
};
for (let i = 0; i < 20; i++) fill();
const times = [];
for (let i = 0; i < 100; i++) {
  const start = process.cpuUsage();
  fill();
  const used = process.cpuUsage(start);
  times.push((used.user + used.system) / 1000);
}
fs.writeFileSync("filled.docx", fill());
console.log(times.sort((a, b) => a - b)[50]);
"""


def milliseconds() -> float | str:
    """Its processor time for a report, or why it couldn't be measured."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "没有 Node，未测 docxtemplater。"
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "annual-report-bench"
    cache.mkdir(parents=True, exist_ok=True)
    quiet = ["npm", "install", "--no-audit", "--no-fund", "--silent", VERSION, ZIP]
    if subprocess.run(quiet, cwd=cache, check=False, capture_output=True).returncode:
        return "npm 装不上 docxtemplater（可能没有网络），未测。"
    with tempfile.TemporaryDirectory(dir=cache) as name:
        folder = Path(name)
        _write_template(folder)
        (folder / "fill.js").write_text(SCRIPT, "utf-8")
        done = subprocess.run(
            ["node", "fill.js"], cwd=folder, check=True, capture_output=True, text=True
        )
        return float(done.stdout)


def _write_template(folder: Path) -> None:
    """The template with tags, and the data for them."""
    from pipeline.declare.workbook_form import workbook_form
    from pipeline.intake.submissions import read_bytes

    edition = EDITIONS["2021"]
    unit = read_bytes(pattern(0), f"{YEAR}.xlsx", EDITIONS, workbook_form())
    context = unit_context(unit, edition)
    data: dict[str, str] = {}

    def tag(text: str) -> str:
        name = f"t{len(data)}"
        data[name] = text
        return "{" + name + "}"

    sections = []
    for section in context["各章"]:
        parts = [
            part | {"各段": [tag(paragraph) for paragraph in part["各段"]]}
            for part in section["各部分"]
        ]
        table = section["表"]
        if table is not None:
            table = PrintedTable(table.layout, [tag(figure) for figure in table.figures])
        sections.append(section | {"各部分": parts, "表": table})
    tagged = context | {"各章": sections, "引言": [tag(text) for text in context["引言"]]}
    made = compile_template(ROOT / "templates" / "年报.docx").render(tagged)
    (folder / "template.docx").write_bytes(made)
    (folder / "data.json").write_text(json.dumps(data), "utf-8")
