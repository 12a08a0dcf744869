"""An edited template is checked before use: what is wrong is told in words, at the place."""

import copy
import re
import shutil
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from pipeline.cli.main import main
from pipeline.declare.editions import load_editions
from pipeline.model.roster import Roster
from pipeline.model.roster_unit import RosterUnit
from pipeline.template_lint.check import check_template
from pipeline.template_lint.fields import example_contexts, template_fields, template_shape
from pipeline.word.template_choice import kind_of, template_files
from tests.support.districts import district_2024, write_inputs
from tests.support.paths import TEMPLATES

EDITIONS = load_editions()
SHIPPED = TEMPLATES / "年报.docx"


def paragraphs(document):
    """Every paragraph of the body, those in tables too."""
    yield from document.paragraphs
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                yield from cell.paragraphs


def find(document, text):
    return next(p for p in paragraphs(document) if text in p.text)


def replaced(old, new):
    """An edit of the template: a paragraph's text changed as a person would."""

    def edit(document):
        run = find(document, old).runs[0]
        assert old in run.text
        run.text = run.text.replace(old, new)

    return edit


def added(text, before="{{ 分行标题 }}"):
    return lambda document: find(document, before).insert_paragraph_before(text)


def removed(text):
    def edit(document):
        found = find(document, text)._p
        found.getparent().remove(found)

    return edit


def split_by_proofing(document):
    """What Word does with a word that it doesn't know: runs of their own, and marks between."""
    paragraph = find(document, "{{ 落款.单位 }}")
    (run,) = paragraph.runs
    run.text = "{{ 落"
    for text in ("款.单", "位 }}"):
        twin = copy.deepcopy(run._r)
        paragraph._p.append(OxmlElement("w:proofErr"))
        paragraph._p.append(twin)
        twin.find(qn("w:t")).text = text


def split_by_format(document):
    paragraph = find(document, "{{ 章.标题 }}")
    (run,) = paragraph.runs
    run.text = "{{ 章"
    paragraph.add_run(".标题 }}").bold = True


def split_by_break(document):
    paragraph = find(document, "{{ 章.标题 }}")
    (run,) = paragraph.runs
    run.text = "{{ 章."
    run.add_break()
    paragraph.add_run("标题 }}")


def over_two_paragraphs(document):
    paragraph = find(document, "{{ 落款.日期 }}")
    paragraph.insert_paragraph_before("{{ 落款.")
    paragraph.runs[0].text = "日期 }}"


def in_header(text):
    def edit(document):
        document.sections[0].header.paragraphs[0].add_run(text)

    return edit


def in_properties(text):
    def edit(document):
        document.core_properties.comments = text

    return edit


def loop_ends_in_another_row(document):
    table = document.tables[0]
    table.rows[1].cells[-1].paragraphs[0].runs[0].text = ""
    table.rows[2].cells[0].paragraphs[0].runs[0].text = "{%tc endfor %}"


def loop_ends_outside_the_table(document):
    (end,) = [row for row in document.tables[0].rows[5:] if "{%tr endfor" in row.cells[0].text]
    end._tr.getparent().remove(end._tr)
    find(document, "{%p else %}").insert_paragraph_before("{%tr endfor %}")


def revised(document):
    paragraph = find(document, "{{ 落款.单位 }}")._p
    mark = OxmlElement("w:ins")
    mark.set(qn("w:id"), "9")
    mark.append(paragraph[-1])
    paragraph.append(mark)


def header_without_paragraph(document):
    header = document.sections[0].header
    for run in header.paragraphs[0].runs:
        run._r.getparent().remove(run._r)
    header.paragraphs[0].text = "{%p if 草稿 %}"
    header.add_paragraph("{{ 草稿 }}")
    header.add_paragraph("{%p endif %}")


ERRORS = {
    "a name that isn't known": (added("{{ 单为 }}"), "没有“单为”这个字段，是不是“单位”？"),
    "a part that isn't known": (
        replaced("落款.单位", "落款.单为"),
        "没有“落款.单为”这个字段，是不是“落款.单位”？",
    ),
    "in a loop": (replaced("章.标题", "章.标提"), "没有“章.标提”这个字段，是不是“章.标题”？"),
    "a loop's name outside it": (added("{{ 章.标题 }}"), "“章”只能写在“for 章 in 各章”的循环里"),
    "in the header": (in_header("{{ 部分.标题 }}"), "“部分”只能写在“for 部分 in 章.各部分”"),
    "in the properties": (in_properties("{{ 单味 }}"), "没有“单味”这个字段，是不是“单位”？"),
    "a part of a text": (added("{{ 单位.名称 }}"), "没有“单位.名称”这个字段，是不是“单位”？"),
    "a loop over a text": (
        lambda d: (added("{%p for 段 in 单位 %}")(d), added("{%p endfor %}")(d)),
        "“单位”不是列表，不能循环",
    ),
    "a loop without end": (added("{%p for 段 in 引言 %}"), "没有结束，后面缺“{%p endfor %}”"),
    "an end too many": (added("{%p endfor %}"), "“{%p endfor %}”前面没有对应的 {% for … %}"),
    "an end that is lost": (removed("{%p endif %}"), "之前要先结束“{%p if 部分.标题 %}”"),
    "an end of another kind": (
        lambda d: (added("{%p if 草稿 %}")(d), added("{% endif %}")(d)),
        "“{%p if 草稿 %}”和结束它的“{% endif %}”写法不同",
    ),
    "an end in another row": (loop_ends_in_another_row, "要放在同一行里"),
    "an end outside the table": (loop_ends_outside_the_table, "只能写在表格里"),
    "else without if": (added("{% else %}"), "“{% else %}”前面没有 {% if … %}"),
    "a word that isn't known": (added("{%p fro 段 in 引言 %}"), "“fro”不认识，是不是“for”？"),
    "a loop written wrongly": (added("{%p for 段 of 引言 %}"), "循环要写成“for 名称 in 列表”"),
    "an expression": (added("{{ 单位 + }}"), "标签“{{ 单位 + }}”写错了"),
    "an empty tag": (added("{{ }}"), "标签“{{ }}”写错了"),
    "a filter": (added("{{ 单位|大写 }}"), "没有“大写”这种处理"),
    "what is private": (added("{{ 单位.__class__ }}"), "不能用“__class__”"),
    "a brace lost": (replaced("{{ 章.标题 }}", "{{ 章.标题 }"), "“{{ 章.标题”不完整"),
    "a brace lost before": (replaced("{{ 章.标题 }}", "{ 章.标题 }}"), "不完整"),
    "wide braces": (added("｛｛ 单位 ｝｝"), "用了全角的花括号或百分号"),
    "a wide percent sign": (added("{％ if 草稿 ％}"), "用了全角的花括号或百分号"),
    "cut over paragraphs": (over_two_paragraphs, "“{{ 落款.”不完整"),
    "a line break within": (split_by_break, "中间夹着换行"),
    "text beside it": (replaced("{%p for 段 in 引言 %}", "引言：{%p for 段 in 引言 %}"), "会丢掉"),
    "a row's tag in the text": (added("{%tr if 草稿 %}"), "只能写在表格里"),
    "a power": (added("{{ 9**9 }}"), "不能用“**”"),
    "a text repeated": (added("{{ '示例' * 9999 }}"), "得数或者长度超过 10000，太大了"),
    "a number beyond all": (added("{{ 9999999999 * 9999999999 * 2 }}"), "超过 1000000000000000000"),
    "a text filled up": (added("{{ 单位.ljust(10001) }}"), "得数或者长度超过 10000，太大了"),
    "a filter that fills up": (added("{{ 单位|center(10001) }}"), "得数或者长度超过 10000"),
    "a wide format": (added("{{ '%10001s' % 单位 }}"), "格式里的宽度太大"),
    "a wide format by filter": (added("{{ '%10001s'|format(单位) }}"), "格式里的宽度太大"),
    "a wide format by method": (added("{{ '{:10001}'.format(单位) }}"), "格式里的宽度太大"),
    "a long loop": (added("{% for 次 in range(101) %}{% endfor %}"), "range 最多 100 项"),
    "nothing left in a header": (header_without_paragraph, "Word 会打不开或要修复"),
}

WARNINGS = {
    "cut by formatting": (split_by_format, "被分成几种格式，填入的文字会用第一种"),
    "no signature": (removed("{{ 落款.单位 }}"), None),
    "marks of revision": (revised, "模板里有修订痕迹"),
}


def edited(tmp_path, edit) -> Path:
    document = Document(str(SHIPPED))
    edit(document)
    path = tmp_path / "年报.docx"
    document.save(str(path))
    return path


@pytest.mark.parametrize(("edit", "told"), ERRORS.values(), ids=ERRORS)
def test_a_broken_template_is_told_in_words(edit, told, tmp_path):
    report = check_template(edited(tmp_path, edit), EDITIONS)
    assert not report.usable
    assert any(told in fault.message for fault in report.faults), report.faults


@pytest.mark.parametrize(("edit", "told"), WARNINGS.values(), ids=WARNINGS)
def test_what_should_be_looked_at_is_a_warning(edit, told, tmp_path):
    report = check_template(edited(tmp_path, edit), EDITIONS)
    assert report.usable
    assert told is None or any(told in fault.message for fault in report.faults)


def test_what_a_template_works_out_within_bounds_is_fine(tmp_path):
    fine = (
        "{% for 次 in range(100) %}{{ '%.1f' % (2.5 * 次) }}{% endfor %}{{ '　' * 4 }}"
        "{{ '{:>6}'.format(单位) }}{{ '%s年' | format(2024 % 2000) }}{{ 单位|center(9) }}"
    )
    assert check_template(edited(tmp_path, added(fine)), EDITIONS).faults == ()


def test_a_field_that_is_missing_is_told_by_what_the_report_will_lack(tmp_path):
    def edit(document):
        for text in ("{{ 落款.日期 }}", "{{ 落款.日期 }}"):
            find(document, text).runs[0].text = "　　年　月　日"

    told = [fault.message for fault in check_template(edited(tmp_path, edit), EDITIONS).faults]
    # The date still decides whether there is a signature.
    assert told == []

    document = Document()
    document.add_paragraph("{{ 标题 }}")
    document.save(str(tmp_path / "空.docx"))
    report = check_template(tmp_path / "空.docx", EDITIONS)
    told = [fault.message for fault in report.faults]
    assert report.usable
    assert "没有用到“各章”：年报里会没有全部正文和各表。" in told
    assert not any("“标题”" in message or "“分行标题”" in message for message in told)


def test_a_tag_that_words_spelling_check_has_cut_is_whole(tmp_path):
    assert check_template(edited(tmp_path, split_by_proofing), EDITIONS).faults == ()


@pytest.mark.parametrize("name", ["年报.docx", "汇总年报.docx"])
def test_the_shipped_templates_have_no_fault(name):
    report = check_template(TEMPLATES / name, EDITIONS)
    assert report.faults == ()
    assert {n for n, f in template_fields().items() if f.lost} <= report.used


def test_every_field_of_a_report_is_declared_and_the_other_way_round():
    shape = template_shape(example_contexts(EDITIONS))
    leaves = {x.name for x in shape.walk() if not x.parts}
    loops = {field.each for field in template_fields().values() if field.each}
    assert leaves - loops <= set(template_fields())
    assert set(template_fields()) <= {x.name for x in shape.walk()}
    assert all(
        x.example or x.name == "落款.名称长" for x in shape.walk() if not x.parts and not x.items
    )


# ------------------------------------------------------------------------- the command


def test_the_command_tells_faults_and_lists_every_field_with_an_example(tmp_path, capsys):
    path = edited(tmp_path, replaced("章.标题", "章.标提"))
    assert main(["template", str(path)]) == 1
    told = capsys.readouterr().out
    assert f"{path}　不能使用" in told
    assert "是不是“章.标题”？" in told
    for name, field in template_fields().items():
        assert f" {name}　{field.meaning}" in told
    assert "如“示例镇”" in told
    assert main(["template", "--templates", str(TEMPLATES)]) == 0


def no_word_file(path):
    path.write_bytes(b"not a word file")


def nothing_there(path):
    path.unlink()


def damaged(path):
    path.write_bytes(path.read_bytes()[:2000])


def broken_tag(path):
    document = Document(str(path))
    find(document, "{{ 分行标题 }}").runs[0].text = "{{ 标提 }}"
    document.save(str(path))


@pytest.mark.parametrize("spoil", [no_word_file, nothing_there, damaged, broken_tag])
@pytest.mark.parametrize("name", ["年报.docx", "汇总年报.docx"])
def test_a_run_does_not_begin_with_a_broken_template(spoil, name, tmp_path, capsys):
    templates = shutil.copytree(TEMPLATES, tmp_path / "templates")
    spoil(templates / name)
    write_inputs(tmp_path / "input", district_2024()[:1])
    folders = ["--input", str(tmp_path / "input"), "--output", str(tmp_path / "output")]
    assert main(["run", *folders, "--templates", str(templates)]) == 2
    told = capsys.readouterr().err
    assert f"Word 模板 {name}" in told
    assert "build_templates.py" in told
    assert "Traceback" not in told
    assert not (tmp_path / "output").exists()


# ------------------------------------------------------------------------------- choosing


def test_the_nearest_template_is_chosen(tmp_path):
    for name in (
        "年报.docx",
        "汇总年报.docx",
        "年报（镇）.docx",
        "年报 (部门).DOCX",
        "年报（示例一镇）.docx",
        "汇总年报（示例区）.docx",
        "年报备份.docx",
        "~$年报（镇）.docx",
        "年报（街道）.doc",
    ):
        (tmp_path / name).touch()
    files = template_files(tmp_path)
    unit = lambda name, kind: files.for_unit(name, kind).name
    assert unit("示例一镇", "镇") == "年报（示例一镇）.docx"
    assert unit("示例二镇", "镇") == "年报（镇）.docx"
    assert unit("示例三局", "部门") == "年报 (部门).DOCX"
    assert unit("示例四街道", "街道") == "年报.docx"
    assert unit("示例五局", "") == "年报.docx"
    assert files.for_county("示例区").name == "汇总年报（示例区）.docx"
    assert files.for_county("示例二区").name == "汇总年报.docx"
    assert [path.name for path in files.all()] == [
        "年报.docx",
        "汇总年报.docx",
        "年报 (部门).DOCX",
        "年报（示例一镇）.docx",
        "年报（镇）.docx",
        "汇总年报（示例区）.docx",
    ]


def test_a_kind_is_the_rosters_or_what_the_name_ends_with():
    roster = Roster(county="示例区", year=2024, units=(RosterUnit(name="示例三局", kind="部门"),))
    assert kind_of("示例三局", "示例区", roster) == "部门"
    assert kind_of("示例三局", "示例区", None) == ""
    assert kind_of("示例一镇", "示例区", roster) == "镇"
    assert kind_of("示例二街道", "", None) == "街道"


def test_a_template_dropped_in_serves_its_kind_and_one_without_use_is_named(tmp_path, capsys):
    templates = shutil.copytree(TEMPLATES, tmp_path / "templates")
    for name in ("年报（镇）.docx", "年报（乡）.docx"):
        document = Document(str(SHIPPED))
        added(f"用的是{name}")(document)
        document.save(str(templates / name))
    write_inputs(tmp_path / "input", district_2024())
    folders = ["--input", str(tmp_path / "input"), "--output", str(tmp_path / "output")]
    assert main(["run", *folders, "--templates", str(templates)]) == 0
    assert re.findall(r"【模板】(\S+) 没有用上", capsys.readouterr().out) == ["年报（乡）.docx"]
    for unit, own in (("示例一镇", True), ("示例二街道", False)):
        path = next((tmp_path / "output").rglob(f"{unit}2024年度报告.docx"))
        first = Document(str(path)).paragraphs[0].text
        assert (first == "用的是年报（镇）.docx") is own


def test_a_context_has_what_its_example_has():
    """A report has the shape of the examples, whatever its edition."""
    shapes = [{x.name for x in template_shape([c]).walk()} for c in example_contexts(EDITIONS)]
    assert shapes[0] == shapes[1] == shapes[2]
