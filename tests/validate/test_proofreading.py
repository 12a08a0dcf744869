"""The prose is read for slips; what is meant so is left alone."""

import pytest

from pipeline.prose.proofreading import declared, excerpt, names, proofread
from tests.support.districts import district_2024, wangdian, write_inputs
from tests.support.paths import DATA
from tests.support.runs import run

YEAR = 2020


def told(text: str, year: int = YEAR, off=()) -> list[tuple[str, str]]:
    return [(f.name, text[f.start : f.end]) for f in proofread(text, year, off)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("（国办发〔2019)54号）要求", [("发文字号", "〔2019)54号")]),
        ("国办发（2019）54号", [("发文字号", "（2019）54号")]),
        ("国办发〔2019〕第54号", [("发文字号", "〔2019〕第54号")]),
        ("国办发〔2019〕054号", [("发文字号", "〔2019〕054号")]),
        ("按照《条例的规定。", [("括号引号", "《")]),
        ("坚持“公开为常态的原则。", [("括号引号", "“")]),
        ("（见附件)。", [("括号引号", "（见附件)")]),
        ("公开制度,健全机制", [("半角标点", ",")]),
        ("公开了了信息", [("重复字词", "了了")]),
        ("加强加强培训", [("重复字词", "加强加强")]),
        ("及时公开。。", [("重复字词", "。。")]),
        ("按照要求,2020年公开信息", [("半角标点", ",")]),
        ("加强管理。，健全机制", [("重复字词", "。，")]),
    ],
)
def test_slips_are_found(text, found):
    assert told(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "根据国办发〔2019〕54号和《条例》（国务院令第711号）要求，编制本报告。",
        "一是1）完善制度；2）加强培训。",
        "（一）主动公开情况。（二）依申请公开情况。",
        "网址：http://www.example.gov.cn/，邮箱：a.b@example.gov.cn。",
        "坚持“公开为常态、不公开为例外”，制定‘一表两清单’。",
        "2020年，我镇新收申请12件，2019年为10件，同比增长20%。",
        "2019年结转的2件申请已办结。",
        "2019年4月修订的《条例》施行以来，我镇加强培训。",
        "依托政府信息公开公开栏、公开公开透明的要求。",
        "主要目的的实现；作为为民服务的窗口。",
        "比2019年增加1,200条，占3.5%。",
        "It’s Xi’an.",
        "加强研究研究。",
        "逐项逐项核对，一件一件办理。",
        "对需求进行了了解，环境稳定和和谐。",
        "点击 http://www.xx.gov.cn 查看。",
        "浙0411行初12号判决、（2020）浙0411行初12号判决。",
    ],
)
def test_what_is_meant_so_is_left_alone(text):
    assert told(text) == []


def test_each_check_can_be_switched_off_and_no_other_speaks_instead():
    text = "（国办发〔2019)54号）要求,公开公开制度的的（2019"
    assert len({name for name, _ in told(text)}) >= 4
    for name, key in names().items():
        left = told(text, off={key})
        assert left == [found for found in told(text) if found[0] != name]
    assert told(text, off=set(declared())) == []


def test_a_spot_is_shown_with_what_stands_around():
    text = "按照上级要求，根据国办发〔2019)54号文件精神，编制本报告。"
    (found,) = proofread(text, YEAR)
    assert excerpt(text, found) == "…要求，根据国办发〔2019)54号文件精神，编制本…"
    assert "“〔2019〕54号”" in found.told


def test_the_published_report_of_wangdian_has_its_slip_found():
    lines = (DATA / "wangdian-2020.txt").read_text("utf-8").splitlines()
    found = [(f.name, line[f.start : f.end]) for line in lines for f in proofread(line, 2020)]
    assert sorted(found) == [("半角标点", "(")] + [("半角标点", ",")] * 4 + [
        ("发文字号", "〔2019)54号")
    ]


@pytest.mark.slow
def test_the_office_switches_checks_off_by_name(tmp_path, capsys):
    write_inputs(tmp_path / "input", [wangdian()])
    _, record = run(tmp_path)
    rules = [p["rule"] for p in record["units"][0]["problems"]]
    assert "prose.proofreading" in rules
    (tmp_path / "input" / "不校对.txt").write_text("\n".join(names()), "utf-8")
    _, record = run(tmp_path)
    assert "prose.proofreading" not in [p["rule"] for p in record["units"][0]["problems"]]
    (tmp_path / "input" / "不校对.txt").write_text("错别字", "utf-8")
    code, _ = run(tmp_path)
    assert code == 2
    assert "发文字号" in capsys.readouterr().err


def test_made_up_prose_has_no_slips(tmp_path):
    write_inputs(tmp_path / "input", district_2024())
    _, record = run(tmp_path)
    found = [p["message"] for u in record["units"] for p in u["problems"] if "proof" in p["rule"]]
    assert found == []
