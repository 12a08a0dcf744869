"""LibreOffice prints the Word reports: all the text is there, on as many pages as it should be."""

import subprocess
from pathlib import Path

import pytest

from pipeline.word import compile_template
from tests.districts import district_2020, district_2024
from tests.test_published_docx import written
from tests.test_word import CONTEXTS, TEMPLATES, unit

pytestmark = pytest.mark.slow

WANGDIAN = next(u for u in district_2020() if u.identity["unit"] == "王店镇")
CASES = {
    "wangdian": ("年报.docx", unit(written(WANGDIAN)[1]), 6),
    "edition-2021": ("年报.docx", unit(written(district_2024()[1])[1]), 4),
    "county": ("汇总年报.docx", CONTEXTS[-1], 3),
}


def printed(path: Path) -> list[str]:
    """The text of each page, spaces aside."""
    profile = (path.parent / "profile").as_uri()
    convert = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf"]
    told = {"capture_output": True, "timeout": 120}
    subprocess.run([*convert, "--outdir", str(path.parent), str(path)], check=True, **told)
    text = subprocess.run(
        ["pdftotext", "-layout", str(path.with_suffix(".pdf")), "-"], check=True, **told
    )
    pages = text.stdout.decode("utf-8").split("\f")[:-1]
    return ["".join(page.split()) for page in pages]


@pytest.mark.parametrize(("template", "context", "pages"), CASES.values(), ids=CASES)
def test_a_report_prints_whole(template, context, pages, tmp_path):
    path = tmp_path / "report.docx"
    path.write_bytes(compile_template(TEMPLATES / template).render(context))
    told = printed(path)
    assert len(told) == pages
    for number, page in enumerate(told, 1):
        assert page.endswith(f"—{number}—")
    whole = "".join(told)
    headings = [f"{'一二三四五六'[at]}、{x['标题']}" for at, x in enumerate(context["各章"])]
    for said in (context["标题"], *headings):
        assert "".join(said.split()) in whole
    table = context["各章"][2]["表"]
    first = next(at for at, page in enumerate(told) if headings[2] in page)
    last = table["各行"][-1]["标签"][0]["文字"]
    assert last in told[first]
