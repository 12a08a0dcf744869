"""信息处理费: asked of every unit, checked, told in section six, added up and listed."""

import io
from dataclasses import replace

import openpyxl
import pytest
from docx import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from pipeline.declare.editions import load_editions
from pipeline.declare.workbook_form import workbook_form
from pipeline.forms.workbook import write_form
from pipeline.intake.submissions import read_bytes
from pipeline.model.place import Place
from pipeline.model.submission import Passage, Prefill, ProcessingFee, Submission
from pipeline.prose.fees import amounts_told, fee_label
from pipeline.validate.checks import check
from pipeline.validate.fees import fee_problems
from tests.support.districts import district_2020, district_2024, passage, write_inputs
from tests.support.runs import run

EDITIONS, FORM = load_editions(), workbook_form()
E2021 = EDITIONS["2021"]
FEE = E2021.fee
assert FEE is not None
UNIT = district_2024()[1]


def issued(fee: ProcessingFee | None, told: str = "无", base: Prefill = UNIT) -> bytes:
    passages = [p for p in base.passages if p.section != "other"]
    passages.append(passage("other.text", "", told))
    return write_form(E2021, FORM, replace(base, fee=fee, passages=tuple(passages)))


def read(content: bytes) -> Submission:
    return read_bytes(content, "示例.xlsx", EDITIONS, FORM)


def faults(content: bytes) -> list[tuple[str, str]]:
    found = check([read(content)], EDITIONS, FORM)[0]
    return [(p.rule, p.place) for p in found if "fee" in p.rule or "信息处理费" in p.message]


def edited(content: bytes, requests: object, amount: object) -> bytes:
    """The workbook with other values typed into the two cells."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for node, value in ((FEE.requests, requests), (FEE.amount, amount)):
        cell = next(
            c for row in book["问题与改进"].iter_rows() for c in row if c.value == fee_label(node)
        )
        cell.offset(column=1).value = value
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


# ---------------------------------------------------------------------------- asked and read


def test_the_table_is_asked_only_where_the_regulation_is_in_force():
    assert EDITIONS["2019"].fee is None
    old = write_form(EDITIONS["2019"], FORM, district_2020()[1])
    assert b"".join(read_xml(old)).count("信息处理费".encode()) == 0
    assert b"".join(read_xml(issued(None))).count(fee_label(FEE.amount).encode()) > 0


def read_xml(content: bytes) -> list[bytes]:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [package.read(name) for name in package.namelist()]


@pytest.mark.parametrize(
    ("requests", "amount", "expected"),
    [
        (1, 380, (1, 38000)),
        (0, 0, (0, 0)),
        ("２件", "1,234.50元", (2, 123450)),
        ("3", "0.12万元", (3, 120000)),
        (None, None, (None, None)),
        (1, 0.1 + 0.2, (1, 30)),
    ],
)
def test_amounts_are_read_exactly_to_the_fen(requests, amount, expected):
    fee = read(edited(issued(None), requests, amount)).fee
    assert fee is not None
    assert (fee.requests, fee.amount) == expected


def test_the_prose_above_is_read_as_before_and_the_table_is_no_prose():
    submission = read(issued(ProcessingFee(0, 0), "另有一事报告。"))
    told = [p.paragraphs for p in submission.passages if p.section == "other"]
    assert told == [("另有一事报告。",)]


# ---------------------------------------------------------------------------------- checked


@pytest.mark.parametrize(
    ("fee", "told", "rules"),
    [
        (ProcessingFee(0, 0), "无", []),
        (ProcessingFee(1, 38000), "无", []),
        (ProcessingFee(None, None), "无", ["fee.missing"]),
        (ProcessingFee(None, 38000), "无", ["fee.missing"]),
        (ProcessingFee(0, None), "无", ["fee.missing"]),
        (ProcessingFee(2, None), "无", ["fee.missing"]),
        (ProcessingFee(None, 0), "无", ["fee.missing"]),
        (ProcessingFee(1, 1), "无", []),
        (ProcessingFee(0, 1), "无", ["fee.no_requests"]),
        (ProcessingFee(1, 0), "无", ["fee.no_amount"]),
        (ProcessingFee(0, 38000), "无", ["fee.no_requests"]),
        (ProcessingFee(2, 0), "无", ["fee.no_amount"]),
        (ProcessingFee(1, 38000), "本年度收取信息处理费380元。", []),
        (ProcessingFee(1, 38000), "本年度收取信息处理费0.038万元。", []),
        (ProcessingFee(1, 38000), "本年度收取信息处理费400元。", ["fee.prose"]),
        (ProcessingFee(1, 38000), "本年度未收取信息处理费。", ["fee.prose"]),
        (ProcessingFee(0, 0), "本年度未发生收费情况。", []),
        (ProcessingFee(0, 0), "行政事业性收费20万元。", []),
    ],
)
def test_contradictions_and_blanks_are_told(fee, told, rules):
    assert [rule for rule, _ in faults(issued(fee, told))] == rules


def test_an_edition_without_the_statement_asks_for_none():
    assert list(fee_problems([read(issued(None))], [0], EDITIONS["2019"], ())) == []


def test_a_countys_own_prose_may_tell_what_its_units_collected():
    def unit(name: str, fee: ProcessingFee | None, **other: object) -> Submission:
        county = str(other.pop("county", "示例区"))
        identity = {"unit": name, "county": county}
        return Submission(
            **{
                "source": f"{name}.xlsx",
                "sha256": "",
                "year": 2024,
                "identity": identity,
                "fee": fee,
            }
            | other
        )

    told = passage("other.text", "", "本年度收取信息处理费5元。")
    own = unit("示例区政府", ProcessingFee(1, 100), passages=(told,))
    others = [
        unit("甲镇", ProcessingFee(1, 400)),
        unit("乙镇", None),
        unit("丙镇", ProcessingFee(1, None)),
        unit("丁镇", ProcessingFee(1, 50), year=2023),
        unit("戊镇", ProcessingFee(1, 50), county="别区"),
    ]

    def rules(units: list[Submission], own: tuple[int, ...]) -> list[tuple[int, str]]:
        found = fee_problems(units, range(len(units)), E2021, own)
        return [(i, p.rule) for i, p in found if p.rule == "fee.prose"]

    assert rules([own, *others], (0,)) == []
    assert rules([*others, own], (len(others),)) == []
    assert rules([own, *others], ()) == [(0, "fee.prose")]
    assert rules([own, *others], (1,)) == [(0, "fee.prose")]
    assert rules([own, others[0], replace(others[0], source="另.xlsx")], (0,)) == [(0, "fee.prose")]


def test_what_the_prose_says_otherwise_is_told_where_it_says_it():
    def at(part: str, text: str) -> Passage:
        return replace(passage(part, "", text), place=Place("问题与改进", part))

    told = "本年度收取信息处理费5元。"
    passages = (at("overview.on_request", told), at("other.first", "无"), at("other.text", told))
    unit = replace(read(issued(ProcessingFee(1, 400))), passages=passages)
    found = [p for _, p in fee_problems([unit], [0], E2021, ()) if p.rule == "fee.prose"]
    assert [p.cell for p in found] == ["other.text"]


def test_faults_are_told_at_the_cell():
    submission = read(issued(ProcessingFee(0, 100)))
    found = check([submission], EDITIONS, FORM)[0]
    fault = next(p for p in found if p.rule == "fee.no_requests")
    assert fault.severity == "error"
    assert fault.place == str(submission.fee.places["requests"])


@pytest.mark.parametrize(
    ("requests", "amount", "rule"),
    [
        (-1, 0, "cell.negative"),
        (1.5, 100, "cell.not_whole"),
        (1, 100.005, "cell.too_precise"),
        (1, "约100元", "cell.not_a_number"),
        (1, "=1/0", "cell.formula_error"),
    ],
)
def test_what_is_no_count_and_no_amount_is_refused(requests, amount, rule):
    found = [rule for rule, _ in faults(edited(issued(None), requests, amount))]
    assert found == [rule]


def test_an_old_workbook_without_the_table_is_accepted_with_a_notice():
    def without(told: str) -> list:
        book = openpyxl.load_workbook(io.BytesIO(issued(None, told)))
        sheet = book["问题与改进"]
        at = next(c.row for c in sheet["A"] if c.value == fee_label(FEE.requests))
        sheet.delete_rows(at - 1, 5)
        saved = io.BytesIO()
        book.save(saved)
        assert read(saved.getvalue()).fee is None
        return [p for p in check([read(saved.getvalue())], EDITIONS, FORM)[0] if "fee" in p.rule]

    assert [(p.rule, p.severity) for p in without("无")] == [("fee.no_table", "notice")]
    assert without("本年度收取信息处理费0元。") == []


@pytest.mark.parametrize(
    ("sentence", "amounts"),
    [
        ("全年收取政府信息公开信息处理费 0 元。", {0}),
        ("2025年全市实际收取信息处理费共计400元。", {40000}),
        ("2025 年有 1 件政府信息公开申请案件收取信息处理费 380 元。", {38000}),
        ("2024 年，市科委未发生政府信息公开收费事项。", {0}),
        ("2023年度，县发展和改革局政府信息公开未发生收费情况。", {0}),
        ("本年度没有收取任何信息处理费用。", {0}),
        ("收取信息处理费情况：无。", {0}),
        ("信息处理费收取１，２００．５０元。", {120050}),
        ("行政事业性收费标准为每件100元。", set()),
        ("全年接待来访3000人次，投入经费20元。", set()),
        ("无", set()),
    ],
)
def test_what_reports_say_of_the_fee_is_understood(sentence, amounts):
    assert amounts_told([sentence]) == amounts


# ------------------------------------------------------------------- printed, added up, listed


def section_six(docx: bytes) -> list[object]:
    """What stands below the last heading: paragraphs as text, tables as rows of text."""
    document = Document(io.BytesIO(docx))
    told: list[object] = []
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            if block.style.name.lower() == "heading 1":
                told = []
            elif block.text:
                told.append(block.text)
        elif isinstance(block, Table):
            told.append([[cell.text for cell in row.cells] for row in block.rows])
    return told


def test_units_and_the_county_tell_what_was_collected_zero_too(tmp_path):
    write_inputs(tmp_path / "input", district_2024())
    assert run(tmp_path)[0] == 0
    folder = tmp_path / "output" / "示例区2024年度"
    told = {
        path.stem.removesuffix("2024年度报告"): section_six(path.read_bytes())[0]
        for path in (folder / "年报").glob("*.docx")
    }
    none = "本年度依据《政府信息公开信息处理费管理办法》收取信息处理费0元。"
    some = "收取信息处理费380元，涉及政府信息公开申请1件。"
    assert told["示例一镇"] == none
    assert told["示例二街道"].endswith(some)
    sentence, listed, *_ = section_six(
        (folder / "示例区2024年度政府信息公开工作年度报告.docx").read_bytes()
    )
    assert "380元" in sentence
    assert listed[0] == ["单位", "收费申请件数（件）", "收费金额（元）"]
    assert listed[1:] == [
        *([unit, "1", "380"] if unit == "示例二街道" else [unit, "0", "0"] for unit in UNITS),
        ["合计", "1", "380"],
    ]


UNITS = ("示例一镇", "示例三局", "示例二街道", "示例区本级（示例）")


def test_a_unit_that_states_nothing_is_listed_so(tmp_path):
    first, *rest = district_2024()
    write_inputs(tmp_path / "input", [first, *(replace(p, fee=None) for p in rest)])
    run(tmp_path)
    report = tmp_path / "output/示例区2024年度/示例区2024年度政府信息公开工作年度报告.docx"
    sentence, listed, *_ = section_six(report.read_bytes())
    assert "本年度示例区依据" in sentence
    assert ["示例一镇", "未填报", "未填报"] in listed


def test_a_report_whose_prose_tells_the_amount_tells_it_once(tmp_path):
    told = "本年度收取信息处理费0元。"
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "示例.xlsx").write_bytes(issued(ProcessingFee(0, 0), told))
    run(tmp_path)
    report = next((tmp_path / "output").rglob("年报/*.docx"))
    assert section_six(report.read_bytes())[0] == told
    assert Document(report).element.xpath("count(//w:t[contains(., '信息处理费')])") == 1.0


def test_the_summary_lists_what_each_unit_collected(tmp_path):
    first, *rest = district_2024()
    write_inputs(tmp_path / "input", [first, replace(rest[0], fee=None), *rest[1:]])
    run(tmp_path)
    path = tmp_path / "output/示例区2024年度/示例区2024年度汇总表.xlsx"
    sheet = openpyxl.load_workbook(path)["信息处理费"]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] is not None]
    head = rows.index(("单位", fee_label(FEE.requests), fee_label(FEE.amount)))
    assert sorted(rows[head + 1 :], key=str) == sorted(
        [
            ("示例一镇", "未填报", "未填报"),
            ("示例三局", 0, 0),
            ("示例二街道", 1, 380),
            ("示例区本级（示例）", 0, 0),
        ],
        key=str,
    )
    assert any("另有 1 个单位没有填报" in str(cell) for row in rows[:head] for cell in row)
