"""Published reports are judged right or wrong, and for the right reason."""

import re

import openpyxl
import pytest

from pipeline.audit.audit import audit, audit_all, level_of, ranked
from pipeline.audit.workbook import write_audit_book
from pipeline.cli.main import main
from pipeline.published.reports import read_report
from tests.support.audits import (
    EDITIONS,
    FORM,
    PROBLEMS,
    PROSE_ONLY,
    REAL,
    beginning,
    published,
    told,
)
from tests.support.districts import district_2024, random_figures
from tests.support.paths import DATA
from tests.support.published_pages import page, plain_text

BEYOND_THE_EXCERPT = {"audit.section_missing", "audit.part_missing", "published.no_table"}
"""What can't be judged where only part of a report, or of its prose, was at hand."""


@pytest.mark.parametrize("real", REAL, ids=[real["id"] for real in REAL])
def test_real_reports_are_judged_as_they_are(real):
    report = read_report(published(real).encode("utf-8"), "年报.html", EDITIONS)
    assert (report.unit, report.year) == (real["unit"], real["year"])
    told = [
        p
        for p in audit(report, None, EDITIONS, FORM).problems
        if p.severity != "notice" and p.rule not in BEYOND_THE_EXCERPT
    ]
    left = [(p.rule, p.message) for p in told]
    for rule, words in real["expected"]:
        fits = [one for one in left if one[0] == rule and words in one[1]]
        assert fits, f"{rule} {words} not among {left}"
        left.remove(fits[0])
    assert left == []


@pytest.mark.parametrize("real", PROSE_ONLY, ids=[real["id"] for real in PROSE_ONLY])
def test_of_a_report_without_tables_its_prose_is_judged(real):
    report = read_report(beginning(real).encode("utf-8"), "年报.html", EDITIONS)
    assert (report.readable, report.unit, report.year) == (True, real["unit"], real["year"])
    told = audit(report, None, EDITIONS, FORM)
    assert told.verdict == "wrong"
    errors = [(p.rule, p.message) for p in told.problems if p.severity == "error"]
    assert [rule for rule, _ in errors] == ["published.no_table", "audit.section_missing"]
    assert "没有找到表二、表三、表四" in errors[0][1]
    assert errors[1][1].count("“") == 5
    doubts = {p.rule for p in told.problems if p.severity == "warning"}
    assert doubts == {"audit.part_missing"}
    if real["wrong"][0]:
        changed = beginning(real, real["wrong"])
        report = read_report(changed.encode("utf-8"), "年报.html", EDITIONS)
        found = audit(report, None, EDITIONS, FORM).problems
        assert [p.rule for p in found if p.severity == "warning"] == [
            "audit.part_missing",
            "prose.claims",
        ]


@pytest.mark.parametrize(
    "text",
    [
        "会议通知\n各科室：\n定于2024年3月5日召开会议。",
        "2024年工作总结\n一、总体情况\n完成较好。\n二、下一步打算\n继续努力。",
        "2024年度政府信息公开工作年度报告\n点击下载附件",
        "",
    ],
)
def test_what_is_no_report_is_told_once(text, tmp_path, capsys):
    path = tmp_path / "通知.txt"
    path.write_text(text, "utf-8")
    assert main(["audit", str(path), "--output", str(tmp_path)]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "【无法读取】通知.txt"
    assert len(told) == 2
    assert "不像政府信息公开工作年度报告" in told[1]


def test_the_real_report_in_full_is_right():
    report = read_report((DATA / "wangdian-2020.txt").read_bytes(), "年报.txt", EDITIONS)
    result = audit(report, None, EDITIONS, FORM)
    assert result.verdict == "right"
    assert {p.rule for p in result.problems} == {"prose.proofreading"}  # half-width marks


# ----------------------------------------------------------------- what one report may have wrong

UNIT = district_2024()[1]
PROSE = {
    "overview": "".join(
        f"（{n}）{name}\n{name}工作有序开展，按要求完成。\n"
        for n, name in zip(
            "一二三四五",
            ("主动公开", "依申请公开", "政府信息管理", "政府信息公开平台建设", "监督保障"),
            strict=True,
        )
    ),
    "problems": PROBLEMS,
    "other": "无",
}


def made(change=lambda html: html, unit="示例县示例镇", year=2024, figures=None):
    title = f"{unit}{year}年度政府信息公开工作年度报告"
    text = plain_text(figures or UNIT.figures)
    html = page(EDITIONS["2021"], title, text, PROSE)
    changed = change(html)
    return read_report(changed.encode("utf-8"), f"{unit}{year}.html", EDITIONS)


def test_a_report_that_keeps_to_the_format_is_right():
    assert told(made()) == []


@pytest.mark.parametrize(
    ("change", "rule", "words"),
    [
        (lambda h: h.replace("五、存在的", "五、存的"), "audit.heading", "存的主要问题及改进情况"),
        (lambda h: h.replace("六、其他需要", "七、其他需要"), "audit.section_number", "第六章"),
        (lambda h: re.sub("<p><strong>六、.*?</p>", "", h), "audit.section_missing", "其他需要"),
        (lambda h: h.replace("（三）政府信息管理", "加强管理"), "audit.part_missing", "管理"),
        (
            lambda h: h.replace("（三）政府信息管理", "三、政府信息管理"),
            "audit.part_number",
            "三、",
        ),
        (lambda h: h.replace(PROBLEMS, "无"), "audit.thin", "改进情况"),
        (lambda h: h.replace(PROBLEMS, PROBLEMS + "（此处填写）"), "prose.placeholder", "此处填写"),
        (lambda h: h.replace(PROBLEMS, PROBLEMS + "请在此"), "audit.leftover", "请在此"),
        (
            lambda h: h.replace("</h1>", "</h1><p>现公布2023年度本镇政府信息公开情况。</p>"),
            "audit.other_year",
            "2023",
        ),
    ],
)
def test_what_is_not_the_national_format_is_told(change, rule, words):
    found = told(made(change))
    assert [one[0] for one in found] == [rule]
    assert words in found[0][1]


def test_sections_in_another_order_are_told():
    def swap(html: str) -> str:
        head, five, rest = re.split("(<p><strong>五、)", html)
        body, six, tail = re.split("(<p><strong>六、)", rest)
        return head + six + tail.replace("</div>", five + body + "</div>", 1)

    assert "audit.section_order" in [rule for rule, _ in told(made(swap))]


def test_totals_left_at_zero_are_told():
    figures = dict(UNIT.figures)
    figures["disputes.review.total"] = 0
    found = told(made(figures=figures))
    assert [rule for rule, _ in found] == ["B1"]
    assert "总计填的是 0" in found[0][1]


def test_regulations_are_judged_only_where_the_name_tells_the_level():
    figures = {**UNIT.figures, "disclosure.regulations.stock": 6}
    assert [rule for rule, _ in told(made(figures=figures))] == ["C4"]
    assert told(made(figures=figures, unit="示例市")) == []


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("衡东县杨林镇人民政府", "县级及以下"),
        ("沭阳县发展和改革局", "县级及以下"),
        ("淮安市洪泽区人民政府", "县级及以下"),
        ("义乌市廿三里街道办事处", "县级及以下"),
        ("上海市人民政府办公厅", "省级"),
        ("广西壮族自治区人民政府", "省级"),
        ("镇江市人民政府", "不明"),
        ("新乡市人民政府", "不明"),
        ("武汉市住房和城乡建设局", "不明"),
        ("大兴安岭地区行政公署", "不明"),
    ],
)
def test_levels_are_told_by_names_that_tell_them(name, level):
    assert level_of(name) == level


# ------------------------------------------------------------------------------ two years, many


def last_year(carried: int):
    figures = dict.fromkeys(UNIT.figures, 0)
    for row in ("received", "carried_out"):
        figures[f"requests.{row}.natural_person"] = figures[f"requests.{row}.total"] = carried
    return made(figures=figures, year=2023)


def test_the_carry_over_is_held_against_last_years_report():
    right = UNIT.figures["requests.carried_in.natural_person"]
    stock = [("C2", "现行有效")]
    assert [r for r, _ in told(made(), last_year(right))] == [rule for rule, _ in stock]
    found = dict(told(made(), last_year(right + 1)))
    assert set(found) == {"D1", "C2"}
    assert f"上年报告的结转下年度为 {right + 1}" in found["D1"]


def test_reports_given_together_are_compared_with_the_same_units_year_before():
    right = UNIT.figures["requests.carried_in.natural_person"]
    audits = audit_all([last_year(right + 1), made(), made(unit="他县他镇")], EDITIONS, FORM)
    assert [a.compared for a in audits] == [False, True, False]
    assert ranked(audits)[0].report.unit == "他县他镇"


def test_prose_copied_from_another_report_or_last_year_is_told():
    own = "\n".join(
        f"结合本镇实际，{word}工作一项一项抓落实、见成效。" for word in "甲乙丙丁戊己庚辛"
    )
    change = lambda html: html.replace("工作有序开展", own)
    audits = audit_all(
        [made(change), made(change, unit="他县他镇"), made(change, year=2023)], EDITIONS, FORM
    )
    repeated = [[p for p in a.problems if p.rule == "prose.repeats"] for a in audits]
    assert [len(found) for found in repeated] == [2, 1, 0]
    assert "2023年度" in repeated[0][0].message
    assert "“示例县示例镇”2024年度" in repeated[1][0].message


def test_across_editions_only_what_counts_alike_is_compared():
    unit = next(r for r in REAL if r["id"] == "yayao-2020")
    before = read_report(published(unit).encode(), "上年.html", EDITIONS)
    zero = dict.fromkeys(UNIT.figures, 0)
    now = made(figures={**zero, "disclosure.normative.stock": 9}, year=2021)
    assert told(now, before) == []


def test_a_folder_gives_a_league_table_and_a_workbook_of_findings(tmp_path, capsys):
    folder = tmp_path / "各县年报"
    folder.mkdir()
    for real in REAL[:5]:
        (folder / f"{real['id']}.html").write_text(published(real), "utf-8")
    (folder / "坏.docx").write_bytes(b"PK\x03\x04")
    code = main(["audit", str(folder), "--output", str(tmp_path / "output")])
    printed = capsys.readouterr().out
    assert code == 1
    assert "名次" in printed
    book = openpyxl.load_workbook(tmp_path / "output" / "审计" / "各县年报审计结果.xlsx")
    ranks = list(book["排名"].iter_rows(min_row=2, values_only=True))
    assert [row[3] for row in ranks][-1] == "无法读取"
    assert [row[0] for row in ranks] == [1, 2, 3, 4, 5, 6]
    findings = list(book["问题清单"].iter_rows(min_row=2, values_only=True))
    long = next(i for i, row in enumerate(findings, 2) if len(row[4]) > 60)
    assert book["问题清单"].row_dimensions[long].height >= 30  # two lines: all of it shows
    assert ("淮安市洪泽区人民政府", 2023, "错误", "复议诉讼合计") in [row[:4] for row in findings]


def test_what_a_report_says_is_never_a_formula(tmp_path):
    report = made(lambda h: h.replace("五、存在的主要问题及改进情况", "五、=1+1"))
    content = write_audit_book([audit(report, None, EDITIONS, FORM)], EDITIONS)
    path = tmp_path / "审计.xlsx"
    path.write_bytes(content)
    cells = [c for row in openpyxl.load_workbook(path)["问题清单"].iter_rows() for c in row]
    assert not any(cell.data_type == "f" for cell in cells)


def test_a_single_report_in_order_is_accepted(tmp_path, capsys):
    code = main(["audit", str(DATA / "wangdian-2020.txt"), "--output", str(tmp_path)])
    assert code == 0
    assert "【相符】王店镇2020年度" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


# ----------------------------------------------------------- however offices write a right report

SPELLINGS = {
    "thousands": lambda text, _: f"{int(text):,}" if text.isdigit() else text,
    "full width": lambda text, _: text.translate(
        str.maketrans("0123456789.", "０１２３４５６７８９．")
    ),
    "件": lambda text, figure: f"{text}件" if figure.kind == "count" else text,
    "万元": lambda text, figure: f"{text}万元" if figure.kind == "money" else text,
    "blanks around": lambda text, _: f"&nbsp;{text}&nbsp;",
}
HEADINGS = {
    "h2": lambda h: h.replace("<p><strong>", "<h2>").replace("</strong></p>", "</h2>"),
    "第一部分": lambda h: re.sub("<p><strong>(.)、", r"<p><strong>第\1部分 ", h),
    "runs": lambda h: re.sub("<strong>(.、)", r"<strong><span>\1</span>", h),
    "th": lambda h: h.replace("<td", "<th", 40).replace("</td>", "</th>", 40),
}


@pytest.mark.parametrize("key", sorted(EDITIONS))
@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("heading", HEADINGS)
def test_a_right_report_raises_no_alarm_however_it_is_written(key, spelling, heading):
    edition = EDITIONS[key]
    figures, written = random_figures(edition, 61, 4000)
    plain = plain_text(figures, written)
    title = f"示例县示例镇{edition.first_year}年度政府信息公开工作年度报告"
    html = page(edition, title, lambda f: SPELLINGS[spelling](plain(f), f), PROSE)
    report = read_report(HEADINGS[heading](html).encode(), "年报.html", EDITIONS)
    assert report.figures == figures
    assert told(report) == []
