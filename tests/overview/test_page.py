"""总览.html as a document: what stands in it, where it leads, and what it can't be made to do."""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
from dataclasses import fields, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import openpyxl
import pytest
from lxml import html

from pipeline.books.theme import DARK, THEME, Theme
from pipeline.declare.editions import load_editions
from pipeline.model.completeness import Completeness
from pipeline.model.county_outcome import CountyOutcome
from pipeline.model.edition import Edition
from pipeline.model.place import Place
from pipeline.model.problem import Problem
from pipeline.model.submission import Submission
from pipeline.model.table_grid import grid
from pipeline.model.unit_outcome import UnitOutcome
from pipeline.overview.county import Listing, PageContent, write_page
from pipeline.overview.figures import shown
from pipeline.overview.units import PAGE, Link, Paths
from pipeline.text.figures import format_value
from tests.support.page_district import COUNTY, HOSTILE, HOSTILE_UNIT, SAME, YEAR, run_district
from tests.support.summary_books import county, made_up, unit_names

EDITIONS = load_editions()
PATHS = Path(f"{COUNTY}{YEAR}年度") / PAGE


@pytest.fixture(scope="module")
def district(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, list[UnitOutcome], list[CountyOutcome]]:
    folder = tmp_path_factory.mktemp("district")
    return (folder, *run_district(folder))


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def opened(content: bytes) -> html.HtmlElement:
    return html.document_fromstring(content.decode("utf-8"))


def data_of(page: html.HtmlElement) -> dict:
    return json.loads(page.get_element_by_id("data").text)


def content(edition: Edition, year: int, count: int, **more: object) -> PageContent:
    """A page's content without files: every unit of a county has passed."""
    told = county(edition, year, unit_names(count))
    members = tuple(
        replace(
            member,
            places={f.key: Place(edition.table(f.table).sheet, "B5") for f in edition.fields},
        )
        for member in told.members
    )
    values = {
        "county": replace(told, members=members),
        "outcomes": tuple(
            UnitOutcome(submission=member, problems=(), status="accepted") for member in members
        ),
        "found": Completeness(level=told.name, added=count),
        "earlier": (),
        "outputs": (),
        "paths": Paths(folder="示例区2024年度", sources="../../input"),
        **more,
    }
    return PageContent(**values)


CASES = {
    "2019": (EDITIONS["2019"], 2020, 9),
    "2021": (EDITIONS["2021"], 2024, 5),
    "made up": (made_up(), 2031, 4),
}


# ------------------------------------------------------------------------------- the figures


@pytest.mark.parametrize("name", list(CASES))
def test_every_county_figure_stands_in_its_national_table_and_leads_to_the_cells(name):
    told = content(*CASES[name])
    page = opened(write_page(told))
    data, edition = data_of(page), told.county.edition
    tables = page.find_class("national")
    assert len(tables) == len(edition.tables)
    seen = set()
    for table, drawn in zip(edition.tables, map(grid, edition.tables), strict=True):
        element = tables[edition.tables.index(table)]
        assert words(element.find("caption")) == table.caption
        cells = [c for row in element.iter("tr") for c in row]
        printed_cells = [c for row in drawn.by_row() for c in row]
        for cell, found in zip(printed_cells, cells, strict=True):
            assert int(found.get("colspan", 1)) == cell.colspan
            assert int(found.get("rowspan", 1)) == cell.rowspan
            if cell.field is None:
                assert found.tag == "th"
                assert words(found) == " ".join(cell.text.split())
                continue
            trace = found.find_class("figure")[0].get("data-trace")
            at = int(trace.removeprefix("+"))
            assert edition.fields[at].key == cell.field.key
            values = [unit[4][at] for unit in data["units"]]
            assert sum(values) == told.county.sums[cell.field.key]
            plain = words(found).replace(",", "").removesuffix("万元")
            signed = cell.field.kind == "signed"
            assert plain == format_value(sum(values), cell.field.scale, signed)
            seen.add(cell.field.key)
    assert seen == set(edition.by_key)


def test_every_unit_is_told_with_its_file_and_the_cells_of_its_figures():
    told = content(EDITIONS["2019"], 2020, 7)
    data = data_of(opened(write_page(told)))
    assert len(data["layouts"]) == 1
    for member, (unit, source, href, layout, values) in zip(
        told.county.members, data["units"], strict=True
    ):
        assert (unit, source) == (member.unit, member.source)
        assert unquote(href) == f"../../input/{member.source}"
        assert tuple(values) == member.values
        cells = [str(member.places[f.key]) for f in told.county.edition.fields]
        assert data["layouts"][layout] == cells


def test_key_figures_and_charts_can_be_traced_to_what_they_show():
    told = content(EDITIONS["2021"], 2024, 6)
    page = opened(write_page(told))
    data = data_of(page)
    faces = page.xpath("//section[@id='figures' or @id='charts']//*[@data-trace]")
    assert len(faces) > len(told.county.edition.measures)
    for face in faces:
        parts = [
            (int(f"{s}1"), int(n)) for s, n in re.findall(r"([+-])(\d+)", face.get("data-trace"))
        ]
        units = data["units"]
        if face.get("data-member"):
            units = [units[int(face.get("data-member"))]]
        total = sum(sign * unit[4][at] for unit in units for sign, at in parts)
        scale = data["fields"][parts[0][1]][2]
        assert words(face) == shown(total, scale)


def test_last_year_stands_beside_this_year(district):
    page = opened((district[0] / "output" / PATHS).read_bytes())
    cards = [words(card) for card in page.xpath("//dl[@class='cards']/div")]
    assert any(re.match(r"本年新收申请\d+件2023年 \d+，(增 |减 |持平)", card) for card in cards)
    heads = [words(head) for head in page.xpath("//*[@class='picture']//thead/tr")]
    assert "项目2023年2024年" in heads


# ------------------------------------------------------------------------------- the problems


def test_every_problem_is_told_with_its_cell_and_what_to_do(district):
    folder, units, _ = district
    page = opened((folder / "output" / PATHS).read_bytes())
    here = [u for u in units if u.submission.year == YEAR]
    told = {
        (words(group.find_class("name")[0]), words(item).replace("单位：", "单位：、"))
        for group in page.find_class("group")
        for item in group.find_class("problem")
    }
    assert sum(len(u.problems) for u in here) > 8
    for unit in here:
        for found in unit.problems:
            texts = [t for name, t in told if unit.submission.unit in (name, *t.split("、"))]
            assert any(
                all(
                    " ".join(part.split()) in text
                    for part in (found.place, found.words, found.remedy)
                )
                for text in texts
            ), found


def test_what_is_wrong_comes_first_and_notices_last(district):
    page = opened((district[0] / "output" / PATHS).read_bytes())
    sections = [section.get("id") for section in page.iter("section")]
    assert sections == ["progress", "problems", "figures", "charts", "tables", "notices"]
    statuses = [row.get("data-status") for row in page.xpath("//table[@class='units']/tbody/tr")]
    assert statuses.index("通过") == len([s for s in statuses if s != "通过"]) > 0
    assert not page.xpath("//section[@id='problems']//*[contains(@class, 'notice ')]")
    assert page.find_class("verdict")[0].get("class") == "verdict bad"


def test_repeated_prose_is_set_side_by_side_as_a_notice(district):
    page = opened((district[0] / "output" / PATHS).read_bytes())
    told = {
        words(item): [words(cell) for cell in item.xpath(".//tbody/tr/td")]
        for item in page.xpath("//section[@id='notices']//li[.//details]")
    }
    assert len(told) == 2
    for name in ("示例二镇", "示例三局"):
        text = next(t for t in told if re.search(rf"正文有 \d+% 与“{name}”2024年度的相同", t))
        assert told[text][:2] == [SAME, SAME]


# ------------------------------------------------------------------------------- where it leads


def test_every_link_leads_to_a_file_or_a_place_on_the_page(district):
    folder, _, _ = district
    for page_path in sorted((folder / "output").rglob(PAGE)):
        page = opened(page_path.read_bytes())
        links = [a.get("href") for a in page.iter("a")]
        data = data_of(page)
        links += [unit[2] for unit in data.get("units", ())]
        assert len(links) > 3
        for link in links:
            parts = urlsplit(link)
            assert not parts.scheme
            assert not parts.netloc
            if parts.path:
                there = posixpath.join(page_path.parent.as_posix(), unquote(parts.path))
                assert Path(there).is_file(), link
            else:
                assert page.get_element_by_id(parts.fragment) is not None
        assert page.xpath("count(//@src)") == 0


def test_the_marked_copies_can_be_reached(district):
    folder, units, _ = district
    page = opened((folder / "output" / PATHS).read_bytes())
    links = {unquote(a.get("href")) for a in page.iter("a")}
    returned = [u for u in units if u.status == "returned" and u.submission.year == YEAR]
    assert len(returned) == 3
    for unit in returned:
        assert f"退回/{posixpath.basename(unit.outputs[-1])}" in links


def test_the_index_names_who_is_missing_by_year_and_the_files_of_nobody(district):
    page = opened((district[0] / "output" / PAGE).read_bytes())
    rows = [words(row) for row in page.xpath("//table[@class='units']/tbody/tr")]
    assert [row.split(" 年度")[0] for row in rows] == ["示例区 2024", "示例区 2023"]
    assert "示例七局（逾期）" in rows[0]
    assert "示例八局（未报）" in rows[0]
    assert "打不开&<b>.xlsx" in words(page.get_element_by_id("problems"))


@pytest.mark.slow
def test_the_problems_of_the_summary_open_the_marked_copy_at_the_cell(district):
    folder = district[0] / "output" / PATHS.parent
    sheet = openpyxl.load_workbook(folder / f"{COUNTY}{YEAR}年度汇总表.xlsx")["校验问题"]
    heads = {cell.value: cell.column - 1 for cell in sheet[4]}
    led = 0
    for row in sheet.iter_rows(min_row=5):
        place, source = row[heads["位置"]], row[heads["来源文件"]]
        if not source.hyperlink:
            assert row[heads["程度"]].value == "提示"
            continue
        copy = openpyxl.load_workbook(folder / source.hyperlink.target.replace("\\", "/"))
        if place.value:
            assert place.hyperlink.target == source.hyperlink.target
            name, _, cell = place.hyperlink.location.rpartition("!")
            assert f"{name.strip(chr(39))}!{cell}" == place.value
            assert copy[name.strip("'")][cell].fill.fgColor.rgb not in ("00000000", None)
            led += 1
    assert led >= 4


def test_whom_to_remind_comes_with_the_words_to_send(district):
    page = opened((district[0] / "output" / PATHS).read_bytes())
    told = {
        row.get("data-status"): words(row.xpath(".//*[@data-copy]")[0])
        for row in page.xpath("//table[@class='units']/tbody/tr[.//*[@data-copy]]")
    }
    assert list(told) == ["退回", "重复", "逾期", "未报"]
    assert told["未报"] == (
        "《示例八局2024年度政府信息公开工作年度报告》尚未收到，请尽快报送（截止日期：2025-02-14）。"
    )
    summary = district[0] / "output" / PATHS.parent / f"{COUNTY}{YEAR}年度汇总表.xlsx"
    sheet = openpyxl.load_workbook(summary)["催报单"]
    listed = {row[2]: row[8] for row in sheet.iter_rows(min_row=5, values_only=True)}
    assert listed == told


# --------------------------------------------------------------------------- what it can't do


def test_what_a_workbook_says_stays_text(district):
    folder = district[0]
    for page_path in sorted((folder / "output").rglob(PAGE)):
        page = opened(page_path.read_bytes())
        assert len(page.xpath("//script")) == 2
        assert not page.xpath("//img | //iframe | //object | //embed | //link | //base")
        names = [name for element in page.iter() for name in element.attrib]
        assert not [name for name in names if name.startswith("on") or name == "style"]
    page = opened((folder / "output" / PATHS).read_bytes())
    assert HOSTILE_UNIT in {words(name) for name in page.find_class("name")}
    assert HOSTILE_UNIT in [unit[0] for unit in data_of(page)["units"]]
    source = (folder / "output" / PATHS).read_text("utf-8")
    assert HOSTILE[1] not in source


@pytest.mark.parametrize(
    "nasty", [*HOSTILE, "a\x00b\x1b[31m", "\ud800", "\u2028</script>", "&amp;"]
)
def test_hostile_words_in_every_place_stay_text(nasty):
    edition = EDITIONS["2021"]
    told = county(edition, 2024, [nasty, "示例镇"], name=nasty)
    problem = Problem(
        rule=nasty,
        severity="error",
        message=nasty,
        sheet=nasty,
        cell=nasty,
        found=nasty,
        remedy=nasty,
        explanation=nasty,
        aside=((nasty, nasty),),
    )
    file = nasty.replace("\ud800", "\udcff")  # as a name in the file system can be
    submission = replace(told.members[0], source=f"{file}.xlsx")
    outcome = UnitOutcome(
        submission=submission, problems=(problem,), status="returned", outputs=(f"x/{file}.xlsx",)
    )
    told = replace(told, members=(submission, told.members[1]))
    page = opened(
        write_page(
            content(
                edition,
                2024,
                2,
                county=told,
                outcomes=(outcome,),
                found=Completeness(level=nasty, prose=False, returned=(nasty,)),
                listings=(
                    Listing(
                        key="more",
                        heading=nasty,
                        note=nasty,
                        columns=(nasty, "文件"),
                        rows=((nasty, Link(what=nasty, name=nasty, href="x")),),
                    ),
                ),
            )
        )
    )
    shown_as = re.sub("[\x00-\x08\x0b-\x1f\ud800-\udfff]", "\ufffd", nasty)
    assert len(page.xpath("//script")) == 2
    assert not page.xpath("//img")
    assert data_of(page)["units"][0][0].replace("\ufffd", "") == re.sub(
        "[\ud800-\udfff]", "", nasty
    )
    item = page.find_class("problem")[0]
    assert words(item).count(" ".join(shown_as.split())) >= 5
    assert words(page.get_element_by_id("h-more")) == " ".join(shown_as.split())


def test_the_policy_allows_this_style_and_this_script_and_nothing_else():
    text = write_page(content(EDITIONS["2021"], 2024, 2)).decode("utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    assert policy is not None
    told = dict(part.strip().split(" ", 1) for part in policy.group(1).split(";"))
    assert told["default-src"] == "'none'"
    assert told["base-uri"] == told["form-action"] == "'none'"
    for tag, key in (("style", "style-src"), ("script", "script-src")):
        bodies = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digests = [hashlib.sha256(body.encode("utf-8")).digest() for body in bodies]
        assert told[key] == f"'sha256-{base64.b64encode(digests[0]).decode()}'"
        assert len(digests) == 1


def test_the_script_never_makes_markup_of_text():
    script = (Path(__file__).parents[2] / "pipeline/overview/template/page.js").read_text("utf-8")
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert word not in script
    assert not re.search(r"https?:|fetch\(|XMLHttpRequest|WebSocket|sendBeacon|import\(", script)


# ------------------------------------------------------------------------------- as a file


def test_the_same_content_gives_the_same_bytes():
    told = content(EDITIONS["2021"], 2024, 4)
    assert write_page(told) == write_page(told)


def test_the_page_of_120_units_stays_small():
    told = content(EDITIONS["2021"], 2024, 120)
    assert len(write_page(told)) < 400_000


def test_a_county_of_which_nothing_passed_has_a_page_all_the_same():
    edition = EDITIONS["2021"]
    none = county(edition, 2024, [])
    submission = Submission(
        source="退.xlsx",
        sha256="0" * 64,
        identity={"unit": "示例镇", "county": "示例区"},
        year=2024,
    )
    found = Problem(rule="cell.negative", severity="error", message="不应为负数。")
    outcome = UnitOutcome(submission=submission, problems=(found,), status="returned")
    lacking = Completeness(level="示例区", prose=False)
    page = opened(
        write_page(content(edition, 2024, 0, county=none, outcomes=(outcome,), found=lacking))
    )
    assert [s.get("id") for s in page.iter("section")] == ["progress", "problems"]
    verdict = words(page.find_class("verdict")[0])
    assert "1 个单位的文件有错误（共 1 处），须改正后重新报送" in verdict
    assert "没有通过的示例区本级工作簿，报告没有正文" in verdict


def test_other_parts_add_sections_before_the_notices():
    listing = Listing(
        key="deadlines", heading="办理期限", columns=("编号", "到期"), rows=(("1", "2025-01-02"),)
    )
    page = opened(write_page(content(EDITIONS["2021"], 2024, 2, listings=(listing,))))
    assert words(page.get_element_by_id("deadlines")) == "办理期限 编号到期 12025-01-02"
    assert page.xpath("//nav//a[@href='#deadlines']")


# ------------------------------------------------------------------------------- its looks


def luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


PAIRS = (
    ("ink", "paper"),
    ("ink", "desk"),
    ("ink", "label_fill"),
    ("ink", "brand_light"),
    ("ink", "total_fill"),
    ("ink", "input_fill"),
    ("muted", "paper"),
    ("muted", "desk"),
    ("muted", "label_fill"),
    ("brand", "paper"),
    ("brand", "desk"),
    ("brand", "label_fill"),
    ("error_ink", "error_fill"),
    ("error_ink", "paper"),
    ("error_ink", "label_fill"),
    ("warning_ink", "warning_fill"),
    ("warning_ink", "paper"),
    ("warning_ink", "label_fill"),
    ("good_ink", "good_fill"),
    ("good_ink", "paper"),
)


@pytest.mark.parametrize("theme", [THEME, DARK], ids=["light", "dark"])
def test_text_can_be_read_on_what_it_stands_on(theme: Theme):
    low = {
        f"{ink} on {ground}": round(ratio, 2)
        for ink, ground in PAIRS
        if (ratio := contrast(getattr(theme, ink), getattr(theme, ground))) < 4.5
    }
    assert low == {}
    assert all(contrast(colour, theme.paper) >= 3 for colour in theme.series)
    assert {f.name for f in fields(theme)} >= {ink for pair in PAIRS for ink in pair}
