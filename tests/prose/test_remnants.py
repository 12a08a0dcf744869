"""What another year, another unit or an unfinished draft has left in the prose."""

import pytest

from pipeline.prose.remnants import find_remnants

YEAR = 2026


def found(text: str, year: int = YEAR, unit: str = "", introduction: bool = False):
    return [(r.rule, r.mark) for r in find_remnants(text, year, unit, introduction=introduction)]


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("2025年，我镇共公开信息12条。", "2025年"),
        ("2025年度没有收到政府信息公开申请。", "2025年"),
        ("2024年，我局把政务公开列入考核。", "2024年"),
        ("本机关2025年收到政府信息公开申请3件。", "2025年"),
        ("所列数据的统计期限自2025年1月1日起至2025年12月31日止。", "2025年1月1日"),
    ],
)
def test_work_told_under_another_year_is_found(text, mark):
    assert found(text) == [("prose.year", mark)]


@pytest.mark.parametrize(
    "text",
    [
        "统计期限自2025年1月1日起，到2025年12月31日止。",
        "数据统计期限为2025年1月1日至12月31日。",
    ],
)
def test_another_year_s_period_in_the_introduction_is_an_error(text):
    assert found(text, introduction=True) == [("prose.period", "2025年1月1日")]


def test_another_year_s_report_in_the_introduction_is_found():
    text = "现将我镇2025年度政府信息公开工作年度报告公布如下。"
    assert [rule for rule, _ in found(text, introduction=True)] == ["prose.year"]
    assert found("根据《2025年政务公开工作要点》，现将有关情况公布如下。", introduction=True) == []


@pytest.mark.parametrize(
    "text",
    [
        "与2025年相比，公开数量增加12条。",
        "2025年印发的《工作规则》继续有效。",
        "2025年结转的2件申请已办结。",
        "2026年，我镇公开信息12条，2025年为10条，同比增长20%。",
        "2025年修订的《条例》施行以来，我镇加强培训。",
        "自2025年启用新系统以来，全部线上办理。",
        "公开2025年度部门决算和2026年度部门预算。",
        "2025年收到申请8件，2026年收到申请9件。",
        "2027年，我镇将进一步健全机制。",
        "2026年，我镇将政务公开工作纳入考核。",
        "2025年12月收到、2026年1月答复的申请1件，计入上年结转。",
    ],
)
def test_looking_back_and_ahead_is_left_alone(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("2026年，我局将继续健全解读机制。", "2026年"),
        ("下一步，我街道将在2026年着力做好以下工作。", "2026年"),
        ("2025年我局将进一步加大公开力度。", "2025年"),
    ],
)
def test_a_plan_for_a_year_that_is_over_is_found(text, mark):
    assert found(text) == [("prose.plan", mark)]


@pytest.mark.parametrize(
    ("text", "unit", "mark"),
    [
        ("现公布示例县财政局2026年度报告。", "示例县民政局", "示例县财政局"),
        ("如有疑问，请与示例县教育局办公室联系。", "示例县民政局", "示例县教育局"),
        ("2026年，示例县审计局坚持公开为常态。", "示例县民政局", "示例县审计局"),
        ("2026年，示例二镇认真落实各项要求。", "示例一镇人民政府", "示例二镇"),
    ],
)
def test_another_unit_s_name_is_found(text, unit, mark):
    assert found(text, unit=unit) == [("prose.other_unit", mark)]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("现公布示例县示例一镇2026年度报告。", "示例一镇人民政府"),
        ("根据示例县人民政府办公室的通知要求，示例县民政局编制了本报告。", "示例县民政局"),
        ("2026年，示例县民政局配合示例县财政局公开救助资金信息。", "示例县民政局"),
        ("2026年，我镇认真落实各项要求。", "示例一镇"),
        ("如有疑问，请与示例市人民政府办公室联系。", "示例市"),
    ],
)
def test_the_unit_s_own_name_and_its_partners_are_left_alone(text, unit):
    assert found(text, unit=unit) == []


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("收到申请×件，", "×"),
        ("该部分以表格形式报告。", "该部分以表格形式报告"),
        ("新收申请XX件。", "XX件"),
        ("联系电话：____。", "____"),
        ("共受理【】件。", "【】"),
        ("可在示例县政府网站（具体网址）下载。", "（具体网址）"),
        ("可在网站（此处填网址）下载。", "（此处填网址）"),
        ("2026年X月X日召开会议。", "X月X日"),
    ],
)
def test_a_placeholder_is_found(text, mark):
    assert ("prose.placeholder", mark) in [
        (rule, one.rstrip("条件")) if one != mark else (rule, one) for rule, one in found(text)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "网址：http://www.xx.gov.cn/，可以下载。",
        "对A、B两类企业分别给出示例表格。",
        "本报告电子版可在网站（http://www.example.gov.cn）下载。",
        "【解读】栏目全年更新12期。",
    ],
)
def test_what_is_no_placeholder_is_left_alone(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("全年在门户网站公开信息条，其中工作动态36条。", "公开信息条"),
        ("全年收到政府信息公开申请件，均已答复。", "收到政府信息公开申请件"),
        ("发布信息180余，受到欢迎。", "发布信息180余"),
        ("2026年受理7申请，均为网上申请。", "受理7申请"),
    ],
)
def test_a_count_without_its_number_or_counter_is_found(text, mark):
    assert found(text) == [("prose.no_number", mark)]


@pytest.mark.parametrize(
    "text",
    [
        "公开信息条目清楚，方便查找。",
        "对每一件申请件都逐一登记。",
        "发布信息180余条，受到欢迎。",
        "公开信息12条。",
    ],
)
def test_a_count_that_is_whole_is_left_alone(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "下一步将加强政策解读，不断提高信息公开的",
        "全年主动公开政府信息240条，其中，",
        "健全审核机制，确保发布内容准确、及时、",
        "制发规范性文件2件，废止规范性文件1件，现行有效的规范性文件。",
    ],
)
def test_a_sentence_that_breaks_off_is_found(text):
    assert [rule for rule, _ in found(text)] == ["prose.broken_off"]


@pytest.mark.parametrize(
    "text", ["不断提高信息公开的质量。", "全年公开信息分为以下几类：", "政策文件类12条；"]
)
def test_a_sentence_that_ends_is_left_alone(text):
    assert found(text) == []
