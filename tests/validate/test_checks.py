"""What is wrong with workbooks, told once each, at the cell, the gravest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from pipeline.declare.messages import problem
from pipeline.forms.workbook import write_form
from pipeline.intake.submissions import read_bytes
from pipeline.model.edition import Field
from pipeline.model.place import Place
from pipeline.model.problem import Problem
from pipeline.model.submission import Passage, ProcessingFee, Submission
from pipeline.prose.proofreading import declared
from pipeline.text.figures import LARGEST
from pipeline.validate.checks import check
from pipeline.validate.context import CheckContext
from tests.support.districts import EDITIONS, district_2024
from tests.support.issued_books import FORM
from tests.support.kept_ledgers import kept
from tests.support.ledgers import request

EDITION = EDITIONS["2021"]
OWN, FIRST, SECOND = (
    read_bytes(
        write_form(EDITION, FORM, replace(prefill, fee=ProcessingFee(0, 0), passages=())),
        f"{at}.xlsx",
        EDITIONS,
        FORM,
    )
    for at, prefill in enumerate(district_2024()[:3])
)
NOWHERE = Place("", "")
PARTS = {part.key: part for part in EDITION.parts}


def said(part: str, *paragraphs: str) -> Passage:
    """A part of the prose at the cell that the workbook has for it."""
    section = next(s for s in EDITION.sections if any(p.key == part for p in s.parts))
    return Passage(
        section=section.key,
        part=part,
        heading=PARTS[part].heading,
        paragraphs=paragraphs,
        place=FIRST.places.get(part, NOWHERE),
    )


PLAIN = {
    key: f"第{at}项工作按要求做好{'甲乙丙丁戊己庚辛壬癸子丑'[at]}。" for at, key in enumerate(PARTS)
}


def with_prose(unit: Submission, **changed: str | None) -> Submission:
    """A unit with a sentence in every part but those given (``__`` for a dot; None: nothing)."""
    texts: Mapping[str, str | None] = PLAIN | {
        key.replace("__", "."): text for key, text in changed.items()
    }
    return replace(
        unit, passages=tuple(said(key, text) for key, text in texts.items() if text is not None)
    )


UNIT = with_prose(FIRST)


def told(
    unit: Submission, *others: Submission, around: CheckContext | None = None
) -> list[Problem]:
    """What a unit is told, but for what always is of a year that has none before it."""
    found = check([unit, *others], EDITIONS, FORM, around or CheckContext())[0]
    return [p for p in found if p.rule not in ("rule.not_assessable", "B5")]


def rules(unit: Submission, *others: Submission, around: CheckContext | None = None) -> list[str]:
    return [p.rule for p in told(unit, *others, around=around)]


def figure(key: str) -> Field:
    return EDITION.by_key[key]


def with_figures(unit: Submission, **changed: int | None) -> Submission:
    values = dict(zip(EDITION.by_key, unit.values, strict=True))
    values |= {key.replace("__", "."): value for key, value in changed.items()}
    return replace(unit, values=tuple(values.values()))


def test_a_good_workbook_is_told_nothing():
    assert told(UNIT) == []


def test_the_gravest_comes_first_and_what_intake_found_is_kept():
    kept = problem("file.macro")
    wrong = replace(UNIT, problems=(kept,), identity={**UNIT.identity, "unit": ""})
    found = told(with_figures(wrong, disclosure__regulations__made=1))
    assert kept in found
    order = [("error", "warning", "notice").index(p.severity) for p in found]
    assert order == sorted(order)
    assert len(set(order)) > 1


def test_an_unreadable_file_keeps_its_one_problem():
    broken = problem("file.encrypted")
    unread = Submission(source="坏.xlsx", sha256="", readable=False, problems=(broken,))
    found = check([unread, UNIT], EDITIONS, FORM)
    assert found[0] == (broken,)
    assert found[1] == check([UNIT], EDITIONS, FORM)[0]


# -------------------------------------------------------------------------------- 基本信息


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("unit", "", "identity.missing"),
        ("self", "", "identity.empty"),
        ("address", "", None),
        ("level", "", None),
        ("year", "24", "identity.invalid"),
        ("phone", "没有", "identity.doubtful"),
        ("level", "乡级", "identity.doubtful"),
        ("postcode", "12345", "identity.doubtful"),
        ("email", "某人", "identity.doubtful"),
        ("filled_on", "2025-13-01", "identity.doubtful"),
        ("address", "路" * 200, None),
        ("address", "路" * 201, "identity.doubtful"),
        ("unit", "镇" * 201, "identity.invalid"),
    ],
)
def test_the_sheet_of_who_it_is_is_checked_at_its_cells(key, value, rule):
    unit = replace(UNIT, identity={**UNIT.identity, key: value})
    found = [p for p in told(unit) if p.rule.startswith("identity.")]
    assert [p.rule for p in found] == ([rule] if rule else [])
    for one in found:
        assert (one.sheet, one.cell) == UNIT.places[key]
        assert FORM.entry(key).label in one.message


def test_an_entry_whose_label_is_missing_is_told_by_the_reader_alone():
    places = {key: place for key, place in UNIT.places.items() if key not in ("unit", "self")}
    identity = {**UNIT.identity, "unit": "", "self": ""}
    lost = replace(UNIT, identity=identity, places=places)
    (one,) = [p for p in told(lost) if p.rule.startswith("identity.")]
    assert (one.rule, one.sheet, one.cell) == ("identity.empty", FORM.identity, "")
    nothing = replace(lost, places={})
    assert not [p for p in told(nothing) if p.rule.startswith("identity.")]


def test_days_out_of_order_and_of_another_year_are_told():
    early = replace(UNIT, identity={**UNIT.identity, "reviewed_on": "2025-01-01"})
    (one,) = told(early)
    assert (one.rule, one.cell) == ("identity.order", UNIT.places["reviewed_on"].cell)
    copied = replace(UNIT, identity={**UNIT.identity, "filled_on": "2020-01-12"})
    assert "identity.year_apart" in rules(copied)


# ------------------------------------------------------------------------------ the figures


def test_a_negative_count_is_told_at_its_cell():
    key = "disclosure.licences.decisions"
    found = told(with_figures(UNIT, **{key: -3}))
    (one,) = [p for p in found if p.rule == "cell.negative"]
    assert (one.sheet, one.cell) == UNIT.places[key]
    assert figure(key).name in one.message
    assert "-3" in one.message


def test_an_amount_is_told_in_ten_thousands():
    key = "disclosure.charges.amount"
    (one,) = [p for p in told(with_figures(UNIT, **{key: -1_500_000})) if "cell." in p.rule]
    assert "-1.5" in one.message
    assert [
        p.rule for p in told(with_figures(UNIT, **{key: LARGEST["money"] + 1})) if "cell." in p.rule
    ] == ["cell.too_large"]
    assert "cell.too_large" not in rules(with_figures(UNIT, **{key: LARGEST["money"]}))


def test_a_total_made_negative_by_its_part_is_not_told_beside_it():
    row = "requests.received"
    part, total = f"{row}.natural_person", f"{row}.total"
    places = [
        p.cell
        for p in told(with_figures(UNIT, **{part: -9, total: -9}))
        if p.rule == "cell.negative"
    ]
    assert places == [UNIT.places[part].cell]
    alone = told(with_figures(UNIT, **{total: -9}))
    assert [p.cell for p in alone if p.rule == "cell.negative"] == [UNIT.places[total].cell]
    for nothing in (None, 0):
        found = told(with_figures(UNIT, **{part: nothing, total: -9}))
        assert [p.cell for p in found if p.rule == "cell.negative"] == [UNIT.places[total].cell]
    later = "disputes.review.upheld"
    both = told(with_figures(UNIT, **{part: -9, total: -9, later: -1}))
    places = [UNIT.places[key].cell for key in (part, later)]
    assert [p.cell for p in both if p.rule == "cell.negative"] == places
    large = told(with_figures(UNIT, **{part: -9, total: LARGEST["count"] + 1}))
    assert [p.cell for p in large if p.rule == "cell.too_large"] == [UNIT.places[total].cell]


def test_figures_are_told_in_the_order_of_the_format_each_to_its_unit():
    keys = ("disclosure.licences.decisions", "disclosure.charges.amount", "disputes.review.upheld")
    wrong = with_figures(UNIT, **dict.fromkeys(keys, -1))
    found = check([SECOND, wrong], EDITIONS, FORM)
    told_ = [p.cell for p in found[1] if p.rule == "cell.negative"]
    assert told_[: len(keys)] == [UNIT.places[key].cell for key in keys]
    assert "cell.negative" not in {p.rule for p in found[0]}


def test_a_cell_that_the_reader_told_is_not_told_again():
    key = "disclosure.licences.decisions"
    place = UNIT.places[key]
    kept = problem("cell.blank", sheet=place.sheet, cell=place.cell, name="许可", text="")
    wrong = replace(with_figures(UNIT, **{key: -3}), problems=(kept,))
    assert "cell.negative" not in rules(wrong)
    nowhere = replace(
        with_figures(UNIT, **{key: -3}), places={k: p for k, p in UNIT.places.items() if k != key}
    )
    assert "cell.negative" not in rules(nowhere), "its label is missing, which the reader told"
    later = "disputes.review.upheld"
    both = told(with_figures(wrong, **{later: -1}))
    assert [p.cell for p in both if p.rule == "cell.negative"] == [UNIT.places[later].cell]
    other = replace(kept, cell="Z99")
    assert "cell.negative" in rules(replace(wrong, problems=(other,)))


def test_a_rule_that_figures_break_is_told():
    more = received(UNIT) + 1
    found = told(with_figures(UNIT, **{"requests.received.total": more}))
    assert ("rule.culprit", str(more)) in [(p.rule, p.found) for p in found]


def test_a_figure_that_was_not_read_is_left_to_the_reader():
    assert rules(with_figures(UNIT, **{"requests.received.total": None})) == []
    later = "disputes.review.upheld"
    both = told(with_figures(UNIT, **{"requests.received.total": None, later: -1}))
    assert [p.cell for p in both if p.rule == "cell.negative"] == [UNIT.places[later].cell]


# -------------------------------------------------------------------------------- the prose


def test_a_part_that_must_be_there_is_told_at_its_cell():
    (one,) = told(with_prose(FIRST, overview__management=None))
    assert one.rule == "prose.missing"
    assert (one.sheet, one.cell) == FIRST.places["overview.management"]
    assert PARTS["overview.management"].label in one.message
    assert rules(with_prose(FIRST, overview__opening=None)) == []
    empty = with_prose(FIRST)
    blank = tuple(
        replace(p, paragraphs=()) if p.part == "overview.management" else p for p in empty.passages
    )
    assert rules(replace(empty, passages=blank))[0] == "prose.missing"


def test_a_sheet_that_is_missing_is_told_by_the_reader_alone():
    kept = {k: p for k, p in FIRST.places.items() if p.sheet != "总体情况"}
    assert rules(replace(with_prose(FIRST, overview__management=None), places=kept)) == []
    problems = dict.fromkeys(("problems__opening", "problems__found", "problems__improved"))
    nothing = with_prose(FIRST, overview__management=None, **problems)
    assert rules(replace(nothing, places=kept)) == ["section.missing"], "of another sheet"
    unplaced = {k: p for k, p in FIRST.places.items() if k != "overview.management"}
    (one,) = told(replace(with_prose(FIRST, overview__management=None), places=unplaced))
    assert (one.sheet, one.cell) == ("总体情况", "")


@pytest.mark.parametrize("text", ["无", "无。", "暂无！", " 没有 ", "略.", "—", "/"])
def test_a_part_that_says_nothing_is_told(text):
    (one,) = told(with_prose(FIRST, overview__management=text))
    assert one.rule == "prose.nothing"
    assert (one.sheet, one.cell) == FIRST.places["overview.management"]
    assert PARTS["overview.management"].heading in one.message
    opening = told(with_prose(FIRST, overview__opening=text))
    assert [p.rule for p in opening] == ["prose.nothing"]
    assert PARTS["overview.opening"].label in opening[0].message, "which has no heading"


def test_a_section_that_must_say_something_is_told_once():
    parts = dict.fromkeys(("problems__opening", "problems__found", "problems__improved"))
    (one,) = told(with_prose(FIRST, **parts))
    assert (one.rule, one.sheet) == ("section.missing", "问题与改进")
    assert rules(with_prose(FIRST, **(parts | {"problems__found": "无"}))) == ["section.missing"]
    assert rules(with_prose(FIRST, **(parts | {"problems__found": "人手不足。"}))) == []


def test_a_section_that_may_say_nothing_is_not_told():
    assert rules(with_prose(FIRST, other__text="无")) == []
    assert rules(with_prose(FIRST, other__text=None)) == []


def test_each_slip_is_told_at_its_passage_unless_it_is_switched_off():
    wrong = with_prose(FIRST, overview__management="做好做好（发布审查。")
    found = told(wrong)
    assert {p.rule for p in found} == {"prose.proofreading"}
    assert {(p.sheet, p.cell) for p in found} == {FIRST.places["overview.management"]}
    assert rules(wrong, around=CheckContext(unproofed=frozenset(declared()))) == []


def test_what_the_ledger_counts_otherwise_is_told():
    ledger = kept(request("1", "2024-03-01", "2024-03-20"))
    found = told(replace(UNIT, ledger=ledger))
    assert {p.rule for p in found if p.sheet == "依申请公开"} == {"ledger.differs"}


def test_only_a_countys_own_prose_may_tell_the_countys_fee():
    fees = {"甲": ProcessingFee(1, 10_000), "乙": ProcessingFee(1, 20_000)}
    sentence = "本年度收取信息处理费300元。"
    other = replace(with_prose(SECOND), fee=fees["乙"])
    unit = replace(with_prose(FIRST, other__text=sentence), fee=fees["甲"])
    assert rules(unit, other) == ["fee.prose"]
    own = replace(with_prose(OWN, other__text=sentence), fee=fees["甲"])
    assert rules(own, other) == []


# ----------------------------------------------------------------------- numbers in the prose


def received(unit: Submission) -> int:
    return dict(zip(EDITION.by_key, unit.values, strict=True))["requests.received.total"] or 0


def telling(unit: Submission, number: int, where: str = "全年") -> Submission:
    return with_prose(unit, overview__on_request=f"{where}新收政府信息公开申请{number}件。")


def test_a_number_in_the_prose_that_no_table_bears_out_is_told():
    assert rules(telling(FIRST, received(FIRST))) == []
    (one,) = told(telling(FIRST, received(FIRST) + 1))
    assert (one.rule, one.sheet) == ("prose.claims", FIRST.places["overview.on_request"].sheet)
    assert one.cell == FIRST.places["overview.on_request"].cell
    assert one.found == str(received(FIRST) + 1)
    assert str(received(FIRST)) in one.expected
    assert f"写的是 {received(FIRST) + 1}，但" in one.message
    (none,) = told(with_prose(FIRST, overview__on_request="全年没有收到政府信息公开申请。"))
    assert f"意思是{none.subject}，但" in none.message
    assert none.rule == "prose.claims"


def test_a_long_sentence_is_told_by_its_beginning():
    sentence = "按照上级要求，" * 9 + f"全年新收政府信息公开申请{received(FIRST) + 1}件。"
    (one,) = [
        p
        for p in told(with_prose(FIRST, overview__on_request=sentence))
        if p.rule == "prose.claims"
    ]
    assert f"“{sentence[:60]}…”" in one.message


def test_a_units_prose_may_not_tell_its_countys_numbers():
    other = with_prose(SECOND)
    county = received(FIRST) + received(SECOND)
    assert rules(telling(FIRST, county), other) == ["prose.claims"]


def test_where_the_figures_are_not_known_the_prose_is_not_doubted():
    text = f"全年收到政府信息公开申请{received(FIRST) + 1}件。"
    for row in ("received", "carried_in", "results.total", "carried_out"):
        unread = {f"requests.{row}.total": None}
        unknown = with_figures(with_prose(FIRST, overview__on_request=text), **unread)
        assert "prose.claims" not in rules(unknown), "the figure that was not read may be it"


def test_a_countys_prose_tells_the_countys_numbers_or_says_that_they_are_its_own():
    everyone = (UNIT, with_prose(SECOND))
    whole = received(OWN) + received(FIRST) + received(SECOND)
    doubts = ("prose.claims", "prose.scope")

    def doubted(number: int, *others: Submission, where: str = "全区", **more: object) -> list[str]:
        found = rules(telling(OWN, number, where), *others, around=CheckContext(**more))
        return [rule for rule in found if rule in doubts]

    assert doubted(whole, *everyone) == []
    assert doubted(received(OWN), *everyone) == ["prose.scope"]
    assert doubted(received(OWN), *everyone, where="本级") == []
    assert doubted(whole + 1, *everyone) == ["prose.claims"]
    assert doubted(received(OWN)) == [], "alone it is all there is"
    apart = frozenset({SECOND.source})
    assert doubted(whole - received(SECOND), *everyone, apart=apart) == []
    assert doubted(whole, *everyone, apart=apart) == ["prose.claims"]
    apart = frozenset({OWN.source})
    assert doubted(received(FIRST), UNIT, apart=apart) == []
    assert doubted(received(OWN), UNIT, apart=apart) == ["prose.scope"]
    assert doubted(received(OWN), apart=apart) == [], "there is no sum to be set against"
    abroad = replace(everyone[1], identity={**SECOND.identity, "county": "别区"})
    assert doubted(whole, UNIT, abroad) == ["prose.claims"]
    below = replace(SECOND, identity={**SECOND.identity, "unit": "下级县"})
    assert doubted(whole, UNIT, below=(below,)) == []
    elsewhere = replace(below, identity={**below.identity, "county": "别区"})
    assert doubted(whole, UNIT, below=(elsewhere,)) == ["prose.claims"]
    earlier = replace(below, year=2023)
    assert doubted(whole, UNIT, below=(earlier,)) == ["prose.claims"]


def test_last_years_figures_bear_a_change_out():
    before = with_figures(replace(FIRST, year=2023), **{"requests.received.total": 10})
    now = with_figures(FIRST, **{"requests.received.total": 12})
    text = "全年收到政府信息公开申请12件，比上年增长{}%。"

    def doubted(percent: int, *others: Submission) -> bool:
        unit = with_prose(now, overview__on_request=text.format(percent))
        return "prose.claims" in rules(unit, *others)

    assert not doubted(20, before)
    assert doubted(21, before)
    assert not doubted(21), "without last year's workbook nobody can tell"


# ---------------------------------------------------------------------------- names in 【】


def test_a_name_that_is_none_is_told_with_the_nearest():
    (one,) = told(with_prose(FIRST, overview__on_request="共【新收申请总量】件。"))
    assert (one.rule, one.cell) == ("citing.unknown", FIRST.places["overview.on_request"].cell)
    assert one.found == "新收申请总量"
    assert "【新收申请总数" in one.message
    second = with_prose(SECOND, overview__on_request="共【新收申请总量】件。")
    found = check([UNIT, second], EDITIONS, FORM)
    assert [[p.rule for p in one if "citing" in p.rule] for one in found] == [
        [],
        ["citing.unknown"],
    ]


def test_a_name_without_a_value_is_told_with_the_reason():
    (one,) = told(with_prose(FIRST, overview__on_request="新收【新收申请总数】件，【同比】。"))
    assert one.rule == "citing.no_last_year"
    assert "没有上年的数字" in one.message
    before = replace(FIRST, year=2023)
    assert "citing.no_last_year" not in rules(
        with_prose(FIRST, overview__on_request="新收【新收申请总数】件，【同比】。"), before
    )
    unread = with_figures(
        with_prose(FIRST, overview__on_request="新收【新收申请总数】件。"),
        **{"requests.received.total": None},
    )
    for others in ((), (before,)):
        assert rules(unread, *others).count("citing.unread") == 1
        assert "citing.no_last_year" not in rules(unread, *others)


def test_a_county_may_cite_the_county_and_its_change_where_there_is_a_year_before():
    own = with_prose(OWN, overview__on_request="全区新收【全区新收申请总数】件。")
    assert rules(own) == []
    assert "citing.unknown" in rules(
        with_prose(FIRST, overview__on_request="全区新收【全区新收申请总数】件。")
    )
    compared = with_prose(OWN, overview__on_request="全区新收申请【全区同比】。")
    assert "citing.no_last_year" in rules(compared)
    assert "citing.no_last_year" not in rules(compared, replace(UNIT, year=2023))
    elsewhere = replace(UNIT, year=2023, identity={**UNIT.identity, "county": "别区"})
    assert "citing.no_last_year" in rules(compared, elsewhere)
    alone = with_prose(OWN, overview__on_request="本级新收【新收申请总数】件，【同比】。")
    assert "citing.no_last_year" in rules(alone, replace(UNIT, year=2023)), "its own, not its sum's"


# ------------------------------------------------------------------- what shows side by side

LONG = (
    "建立健全政府信息公开工作制度，明确由专门人员负责此项工作，逐条审查每一份拟公开的文件，"
    "每个季度检查一遍网站的全部栏目，发现没有按期更新的栏目就及时提醒，"
    "组织各科室信息员参加业务培训，邀请有经验的同志讲解答复文书写法，"
    "收到的每件申请都由两人共同办理，答复之前先请司法所的同志审核把关。"
)


def test_prose_that_another_unit_has_too_is_told_with_both():
    one, other = (with_prose(unit, overview__management=LONG) for unit in (FIRST, SECOND))
    (found,) = told(one, other)
    assert found.rule == "prose.repeats"
    assert (found.sheet, found.cell) == FIRST.places["overview.management"]
    assert SECOND.unit in found.message
    assert "个单位" not in found.message
    assert found.aside
    third = replace(other, identity={**other.identity, "unit": "示例丙镇"}, source="丙.xlsx")
    (both,) = told(one, other, third)
    assert "等 2 个单位" in both.message
    last = replace(one, year=2023)
    repeated = [p for p in told(one, other, last) if p.rule == "prose.repeats"]
    assert ["2023年度" in p.message for p in repeated] == [True, False]
    assert not any("个单位" in p.message for p in repeated), "each year for itself"
    more = with_prose(
        FIRST, overview__management=LONG + "另外建立了政务公开专区，方便群众查阅文件。"
    )
    assert rules(more, other) == ["prose.repeats"]
    assert rules(more, other, around=CheckContext(similarity=100)) == []


def test_two_workbooks_of_a_unit_and_year_are_both_told():
    twice = replace(UNIT, source="另一份.xlsx")
    found = check([UNIT, twice, with_prose(SECOND)], EDITIONS, FORM)
    doubled = [[p.message for p in one if p.rule == "file.duplicate"] for one in found]
    assert [len(one) for one in doubled] == [1, 1, 0]
    assert f"{UNIT.source}、另一份.xlsx" in doubled[0][0]
    assert "2024年度" in doubled[1][0]
    for other in (replace(twice, year=2023), replace(UNIT, identity={}, source="无.xlsx")):
        assert "file.duplicate" not in rules(UNIT, other)
    nameless = replace(UNIT, identity={**UNIT.identity, "unit": ""})
    assert "file.duplicate" not in rules(nameless, replace(nameless, source="二.xlsx"))
    no_year = replace(UNIT, year=0)
    assert "file.duplicate" not in rules(no_year, replace(no_year, source="二.xlsx"))


def test_of_very_many_workbooks_of_a_unit_the_first_are_named():
    long = replace(UNIT, identity={**UNIT.identity, "unit": "甲" * 300})
    found, *_ = check([replace(long, source=f"{n}.xlsx") for n in range(40)], EDITIONS, FORM)
    (message,) = (p.message for p in found if p.rule == "file.duplicate")
    assert "、19.xlsx等 40 个" in message
    assert f"“{'甲' * 40}…”" in message


def test_two_units_that_each_say_to_be_the_countys_own_are_both_told():
    own = with_prose(OWN)
    other = replace(UNIT, identity={**UNIT.identity, "scope": "本级"})
    found = check([own, other, with_prose(SECOND)], EDITIONS, FORM)
    doubled = [[p for p in one if p.rule == "file.own_doubled"] for one in found]
    assert [len(one) for one in doubled] == [1, 1, 0]
    assert (doubled[1][0].sheet, doubled[1][0].cell) == UNIT.places["scope"]
    assert f"{OWN.unit}、{FIRST.unit}" in doubled[0][0].message
    assert "2024年度" in doubled[0][0].message
    assert "“本单位”" in doubled[0][0].remedy
    for apart in (
        replace(other, year=2023),
        replace(other, identity={**other.identity, "county": "别区"}),
        replace(own, source="再一份.xlsx"),
    ):
        assert "file.own_doubled" not in rules(own, apart)
    abroad = [
        replace(one, identity={**one.identity, "county": "别区"}, source=f"别区{one.source}")
        for one in (own, other)
    ]
    found = check([own, replace(own, source="再一份.xlsx"), *abroad], EDITIONS, FORM)
    doubled = ["file.own_doubled" in {p.rule for p in one} for one in found]
    assert doubled == [False, False, True, True], "one unit twice hushes no other county"
    no_year = replace(other, year=0)
    assert "file.own_doubled" not in rules(replace(own, year=0), no_year)
    nowhere = check([replace(own, places={}), other], EDITIONS, FORM)[0]
    assert [p.cell for p in nowhere if p.rule == "file.own_doubled"] == [""]
