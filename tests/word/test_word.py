"""What the compiled template writes is what docxtpl itself writes, and any Word can open it."""

import io
import re
import unicodedata
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError
from lxml import etree

from pipeline.ooxml.packing import packed, stored
from pipeline.ooxml.parts import read_parts
from pipeline.ooxml.validity import faults
from pipeline.report.context import unit_context
from pipeline.text.titles import name_lines, title_lines
from pipeline.word.clean_template import clean_template
from pipeline.word.compiled import CompiledTemplate, OfficeTemplate, compile_template, environment
from pipeline.word.table_layout import PrintedTable, listed_table
from pipeline.word.template_tables import TemplateTable
from tests.support.districts import EDITIONS
from tests.support.paths import TEMPLATES
from tests.support.word_reports import CONTEXTS, SUBMISSIONS, unit


def docxtpl_output(path: Path, context: dict) -> bytes:
    cleaned = clean_template(read_parts(path.read_bytes()))
    document = OfficeTemplate(io.BytesIO(packed([stored(*part) for part in cleaned.items()])))
    document.render(context, environment())
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def canonical(name: str, content: bytes) -> object:
    """A part's meaning: lists of relationships and content types have no order."""
    if not name.endswith((".xml", ".rels")):
        return content
    tree = etree.fromstring(content)
    if name.endswith(".rels"):
        # python-docx writes the targets of a part relative to it, or from the root.
        return sorted((x.get("Id"), x.get("Type"), Path(x.get("Target")).name) for x in tree)
    if name == "docProps/core.xml":
        # docxtpl adds the properties that the template leaves out, empty.
        return {x.tag: x.text for x in tree if x.text}
    return etree.tostring(tree, method="c14n")


def parts(docx: bytes) -> dict[str, object]:
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        return {
            name: canonical(name, package.read(name))
            for name in package.namelist()
            if name != "[Content_Types].xml"
        }


def assert_same(path: Path, context: dict, template: CompiledTemplate | None = None) -> bytes:
    made = (template or compile_template(path)).render(context)
    expected = parts(docxtpl_output(path, context))
    told = parts(made)
    for name, content in expected.items():
        assert told[name] == content, name
    assert set(told) == set(expected)
    return made


@pytest.mark.parametrize("name", ["年报.docx", "汇总年报.docx"])
@pytest.mark.parametrize("context", CONTEXTS, ids=lambda c: f"{c['单位']}{c['年度']}")
def test_a_report_is_what_docxtpl_makes_of_the_same_template(name, context):
    assert faults(assert_same(TEMPLATES / name, context)) == []


# ------------------------------------------------------------- tables laid out only once

FIGURE = "{{ 格.文字 }}"
MIXED = [*CONTEXTS, *reversed(CONTEXTS)]


def table_template(path: Path, figure: str, around: tuple[str, str] = ("", "")) -> Path:
    """The shipped template with other tags where a cell's text stands, and around the tables."""
    before, after = (f"<w:p><w:r><w:t>{tag}</w:t></w:r></w:p>" if tag else "" for tag in around)
    with zipfile.ZipFile(TEMPLATES / "年报.docx") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode("utf-8")
            if name == "word/document.xml":
                text = text.replace(FIGURE, figure)
                text = text.replace("<w:tbl>", f"{before}<w:tbl>")
                text = text.replace("</w:tbl>", f"</w:tbl>{after}")
            new.writestr(name, text)
    return path


def tables_laid_out(monkeypatch) -> list[bool]:
    """Will hold, for each table of a report, whether it was put together from its pieces."""
    seen = []
    fill = TemplateTable.fill

    def watched(self, values):
        filled = fill(self, values)
        seen.append(len(filled.pieces) > 1)
        return filled

    monkeypatch.setattr(TemplateTable, "fill", watched)
    return seen


def test_one_template_serves_reports_of_all_editions_in_any_order(monkeypatch):
    seen = tables_laid_out(monkeypatch)
    path = TEMPLATES / "年报.docx"
    template = compile_template(path)
    for context in MIXED:
        assert_same(path, context, template)
    assert seen == [True] * 3 * len(MIXED)


PRINTED = [
    "{{ 格.文字 }}件（{{ 单位 }}，{{ 年度 }}）",
    "{% if 年度 > 2021 and not loop.first %}{{ 格.文字 }}{% else %}({{ 格.文字 }}){% endif %}",
    "{% if 单位 == '示例二局' or 章.表 %}{{ 格.文字 }}{% endif %}{{ 单位 }}",
    "{{ 格['文字'] }}{{ 章.标题 }}{{ loop.index }}",
]
INSPECTED = [
    "{% for 项 in [格] %}{{ 项.文字 }}{% endfor %}{{ range(2)|length }}",
    "{{ 格['文字'] }}{{ 没有的|default('') }}{{ 章.没有的|default('') }}",
    "{{ 格[单位]|default('') }}{{ 格.文字 }}{% for 字 in 格.文字 if 字 != '0' %}{{ 字 }}{% endfor %}",
    "{% if 格.文字 == '0' %}—{% else %}{{ 格.文字 }}{% endif %}",
    "{% if 格.文字 %}{{ 格.文字 }}{% endif %}",
    "{% if 格.文字 in ['0', '1'] %}少{% endif %}{% if '1' in 格.文字 %}一{% endif %}",
    "{{ 格.文字|replace('0', '〇') }}",
    "{{ 格.文字|int + 1 }}{{ 格.文字|length }}",
    "{{ '%s件'|format(格.文字) }}{{ '%s件' % 格.文字 }}",
    "{{ 格.文字 ~ '件' }}",
    "{{ 格.文字 + '件' }}{{ 格.文字 * 2 }}",
    "{{ 格.文字.zfill(3) }}",
    "{% if 格.文字 is string %}文{% endif %}{{ 格.文字|e }}",
    "{{ 格.文字|default('无') }}{{ 格.文字[:1] }}",
    "{{ {'0': '零'}[格.文字]|default('') }}",
    "{{ 格.文字|safe }}",
    "{{ [格.文字, 年度]|join('/') }}",
    "{% filter upper %}a{{ 格.文字 }}{% endfilter %}",
    "{% set 数 = 格.文字 %}{{ 数 }}",
    "{% autoescape false %}{{ 格.文字 }}{% endautoescape %}",
    "{% macro 记(数) %}[{{ 数 }}]{% endmacro %}{{ 记(格.文字) }}",
    "{% if 章.各部分 %}有{% endif %}{{ 章.各部分|length }}{{ 格.文字 }}",
    "{{ 格 }}",
]


FEW = 6
"""So many of the second kind are tried at once, the others with the slow ones."""


@pytest.mark.parametrize(
    "figure",
    [
        *(*PRINTED, *INSPECTED[:FEW]),
        *(pytest.param(figure, marks=pytest.mark.slow) for figure in INSPECTED[FEW:]),
    ],
)
def test_a_table_that_looks_at_its_figures_gives_what_docxtpl_gives(figure, tmp_path, monkeypatch):
    seen = tables_laid_out(monkeypatch)
    path = table_template(tmp_path / "模板.docx", figure)
    template = compile_template(path)
    for context in (*CONTEXTS[1:4], CONTEXTS[1]):
        assert_same(path, context, template)
    assert (bool(seen) and all(seen)) == (figure in PRINTED)


@pytest.mark.parametrize(
    "around",
    [
        ("{%p for 次 in range(2) %}", "{%p endfor %}"),
        ("{%p filter replace('年', '岁') %}", "{%p endfilter %}"),
        ("{%p set 表 %}", "{%p endset %}"),
        ("{%p macro 画(章) %}", "{%p endmacro %}"),
        ("{#", "#}"),
        ("{%p autoescape false %}", "{%p endautoescape %}"),
        ("{%p with 标题 = 单位 %}", "{%p endwith %}"),
    ],
    ids=lambda around: around[0],
)
def test_tables_within_other_tags_give_what_docxtpl_gives(around, tmp_path):
    path = table_template(tmp_path / "模板.docx", FIGURE, around)
    template = compile_template(path)
    for context in (*CONTEXTS[1:4], CONTEXTS[1]):
        assert_same(path, context, template)


ODD_FIGURES = [
    "<&>\"'",
    "1\n2",
    "\t",
    "\x02",
    "\x021\x03",
    "a\x07b",
    "\r\n",
    "",
    "𠮷",
    "{{ 单位 }}",
]


def test_odd_figures_are_printed_as_docxtpl_prints_them():
    path = TEMPLATES / "年报.docx"
    template = compile_template(path)
    template.render(CONTEXTS[1])
    for odd in ODD_FIGURES:
        sections = []
        for section in CONTEXTS[1]["各章"]:
            table = section["表"]
            if table is not None:
                figures = [odd if at % 7 == 3 else told for at, told in enumerate(table.figures)]
                section = section | {"表": PrintedTable(table.layout, figures)}
            sections.append(section)
        assert_same(path, CONTEXTS[1] | {"各章": sections}, template)


def test_long_figures_widen_their_columns_as_docxtpl_prints_them():
    path = TEMPLATES / "年报.docx"
    template = compile_template(path)
    for at in (0, 40, 90):
        values = tuple(
            10 ** (place % 9) if place % 50 == at % 50 else value
            for place, value in enumerate(SUBMISSIONS[1].values)
        )
        assert_same(path, unit(replace(SUBMISSIONS[1], values=values)), template)


def test_a_fault_within_a_table_is_told_by_its_line(tmp_path):
    path = table_template(tmp_path / "模板.docx", "{{ 没有的.名称 }}")
    with pytest.raises(UndefinedError) as raised:
        compile_template(path).render(CONTEXTS[1])
    lines = [entry.lineno for entry in raised.traceback if "template" in str(entry.path)]
    assert lines[-1] > 1


# ------------------------------------------------------- templates that an office might make


def loops(document):
    for text in (
        "{%p for 章 in 各章 %}",
        "{{ loop.index }} {{ 章.标题 }}{% if loop.last %}（完）{% endif %}",
        "{%p endfor %}",
        "{# a remark #}{{ 单位|upper }}{_{ 原样 }_}",
    ):
        document.add_paragraph(text)


def rows_and_columns(document):
    table = document.add_table(rows=3, cols=3)
    table.cell(0, 0).text = "{%tr for 章 in 各章 %}"
    table.cell(1, 0).text = "{{ 章.标题 }}"
    table.cell(1, 1).text = "{% cellbg 'FFEE00' %}{{ 年度 }}"
    table.cell(2, 0).text = "{%tr endfor %}"
    wide = document.add_table(rows=1, cols=3)
    for cell, text in zip(
        wide.rows[0].cells,
        ("{%tc for 章 in 各章 %}", "{{ 章.标题 }}", "{%tc endfor %}"),
        strict=True,
    ):
        cell.text = text


def merges(document):
    table = document.add_table(rows=3, cols=2)
    table.cell(0, 0).text = "{%tr for 章 in 各章 %}"
    table.cell(1, 0).text = "{% vm %}{{ 年度 }}"
    table.cell(1, 1).text = "{{ 章.标题 }}"
    table.cell(2, 0).text = "{%tr endfor %}"
    spanned = document.add_table(rows=2, cols=4)
    spanned.cell(0, 0).merge(spanned.cell(0, 3)).text = "{{ 标题 }}"
    spanned.cell(1, 0).text = "{% if 草稿 %}{{ 草稿 }}{% endif %}"


def headers_and_footers(document):
    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.header.paragraphs[0].text = "{{ 单位 }}"
    section.first_page_header.paragraphs[0].text = "首页 {{ 年度 }}"
    section.footer.paragraphs[0].text = "没有标签的页脚"
    section.footer.add_paragraph("{% if 年度 > 2000 %}{{ 依据 }}{% endif %}")
    document.add_section().header.is_linked_to_previous = False


def split_runs(document):
    paragraph = document.add_paragraph()
    for text in ("前", "{", "{ 单", "位 }", "} 后"):
        paragraph.add_run(text).bold = len(text) > 1
    paragraph.add_run("\t制表{{ 年度 }}\n换行").italic = True


def properties(document):
    document.core_properties.title = "{{ 标题 }}（{{ 年度 }}）"
    document.core_properties.author = "{{ 单位 }}"
    document.core_properties.comments = "{% if 年度 > 2000 %}新{% endif %} a < b"
    document.add_paragraph("{{ 标题 }}")


def pictures(document):
    document.add_paragraph("{%p for 章 in 各章 %}")
    drawing = (
        f"<w:r {nsdecls('w', 'wp', 'a', 'pic')}><w:drawing><wp:inline>"
        '<wp:extent cx="100" cy="100"/><wp:docPr id="1" name="图"/><a:graphic>'
        '<a:graphicData uri="urn:none"/></a:graphic></wp:inline></w:drawing></w:r>'
    )
    document.add_paragraph()._p.append(parse_xml(drawing))
    document.add_paragraph("{%p endfor %}")


def nested_tables(document):
    outer = document.add_table(rows=1, cols=2)
    inner = outer.cell(0, 0).add_table(rows=3, cols=1)
    inner.cell(0, 0).text = "{%tr for 章 in 各章 %}"
    inner.cell(1, 0).text = "{{ 章.标题 }}"
    inner.cell(2, 0).text = "{%tr endfor %}"


MADE = [
    loops,
    rows_and_columns,
    merges,
    headers_and_footers,
    split_runs,
    properties,
    pictures,
    nested_tables,
]


@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_a_template_of_the_office_gives_what_docxtpl_gives(make, tmp_path):
    document = Document()
    make(document)
    path = tmp_path / "模板.docx"
    document.save(str(path))
    for context in (CONTEXTS[0], CONTEXTS[-1]):
        made = assert_same(path, context)
        opened = Document(io.BytesIO(made))
        assert opened.paragraphs or opened.tables


# ----------------------------------------------------------------------------- hostile text

HOSTILE = {
    "& < > \" ' ]]> <w:p/> &amp; &#0;": None,
    "{{ 单位 }} {% for x in y %} {# #} {_{ }_} {_% %_} {%p if %} {%tr endfor %}": None,
    "{{单位}}{%endif%}%}}}{{{%": None,
    "\x00\x01\x02\x03\x07\x08\x0b\x0c\x1f\x7f\x9f\ufffe\uffff\ud800": "",
    "👨‍👩‍👧‍👦 𠮷 🏢 \U0010fffd": None,
    "\u202eabc\u202c \u200f\u2066甲\u2069\u061c乙\ufeff": "abc 甲乙",
    "第一行\n第二行\r\n第三行\t制表\r末行": "第一行\n第二行\n第三行\t制表\n末行",
    "一\x85二\u2028三\u2029四": "一\n二\n三\n四",
    "  前后都有空格\u3000 ": None,
    "\n\n\t\n": None,
    "长" * 20_000: None,
    "": None,
}
"""What a clerk may type, and what is printed of it where that isn't the same."""


@pytest.mark.parametrize(("text", "kept"), HOSTILE.items(), ids=range(len(HOSTILE)))
def test_nothing_that_a_clerk_types_breaks_or_changes_a_report(text, kept):
    assert_printed(text, text if kept is None else kept, *COMPILED)


@given(st.text(st.characters(), max_size=300))
@settings(max_examples=20, deadline=None)
def test_any_text_is_printed_as_it_was_typed(text):
    """Lone halves of characters among them; the hidden ones aside, every character comes back."""
    kept = re.sub("\r\n?|[\x85\u2028\u2029]", "\n", text)
    hidden = ("Cc", "Cs")
    marks = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
    kept = "".join(c for c in kept if c in "\n\t" or unicodedata.category(c) not in hidden)
    dropped = f"[{marks}\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e00ff\U0010fffe\U0010ffff]"
    assert_printed(text, re.sub(dropped, "", kept), "年报.docx")


COMPILED = {name: compile_template(TEMPLATES / name) for name in ("年报.docx", "汇总年报.docx")}


def assert_printed(text: str, kept: str, *templates: str) -> None:
    """Typed in every field of prose and identity, it stands there, and the package is whole."""
    prose = {"标题": text, "各部分": [{"标题": text, "各段": [text, text]}], "表": None}
    signature = {"单位": text, "日期": text, "名称长": False}
    said = {"标题": text, "分行标题": text, "单位": text, "引言": [text], "草稿": text}
    context = CONTEXTS[0] | said | {"落款": signature}
    context["各章"] = [prose, *CONTEXTS[0]["各章"][1:]]
    for template in templates:
        made = COMPILED[template].render(context)
        assert faults(made) == []
        document = Document(io.BytesIO(made))
        told = [paragraph.text for paragraph in document.paragraphs]
        # Without a heading, or a date, the lines that have them are left out.
        opening, signature = (6, 2) if text else (5, 0)
        assert told[:opening] == [kept] * opening
        assert told[len(told) - signature :] == [kept] * signature
        assert len(document.tables) == 3
        assert document.core_properties.title == kept
        assert document.core_properties.author == kept


def test_an_empty_last_section_says_that_there_is_nothing():
    edition = EDITIONS["2021"]
    last = edition.sections[-1]
    passages = tuple(p for p in SUBMISSIONS[1].passages if p.section != last.key)
    made = compile_template(TEMPLATES / "年报.docx").render(
        unit_context(replace(SUBMISSIONS[1], passages=passages), edition)
    )
    told = [(p.style.name, p.text) for p in Document(io.BytesIO(made)).paragraphs]
    heading = next(i for i, (_, text) in enumerate(told) if text == last.heading)
    assert told[heading : heading + 2] == [("Heading 1", last.heading), ("正文（末尾）", "无")]


# -------------------------------------------------------------------------------- the layout


def test_the_same_report_has_the_same_bytes():
    path = TEMPLATES / "年报.docx"
    assert compile_template(path).render(CONTEXTS[0]) == compile_template(path).render(CONTEXTS[0])


def test_a_long_title_breaks_after_the_unit():
    assert title_lines("示例一镇2024年度政府信息公开工作年度报告", "示例一镇").split("\n") == [
        "示例一镇",
        "2024年度政府信息公开工作年度报告",
    ]
    assert title_lines("王店镇2020年度政府信息公开工作年度报告", "王店镇").count("\n") == 0


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("王店镇", ["王店镇"]),
        (
            "示例自治州示例自治县经济技术开发区管理委员会",
            ["示例自治州示例自治县", "经济技术开发区管理委员会"],
        ),
        (
            "示例壮族自治区示例市市场监督管理局综合执法大队",
            ["示例壮族自治区示例市", "市场监督管理局综合执法大队"],
        ),
    ],
)
def test_a_long_name_breaks_between_words(name, lines):
    assert name_lines(name).split("\n") == lines


def test_the_end_of_the_text_goes_with_the_signature():
    paragraphs = Document(io.BytesIO(COMPILED["年报.docx"].render(CONTEXTS[1]))).paragraphs
    *_, last, signed, date = paragraphs
    assert [p.style.name for p in (last, signed, date)] == ["正文（末尾）", "Signature", "Date"]
    assert last.style.paragraph_format.keep_with_next
    assert signed.style.paragraph_format.keep_with_next
    others = [p for p in paragraphs[:-3] if p.text == "" or p.style.name == "Body Text"]
    assert not any(p.style.paragraph_format.keep_with_next for p in others)


@pytest.mark.parametrize("units", [3, 40])
def test_a_table_at_the_end_goes_with_the_signature(units):
    rows = [("单位", "件数", "金额"), *((f"示例{at}局", "1", "2") for at in range(units))]
    *others, end = CONTEXTS[1]["各章"]
    context = CONTEXTS[1] | {"各章": [*others, end | {"表": listed_table("示例清单", rows)}]}
    document = Document(io.BytesIO(COMPILED["汇总年报.docx"].render(context)))
    *_, gap, signed, date = document.paragraphs
    assert [p.style.name for p in (gap, signed, date)] == ["表格后", "Signature", "Date"]
    assert gap.paragraph_format.keep_with_next
    table = document.tables[-1]
    assert len(table.rows) == units + 1
    kept = [
        all(p.paragraph_format.keep_with_next for cell in row.cells for p in cell.paragraphs)
        for row in table.rows[1:]
    ]
    assert kept == [False] * (units - 1) + [True]


def test_the_properties_name_title_author_subject_and_language():
    told = Document(io.BytesIO(compile_template(TEMPLATES / "年报.docx").render(CONTEXTS[0])))
    found = told.core_properties
    assert (found.title, found.author) == (CONTEXTS[0]["标题"], CONTEXTS[0]["单位"])
    assert (found.subject, found.language) == ("政府信息公开工作年度报告", "zh-CN")


def test_a_draft_is_marked_on_every_page_and_a_final_report_is_not():
    template = compile_template(TEMPLATES / "汇总年报.docx")
    for draft in ("", "草稿（未齐：示例三局）"):
        section = Document(io.BytesIO(template.render(CONTEXTS[-1] | {"草稿": draft}))).sections[0]
        for header in (section.header, section.even_page_header):
            assert header.paragraphs[0].text == draft
            assert ("textpath" in header._element.xml) is bool(draft)


def test_the_text_area_is_that_of_the_national_standard():
    section = Document(str(TEMPLATES / "年报.docx")).sections[0]
    margins = (
        section.top_margin,
        section.bottom_margin,
        section.left_margin,
        section.right_margin,
    )
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    assert [round(x.mm) for x in (section.page_width, section.page_height)] == [210, 297]
