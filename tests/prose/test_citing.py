"""【】 in the prose: figures in the report, problems for names that aren't any."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.cli.main import main
from pipeline.declare.editions import load_editions
from pipeline.declare.workbook_form import workbook_form
from pipeline.forms.roster import write_roster
from pipeline.prose.citing import change_in_words, field_names
from tests.support.districts import (
    EDITIONS,
    district_2020,
    district_2024,
    example,
    passage,
    write_inputs,
)
from tests.support.paths import TEMPLATES
from tests.support.runs import report

FORM = workbook_form()
RECEIVED = load_editions()["2021"].measures[0]


def told(prefill, *paragraphs):
    """The prefill with other paragraphs in its overview."""
    others = tuple(p for p in prefill.passages if p.part != "overview.active")
    return replace(prefill, passages=(*others, passage("overview.active", "主动公开", *paragraphs)))


def run(folder: Path, prefills):
    write_inputs(folder / "input", prefills)
    arguments = ["--input", str(folder / "input"), "--output", str(folder / "output")]
    code = main(["run", *arguments, "--templates", str(TEMPLATES)])
    return code, json.loads((folder / "output" / "run.json").read_text("utf-8"))


def problems(record, rule):
    return [p["message"] for u in record["units"] for p in u["problems"] if p["rule"] == rule]


def test_cited_figures_are_printed_in_the_report(tmp_path):
    unit = told(
        district_2024()[1],
        "公开【主动公开总数】条，其中网站【网站公开总数】条、公众号【公众号条数】条、"
        "动态【网站·工作动态】条；新收【 新收申请总数 】件。发布【解读】3篇。",
    )
    code, _ = run(tmp_path, [unit])
    facts = {(channel, category): count for channel, category, count in unit.facts}
    site = sum(count for (channel, _), count in facts.items() if channel == "政府网站")
    account = sum(count for (channel, _), count in facts.items() if channel == "微信公众号")
    dynamic = facts["政府网站", "工作动态"]
    received = unit.figures["requests.received.total"]
    expected = (
        f"公开{site + account}条，其中网站{site}条、公众号{account}条、"
        f"动态{dynamic}条；新收{received}件。发布【解读】3篇。"
    )
    assert code == 0
    assert expected in report(tmp_path, "示例一镇2024*.docx")


def test_the_county_cites_the_sums_of_its_units(tmp_path):
    own, *others = district_2024()
    own = told(own, "【报送单位数】个单位共新收【全区新收申请总数】件，办结【全县办结总数】件。")
    code, _ = run(tmp_path, [own, *others])
    received = sum(p.figures["requests.received.total"] for p in (own, *others))
    handled = sum(p.figures["requests.results.total.total"] for p in (own, *others))
    assert code == 0
    sentence = f"4个单位共新收{received}件，办结{handled}件。"
    assert sentence in report(tmp_path, "示例区2024*.docx")


def test_reporting_and_added_units_are_counted_apart(tmp_path):
    own, *others = district_2024()
    own = told(own, "应报单位中【报送单位数】个已报送，各表汇总【汇总单位数】个。")
    write_inputs(tmp_path / "input", [own, *others])
    lines = [{"unit": unit.identity["unit"]} for unit in (own, *others)]
    lines[-1]["counted"] = "否"
    roster = write_roster(lines, {"county": "示例区", "year": 2024})
    (tmp_path / "input" / "名册.xlsx").write_bytes(roster)
    run(tmp_path, [])
    sentence = "应报单位中4个已报送，各表汇总3个。"
    assert sentence in report(tmp_path, "示例区2024*.docx")


@pytest.mark.parametrize(
    ("paragraph", "wanted"),
    [
        ("全区共收到【全区新收申请总数】件，【同比】。", ["全区同比"]),
        ("全区共收到【新收申请总数】件。", ["全区新收申请总数"]),
        ("【报送单位数】个单位共办结【办结总数】件。", ["全区办结总数"]),
        ("全区新收【全区新收申请总数】件。其中，办结【办结总数】件。", ["全区办结总数"]),
        ("本级共收到【全区新收申请总数】件。", ["新收申请总数"]),
        ("全区共收到【全区新收申请总数】件，【全区同比】；本级【新收申请总数】件，【同比】。", []),
        ("全区工作有序。新收【新收申请总数】件。", []),
        ("【新收申请总数】件，【同比】；全区【全区新收申请总数】件。", []),
    ],
)
def test_a_figure_is_of_the_body_that_its_sentence_speaks_of(tmp_path, paragraph, wanted):
    own, *others = district_2024()
    _, record = run(tmp_path, [told(own, paragraph), *others])
    found = problems(record, "citing.scope")
    assert len(found) == len(wanted)
    for message, name in zip(found, wanted, strict=True):
        assert f"请改为【{name}】" in message


def test_the_form_of_the_county_itself_lists_the_fields_of_its_sums():
    edition = EDITIONS["2021"]
    unit, own = (
        {name for name, _ in field_names(edition, FORM, county)} for county in (None, "示例县")
    )
    assert unit < own
    assert {"全县新收申请总数", "全县同比", "报送单位数", "汇总单位数"} <= own - unit
    assert not any(name.startswith("全") for name in unit)


def test_the_fee_is_cited_as_it_is_declared(tmp_path):
    own, *others = district_2024()
    unit = told(
        others[0],
        "向【信息处理费收费申请件数】件申请收取【信息处理费】元，即【信息处理费收费金额】元。",
    )
    own = told(own, "各单位共【全区信息处理费收费申请件数】件、【全区信息处理费】元。")
    code, _ = run(tmp_path, [own, unit, *others[1:]])
    assert code == 0
    requests, cents = unit.fee.requests, unit.fee.amount
    amount = f"{cents / 100:g}"
    sentence = f"向{requests}件申请收取{amount}元，即{amount}元。"
    assert sentence in report(tmp_path, "示例一镇2024*.docx")
    fees = [prefill.fee for prefill in (own, *others)]
    sums = sum(fee.requests for fee in fees), sum(fee.amount for fee in fees) / 100
    assert f"各单位共{sums[0]}件、{sums[1]:g}元。" in report(tmp_path, "示例区2024*.docx")


def test_a_fee_that_is_not_stated_can_not_be_cited(tmp_path):
    own, unit, *_ = (replace(prefill, fee=None) for prefill in district_2024())
    made = [told(own, "全区【全区信息处理费】元。"), told(unit, "收取【信息处理费】元。")]
    code, record = run(tmp_path, made)
    assert code == 1
    assert len(problems(record, "citing.unread")) == 2


def test_a_unit_may_not_cite_the_county(tmp_path):
    code, record = run(tmp_path, [told(district_2024()[1], "新收【全区新收申请总数】件。")])
    assert code == 1
    assert len(problems(record, "citing.unknown")) == 1


@pytest.mark.parametrize(
    ("written", "nearest"),
    [("新收申请总量", "新收申请总数"), ("公众号总数", "公众号公开总数"), ("依申请件数", "")],
)
def test_an_unknown_name_is_returned_with_the_nearest(tmp_path, written, nearest):
    code, record = run(tmp_path, [told(district_2024()[1], f"共【{written}】件。")])
    [message] = problems(record, "citing.unknown")
    assert code == 1
    assert f"【{written}】" in message
    assert f"【{nearest}" in message


@pytest.mark.parametrize("text", ["【解读】", "【政策图解】一图读懂", "【】", "【3】", "【\n】"])
def test_plain_punctuation_does_no_harm(tmp_path, text):
    code, _ = run(tmp_path, [told(district_2024()[1], text)])
    assert code == 0
    shown = {line for part in [text] for line in part.split("\n")}
    assert shown <= set(report(tmp_path, "示例一镇2024*.docx"))


@pytest.mark.slow
def test_change_needs_last_year(tmp_path):
    unit = told(district_2024()[1], "新收【新收申请总数】件，同比【同比】。")
    code, record = run(tmp_path / "alone", [unit])
    assert code == 1
    assert len(problems(record, "citing.no_last_year")) == 1

    carried = {
        key.replace("carried_in", row): value
        for key, value in unit.figures.items()
        for row in ("received", "carried_out")
        if key.startswith("requests.carried_in.")
    }
    before = example(EDITIONS["2021"], "示例一镇", "我镇", "示例区", 2023, 31, 3)
    before = replace(before, figures=dict.fromkeys(before.figures, 0) | carried)
    assert run(tmp_path / "both", [unit, told(before, "无引用。")])[0] == 0
    now, then = (p.figures["requests.received.total"] for p in (unit, before))
    assert now != then > 0
    change = change_in_words(now, then, RECEIVED)
    assert f"新收{now}件，同比{change}。" in report(tmp_path / "both", "示例一镇2024*.docx")


@pytest.mark.parametrize(
    ("now", "then", "words"),
    [
        (125, 100, "增长25%"),
        (111, 115, "下降3.48%"),
        (7, 7, "持平"),
        (0, 0, "持平"),
        (3, 0, "增加3件"),
        (0, 4, "下降100%"),
        (1, 3, "下降66.67%"),
    ],
)
def test_change_in_words(now, then, words):
    assert change_in_words(now, then, RECEIVED) == words


def test_the_shipped_prose_cites_nothing_by_accident(tmp_path):
    _, record = run(tmp_path, [*district_2020(), *district_2024()])
    assert problems(record, "citing.unknown") == []
