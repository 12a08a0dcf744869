"""Nothing that lies in a folder of reports stops the reading, and nothing is made up from it."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.audit.audit import audit
from pipeline.audit.importing import imported
from pipeline.audit.recorded import Made, Matched
from pipeline.audit.verify import verified
from pipeline.declare.editions import load_editions
from pipeline.declare.workbook_form import workbook_form
from pipeline.published.reports import read_report
from tests.support.districts import district_2024
from tests.support.paths import DATA
from tests.support.published_pages import page, plain_text

EDITIONS = load_editions()
FORM = workbook_form()
UNIT = district_2024()[-1]
TITLE = "示例镇2024年度政府信息公开工作年度报告"
PAGE = page(EDITIONS["2021"], TITLE, plain_text(UNIT.figures))
MADE = Made(name="示例镇", year=2024, edition="2021", figures=UNIT.figures, report="")

WORDS = st.sampled_from(
    [
        *"一二三四五六、（）|\t\n0 1-/",
        "总体情况",
        "三、收到和处理政府信息公开申请情况",
        "第二十条第（一）项",
        "其他",
        "总计",
        "自然人",
        "规章",
        "2024年度",
        "政府信息公开工作年度报告",
        "<table>",
        "<tr>",
        "<td colspan=3>",
        "<td rowspan=9>",
        "</table>",
        "１２",
        "二〇二四年",
    ]
)


def everything(content: bytes, source: str = "年报") -> None:
    """Read, audit, verify and import: none of them raises."""
    report = read_report(content, source, EDITIONS)
    audit(report, report, EDITIONS, FORM)
    verified(report, Matched(made=MADE), report, EDITIONS, FORM)
    imported(report, EDITIONS)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=60))
def test_any_words_in_any_order_are_borne(words):
    everything("".join(words).encode("utf-8"))
    everything(("<html><body>" + "".join(words)).encode("utf-8"))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_borne(content):
    everything(content)
    everything(b"PK\x03\x04" + content)
    everything(b"MIME-Version: 1.0\n" + content)


@pytest.mark.slow
def test_a_page_cut_off_anywhere_gives_no_wrong_figure():
    rng = random.Random(3)
    for _ in range(25):
        content = PAGE[: rng.randrange(400, len(PAGE))].encode("utf-8")
        report = read_report(content, "年报.html", EDITIONS)
        assert all(v in (None, UNIT.figures[k]) for k, v in report.figures.items())


def test_files_of_other_kinds_are_told_and_not_read():
    for path in (DATA / "encrypted.xlsx", Path(__file__)):
        report = read_report(path.read_bytes(), path.name, EDITIONS)
        assert not report.figures
