"""Word reports are read back: this project's own, and what Word and WPS make of them."""

import io
import re
import zipfile
from dataclasses import replace

import pytest

from pipeline.model.place import Place
from pipeline.model.submission import Passage
from pipeline.published.document import Paragraph, UnreadableReport
from pipeline.published.docx import read_docx
from pipeline.published.reports import read_report
from tests.support.word_documents import EDITIONS, UNITS, written

RELATIONSHIPS = (
    '<Relationships><Relationship Id="a" Target="word/document.xml" Type="http://schemas'
    '.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)


def changed(content: bytes, change) -> bytes:
    """A Word file with its main part's XML changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                text = change(data.decode("utf-8"))
                assert text != data.decode("utf-8")
                data = text.encode("utf-8")
            new.writestr(name, data)
    return made.getvalue()


@pytest.mark.parametrize("prefill", UNITS, ids=[u.identity["unit"] for u in UNITS])
def test_what_was_written_is_read_back(prefill):
    content, submission = written(prefill)
    report = read_report(content, "年报.docx", EDITIONS)
    assert (report.unit, report.year) == (submission.unit, submission.year)
    assert report.edition == submission.edition
    assert report.problems == ()
    fields = EDITIONS[submission.edition].fields
    assert report.figures == dict(zip((f.key for f in fields), submission.values, strict=True))
    assert report.written == prefill.written | {
        f.key: "0" for f in fields if f.kind == "money_text" and f.key not in prefill.written
    }
    assert [section.number for section in report.sections] == [0, 1, 2, 3, 4, 5, 6]
    told = [(p.section, p.heading, p.paragraphs) for p in prefill.passages if p.paragraphs]
    assert [
        (section.key, part.heading, part.paragraphs)
        for section in report.sections
        for part in section.parts
    ] == [(s, h.rstrip("。"), p) for s, h, p in told]


def test_tracked_changes_are_read_as_accepted():
    content, _ = written(UNITS[1])

    def track(xml: str) -> str:
        run = re.search(r"<w:r>(?:(?!</w:r>).)*<w:t[^>]*>41</w:t></w:r>", xml).group()
        new = run.replace(">41<", ">42<")
        old = run.replace("w:t>", "w:delText>").replace("<w:t ", "<w:delText ")
        return xml.replace(run, f"<w:del>{old}</w:del><w:ins>{new}</w:ins>")

    report = read_report(changed(content, track), "年报.docx", EDITIONS)
    assert report.figures["disclosure.central.projects"] == 42


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (lambda run: run.replace("<w:r>", "<w:r><w:rPr><w:vanish/></w:rPr>"), None),
        (lambda run: run.replace("<w:r>", "<w:r><w:rPr><w:strike/></w:rPr>"), None),
        (lambda run: run.replace("</w:t>", '</w:t><w:sym w:font="Symbol" w:char="F039"/>'), None),
        (lambda run: run.replace("41", "4") + HIDDEN_ONE, 4),
    ],
    ids=["hidden", "struck out", "symbol", "hidden digit"],
)
def test_what_the_page_does_not_show_is_not_read_and_is_told(change, shown):
    content, _ = written(UNITS[1])

    def hide(xml: str) -> str:
        run = re.search(r"<w:r>(?:(?!</w:r>).)*<w:t[^>]*>41</w:t></w:r>", xml).group()
        return xml.replace(run, change(run))

    report = read_report(changed(content, hide), "年报.docx", EDITIONS)
    assert report.figures["disclosure.central.projects"] == shown
    (told,) = [one for one in report.problems if one.rule == "published.unseen"]
    assert "1 处" in told.message


HIDDEN_ONE = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>1</w:t></w:r>"


def test_a_misspelt_label_is_placed_by_its_number_and_neighbours_and_told():
    content, submission = written(UNITS[-1])
    typo = lambda xml: xml.replace("2.其他法律行政法规禁止公开", "2.其他法律行政止公开")
    report = read_report(changed(content, typo), "年报.docx", EDITIONS)
    fields = EDITIONS["2021"].fields
    assert report.figures == dict(zip((f.key for f in fields), submission.values, strict=True))
    assert [p.rule for p in report.problems] == ["published.misspelt"]
    assert "2.其他法律行政止公开" in report.problems[0].message


def test_a_label_that_may_be_another_row_is_left_out_and_told():
    content, _ = written(UNITS[-1])
    other = lambda xml: xml.replace("2.其他法律行政法规禁止公开", "2.商业秘密")
    report = read_report(changed(content, other), "年报.docx", EDITIONS)
    missing = [f.key for f in EDITIONS["2021"].fields if f.key not in report.figures]
    assert len(missing) == 7
    assert all(key.startswith("requests.results.refused.law_forbids.") for key in missing)
    assert [p.rule for p in report.problems] == ["published.stray", "published.missing"]


def test_a_doubled_row_is_not_guessed():
    content, _ = written(UNITS[-1])

    def double(xml: str) -> str:
        row = next(
            r for r in re.findall(r"<w:tr>.*?</w:tr>|<w:tr .*?</w:tr>", xml) if "2.重复申请" in r
        )
        return xml.replace(row, row + row)

    report = read_report(changed(content, double), "年报.docx", EDITIONS)
    assert "requests.results.not_processed.repeated.total" not in report.figures
    assert any("2.重复申请" in p.message for p in report.problems)


def test_text_in_a_figures_cell_is_told_and_not_read():
    content, _ = written(UNITS[1])
    worded = lambda xml: xml.replace(">41</w:t>", ">约41</w:t>", 1)
    report = read_report(changed(content, worded), "年报.docx", EDITIONS)
    assert report.figures["disclosure.central.projects"] is None
    assert [p.rule for p in report.problems] == ["published.unread"]


def test_a_table_that_a_page_break_parted_is_read_as_one():
    content, submission = written(UNITS[1])

    def part(xml: str) -> str:
        tables = re.findall(r"<w:tbl>.*?</w:tbl>", xml, re.DOTALL)
        rows = re.findall(r"<w:tr[ >].*?</w:tr>", tables[1], re.DOTALL)
        head = tables[1][: tables[1].index(rows[0])]
        parted = "".join(rows[:12]) + "</w:tbl><w:p/>" + head + "".join(rows[12:]) + "</w:tbl>"
        return xml.replace(tables[1], head + parted)

    report = read_report(changed(content, part), "年报.docx", EDITIONS)
    fields = EDITIONS["2019"].fields
    assert report.figures == dict(zip((f.key for f in fields), submission.values, strict=True))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7", "是 PDF 文件"),
        (b"PK\x03\x04broken", "不是完好的 Word 文件"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "旧的 .doc"),
    ],
)
def test_what_is_no_report_is_told(content, said):
    report = read_report(content, "年报.docx", EDITIONS)
    assert not report.readable
    assert said in report.problems[0].message


def test_a_bomb_and_a_document_with_entities_are_refused(tmp_path):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * (40 * 1024 * 1024))
    with pytest.raises(UnreadableReport, match="过大"):
        read_docx(bomb.getvalue())
    secret = tmp_path / "secret.txt"
    secret.write_text("秘密")
    entity = io.BytesIO()
    with zipfile.ZipFile(entity, "w") as package:
        package.writestr("_rels/.rels", RELATIONSHIPS)
        package.writestr(
            "word/document.xml",
            f'<!DOCTYPE d [<!ENTITY s SYSTEM "{secret.as_uri()}">]>'
            '<w:document xmlns:w="x"><w:body><w:p><w:r><w:t>a&s;b</w:t></w:r></w:p></w:body>'
            "</w:document>",
        )
    with pytest.raises(UnreadableReport, match="不是完好的"):
        read_docx(entity.getvalue())


def test_automatic_numbers_are_counted():
    content, _ = written(UNITS[1])
    numbers = [b.number for b in read_docx(content).blocks if isinstance(b, Paragraph) and b.number]
    assert numbers[:7] == ["一、", "（一）", "（二）", "（三）", "（四）", "（五）", "二、"]


def test_a_passage_without_a_known_heading_is_kept_as_the_units_own():
    unit = UNITS[-1]
    own = Passage(
        section="overview",
        part="",
        heading="政务公开培训",
        paragraphs=("办班两期。",),
        place=Place("", ""),
    )
    content, _ = written(replace(unit, passages=(*unit.passages[:7], own, *unit.passages[7:])))
    report = read_report(content, "年报.docx", EDITIONS)
    part = report.section("overview").parts[-1]
    assert (part.part, part.number, part.heading) == ("", "（六）", "政务公开培训")
