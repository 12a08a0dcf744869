"""The districts that ship in ``input/``: 王店镇's real report, and made-up units named 示例.

Figures of the made-up units are drawn from a fixed seed and add up by construction, for any
edition: :func:`random_figures` fills the inputs of a table and computes its totals.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

from pipeline.declare.editions import load_editions
from pipeline.declare.workbook_form import workbook_form
from pipeline.forms.workbook import write_form
from pipeline.model.edition import Edition, edition_for
from pipeline.model.place import Place
from pipeline.model.submission import Passage, Prefill, ProcessingFee
from pipeline.text.figures import MONEY_SCALE
from pipeline.text.names import safe_name
from tests.support.paths import DATA

EDITIONS = load_editions()
NOWHERE = Place("", "")


def passage(part: str, heading: str, *paragraphs: str) -> Passage:
    section = part.split(".")[0]
    key = part if part.count(".") == 1 else ""
    return Passage(section=section, part=key, heading=heading, paragraphs=paragraphs, place=NOWHERE)


# ------------------------------------------------------------------------ figures that add up


def random_figures(
    edition: Edition, seed: int, scale: int
) -> tuple[dict[str, int], dict[str, str]]:
    """Consistent figures of a unit of either national edition, and its amounts as written."""
    rng = random.Random(seed)
    figures = {f.key: 0 for f in edition.fields}
    written: dict[str, str] = {}
    for field in edition.table("disclosure").fields:
        row = field.row[-1].key
        if row == "regulations":
            continue
        if field.kind == "money_text":
            amount = rng.randint(1, 900 * (scale + 1))
            written[field.key] = rng.choice([f"{amount}万元", f"{amount * 10000}元"])
            figures[field.key] = amount * MONEY_SCALE
        elif field.kind == "money":
            figures[field.key] = rng.randint(0, 10**4 * (scale + 1)) * (MONEY_SCALE // 10**4)
        elif field.kind == "signed":
            figures[field.key] = rng.randint(-3, 9)
        else:
            figures[field.key] = rng.randint(4, 40 * (scale + 1))
    if "disclosure.normative.published" in figures:
        made = figures["disclosure.normative.made"]
        figures["disclosure.normative.published"] = made
        figures["disclosure.normative.stock"] += made
    if "disclosure.normative.repealed" in figures:
        figures["disclosure.normative.stock"] += figures["disclosure.normative.made"]
    _requests(edition, rng, scale, figures)
    for field in edition.table("disputes").fields:
        if not field.derived:
            figures[field.key] = rng.randint(0, max(1, scale // 3))
    for field in sorted(edition.fields, key=lambda f: f.column[-1].total):
        if field.derived:
            figures[field.key] = sum(figures[key] for key in field.parts)
    return figures, written


def _requests(edition: Edition, rng: random.Random, scale: int, figures: dict[str, int]) -> None:
    """Draw the results of each kind of applicant, then what was received to have them."""
    table = edition.table("requests")
    for column in table.blocks[0].column_leaves:
        if column[-1].total:
            continue
        natural = column[-1].key == "natural_person"
        inputs = [f for f in table.fields if f.column == column and not f.derived]
        results = [f for f in inputs if f.row[0].key == "results"]
        for field in results:
            figures[field.key] = rng.choice([0, 0, rng.randint(0, scale if natural else 1)])
        done = sum(figures[f.key] for f in results)
        by_row = {f.row[0].key: f.key for f in inputs if f.row[0].key != "results"}
        out = rng.randint(0, scale // 4) if natural else 0
        carried = rng.randint(0, min(done, scale // 3)) if natural else 0
        figures[by_row["carried_out"]] = out
        figures[by_row["carried_in"]] = carried
        figures[by_row["received"]] = done + out - carried


# --------------------------------------------------------------------------------- the units


def wangdian() -> Prefill:
    """王店镇, 2020: the published report, figures and prose."""
    lines = [x.strip() for x in (DATA / "wangdian-2020.txt").read_text("utf-8").splitlines()]
    prose = [x for x in lines if x]

    def between(first: str, last: str) -> tuple[str, ...]:
        start, end = prose.index(first) + 1, prose.index(last)
        return tuple(prose[start:end])

    parts = (
        ("active", "主动公开情况。", "（二）依申请公开情况。"),
        ("on_request", "（二）依申请公开情况。", "政府信息管理情况。"),
        ("management", "政府信息管理情况。", "平台建设情况。"),
        ("platform", "平台建设情况。", "（五）监督保障情况。"),
        ("supervision", "（五）监督保障情况。", "二、主动公开政府信息情况"),
    )
    passages = [
        passage("introduction.introduction", "", prose[1]),
        passage("overview.opening", "", *between("总体情况", "主动公开情况。")),
    ]
    passages += [
        passage(
            f"overview.{key}",
            first.removeprefix("（二）").removeprefix("（五）"),
            *between(first, last),
        )
        for key, first, last in parts
    ]
    passages += [
        passage(
            "problems.found",
            "存在的主要问题",
            *between("（一）存在的主要问题", "（二）2020年改进情况"),
        ),
        passage(
            "problems.improved",
            "2020年改进情况",
            *between("（二）2020年改进情况", "（三）2021年进一步改进措施"),
        ),
        passage(
            "problems",
            "2021年进一步改进措施",
            *between("（三）2021年进一步改进措施", "六、其他需要报告的事项"),
        ),
        passage("other.text", "", "无"),
    ]
    edition = EDITIONS["2019"]
    figures = {f.key: 0 for f in edition.fields}
    person = "natural_person"
    for row, count in (
        ("received", 2),
        ("results.granted", 1),
        ("results.unavailable.not_held", 1),
    ):
        figures[f"requests.{row}.{person}"] = count
    figures["disclosure.central.projects"] = 41
    figures["disclosure.central.amount"] = 108 * MONEY_SCALE
    for field in sorted(edition.fields, key=lambda f: f.column[-1].total):
        if field.derived:
            figures[field.key] = sum(figures[key] for key in field.parts)
    site = (
        ("领导信息", 22),
        ("内设机构", 21),
        ("岗位责任人", 23),
        ("年度计划", 1),
        ("工作动态", 35),
        ("通知公告", 125),
        ("其他信息", 81),
        ("重大行政决策事项目录", 1),
        ("行政执法统计年报", 1),
        ("政府信息公开工作年度报告(图解)", 1),
        ("法治政府建设年度报告", 1),
        ("重大项目信息全流程公开", 56),
        ("政策解读信息", 28),
    )
    facts = tuple(("政府网站", category, count) for category, count in site)
    return Prefill(
        identity={"unit": "王店镇", "self": "我镇", "county": "秀洲区", "year": "2020"},
        figures=figures,
        written={"disclosure.central.amount": "108万元"},
        passages=tuple(passages),
        facts=(*facts, ("微信公众号", "秀梅里", 556), ("微博", "秀洲王店镇", 75)),
        confirmed=True,
    )


PROSE = {
    "opening": (
        "{year}年，{self}坚持“公开为常态、不公开为例外”，把政务公开融入日常工作。",
        "{year}年，{self}围绕群众关心的事项，持续做好政府信息公开各项工作。",
        "{year}年，{self}对照年度要点，逐项落实公开任务。",
        "{year}年，{self}以规范公开流程为重点，提升信息发布质量。",
        "{year}年，{self}结合自身职能，推动公开工作与业务工作同步开展。",
    ),
    "management": (
        "健全发布审查机制，落实“先审查、后公开”，每条信息由科室初审、办公室复核后发布。",
        "编制并动态调整公开事项清单，对已公开的信息按季度清理，失效文件及时标注。",
        "建立信息发布台账，逐条登记来源、审核人和发布时间，做到来源可查、责任可追。",
        "修订公开保密审查办法，对涉及个人隐私的内容先作处理再公开。",
        "指定专人负责文件公开属性认定，公文起草时同步确定是否公开。",
        "每月抽查一次已发布内容，发现错漏当日更正，全年未发生泄密情况。",
    ),
    "platform": (
        "维护网站专栏，定期排查长期未更新的栏目，及时补充内容。",
        "优化查询入口，在办事大厅设置政府信息查阅点，配备专人引导。",
        "规范公众号的内容审核，推送以政策解读和便民信息为主。",
        "完成网站栏目迁移，核对旧栏目链接，保证历史信息可以查到。",
        "在公开栏张贴办事指南和联系方式，方便不上网的群众了解政策。",
    ),
    "supervision": (
        "明确专人负责，组织业务培训两次，参加人员为各科室信息员。",
        "把公开工作列入年度考核，每半年通报一次各科室完成情况。",
        "公布监督电话和信箱，收到的意见建议均按时答复。",
        "邀请居民代表座谈，听取对公开内容和形式的评价。",
    ),
    "found": (
        "一是公开意识有待增强；二是解读形式较为单一。",
        "部分栏目更新不够及时，个别科室报送信息不够主动。",
        "依申请公开的答复文书还不够规范，征求意见的时限把握不严。",
        "信息员更换频繁，新接手的同志对公开要求掌握不够全面。",
        "公开内容与群众需求结合不紧，专业性文件的通俗解读偏少。",
    ),
    "improved": (
        "加强培训，丰富图解、视频等解读形式。",
        "制定栏目更新计划，到期前提醒责任科室，逾期的予以通报。",
        "统一答复文书格式，由办公室集中审核把关。",
        "建立信息员交接清单，新任信息员先培训再上岗。",
        "梳理来电来访的高频问题，编写问答并在公众号发布。",
    ),
}
"""What made-up units write, a sentence of each for a unit, so that no two are alike."""


def told(part: str, seed: int, **words: object) -> str:
    """The unit's sentence for a part; the step differs by part, the mixture by unit."""
    pool = PROSE[part]
    step = 1 + sorted(PROSE).index(part)
    return pool[(seed * step + seed // len(pool)) % len(pool)].format(**words)


def example(
    edition: Edition, name: str, self_name: str, county: str, year: int, seed: int, scale: int
) -> Prefill:
    """A made-up unit: figures that add up, and prose that tells them."""
    figures, written = random_figures(edition, seed, scale)
    own = name.endswith("本级（示例）")
    received = figures["requests.received.total"]
    carried = figures["requests.carried_in.total"]
    done = figures["requests.results.total.total"]
    left = figures["requests.carried_out.total"]
    site, account = 120 + 7 * seed, 60 + 5 * seed
    return Prefill(
        identity={
            "unit": name,
            "self": self_name,
            "county": county,
            "year": str(year),
            "scope": "本级" if own else "本单位",
            "filled_by": "示例",
            "reviewed_by": "示例",
            "phone": "0000-00000000",
            "filled_on": f"{year + 1}-01-12",
            "signed_on": f"{year + 1}-01-20",
        },
        figures=figures,
        written=written,
        passages=(
            passage(
                "introduction.introduction",
                "",
                f"根据《中华人民共和国政府信息公开条例》和{edition.document}要求，现公布{self_name}"
                f"{year}年度政府信息公开工作年度报告。（示例数据，非真实报告）",
            ),
            passage("overview.opening", "", told("opening", seed, year=year, self=self_name)),
            passage(
                "overview.active",
                "主动公开",
                f"{year}年，{self_name}在政府网站公开政务信息{site}条，其中政策文件20条，"
                f"工作动态{site - 20}条。通过微信公众号发布{account}条。",
            ),
            passage(
                "overview.on_request",
                "依申请公开",
                f"{year}年，全区新收政府信息公开申请【全区新收申请总数】件，上年结转【全区上年结转数】件，"
                "办结【全区办结总数】件，结转下年度【全区结转下年度数】件。"
                if own
                else f"{year}年，{self_name}新收政府信息公开申请{received}件，上年结转{carried}件，"
                f"办结{done}件，结转下年度{left}件。",
            ),
            passage("overview.management", "政府信息管理", told("management", seed)),
            passage("overview.platform", "政府信息公开平台建设", told("platform", seed)),
            passage(
                "overview.supervision",
                "监督保障",
                told("supervision", seed),
                "工作考核、社会评议和责任追究结果情况：未发生责任追究情形。",
            ),
            passage("problems.found", "存在的主要问题", told("found", seed)),
            passage("problems.improved", "改进情况", told("improved", seed)),
            passage("other.text", "", "无"),
        ),
        facts=(
            ("政府网站", "政策文件", 20),
            ("政府网站", "工作动态", site - 20),
            ("微信公众号", "各类信息", account),
        ),
        fee=fee(edition, seed),
        confirmed=True,
    )


def fee(edition: Edition, seed: int) -> ProcessingFee | None:
    """信息处理费 of a made-up unit: most collect none."""
    if edition.fee is None:
        return None
    return ProcessingFee(1, 380_00) if seed % 3 == 2 else ProcessingFee(0, 0)


UNITS_2020 = (
    ("示例一镇", "我镇"),
    ("示例二镇", "我镇"),
    ("示例三街道", "我街道"),
    ("示例四街道", "我街道"),
    ("示例五局", "我局"),
    ("示例六局", "我局"),
    ("示例七局", "我局"),
    ("示例八中心", "我中心"),
)
UNITS_2024 = (("示例一镇", "我镇"), ("示例二街道", "我街道"), ("示例三局", "我局"))


def district_2020() -> list[Prefill]:
    """秀洲区, 2020: 王店镇, the district's own workbook, and eight made-up units."""
    edition = EDITIONS["2019"]
    made = [
        example(edition, name, self_name, "秀洲区", 2020, seed, 1 + 2 * seed)
        for seed, (name, self_name) in enumerate(UNITS_2020, 1)
    ]
    own = example(edition, "秀洲区本级（示例）", "我区", "秀洲区", 2020, 20, 30)
    return [own, wangdian(), *made]


def district_2024() -> list[Prefill]:
    """A smaller district of 2024, all made up."""
    edition = EDITIONS["2021"]
    made = [
        example(edition, name, self_name, "示例区", 2024, seed, 4 * seed)
        for seed, (name, self_name) in enumerate(UNITS_2024, 31)
    ]
    return [example(edition, "示例区本级（示例）", "我区", "示例区", 2024, 40, 60), *made]


_WORKBOOKS: dict[str, bytes] = {}
"""The workbooks written so far, by what they were filled with: each takes a twentieth second."""


def workbook(prefill: Prefill) -> bytes:
    told = repr(prefill)
    if told not in _WORKBOOKS:
        edition = edition_for(int(prefill.identity["year"]), EDITIONS)
        assert edition is not None
        _WORKBOOKS[told] = write_form(edition, workbook_form(), prefill)
    return _WORKBOOKS[told]


def write_inputs(folder: Path, prefills: Iterable[Prefill]) -> list[Path]:
    """Write the workbooks below a folder, one folder a district and year."""
    written = []
    for prefill in prefills:
        year = int(prefill.identity["year"])
        place = folder / f"{prefill.identity['county']}{year}"
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"{safe_name(prefill.identity['unit'])}.xlsx"
        path.write_bytes(workbook(prefill))
        written.append(path)
    return written


if __name__ == "__main__":
    target = Path(__file__).parents[2] / "input"
    write_inputs(target, [*district_2020(), *district_2024()])
