"""Reading ledgers: found by their labels, refused where they can't be understood for certain."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.declare.editions import load_editions
from pipeline.declare.ledger import (
    columns,
    dispute_groups,
    outcome_choices,
    result_choices,
    spellings,
)
from pipeline.declare.workbook_form import workbook_form
from pipeline.forms.ledger.workbook import LedgerFill, write_ledger
from pipeline.intake.submissions import read_bytes
from pipeline.ledger.reading import has_ledger, looks_like_ledger, read_ledger
from pipeline.model.edition import dotted
from pipeline.sheets.appearance import Appearance
from pipeline.sheets.workbook import Sheet
from tests.support.ledgers import FORM, day, ledger_sheet, random_requests, request

EDITIONS = load_editions()
EDITION = EDITIONS["2021"]
CHANNELS = workbook_form().facts.channels
KEYS = pytest.mark.parametrize("key", sorted(EDITIONS))


def read(*lines, ask=FORM.requests, change=lambda cells: None):
    sheet = ledger_sheet(EDITION, ask, lines)
    change(sheet.cells)
    return read_ledger([Sheet(sheet.name, sheet.cells)], EDITION, FORM, CHANNELS)


def told(problems):
    return [(p.rule, p.cell) for p in problems]


def test_a_request_is_read_with_its_days():
    ledger, problems = read(
        request("001", "2024-03-01", "2024-03-20", channel="网络", confirmed=day("2024-03-04"))
    )
    assert problems == []
    [one] = ledger.requests
    assert (one.number, one.applicant, one.result) == ("001", "natural_person", "results.granted")
    assert (one.course.received, one.course.answered) == (day("2024-03-04"), day("2024-03-20"))


@pytest.mark.parametrize("channel", ["当面", "邮寄", "快递"])
def test_the_day_of_confirmation_counts_only_where_the_channel_asks_it(channel):
    ledger, _ = read(request("1", "2024-03-01", channel=channel, confirmed=day("2024-03-04")))
    assert ledger.requests[0].course.received == day("2024-03-01")


@pytest.mark.parametrize(
    "written", ["2024-3-1", "2024.3.1", "2024/03/01", "2024年3月1日", " 2024年3月1日 "]
)
def test_days_typed_as_text_are_understood(written):
    ledger, problems = read(request("1", "2024-01-01") | {"came": written})
    assert (problems, ledger.requests[0].course.received) == ([], day("2024-03-01"))


@pytest.mark.parametrize(
    "written", ["3月1日", "20240301", 45352.0, "2024-2-30", "2204-03-01", True]
)
def test_what_is_no_day_for_certain_is_refused_at_its_cell(written):
    ledger, problems = read(request("1", "2024-01-01") | {"came": written})
    assert (told(problems), ledger.requests) == ([("ledger.not_a_date", "D5")], ())


@pytest.mark.parametrize(
    ("change", "rule", "cell", "counted"),
    [
        ({"applicant": "个人"}, "ledger.not_offered", "G5", 0),
        ({"applicant": ""}, "ledger.incomplete", "G5", 0),
        ({"number": ""}, "ledger.incomplete", "A5", 0),
        ({"result": ""}, "ledger.no_result", "P5", 0),
        ({"result": "同意"}, "ledger.not_offered", "P5", 0),
        ({"answered": ""}, "ledger.no_answer", "O5", 1),
        ({"answered": day("2024-02-01")}, "ledger.out_of_order", "O5", 1),
        ({"corrected": day("2024-03-05")}, "ledger.without", "J5", 1),
        ({"extension_told": day("2024-03-05")}, "ledger.no_extension", "L5", 1),
        ({"channel": "驿站"}, "ledger.not_offered", "E5", 1),
        ({"extension": "几天"}, "ledger.not_whole", "L5", 1),
        ({"disputes.review": "驳回"}, "ledger.not_offered", "Q5", 1),
    ],
)
def test_what_is_wrong_with_a_line_is_told_at_its_cell(change, rule, cell, counted):
    ledger, problems = read(request("1", "2024-03-01", "2024-03-20") | change)
    assert told(problems) == [(rule, cell)]
    assert len(ledger.requests) == counted
    assert {p.severity for p in problems} == {"warning"}


def test_a_number_that_stands_twice_is_told():
    _, problems = read(request("甲-1", "2024-03-01"), request("甲—1", "2024-03-02"))
    assert told(problems) == [("ledger.doubled", "A6")]
    assert "A5" in problems[0].message


ID_NUMBER = "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"张某{ID_NUMBER}申请公开", "身份证号"),
        ("联系13812345678", "手机号码"),
        ("0573-83912345", "固定电话"),
        ("shili@example.cn", "电子邮箱"),
    ],
)
def test_personal_data_is_told_of_and_never_repeated(text, what):
    _, problems = read(request("1", "2024-03-01", summary=text))
    assert told(problems) == [("ledger.personal", "H5")]
    assert what in problems[0].message
    assert text not in repr(problems)
    assert not any(part in repr(problems) for part in (ID_NUMBER, "13812345678", "83912345"))


@pytest.mark.parametrize(
    "text", ["示政发〔2024〕12号文件", "2024年1月至12月拆迁补偿1234567.89元", "20240301001"]
)
def test_what_is_no_personal_data_is_left_alone(text):
    _, problems = read(request(text, "2024-03-01", summary=text))
    assert problems == []


def test_a_column_that_asks_for_personal_data_is_told():
    def with_name(cells):
        cells[3].append("申请人姓名")
        cells[4].append("示例")

    _, problems = read(request("1", "2024-03-01"), change=with_name)
    assert [p.rule for p in problems] == ["ledger.personal_column"]


def test_columns_are_found_by_their_labels_wherever_they_stand():
    def turned(cells):
        for row in cells[3:]:
            row.reverse()
        cells.insert(3, ["随手写的一行"])

    ledger, problems = read(request("1", "2024-03-01", "2024-03-20"), change=turned)
    assert (problems, len(ledger.requests)) == ([], 1)


def test_a_ledger_without_its_header_is_told_and_not_read():
    ledger, problems = read(
        request("1", "2024-03-01"), change=lambda cells: cells[3].__setitem__(6, "类别甲")
    )
    assert ([p.rule for p in problems], ledger.kept) == (["ledger.no_header"], False)


def test_a_ledger_is_known_by_its_header_when_its_sheet_was_renamed():
    sheet = ledger_sheet(EDITION, FORM.requests, [request("1", "2024-03-01")])
    renamed = [Sheet("Sheet1", sheet.cells), Sheet("Sheet2", [["登记号"]])]
    assert (has_ledger(renamed, FORM), looks_like_ledger(renamed, FORM)) == (False, True)
    ledger, problems = read_ledger(renamed, EDITION, FORM, CHANNELS)
    assert (problems, len(ledger.requests)) == ([], 1)
    assert not looks_like_ledger([Sheet("依申请公开", [["登记号", "收到日期"]])], FORM)


def test_an_empty_ledger_says_nothing():
    ledger, problems = read(*[{}] * 50)
    assert (problems, ledger.kept) == ([], False)
    assert not has_ledger([Sheet("依申请公开", [["登记号"]])], FORM)


@KEYS
def test_every_result_is_understood_as_it_is_offered_and_by_its_official_label(key):
    choices = result_choices(EDITIONS[key], FORM.counting)
    known = spellings(choices)
    for choice in choices:
        assert {known.get(text, choice.key) for text in choice.variants} == {choice.key}
    assert set(known.values()) == {choice.key for choice in choices}
    assert all(choice.label.startswith("（") for choice in choices)
    assert choices[-1].label.startswith("（六）其他处理")
    for group in dispute_groups(EDITIONS[key], FORM.counting):
        offered = outcome_choices(EDITIONS[key], FORM.counting, dotted(group))
        labels = [choice.label for choice in offered]
        assert labels == ["结果维持", "结果纠正", "其他结果", "尚未审结"]


def test_what_was_published_is_read():
    line = {
        "date": day("2024-03-01"),
        "title": "植树活动",
        "channel": "微信公众号",
        "kind": "工作动态",
    }
    ledger, problems = read(line, {**line, "channel": ""}, ask=FORM.publications)
    assert told(problems) == [("ledger.incomplete", "F6")]
    [one] = ledger.publications
    assert (one.channel, one.kind, one.date) == ("微信公众号", "工作动态", day("2024-03-01"))


def test_columns_to_watch_are_read():
    ledger, problems = read(
        {"name": "工作动态", "cycle": "动态"}, {"name": "年报", "cycle": "每年"}, ask=FORM.watched
    )
    assert (problems, [(w.name, w.days) for w in ledger.watched]) == (
        [],
        [("工作动态", 14), ("年报", 366)],
    )


@KEYS
def test_a_workbook_of_its_own_is_known_for_a_ledger_and_read_as_it_was_filled(key):
    edition = EDITIONS[key]
    lines = random_requests(edition, 7, 40, edition.first_year)
    identity = {"unit": "示例镇", "county": "示例区", "year": str(edition.first_year)}
    fill = LedgerFill(identity=identity, requests=lines, today=datetime.date(2024, 6, 3))
    content = write_ledger(edition, workbook_form(), fill)
    assert content == write_ledger(edition, workbook_form(), fill)
    submission = read_bytes(content, "台账.xlsx", EDITIONS, workbook_form())
    assert (submission.kept, submission.unit, submission.year) == (
        True,
        "示例镇",
        edition.first_year,
    )
    assert {p.rule for p in submission.problems} <= {"ledger.out_of_order", "ledger.without"}
    sheet = ledger_sheet(edition, FORM.requests, lines)
    direct, _ = read_ledger([sheet], edition, FORM, CHANNELS)
    assert submission.ledger is not None
    assert submission.ledger.requests == direct.requests
    assert len(direct.requests) == 40
    assert [w.name for w in submission.ledger.watched] == list(FORM.usual)


HOSTILE = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.times(),
    st.sampled_from(["=1+1", "#REF!", "1e999", "自然人", "（一）予以公开", "2024-1-1"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(HOSTILE, max_size=21), max_size=6), st.data())
def test_whatever_stands_in_the_cells_nothing_is_raised(rows, data):
    ask = data.draw(st.sampled_from([FORM.requests, FORM.publications, FORM.watched]))
    header = [column.label for column in columns(ask, EDITION, FORM)]
    sheet = Sheet(ask.sheet, [header, *rows])
    ledger, problems = read_ledger([sheet], EDITION, FORM, CHANNELS)
    assert len(ledger.requests) + len(ledger.publications) + len(ledger.watched) <= len(rows)
    assert all(p.severity == "warning" for p in problems)


def test_an_error_in_a_line_is_told_and_not_taken_for_words():
    def change(cells):
        cells[-1][cells[-1].index("001")] = "#REF!"

    ledger, problems = read(request("001", "2024-03-01"), change=change)
    assert "ledger.formula_error" in {p.rule for p in problems}
    assert ledger.requests == ()


def test_a_line_in_struck_out_type_is_told_and_counted():
    sheet = ledger_sheet(EDITION, FORM.requests, [request("001", "2024-03-01")])
    last = len(sheet.cells) - 1
    struck = Appearance(marked={(last, at): "删除线" for at in range(len(sheet.cells[last]))})
    seen = Sheet(sheet.name, sheet.cells, lambda: struck)
    ledger, problems = read_ledger([seen], EDITION, FORM, CHANNELS)
    assert [p.rule for p in problems] == ["ledger.struck"]
    assert len(ledger.requests) == 1
