"""Reports that came back from review are compared with the run, number by number."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from pipeline.cli.main import main
from tests.support.districts import EDITIONS, district_2020, example, write_inputs
from tests.support.paths import TEMPLATES
from tests.support.verifying import verify

REPORT = "秀洲区2020年度/年报/王店镇2020年度报告.docx"


@pytest.fixture(scope="module")
def district(tmp_path_factory):
    folder = tmp_path_factory.mktemp("district")
    write_inputs(folder / "input", district_2020()[:3])
    arguments = ["--input", str(folder / "input"), "--output", str(folder / "output")]
    assert main(["run", *arguments, "--templates", str(TEMPLATES)]) == 0
    return folder


def returned(folder: Path, change, name="送审稿.docx", of=REPORT) -> Path:
    """A report as an official sends it back, with its text changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(folder / "output" / of) as old, zipfile.ZipFile(made, "w") as new:
        for part in old.namelist():
            data = old.read(part)
            if part == "word/document.xml":
                text = change(data.decode("utf-8"))
                assert text.encode("utf-8") != data
                data = text.encode("utf-8")
            new.writestr(part, data)
    path = folder / name
    path.write_bytes(made.getvalue())
    return path


def test_the_record_keeps_the_figures_of_units_and_counties(district):
    record = json.loads((district / "output" / "run.json").read_text("utf-8"))
    unit = next(u for u in record["units"] if u["unit"] == "王店镇")
    assert unit["figures"]["requests.received.total"] == 2
    assert unit["figures"]["disclosure.central.amount"] == 108_000_000
    county = record["counties"][0]
    assert county["edition"] == "2019"
    assert county["figures"]["requests.received.total"] == sum(
        u["figures"]["requests.received.total"] for u in record["units"]
    )


def test_all_that_a_run_made_holds(district, capsys):
    code, told = verify(district, capsys)
    assert code == 0
    assert "一致 4 份，不一致或无法核对 0 份" in told


def test_a_changed_number_is_told_by_table_row_and_column(district, capsys):
    path = returned(district, lambda xml: xml.replace(">41<", ">42<"))
    code, told = verify(district, capsys, path)
    assert code == 1
    assert "【不一致】" in told
    assert "表二 “政府集中采购” “采购项目数量”：数据为 41，报告中为 42。" in told
    assert told.count("错误") == 1


def test_a_changed_number_that_breaks_a_sum_is_told_so_too(district, capsys):
    path = returned(district, lambda xml: xml.replace(">2<", ">3<", 1))
    code, told = verify(district, capsys, path)
    assert code == 1
    assert "表三 “本年新收” “自然人”：数据为 2，报告中为 3。" in told
    assert "勾稽关系：" in told


def test_changed_prose_is_shown_and_is_no_fault(district, capsys):
    path = returned(district, lambda xml: xml.replace("狠抓依申请办理质量", "严把依申请办理质量关"))
    code, told = verify(district, capsys, path)
    assert code == 0
    assert "【一致】" in told
    assert "正文有 1 处改动（不算差错）" in told
    assert "现：今年以来" in told
    assert "严把依申请办理质量关" in told


def test_a_lost_row_is_told(district, capsys):
    path = returned(district, lambda xml: xml.replace("政府集中采购", "其他采购"))
    code, told = verify(district, capsys, path)
    assert code == 1
    assert "表二 “政府集中采购” “采购项目数量”：数据为 41，报告中没有找到这一格。" in told


def test_a_report_whose_tables_are_not_there_is_told_by_table(district, capsys):
    path = district / "王店镇.txt"
    path.write_text("王店镇2020年度政府信息公开工作年度报告\n一、总体情况\n工作有序。\n", "utf-8")
    code, told = verify(district, capsys, path)
    assert code == 1
    assert [line.strip() for line in told.splitlines() if "错误" in line] == [
        "错误　表二：数据为 22 个数字，报告中没有找到这张表。",
        "错误　表三：数据为 161 个数字，报告中没有找到这张表。",
        "错误　表四：数据为 15 个数字，报告中没有找到这张表。",
    ]


def test_a_report_of_another_unit_is_not_compared(district, capsys):
    path = returned(district, lambda xml: xml.replace("王店镇2020年度", "王江泾镇2020年度"))
    code, told = verify(district, capsys, path)
    assert code == 1
    assert "【无法核对】" in told
    assert "这一年度有记录的：秀洲区、" in told


def test_the_full_name_of_a_government_is_the_same_unit(district, capsys):
    path = returned(district, lambda xml: xml.replace(">王店镇2020年度", ">王店镇人民政府2020年度"))
    code, _ = verify(district, capsys, path)
    assert code == 0


def test_what_lies_in_the_review_folder_is_verified_and_never_taken_for_a_workbook(
    district, capsys, tmp_path
):
    write_inputs(tmp_path / "input", district_2020()[1:2])
    review = tmp_path / "input" / "送审"
    review.mkdir()
    workbook = next((tmp_path / "input").rglob("*.xlsx"))
    (review / "退回.xlsx").write_bytes(workbook.read_bytes())
    arguments = ["--input", str(tmp_path / "input"), "--output", str(tmp_path / "output")]
    assert main(["run", *arguments, "--templates", str(TEMPLATES)]) == 0
    record = json.loads((tmp_path / "output" / "run.json").read_text("utf-8"))
    assert len(record["units"]) == 1
    path = returned(district, lambda xml: xml.replace(">41<", ">42<"))
    (review / "退回.docx").write_bytes(path.read_bytes())
    code, told = verify(tmp_path, capsys)
    assert code == 1
    assert "一致 2 份，不一致或无法核对 1 份，共 3 份" in told


@pytest.fixture(scope="module")
def namesakes(tmp_path_factory):
    """A county whose government reports for itself, and two counties with a town of one name."""
    folder = tmp_path_factory.mktemp("namesakes")
    edition = EDITIONS["2021"]
    names = (("甲县", "甲县人民政府"), ("甲县", "城关镇"), ("乙县", "城关镇"))
    prefills = [
        example(edition, unit, "我单位", county, 2024, seed, 8)
        for seed, (county, unit) in enumerate(names, 71)
    ]
    write_inputs(folder / "input", prefills)
    arguments = ["--input", str(folder / "input"), "--output", str(folder / "output")]
    assert main(["run", *arguments, "--templates", str(TEMPLATES)]) == 0
    return folder


def test_a_county_and_its_government_and_towns_of_one_name_are_told_apart(namesakes, capsys):
    code, told = verify(namesakes, capsys)
    assert code == 0
    assert "一致 5 份，不一致或无法核对 0 份" in told


def test_a_report_that_might_be_of_two_units_is_not_guessed(namesakes, capsys):
    own = "甲县2024年度/年报/城关镇2024年度报告.docx"
    path = returned(namesakes, lambda xml: xml.replace("</w:p>", "</w:p> ", 1), of=own)
    code, told = verify(namesakes, capsys, path)
    assert code == 1
    assert "有几份年报的名称与它相符" in told
    assert own in told
    assert "乙县2024年度/年报/城关镇2024年度报告.docx" in told
    assert "记录中没有" not in told


def test_a_copy_of_the_governments_own_report_is_compared_with_its_own(namesakes, capsys):
    own = "甲县2024年度/年报/甲县人民政府2024年度报告.docx"
    path = returned(namesakes, lambda xml: xml.replace("</w:p>", "</w:p> ", 1), of=own)
    assert verify(namesakes, capsys, path)[0] == 0


def test_page_numbers_of_a_saved_page_are_no_change(district, capsys):
    footer = "<w:p><w:r><w:t>— 3 —</w:t></w:r></w:p><w:p><w:r><w:t>4</w:t></w:r></w:p>"
    path = returned(district, lambda xml: xml.replace("</w:p>", f"</w:p>{footer}", 12))
    code, told = verify(district, capsys, path)
    assert code == 0
    assert "处改动" not in told


def test_without_a_run_verify_says_what_to_do(tmp_path, capsys):
    code = main(["verify", "--output", str(tmp_path)])
    assert code == 2
    assert "请先运行 make" in capsys.readouterr().err
