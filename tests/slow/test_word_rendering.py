"""LibreOffice prints the Word reports: all the text is there, on as many pages as it should be."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document

from pipeline.cli.main import main
from pipeline.declare.editions import load_editions
from pipeline.ooxml.validity import faults
from pipeline.template_lint.check import check_template
from pipeline.text.figures import MONEY_SCALE
from pipeline.word.compiled import compile_template
from pipeline.word.table_layout import listed_table
from tests.support.districts import district_2020, district_2024, write_inputs
from tests.support.paths import TEMPLATES
from tests.support.rendering import converted, pages_of
from tests.support.word_documents import written
from tests.support.word_reports import CONTEXTS, unit

pytestmark = pytest.mark.slow

WANGDIAN = next(u for u in district_2020() if u.identity["unit"] == "王店镇")


def large() -> dict:
    """A report of 2021's format with figures of a city's size, and a long name."""
    own = district_2024()[1]
    figures = own.figures | {
        "disclosure.licences.decisions": 1_808_595,
        "disclosure.charges.amount": 592_372_449 * MONEY_SCALE // 10_000,
    }
    identity = {**own.identity, "unit": "示例自治州示例自治县经济技术开发区管理委员会"}
    return unit(written(replace(own, figures=figures, identity=identity))[1])


def huge() -> dict:
    """Figures so wide that table three goes over a page's end."""
    own = district_2024()[1]
    wide = {key: 1_234_567 for key in own.figures if key.startswith("requests.received")}
    return unit(written(replace(own, figures=own.figures | wide))[1])


def with_list() -> dict:
    """A county's report with a list of sixty units in its last section."""
    rows = [("单位", "件数", "金额"), *((f"示例{i}镇", str(i), str(i * 100)) for i in range(60))]
    *others, last = CONTEXTS[-1]["各章"]
    said = [{"标题": "", "各段": ["各单位收取的信息处理费如下。"]}]
    listed = last | {"各部分": said, "表": listed_table("信息处理费收取情况", rows)}
    return CONTEXTS[-1] | {"各章": [*others, listed]}


CASES = {
    "wangdian": ("年报.docx", unit(written(WANGDIAN)[1]), 6),
    "edition-2021": ("年报.docx", unit(written(district_2024()[1])[1]), 4),
    "large": ("年报.docx", large(), 4),
    "huge": ("年报.docx", huge(), 5),
    "county": ("汇总年报.docx", CONTEXTS[-1], 3),
    "list": ("汇总年报.docx", with_list(), 5),
}


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(("template", "context", "pages"), CASES.values(), ids=CASES)
def test_a_report_prints_whole(template, context, pages, tmp_path):
    path = tmp_path / "report.docx"
    path.write_bytes(compile_template(TEMPLATES / template).render(context))
    assert faults(path.read_bytes()) == []
    told = pages_of(converted(path, "pdf", tmp_path))
    assert len(told) == pages
    for number, page in enumerate(told, 1):
        assert page.endswith(f"—{number}—")
    whole = "".join(told)
    # Every word of the text is printed, the page numbers and the draft's header aside.
    flowing = re.sub(r"—\d+—", "", whole).replace(squeezed(context["草稿"] or "\0"), "")
    for paragraph in Document(str(path)).paragraphs:
        assert squeezed(paragraph.text) in flowing
    headings = [f"{'一二三四五六'[at]}、{x['标题']}" for at, x in enumerate(context["各章"])]
    for said in headings:
        assert squeezed(said) in whole
    table = context["各章"][2]["表"]
    first = next(at for at, page in enumerate(told) if headings[2] in page)
    last = table["各行"][-1]["标签"][0]["文字"]
    # Table three stands on one page, and where it can't its header is repeated.
    over = template == "年报.docx" and pages == 5
    assert (last in told[first]) is not over
    assert sum("申请人情况" in page for page in told) == 1 + over
    figures = [cell["文字"] for row in context["各章"][1]["表"]["各行"] for cell in row["数字"]]
    assert all(str(figure) in whole for figure in figures)


def test_a_page_has_22_lines_of_28_characters_in_the_text_area_of_the_standard(tmp_path):
    path = tmp_path / "report.docx"
    context = CONTEXTS[0] | {"引言": ["测" * 28 * 60]}
    path.write_bytes(compile_template(TEMPLATES / "年报.docx").render(context))
    boxes = subprocess.run(
        [
            "pdftotext",
            "-bbox-layout",
            "-f",
            "2",
            "-l",
            "2",
            str(converted(path, "pdf", tmp_path)),
            "-",
        ],
        check=True,
        capture_output=True,
    ).stdout.decode("utf-8")
    found = re.findall(r'<line xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">'
                       r"(.*?)</line>", boxes, re.DOTALL)  # fmt: skip
    lines = [
        ([float(x) * 25.4 / 72 for x in box], "".join(re.findall(r">([^<]*)</word>", words)))
        for *box, words in found
    ]
    text = [(box, said) for box, said in lines if said.startswith("测")]
    assert [len(said) for _, said in text] == [28] * 22
    assert all(left >= 27.9 and right <= 210 - 26 for (left, _, right, _), _ in text)
    assert text[0][0][1] >= 37
    assert text[-1][0][3] <= 297 - 35
    (number,) = [box for box, said in lines if "2" in said and "测" not in said]
    # The dashes are 7 mm below the text area; an even page's number is one character from the left.
    assert abs((number[1] + number[3]) / 2 - (297 - 35 + 7)) < 2
    assert abs(number[0] - (28 + 14 * 25.4 / 72)) < 1


def test_a_template_that_another_program_has_saved_makes_the_same_pages(tmp_path):
    (tmp_path / "own").mkdir()
    own = shutil.copy(TEMPLATES / "年报.docx", tmp_path / "own")
    saved = converted(Path(own), "docx:MS Word 2007 XML", tmp_path)
    report = check_template(saved, load_editions())
    assert report.usable
    path = tmp_path / "report.docx"
    path.write_bytes(compile_template(saved).render(CASES["wangdian"][1]))
    assert len(pages_of(converted(path, "pdf", tmp_path))) == CASES["wangdian"][2]


def test_pdfs_of_a_run_are_made_beside_the_reports_and_are_the_same_again(tmp_path):
    write_inputs(tmp_path / "input", [*district_2020()[1:3], district_2024()[1]])
    folders = ["--input", str(tmp_path / "input"), "--output", str(tmp_path / "output")]
    command = ["run", *folders, "--templates", str(TEMPLATES), "--pdf"]
    assert main(command) == 0
    made = sorted((tmp_path / "output").rglob("*.pdf"))
    assert [path.with_suffix(".docx").is_file() for path in made] == [True] * 5
    before = [path.read_bytes() for path in made]
    assert all(content.startswith(b"%PDF") for content in before)
    assert "王店镇2020年度政府信息公开工作年度报告" in "".join(
        pages_of(next(path for path in made if "王店镇" in path.name))
    )
    assert main(command) == 0
    assert [path.read_bytes() for path in made] == before
