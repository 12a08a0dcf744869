"""Saved pages are read whatever their markup: spans, layout tables, encodings, leftovers."""

import re
from email.message import EmailMessage

import pytest

from pipeline.declare.editions import load_editions
from pipeline.published.document import Grid, Paragraph
from pipeline.published.html import read_html
from pipeline.published.reports import read_report
from tests.support.districts import district_2020, district_2024
from tests.support.published_pages import page, plain_text

EDITIONS = load_editions()
UNITS = [district_2020()[2], district_2024()[-1]]
FULL = str.maketrans("0123456789", "０１２３４５６７８９")
PROSE = {
    "overview": "（一）主动公开。全年公开信息10条。\n（二）依申请公开。按时答复。",
    "problems": "公开的主动性有待增强，下一步将加强培训，完善制度，丰富解读形式，提高公开信息的质量。",
    "other": "无",
}


def made(unit, cell="<td{spans}>{text}</td>", change=lambda html: html):
    year = int(unit.identity["year"])
    edition = EDITIONS["2019" if year < 2021 else "2021"]
    title = f"示例镇{year}年度政府信息公开工作年度报告"
    html = page(edition, title, plain_text(unit.figures, unit.written), PROSE, cell)
    return change(html)


def read(html: str | bytes):
    content = html.encode("utf-8") if isinstance(html, str) else html
    return read_report(content, "年报.html", EDITIONS)


def nested(html: str) -> str:
    """The whole article within a table that arranges the page."""
    return html.replace("<div class='article'>", "<table><tr><td>左栏</td><td>").replace(
        "</div><div class='footer'>", "</td></tr></table><div class='footer'>"
    )


def glued(html: str) -> str:
    """All tables in one, each below its heading in a row of its own."""
    html = html.replace("<div class='wrap'>", "").replace("</table></div>", "</table>")
    parts = re.split(r"(<p><strong>[二三四]、.*?</strong></p>)", html)
    for i in (3, 5):
        words = re.sub("<[^>]+>", "", parts[i])
        parts[i] = ""
        parts[i - 1] = parts[i - 1].replace("</table>", "")
        columns = "10" if i == 3 else "15"
        parts[i + 1] = parts[i + 1].replace(
            "<table border=1>", f"<tr><td colspan={columns}>{words}</td></tr>", 1
        )
    return "".join(parts)


CELLS = {
    "plain": "<td{spans}>{text}</td>",
    "styled": '<td{spans} style="width:5%"><p class="MsoNormal"><span><b>{text}</b></span></p></td>',
    "spaced": "<td{spans}>&nbsp;\n {text}\u3000&nbsp;</td>",
    "header": "<th{spans}>{text}</th>",
    "boxed": "<td{spans}><table><tr><td>{text}</td></tr></table></td>",
    "unclosed": "<td{spans}>{text}",
}


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
@pytest.mark.parametrize("unit", UNITS, ids=["2019", "2021"])
def test_however_cells_are_written_every_figure_is_placed(unit, cell):
    report = read(made(unit, cell))
    assert report.problems == ()
    assert report.figures == unit.figures
    assert (report.unit, report.year) == ("示例镇", int(unit.identity["year"]))
    assert [section.number for section in report.sections] == [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("change", [nested, glued], ids=["nested", "glued"])
@pytest.mark.parametrize("unit", UNITS, ids=["2019", "2021"])
def test_tables_that_arrange_the_page_give_their_contents(unit, change):
    report = read(made(unit, change=change))
    assert report.figures == unit.figures
    assert report.problems == ()


def test_full_width_digits_are_digits():
    unit = UNITS[0]
    year = int(unit.identity["year"])
    text = plain_text(unit.figures, unit.written)
    title = f"示例镇{year}年度政府信息公开工作年度报告"
    html = page(EDITIONS["2019"], title, lambda f: text(f).translate(FULL))
    assert read(html).figures == unit.figures


def test_line_breaks_within_labels_do_not_matter():
    html = made(UNITS[0]).replace("本年新制作数量", "本年新<br/>制作数量")
    assert read(html).figures == UNITS[0].figures


def test_a_footer_is_no_part_of_section_six():
    report = read(made(UNITS[1]))
    assert report.section("other").paragraphs == ("无",)
    assert report.section("overview").parts[0].heading == "主动公开"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_encodings_are_told_by_mark_and_declaration(encoding):
    html = made(UNITS[1]).replace("charset='utf-8'", "charset='gb2312'")
    if encoding != "gb18030":
        html = made(UNITS[1])
    assert read(html.encode(encoding)).figures == UNITS[1].figures


def test_a_page_saved_as_one_file_is_read():
    message = EmailMessage()
    message.set_content("见网页")
    message.add_alternative(made(UNITS[1]), subtype="html", charset="utf-8", cte="base64")
    message.replace_header("Content-Type", "multipart/related; boundary=x")
    content = b"MIME-Version: 1.0\n" + message.as_bytes()
    assert read(content).figures == UNITS[1].figures


def test_cells_that_wrong_spans_move_sideways_are_placed_by_their_order():
    html = made(UNITS[1])
    wrong = html.replace('rowspan="8"', 'rowspan="6"').replace(' colspan="5"', ' colspan="4"')
    assert wrong != html
    report = read(wrong)
    assert report.figures == UNITS[1].figures


def test_a_column_without_its_title_is_left_out_and_never_moved():
    html = made(UNITS[1])
    wrong = html.replace("<td>科研机构</td>", "<td></td>")
    assert wrong != html
    report = read(wrong)
    placed = {k: v for k, v in report.figures.items() if k.startswith("requests.")}
    assert placed
    assert all(".research" not in key for key in placed)
    assert all(value == UNITS[1].figures[key] for key, value in placed.items())


def test_what_a_page_hides_or_runs_is_not_read():
    document = read_html(
        "<body><p style='display: none'>藏</p><p hidden>藏</p><script>藏</script>"
        "<p>甲<span>乙</span><br>丙</p><ul><li>丁</li></ul></body>".encode()
    )
    assert document.blocks == (Paragraph("甲乙"), Paragraph("丙"), Paragraph("丁"))


def test_entities_and_addresses_fetch_nothing(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("秘密")
    html = (
        f'<!DOCTYPE html [<!ENTITY s SYSTEM "{secret.as_uri()}">]><body>&s;'
        f'<img src="{secret.as_uri()}"><p>甲</p></body>'
    )
    assert "秘密" not in str(read_html(html.encode()))


def test_enormous_spans_and_depths_are_borne():
    wide = "<table><tr><td rowspan=999999 colspan=999999>a</td><td>b</td></tr></table>"
    document = read_html(f"<body>{wide}{'<div>' * 5000}<p>深</p></body>".encode())
    grid = next(block for block in document.blocks if isinstance(block, Grid))
    assert grid.rows <= 1
    assert grid.columns <= 200


def test_a_misspelt_column_is_known_when_the_others_are_there():
    report = read(made(UNITS[1], change=lambda html: html.replace("现行有效件数", "现行有效件")))
    assert report.figures == UNITS[1].figures
    assert [p.rule for p in report.problems] == ["published.misspelt"]


def test_cells_that_do_not_stand_below_their_titles_are_placed_by_order():
    """As a city published it in 2020: titles span 1, 2, 1 columns, the figures below 2, 1, 1."""

    def row(*cells: tuple[str, int]) -> str:
        return "<tr>" + "".join(f"<td colspan={n}>{text}</td>" for text, n in cells) + "</tr>"

    head = row(("信息内容", 1), ("上一年项目数量", 1), ("本年增/减", 2), ("处理决定数量", 1))
    table = (
        row(("第二十条第（五）项", 5))
        + head
        + row(("行政许可", 1), ("8", 2), ("-5", 1), ("93", 1))
        + row(("其他对外管理服务事项", 1), ("117", 2), ("0", 1), ("165", 1))
    )
    report = read(
        f"<body><h1>示例局2020年政府信息公开工作年度报告</h1><table>{table}</table></body>"
    )
    assert {key.removeprefix("disclosure."): value for key, value in report.figures.items()} == {
        "licences.previous": 8,
        "licences.change": -5,
        "licences.decisions": 93,
        "services.previous": 117,
        "services.change": 0,
        "services.decisions": 165,
    }
