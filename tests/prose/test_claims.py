"""Prose is doubted only where no reading of it is what the tables say."""

import re
import tomllib
from dataclasses import replace

import pytest

from pipeline.declare.editions import load_editions
from pipeline.prose.claims import Tables, find_mismatches
from tests.support.districts import district_2020, district_2024, wangdian, write_inputs
from tests.support.paths import DATA
from tests.support.runs import run

CASES = tomllib.loads((DATA / "claims.toml").read_text("utf-8"))["case"]
SUMS = {
    "received": 12,
    "carried_in": 3,
    "handled": 13,
    "carried_out": 2,
    "granted": 8,
    "partly": 1,
    "refused": 2,
    "unavailable": 1,
    "not_processed": 1,
    "other": 0,
    "natural_person": 10,
    "natural_person_carried": 3,
    "review": 3,
    "review_pending": 1,
    "review_corrected": 0,
    "litigation": 2,
    "litigation_pending": 0,
    "litigation_corrected": 0,
    "normative": 6,
    "licences": 30,
    "penalties": 4,
}


EDITION = load_editions()["2021"]
MEASURES = {m.key: m for m in (*EDITION.measures, *EDITION.sums) if m.key in SUMS}


def wrong(text: str, sums=SUMS, year: int = 2024, **further) -> list[str]:
    edition = next(one for one in load_editions().values() if one.in_force(year))
    measures = {m.key: m for m in (*edition.measures, *edition.sums, *edition.counts)}
    known = {key: value for key, value in sums.items() if key in measures}
    unknown = {key: measures[key] for key in measures if key in known}
    tables = Tables(year=year, known=[known], measures=unknown, **further)
    return [found.label for found in find_mismatches(text, tables)]


@pytest.mark.parametrize("case", CASES, ids=[case["source"] for case in CASES])
def test_published_reports_are_doubted_only_where_they_are_inconsistent(case):
    found = wrong(case["text"], case["sums"], case["year"], wide=case.get("wide", False))
    assert sorted(found) == sorted(case["wrong"])


NUMBER = re.compile(r"(?:申请|公开|结转|提供|处理)\D{0,8}?(\d+)\s*件")
CLAIMED = [
    (case, found.span(1))
    for case in CASES
    for found in NUMBER.finditer(case["text"])
    if int(found.group(1)) in case["sums"].values()
]
"""The numbers of published sentences that their tables bear out."""


@pytest.mark.parametrize("off_by", [1, 10, 1000])
def test_a_number_changed_in_a_published_report_is_found(off_by):
    missed = []
    for case, (start, end) in CLAIMED:
        text = case["text"]
        changed = f"{text[:start]}{int(text[start:end]) + off_by}{text[end:]}"
        found = wrong(changed, case["sums"], case["year"], wide=case.get("wide", False))
        if len(found) <= len(case["wrong"]):
            missed.append(changed[max(start - 11, 0) : end + 4])
    assert len(CLAIMED) >= 20
    # 收到 7 → 8 is what 新收 and 上年结转 come to, which is a reading as good as the other.
    assert missed == (["街道共收到信息公开申请8件，上年"] if off_by == 1 else [])


@pytest.mark.parametrize(
    "text",
    [
        "全年收到政府信息公开申请12件，上年结转3件。",
        "全年共收到政府信息公开申请15件（含上年结转3件）。",
        "全年新收申请１２件，办结13件，结转下年度2件。",
        "答复申请13件，其中予以公开8件，部分公开1件，不予公开2件。",
        "予以公开及部分公开9件。",
        "自然人申请13件。",
        "信息公开行政复议2件，行政诉讼2件。",
        "收到政府信息公开申请12件，其中通过网络收到申请5件。",
        "全区收到政府信息公开申请812件。",
        "上半年收到政府信息公开申请4件。",
        "收到行政复议申请53件。",
        "办理行政诉讼53件。",
        "收到低保申请99件。",
        "办理人大建议、政协提案9件，均已办结，答复代表委员99件。",
        "2023年收到政府信息公开申请9件。",
        "电话答复申请人99件。",
        "予以公开8件，占61.5%；部分公开1件，占比7.69%。",
        "现行有效规范性文件6件，作出行政许可决定30件、行政处罚决定4件。",
        "收到政府信息公开申请约20件，答复20余件，办结近30件。",
        "累计公开信息396条。其中动态30条，通知50条。",
        "全年共公开信息100条，其中政策文件20条、工作动态30条。",
        "全年共公开信息100条，其中政策文件50条、工作动态48条等。",
        "收到申请12件，其中自然人10件、法人2件，予以公开8件。",
        "发布信息1,200条，其中网站1,000条，公众号200条，同比增加300条。",
    ],
)
def test_what_may_be_meant_so_is_not_doubted(text):
    assert wrong(text) == []


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("全年收到政府信息公开申请14件。", "收到申请"),
        ("上年结转4件。", "上年结转"),
        ("结转下年度继续办理3件。", "结转下年度"),
        ("共答复申请12件。", "办结申请"),
        ("予以公开9件。", "予以公开"),
        ("部分公开9件。", "部分公开"),
        ("不予公开3件。", "不予公开"),
        ("自然人申请11件。", "自然人申请"),
        ("因信息公开引发行政复议1件。", "行政复议"),
        ("因信息公开引发行政诉讼1件。", "行政诉讼"),
        ("本年度未收到政府信息公开申请。", "未收到申请"),
        ("未发生因政府信息公开引起的行政复议。", "未发生行政复议"),
        ("收到的申请均已办结。", "申请均已办结"),
        ("全年共公开信息100条，其中政策文件50条、工作动态40条、其他8条。", "分项之和"),
        ("全年共公开信息100条，其中政策文件60条、工作动态70条。", "分项之和"),
        ("予以公开8件，占70%。", "予以公开占比"),
        ("现行有效行政规范性文件9件。", "现行有效规范性文件"),
        ("作出行政处罚决定9件。", "行政处罚处理决定"),
    ],
)
def test_what_no_reading_bears_out_is_doubted(text, label):
    assert wrong(text) == [label]


def test_a_total_whose_parts_follow_is_proved():
    lines = (DATA / "wangdian-2020.txt").read_text("utf-8").splitlines()
    line = next(line for line in lines if "396条" in line)
    assert wrong(line, {}) == []
    assert wrong(line.replace("396条", "397条"), {}) == ["分项之和"]
    assert wrong(line.replace("125条", "126条"), {}) == ["分项之和"]


def test_what_is_not_known_is_not_doubted():
    assert wrong("全年收到政府信息公开申请14件，上年结转4件。", {}) == []


@pytest.mark.parametrize(
    ("told", "doubtful"),
    [
        ("同比增长20%", False),
        ("同比增长21%", True),
        ("较上年下降20%", True),
        ("比去年增长20.0%", False),
    ],
)
def test_a_change_is_recomputed(told, doubtful):
    text = f"全年收到政府信息公开申请12件，{told}。"
    assert wrong(text, prior={"received": 10, "carried_in": 0}) == ["同比"] * doubtful


def test_the_county_speaks_of_its_own_or_of_all():
    text = "全区收到政府信息公开申请812件。"
    both = [SUMS, {**SUMS, "received": 812, "carried_in": 0, "handled": 812, "carried_out": 0}]
    tables = Tables(year=2024, known=both, measures=MEASURES, wide=True)
    assert not list(find_mismatches(text, tables))
    assert list(find_mismatches(text.replace("812", "811"), tables))


def test_a_mismatch_quotes_the_sentence_and_the_readings():
    tables = Tables(year=2024, known=[SUMS], measures=MEASURES)
    (found,) = find_mismatches("全年收到政府信息公开申请14件。", tables)
    assert found.sentence == "全年收到政府信息公开申请14件"
    assert ("本年新收申请＋上年结转申请", "15") in found.readings


@pytest.mark.slow
def test_the_shipped_districts_are_not_doubted(tmp_path):
    write_inputs(tmp_path / "input", [*district_2020(), *district_2024(), wangdian()][:-1])
    _, record = run(tmp_path)
    found = [
        p["message"] for u in record["units"] for p in u["problems"] if p["rule"] == "prose.claims"
    ]
    assert found == []


@pytest.mark.parametrize(
    ("told", "doubted"),
    [
        ("全区新收政府信息公开申请{own}件。", ["prose.scope"]),
        ("本级新收政府信息公开申请{own}件。", []),
        ("全区新收政府信息公开申请{all}件。", []),
        ("全区新收政府信息公开申请{neither}件。", ["prose.claims"]),
    ],
)
def test_the_prose_of_the_countys_report_tells_the_countys_numbers(told, doubted, tmp_path):
    own, *others = district_2024()
    counts = [unit.figures["requests.received.total"] for unit in (own, *others)]
    numbers = {"own": counts[0], "all": sum(counts), "neither": sum(counts) + 1}
    passages = tuple(
        replace(one, paragraphs=(told.format(**numbers),))
        if one.part == "overview.on_request"
        else one
        for one in own.passages
    )
    write_inputs(tmp_path / "input", [replace(own, passages=passages), *others])
    _, record = run(tmp_path)
    rules = {p["rule"] for u in record["units"] for p in u["problems"]}
    assert sorted(rules & {"prose.scope", "prose.claims"}) == doubted
