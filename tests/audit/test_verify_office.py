"""What offices do to a Word report on its way: its numbers are still found, and held to the run."""

import copy
import io
import re
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from pipeline.cli.main import main
from tests.support.districts import district_2020, district_2024, write_inputs
from tests.support.paths import TEMPLATES
from tests.support.verifying import verify

UNIT = "示例区2024年度/年报/示例三局2024年度报告.docx"
OLD = "秀洲区2020年度/年报/示例二镇2020年度报告.docx"
NUMBER = re.compile(r"<w:r>((?:<w:rPr>.*?</w:rPr>)?)<w:t[^>]*>(\d+)</w:t></w:r>")


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ran")
    write_inputs(folder / "input", [*district_2020()[:4], *district_2024()])
    arguments = ["--input", str(folder / "input"), "--output", str(folder / "output")]
    assert main(["run", *arguments, "--templates", str(TEMPLATES)]) == 0
    return folder


def county_report(folder: Path) -> str:
    (path,) = (folder / "output" / "示例区2024年度").glob("*政府信息公开工作年度报告.docx")
    return path.relative_to(folder / "output").as_posix()


def edited(folder: Path, of: str, change, name="送审稿.docx") -> Path:
    document = Document(folder / "output" / of)
    change(document)
    document.save(folder / name)
    return folder / name


def rewritten(folder: Path, change, name="送审稿.docx", of=UNIT) -> Path:
    """A report with the XML around its first number changed; ``change`` is given its match."""
    made = io.BytesIO()
    with zipfile.ZipFile(folder / "output" / of) as old, zipfile.ZipFile(made, "w") as new:
        for part in old.namelist():
            data = old.read(part)
            if part == "word/document.xml":
                text = data.decode("utf-8")
                found = NUMBER.search(text)
                data = (text[: found.start()] + change(found) + text[found.end() :]).encode()
            new.writestr(part, data)
    (folder / name).write_bytes(made.getvalue())
    return folder / name


def runs(document):
    for table in document.tables:
        yield from (text for text in table._tbl.iter(qn("w:t")) if text.text)


# --------------------------------------------------------- what changes no number changes nothing


def full_width(document):
    for text in runs(document):
        if text.text.isdigit():
            text.text = text.text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))


def thousands_and_blanks(document):
    for text in runs(document):
        if text.text.isdigit():
            text.text = f" {int(text.text):,} "


def parted(document, repeated=0):
    """Table three in two tables, the rows of its header repeated in the second."""
    first = document.tables[1]._tbl
    second = copy.deepcopy(first)
    for row in list(first.iterchildren(qn("w:tr")))[14:]:
        first.remove(row)
    for row in list(second.iterchildren(qn("w:tr")))[repeated:14]:
        second.remove(row)
    between = OxmlElement("w:p")
    first.addnext(between)
    between.addnext(second)


def unmerged_down(document):
    for table in document.tables:
        for merge in list(table._tbl.iter(qn("w:vMerge"))):
            merge.getparent().remove(merge)


def unmerged_across(document):
    for table in document.tables:
        for cell in list(table._tbl.iter(qn("w:tc"))):
            span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
            if span is None:
                continue
            count = int(span.get(qn("w:val")))
            span.getparent().remove(span)
            for _ in range(count - 1):
                empty = copy.deepcopy(cell)
                for text in empty.iter(qn("w:t")):
                    text.text = ""
                cell.addnext(empty)


def unmerged(document):
    unmerged_down(document)
    unmerged_across(document)


def rows_changed_places(document):
    """（一）予以公开 and （二）部分公开, each with its label, the other way round."""
    first, second = document.tables[1].rows[5]._tr, document.tables[1].rows[6]._tr
    kept = {id(row): row[1] if row[0].tag != qn("w:tc") else row[0] for row in (first, second)}
    assert len(kept) == 2
    for one, other in zip(list(first)[2:], list(second)[2:], strict=True):
        place = other.getprevious()
        one.addprevious(other)
        place.addnext(one)


@pytest.mark.parametrize(
    "change",
    [
        full_width,
        thousands_and_blanks,
        parted,
        lambda document: parted(document, repeated=3),
        unmerged_down,
        unmerged_across,
        unmerged,
        rows_changed_places,
    ],
)
@pytest.mark.parametrize("of", [UNIT, OLD])
def test_what_changes_no_number_is_no_difference(ran, capsys, change, of):
    code, told = verify(ran, capsys, edited(ran, of, change))
    assert (code, told.count("错误")) == (0, 0), told


@pytest.mark.parametrize("name", ["草稿 示例三局.docx", "送审稿.docx"])
@pytest.mark.parametrize("title", ["（草稿）{}", "草稿：{}", "{}（草稿）", "【送审稿】{}"])
def test_a_draft_is_known_by_the_unit_it_is_of(ran, capsys, title, name):
    def change(document):
        text = next(document.paragraphs[0]._p.iter(qn("w:t")))
        assert text.text.startswith("示例三局")
        whole = document.paragraphs[0].text
        for other in list(document.paragraphs[0]._p.iter(qn("w:t")))[1:]:
            other.text = ""
        text.text = title.format(whole)

    code, _ = verify(ran, capsys, edited(ran, UNIT, change, name))
    assert code == 0


def test_a_number_in_two_runs_is_one(ran, capsys):
    def change(number):
        run = "<w:r>{}<w:t>{}</w:t></w:r>"
        return run.format(number[1], "") + '<w:proofErr w:type="spellStart"/>' + number[0]

    assert verify(ran, capsys, rewritten(ran, change))[0] == 0


# -------------------------------------------------------------------------- tracked, and remarked


def tracked(before: str, after: str):
    def change(number):
        old, new = (text.format(number[2]) for text in (before, after))
        return (
            f'<w:del w:id="901" w:author="示例"><w:r>{number[1]}<w:delText>{old}</w:delText></w:r>'
            f'</w:del><w:ins w:id="902" w:author="示例"><w:r>{number[1]}<w:t>{new}</w:t></w:r></w:ins>'
        )

    return change


def test_tracked_changes_count_as_accepted_and_are_told(ran, capsys):
    code, told = verify(ran, capsys, rewritten(ran, tracked("999", "{}")))
    assert code == 0
    assert "有 2 处修订还没有接受" in told
    code, told = verify(ran, capsys, rewritten(ran, tracked("{}", "1{}")))
    assert code == 1
    assert told.count("错误　表二") == 1


def test_a_row_whose_deletion_is_tracked_is_gone(ran, capsys):
    def change(document):
        row = document.tables[1].rows[12]._tr
        row.get_or_add_trPr().append(OxmlElement("w:del"))

    code, told = verify(ran, capsys, edited(ran, UNIT, change))
    assert code == 1
    assert told.count("报告中没有找到这一格") == 7
    assert "“6.属于四类过程性信息” “总计”" in told


def test_paragraphs_joined_by_a_tracked_change_are_one(ran, capsys):
    def change(document):
        paragraph = next(p for p in document.paragraphs if "公开政务信息" in p.text)
        second = copy.deepcopy(paragraph._p)
        texts = list(second.iter(qn("w:t")))
        whole = "".join(text.text for text in texts)
        for text in (*texts, *paragraph._p.iter(qn("w:t"))):
            text.text = ""
        next(paragraph._p.iter(qn("w:t"))).text = whole[:8]
        texts[0].text = whole[8:]
        paragraph._p.addnext(second)
        mark = OxmlElement("w:rPr")
        mark.append(OxmlElement("w:del"))
        paragraph._p.get_or_add_pPr().append(mark)

    code, told = verify(ran, capsys, edited(ran, UNIT, change))
    assert code == 0
    assert "处改动" not in told


def test_comments_and_text_boxes_are_told_and_read_as_no_figure(ran, capsys):
    box = (
        '<w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape><v:textbox><w:txbxContent>'
        "<w:p><w:r><w:t>请核实 99</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    mark = '<w:r><w:commentReference w:id="0"/></w:r>'
    code, told = verify(ran, capsys, rewritten(ran, lambda number: number[0] + box + mark))
    assert code == 0
    assert "有 2 处批注或文本框" in told


# --------------------------------------------------------------------------------- 信息处理费


def test_a_changed_fee_is_told_in_words_and_in_the_countys_list(ran, capsys):
    def in_words(document):
        for text in document.element.iter(qn("w:t")):
            text.text = (text.text or "").replace("信息处理费0元", "信息处理费100元")

    code, told = verify(ran, capsys, edited(ran, UNIT, in_words))
    assert code == 1
    assert "信息处理费 “收费金额”：数据为 0元，报告中为 100元。" in told

    def in_the_list(document):
        row = next(r for r in document.tables[-1].rows if r.cells[0].text == "示例二街道")
        next(row.cells[2]._tc.iter(qn("w:t"))).text = "500"

    code, told = verify(ran, capsys, edited(ran, county_report(ran), in_the_list))
    assert code == 1
    assert "信息处理费 “示例二街道” “收费金额”：数据为 380元，报告中为 500。" in told
    assert told.count("错误") == 1


def test_a_unit_that_lacks_in_the_countys_list_or_is_one_too_many_is_told(ran, capsys):
    def another(document):
        row = next(r for r in document.tables[-1].rows if r.cells[0].text == "示例二街道")
        next(row.cells[0]._tc.iter(qn("w:t"))).text = "示例九街道"

    code, told = verify(ran, capsys, edited(ran, county_report(ran), another))
    assert code == 1
    assert [line.split("　")[1] for line in told.splitlines() if "错误" in line] == [
        "信息处理费 “示例九街道” “收费申请件数”：数据为 无（没有这个单位），报告中为 1。",
        "信息处理费 “示例九街道” “收费金额”：数据为 无（没有这个单位），报告中为 380。",
        "信息处理费 “示例二街道”：数据为 1件、380元，报告中没有这一行。",
    ]

    def gone(document):
        (table,) = [t for t in document.tables if t.rows[0].cells[0].text == "单位"]
        table._tbl.getparent().remove(table._tbl)

    assert verify(ran, capsys, edited(ran, county_report(ran), gone))[0] == 0
