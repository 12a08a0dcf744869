"""The 图解: its figures are the report's, in the page of Word, in its charts and in the image."""

import io
import json
import random
import tomllib
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from lxml import etree

from pipeline.aggregate.charts import percent
from pipeline.charts.word import ChartData, ChartError, chart_names, embedded_workbook
from pipeline.declare.editions import build_edition
from pipeline.declare.workbook_form import workbook_form
from pipeline.infographic.content import unit_infographic
from pipeline.infographic.svg import WIDTH, infographic_svg
from pipeline.infographic.word import infographic_docx, infographic_template
from pipeline.model.settings import Settings
from pipeline.ooxml.validity import faults
from pipeline.run import run
from pipeline.template_lint.check import check_template
from templates.build_infographic import write
from tests.support.districts import district_2024, write_inputs
from tests.support.infographics import (
    CASES,
    EDITION,
    EDITIONS,
    TEMPLATE,
    WANGDIAN,
    ZERO,
    with_identity,
)
from tests.support.paths import TEMPLATES
from tests.support.runs import run as run_folder
from tests.support.summary_books import MADE_UP, submission, unit_names

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
SVG = "{http://www.w3.org/2000/svg}"


def package(docx: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(docx)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def charts(docx: bytes) -> list[tuple[etree._Element, bytes]]:
    """Each chart with the workbook embedded in it, in the order of the page."""
    parts = package(docx)
    document = etree.fromstring(parts["word/document.xml"])
    links = {
        link.get("Id"): link.get("Target")
        for link in etree.fromstring(parts["word/_rels/document.xml.rels"])
    }
    found = []
    for frame in document.iter(f"{C}chart"):
        (key,) = frame.attrib.values()
        name = links[key].removeprefix("charts/")
        chart = etree.fromstring(parts[f"word/charts/{name}"])
        (link,) = etree.fromstring(parts[f"word/charts/_rels/{name}.rels"])
        found.append((chart, parts["word/" + link.get("Target").removeprefix("../")]))
    return found


def cached(series: etree._Element, tag: str) -> list[str]:
    cache = series.find(f"{C}{tag}")[0][1]
    count = int(cache.find(f"{C}ptCount").get("val"))
    values = {int(p.get("idx")): p.findtext(f"{C}v") for p in cache.findall(f"{C}pt")}
    return [values.get(at, "") for at in range(count)]


@pytest.fixture(scope="module", params=CASES)
def case(request):
    content = CASES[request.param]
    return content, infographic_docx(content, TEMPLATE)


# -------------------------------------------------------------------------------- the page of Word


def test_word_opens_it_without_repair(case):
    content, docx = case
    assert faults(docx) == []
    document = Document(io.BytesIO(docx))
    assert document.core_properties.title == f"{content.title}（图解）"


def test_every_figure_stands_on_the_page(case):
    content, docx = case
    document = Document(io.BytesIO(docx))
    said = ["".join(cell.text.split()) for t in document.tables for r in t.rows for cell in r.cells]
    for figure in content.headlines:
        assert f"{figure.value}{figure.label}（{figure.unit}）" in said
    lines = "".join(said)
    for figure in content.others:
        assert f"{figure.label}{figure.value}{figure.unit}" in lines
    assert content.title in lines
    assert "".join(content.period.split()) in lines


def test_a_chart_holds_its_picture_in_its_cache_and_in_its_workbook(case):
    content, docx = case
    shown = [picture for picture in content.pictures if not picture.empty]
    drawn = charts(docx)
    assert len(drawn) == len(shown)
    for picture, (chart, book) in zip(shown, drawn, strict=True):
        sheet = openpyxl.load_workbook(io.BytesIO(book), data_only=True).active
        series = list(chart.iter(f"{C}ser"))
        years = picture.years or (None,)
        assert len(series) == len(years)
        for at, (one, year) in enumerate(zip(series, years, strict=True)):
            values = [bar.value if year is None else bar.at(year) for bar in picture.bars]
            printed = [
                "" if v is None else bar.printed(v)
                for v, bar in zip(values, picture.bars, strict=True)
            ]
            assert cached(one, "val") == printed
            cells = [sheet.cell(row, at + 2).value for row in range(2, len(values) + 2)]
            assert cells == [None if text == "" else float(text) for text in printed]
            assert cached(one, "tx") == [sheet.cell(1, at + 2).value]
            names = [sheet.cell(row, 1).value for row in range(2, len(values) + 2)]
            assert cached(one, "cat") == names
            for name, bar in zip(names, picture.bars, strict=True):
                assert name.startswith(bar.label)
                assert picture.chart.kind != "parts" or name.endswith(percent(bar.share))
        assert [one.find(f"{C}idx").get("val") for one in series] == [
            str(at) for at in range(len(series))
        ]


def test_what_the_workbook_shows_of_parts_it_computes_anew():
    data = ChartData(labels=("=1+1", "乙"), series=(("数", ("3", "1")),), unit="件", shares=True)
    book = openpyxl.load_workbook(io.BytesIO(embedded_workbook(data))).active
    assert book["A2"].value == '=C2&" "&B2&"件 "&TEXT(B2/SUM(B$2:B$3),"0.0%")'
    assert book["C2"].value == "=1+1"
    assert book["C2"].data_type == "s"
    plain = openpyxl.load_workbook(io.BytesIO(embedded_workbook(data)), data_only=True).active
    assert [plain["A2"].value, plain["A3"].value] == ["=1+1 3件 75.0%", "乙 1件 25.0%"]


def test_the_same_report_has_the_same_bytes(case):
    content, docx = case
    assert infographic_docx(content, TEMPLATE) == docx
    assert infographic_svg(content) == infographic_svg(content)


def test_all_zero_is_said_in_words_and_no_chart_is_left():
    docx = infographic_docx(ZERO, TEMPLATE)
    parts = package(docx)
    assert not [name for name in parts if "chart" in name or "embeddings" in name]
    said = etree.fromstring(parts["word/document.xml"]).xpath("string()")
    drawn = infographic_svg(ZERO)
    for words in ("本年度未收到政府信息公开申请。", "本年度没有办结的政府信息公开申请。"):
        assert words in said
        assert words in drawn
    assert "主动公开渠道" not in said + drawn


def test_years_that_are_known_are_compared_and_this_one_stands_out():
    docx = infographic_docx(CASES["county"], TEMPLATE)
    chart = charts(docx)[-1][0]
    colours = [s.find(".//{*}srgbClr").get("val") for s in chart.iter(f"{C}ser")]
    (alone,) = charts(infographic_docx(CASES["王店镇"], TEMPLATE))[-1][0].iter(f"{C}ser")
    assert len(set(colours)) == 3
    assert colours[-1] == alone.find(".//{*}srgbClr").get("val")


TYPED = [
    "<a> & \"b\" 'c' {{ 单位 }} {% if x %}",
    "示例\x07\ud800镇\n办公室",
    "示例" * 60,
    "=cmd|' /C calc'!A0",
    "\u202e示例镇😀",
]


@pytest.mark.parametrize("typed", TYPED)
def test_nothing_that_a_clerk_types_breaks_it(typed):
    facts = tuple(replace(fact, channel=typed) for fact in WANGDIAN.facts)
    told = with_identity(replace(WANGDIAN, facts=facts), unit=typed, title=typed)
    content = unit_infographic(told, EDITION, [])
    docx = infographic_docx(content, TEMPLATE)
    assert faults(docx) == []
    book = openpyxl.load_workbook(io.BytesIO(charts(docx)[0][1])).active
    assert book["A2"].data_type == "s"
    tree = etree.fromstring(infographic_svg(content).encode())
    allowed = {"svg", "title", "desc", "text", "rect", "path", "g"}
    assert {etree.QName(x).localname for x in tree.iter()} <= allowed
    assert {str(k) for x in tree.iter() for k in x.attrib if str(k).startswith("on")} == set()


# ----------------------------------------------------------------------------------- the template


def test_the_shipped_template_is_what_its_maker_makes(tmp_path):
    write(tmp_path / "图解.docx")
    made, shipped = (
        package((folder / "图解.docx").read_bytes()) for folder in (tmp_path, TEMPLATES)
    )
    assert list(made) == list(shipped)
    for name, content in made.items():
        # How a workbook is packed is not what it says.
        same = package if name.endswith(".xlsx") else bytes
        assert same(content) == same(shipped[name])


def test_the_shipped_template_passes_the_check():
    assert check_template(TEMPLATES / "图解.docx", EDITIONS).faults == ()


def edited(tmp_path: Path, part: str, *changes: tuple[str, str]) -> Path:
    parts = package((TEMPLATES / "图解.docx").read_bytes())
    text = parts[part].decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "图解.docx"
    with zipfile.ZipFile(path, "w") as made:
        for name, content in {**parts, part: text.encode()}.items():
            made.writestr(name, content)
    return path


def test_a_chart_restyled_by_the_office_stays_so(tmp_path):
    path = edited(
        tmp_path,
        "word/charts/chart1.xml",
        ('<c:barDir val="bar"/>', '<c:barDir val="col"/>'),
        ("1F4E79", "AA0000"),
    )
    chart = charts(infographic_docx(CASES["王店镇"], infographic_template(path)))[0][0]
    assert chart.find(f".//{C}barDir").get("val") == "col"
    assert chart.find(f".//{C}ser/{C}spPr//{{*}}srgbClr").get("val") == "AA0000"
    assert cached(next(chart.iter(f"{C}ser")), "val") == ["556", "396", "75"]


def test_a_chart_without_a_tag_is_the_offices_own(tmp_path):
    path = edited(tmp_path, "word/document.xml", ("{{ 图.申请人.说明 }}", "本处历年培训次数"))
    assert "申请人" not in chart_names(path.read_bytes()).values()
    before = package(path.read_bytes())["word/charts/chart2.xml"]
    parts = package(infographic_docx(ZERO, infographic_template(path)))
    assert parts["word/charts/chart2.xml"] == before


def test_a_chart_of_another_sort_is_told_by_name(tmp_path):
    path = edited(
        tmp_path, "word/charts/chart2.xml", ("<c:val>", "<c:yVal>"), ("</c:val>", "</c:yVal>")
    )
    with pytest.raises(ChartError, match="申请人"):
        infographic_docx(CASES["王店镇"], infographic_template(path))
    report = check_template(path, EDITIONS)
    assert not report.usable
    assert "申请人" in report.faults[0].message


def test_a_name_that_no_chart_has_is_told(tmp_path):
    path = edited(tmp_path, "word/document.xml", ("图.申请人.说明", "图.申清人.说明"))
    (fault,) = check_template(path, EDITIONS).faults
    assert "是不是“图.申请人”" in fault.message


def test_a_new_edition_needs_no_new_code():
    declared = tomllib.loads(MADE_UP) | {"headlines": ["people"]}
    edition = build_edition(declared)
    told = submission(edition, 2031, unit_names(1)[0], random.Random(1))
    content = unit_infographic(told, edition, [])
    assert [figure.label for figure in content.headlines] == ["来访咨询"]
    assert faults(infographic_docx(content, TEMPLATE)) == []
    drawn = infographic_svg(content)
    assert "来访者构成" in drawn
    assert "来访（人次）" in drawn


# -------------------------------------------------------------------------------------- the image


def test_the_image_says_every_figure(case):
    content, _ = case
    tree = etree.fromstring(infographic_svg(content).encode())
    words = ["".join(x.itertext()) for x in tree.iter(f"{SVG}text")]
    for figure in (*content.headlines, *content.others):
        assert figure.value in words
        assert figure.label in words
    for picture in content.pictures:
        assert picture.title in words
        for bar in () if picture.empty else picture.bars:
            for value in bar.by_year.values() or [bar.value]:
                assert bar.printed(value) in words
    assert tree.find(f"{SVG}title").text == f"{content.title}（图解）"
    assert int(tree.get("width")) == WIDTH


def test_the_cards_do_not_overlap(case):
    content, _ = case
    tree = etree.fromstring(infographic_svg(content).encode())
    cards = [
        tuple(float(x.get(k)) for k in ("x", "y", "width", "height"))
        for x in tree.iter(f"{SVG}rect")
        if x.get("rx") == "8"
    ]
    assert len(cards) == len(content.pictures) + 2
    for at, (x, y, w, h) in enumerate(cards):
        assert x >= 0
        assert x + w <= WIDTH
        assert y + h <= float(tree.get("height"))
        for x2, y2, w2, h2 in cards[at + 1 :]:
            apart = x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y
            assert apart


def test_a_draft_says_so_on_the_page_and_in_the_image():
    content = replace(CASES["county"], draft="草稿（未齐：示例镇）")
    document = etree.fromstring(package(infographic_docx(content, TEMPLATE))["word/document.xml"])
    for said in (document.xpath("string()"), infographic_svg(content)):
        assert "图解（草稿）" in said.replace("　", "")
        assert "未齐：示例镇" in said


def test_shares_are_of_the_whole():
    (picture,) = (p for p in CASES["county"].pictures if p.chart.key == "outcomes")
    assert sum(bar.share for bar in picture.bars) == Fraction(1)
    assert [bar.label for bar in picture.bars][:2] == ["予以公开", "部分公开"]
    (applicants,) = (p for p in CASES["across editions"].pictures if p.chart.key == "applicants")
    assert [bar.label for bar in applicants.bars][-1] == "其他"


# ---------------------------------------------------------------------------------------- the run


def test_a_run_makes_them_where_they_are_wanted_and_records_them(tmp_path, monkeypatch):
    # What a PNG looks like is a matter of the slow suite; it takes a second.
    monkeypatch.setattr("pipeline.infographic.files.png", str.encode)
    write_inputs(tmp_path / "input", district_2024()[:2])
    settings = Settings(
        input=tmp_path / "input",
        output=tmp_path / "output",
        templates=TEMPLATES,
        editions=EDITIONS,
        form=workbook_form(),
        infographic=True,
    )
    run(settings, lambda *_: None)
    record = json.loads((tmp_path / "output" / "run.json").read_text())
    named = {
        name for kind in ("units", "counties") for one in record[kind] for name in one["outputs"]
    }
    made = {
        path.relative_to(tmp_path / "output").as_posix()
        for path in (tmp_path / "output").rglob("*图解*")
        if path.is_file()
    }
    stems = {
        "示例区2024年度/图解/示例一镇2024年度图解",
        "示例区2024年度/图解/示例区本级（示例）2024年度图解",
    }
    assert made <= named
    assert {f"{stem}{suffix}" for stem in stems for suffix in (".docx", ".svg", ".png")} <= made
    county = [name for name in made if "/图解/" not in name]
    assert len(county) == 3
    run(replace(settings, infographic=False), lambda *_: None)
    left = {
        path.relative_to(tmp_path / "output").as_posix()
        for path in (tmp_path / "output").rglob("*图解*")
        if path.is_file()
    }
    assert left == {f"旧文件/{name}" for name in made}


def test_without_a_chinese_font_no_picture_is_drawn_and_the_officer_is_told(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr("pipeline.infographic.png.installed", lambda: True)
    monkeypatch.setattr("pipeline.infographic.png.has_chinese_font", lambda: False)
    write_inputs(tmp_path / "input", district_2024()[:2])
    run_folder(tmp_path, "--infographic")
    assert "没有中文字体" in capsys.readouterr().out
    assert list((tmp_path / "output").rglob("*图解.svg"))
    assert not list((tmp_path / "output").rglob("*.png"))


def test_a_county_s_figures_say_of_how_many_units_they_are_the_sum(tmp_path):
    write_inputs(tmp_path / "input", district_2024())
    run_folder(tmp_path, "--infographic")
    folder = tmp_path / "output" / "示例区2024年度"
    scope = "各数均为示例区 4 个单位的合计"
    assert scope in (folder / "示例区2024年度图解.svg").read_text("utf-8")
    word = Document(str(folder / "示例区2024年度图解.docx"))
    assert any(scope in node.text for node in word.element.iter() if node.text)
    unit = next((folder / "图解").glob("示例一镇*.svg")).read_text("utf-8")
    assert "合计" not in unit
