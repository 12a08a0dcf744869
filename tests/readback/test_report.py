"""No report or summary is published that says otherwise than the data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.aggregate.totals import add_up
from pipeline.cli.main import main
from pipeline.model.submission import Submission
from pipeline.ooxml.parts import main_part
from pipeline.readback import report as proof
from pipeline.readback.report import Proof
from pipeline.readback.template_probe import ProbeTable, figure_text, split_tables, tables_stand
from pipeline.readback.totals import recompute_totals
from pipeline.report import context as report
from pipeline.report.context import county_context, unit_context
from pipeline.word.compiled import compile_template
from tests.support.districts import EDITIONS, district_2024, write_inputs
from tests.support.paths import TEMPLATES
from tests.support.proofs import PROOF, UNIT, UNITS, with_document


def made(unit: Submission) -> bytes:
    return PROOF.render(unit_context(unit, EDITIONS[unit.edition]))


def faults(content: bytes, unit: Submission, by: Proof = PROOF) -> tuple[str, ...]:
    edition = EDITIONS[unit.edition]
    return by.faults(content, edition, unit.values, unit.written, unit.passages)


def no_reading(*_: object) -> list[str]:
    raise AssertionError("read by its labels")


@pytest.mark.parametrize("name", ["年报.docx", "汇总年报.docx"])
@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
def test_a_shipped_template_prints_every_figure_in_its_own_cell(name, edition):
    probe = Proof(compile_template(TEMPLATES / name).render).probe(edition)
    assert probe.faults == ()
    assert probe.left_out == frozenset()
    assert probe.prose == {s.key for s in edition.sections if not s.table}
    printed = [figure for table in probe.tables for figure in table.figures]
    assert sorted(printed) == list(range(len(edition.fields)))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.edition)
def test_a_true_report_is_proved_without_being_read_by_its_labels(unit, monkeypatch):
    monkeypatch.setattr(proof, "_read_by_labels", no_reading)
    assert faults(made(unit), unit) == ()


def grown(unit: Submission, times: int) -> Submission:
    """A unit with so much longer figures that its columns are wider."""
    return replace(unit, values=tuple((value or 0) * times for value in unit.values), written={})


WIDTHS = re.compile(rb'<w:tcW w:w="[0-9]+"')


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.edition)
def test_columns_of_another_width_are_no_difference(unit, monkeypatch):
    monkeypatch.setattr(proof, "_read_by_labels", no_reading)
    wide = grown(unit, 10**6)
    content, other = made(wide), made(unit)
    assert WIDTHS.findall(main_part(content)) != WIDTHS.findall(main_part(other))
    assert faults(content, wide) == faults(other, unit) == ()


@pytest.mark.parametrize(
    ("key", "value", "written", "text"),
    [
        ("requests.received.total", 7, {}, "7"),
        ("disclosure.licences.change", 3, {}, "+3"),
        ("disclosure.licences.change", -3, {}, "-3"),
        ("disclosure.licences.change", 0, {}, "0"),
        ("disclosure.charges.amount", 1_500_000, {}, "1.5"),
        ("disclosure.charges.amount", 1, {}, "0.000001"),
        ("disclosure.charges.amount", 20_000_000, {}, "20"),
        ("disclosure.charges.amount", 0, {}, "0"),
        ("disclosure.central.amount", 1_500_000, {}, "0"),
        ("disclosure.central.amount", 1, {"disclosure.central.amount": "<5元"}, "&lt;5元"),
        ("disclosure.central.amount", 1_500_000, None, "1.5万元"),
        ("disclosure.central.amount", 0, None, "0"),
    ],
)
def test_a_figure_is_written_down_anew_as_it_must_stand(key, value, written, text):
    figure = next(e.by_key[key] for e in EDITIONS.values() if key in e.by_key)
    assert figure_text(figure, value, written).decode("utf-8") == text


TABLE = "<w:body>{}<w:tbl><w:tblPr/><w:tr>{}{}</w:tr></w:tbl>{}"


def a_cell(text: str, width: int = 7, style: str = "") -> str:
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p>{style}'
        f"<w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"
    )


def a_table(*cells: str) -> list[bytes]:
    return split_tables(TABLE.format("before", *cells, "after").encode())[0]


def test_a_table_is_its_rows_whatever_their_width():
    document = TABLE.format("before", a_cell("a"), a_cell("56"), "after")
    (rows,), outside = split_tables(document.encode())
    assert outside == b"<w:body>beforeafter"
    assert rows.startswith(b"<w:tr>")
    probe = ProbeTable(tuple(rows.split(b"56")), (1,))
    texts = [b"4", b"56"]
    assert tables_stand([rows], [probe], texts)
    assert tables_stand(a_table(a_cell("a", 8), a_cell("56", 1234)), [probe], texts)
    assert tables_stand([b"<w:tr/>", rows], [probe], texts)
    assert not tables_stand([rows], [probe, probe], texts)
    assert not tables_stand([rows], [probe], [b"4", b"57"])
    others = (
        ("a56", ""),
        ("56", "a"),
        ("a", ""),
        ("a", "5</w:t></w:r><w:r><w:t>6"),
        ("a", '56</w:t><w:sym w:char="F039"/><w:t>'),
    )
    for other in others:
        assert not tables_stand(a_table(*map(a_cell, other)), [probe], texts)
    styled = a_cell("56", style='<w:pPr><w:pStyle w:val="Hidden"/></w:pPr>')
    assert not tables_stand(a_table(a_cell("a"), styled), [probe], texts)
    two_rows = a_table(a_cell("a") + "</w:tr><w:tr>", a_cell("56"))
    assert not tables_stand(two_rows, [probe], texts)


def test_every_figure_of_a_report_counts_in_its_proof():
    unit, edition = UNITS[1], EDITIONS[UNITS[1].edition]
    wrong = [value or 0 for value in unit.values]
    for at in range(0, len(wrong), 13):
        other = replace(unit, values=(*wrong[:at], wrong[at] + 1, *wrong[at + 1 :]))
        assert faults(made(unit), other), edition.fields[at].key


HIDDEN = "<w:r><w:rPr><w:vanish/></w:rPr><w:t"


@pytest.mark.parametrize(
    "hide",
    [
        lambda run: run.replace("<w:r><w:t", HIDDEN, 1),
        lambda run: run.replace("<w:r><w:t", HIDDEN.replace("vanish", "strike"), 1),
        lambda run: run.replace("</w:t>", "</w:t><w:sym w:font='Symbol' w:char='F039'/>", 1),
        lambda run: f"<w:del>{run}</w:del>".replace("w:t", "w:delText"),
        lambda run: f'<w:moveFrom w:id="1">{run}</w:moveFrom>',
        lambda run: run.replace("<w:t", "<o:t xmlns:o='urn:o'").replace("/w:t", "/o:t"),
    ],
    ids=["hidden", "struck out", "symbol", "deleted", "moved away", "foreign"],
)
def test_only_what_the_page_shows_proves(hide):
    unit = UNITS[1]
    figure = re.compile(r"<w:r><w:t[^>]*>[1-9][0-9]*</w:t></w:r>")
    changed = with_document(made(unit), lambda text: figure.sub(lambda m: hide(m[0]), text, 1))
    assert main_part(changed) != main_part(made(unit))
    assert len(faults(changed, unit)) == 1
    prose = max((p for passage in unit.passages for p in passage.paragraphs), key=len)
    run = re.compile(rf'<w:r>(<w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>)?<w:t[^>]*>{prose}')
    veiled = with_document(
        made(unit), lambda text: run.sub(f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>{prose}", text)
    )
    assert faults(veiled, unit) == (f"正文“{prose[:30]}”没有印出，或与填报的不同。",)


def test_a_template_whose_page_shows_nothing_proves_nothing(tmp_path):
    unit, edition = UNITS[1], EDITIONS[UNITS[1].edition]
    loose = own_template(tmp_path, lambda text: text.replace("{{ 段 }}", "{{r 段 }}"))
    assert "引言" in loose.left_out(edition)
    cells = own_template(tmp_path, lambda text: text.replace("{{ 格.文字 }}", "{{r 格.文字 }}"))
    assert set(cells.left_out(edition)) == {f"“{table.caption}”一表" for table in edition.tables}
    style = '<w:pStyle w:val="TableFigure"/><w:keepNext/></w:pPr><w:r>'
    veiled = own_template(
        tmp_path, lambda text: text.replace(style, f"{style}<w:rPr><w:vanish/></w:rPr>")
    )
    assert any("一表" in name for name in veiled.left_out(edition))
    assert faults(veiled.render(unit_context(unit, edition)), unit, veiled) == ()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.edition)
def test_a_county_report_is_proved_against_sums_made_anew(unit, monkeypatch):
    edition = EDITIONS[unit.edition]
    county = add_up("示例区", unit.year, edition, [unit, unit], "")
    by = Proof(compile_template(TEMPLATES / "汇总年报.docx").render)
    content = by.render(county_context(county))
    assert by.faults(content, edition, [0] * len(edition.fields), None)
    monkeypatch.setattr(proof, "_read_by_labels", no_reading)
    assert by.faults(content, edition, [*recompute_totals(county).values()], None) == ()


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
def test_a_county_without_units_has_nothing_of_everything(edition):
    nobody = add_up("示例区", 2024, edition, [], "")
    assert recompute_totals(nobody) == dict.fromkeys(edition.by_key, 0) == nobody.sums


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.edition)
def test_any_figure_that_differs_is_found_and_named(unit):
    edition, content = EDITIONS[unit.edition], made(unit)
    for at in range(0, len(edition.fields), 9):
        values = [value or 0 for value in unit.values]
        values[at] += 1
        figure = edition.fields[at]
        told = faults(content, replace(unit, values=tuple(values)))
        assert told, figure.key
        assert all(figure.column[-1].name in line or figure.name in line for line in told)


def test_what_is_not_known_is_not_published():
    unit = UNITS[1]
    first, *_, last = EDITIONS[unit.edition].fields
    unknown = replace(unit, values=(None, *unit.values[1:-1], None))
    told = (f"“{first.name}”：没有数据。", f"“{last.name}”：没有数据。")
    assert faults(made(unknown), unknown) == told


def test_an_amount_printed_otherwise_than_it_is_added_up_is_found():
    unit = UNITS[0]
    ((key, _),) = [(k, w) for k, w in unit.written.items() if w != "0"][:1]
    wrong = replace(unit, written={**unit.written, key: "1元"})
    told = faults(made(wrong), wrong)
    assert any("印出的是“1元”" in line for line in told)


def test_exchanged_row_labels_are_found():
    unit = UNITS[1]

    def exchange(text: str) -> str:
        first, second = "行政许可", "行政处罚"
        return text.replace(first, "\0").replace(second, first).replace("\0", second)

    changed = with_document(made(unit), exchange)
    assert any("行政许可" in line for line in faults(changed, unit))


def test_a_table_more_is_passed_over_and_one_in_anothers_place_is_not(monkeypatch):
    unit = UNITS[1]
    table = re.compile(r"<w:tbl>.*?</w:tbl>", re.DOTALL)
    first, second, *_ = table.findall(main_part(made(unit)).decode("utf-8"))
    own = "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    more = with_document(made(unit), lambda text: text.replace(second, own + second))
    swapped = with_document(
        made(unit),
        lambda text: text.replace(first, "\0").replace(second, first).replace("\0", second),
    )
    read = []
    monkeypatch.setattr(proof, "_read_by_labels", lambda *_: read.append(1) or [])
    assert faults(more, unit) == ()
    assert read == []
    faults(swapped, unit)
    assert read == [1], "tables in another order are read by their labels"


def test_an_emptied_cell_and_a_lost_table_are_found():
    unit = UNITS[1]
    figure = re.compile(r"(<w:pStyle w:val=\"TableFigure\"/>.*?<w:t[^>]*>)(\d+)(</w:t>)")
    emptied = with_document(made(unit), lambda text: figure.sub(r"\1\3", text, count=1))
    assert any("空白" in line for line in faults(emptied, unit))
    table = re.compile(r"<w:tbl>.*?</w:tbl>", re.DOTALL)
    lost = with_document(made(unit), lambda text: table.sub("", text, count=1))
    assert any("没有找到" in line for line in faults(lost, unit))


def test_a_lost_paragraph_is_found_and_odd_characters_are_no_loss():
    unit = UNITS[1]
    first = replace(unit.passages[0], paragraphs=("A<b>&“c”'d\" \t{{ 7 }} \ud800\x0b末",))
    odd = replace(unit, passages=(first, *unit.passages[1:]))
    assert faults(made(odd), odd) == ()
    paragraph = max((p for x in unit.passages for p in x.paragraphs), key=len)
    lost = with_document(made(unit), lambda text: text.replace(paragraph, ""))
    told = faults(lost, unit)
    assert told
    assert told == (f"正文“{paragraph[:30]}”没有印出，或与填报的不同。",)


@pytest.mark.parametrize("lost", [0, -1])
def test_prose_that_is_printed_in_another_order_is_no_loss_and_a_word_less_is(lost):
    unit = UNITS[1]
    paragraphs = [p for passage in unit.passages for p in passage.paragraphs if len(p) > 9]
    first, last = paragraphs[0], paragraphs[-1]

    def exchange(text: str) -> str:
        return text.replace(first, "\0").replace(last, first).replace("\0", last)

    moved = with_document(made(unit), exchange)
    assert faults(moved, unit) == ()
    cut = with_document(moved, lambda text: text.replace(paragraphs[lost], paragraphs[lost][:-1]))
    assert faults(cut, unit) == (f"正文“{paragraphs[lost][:30]}”没有印出，或与填报的不同。",)


def test_prose_that_gives_way_is_not_asked_for_and_what_follows_is():
    first, *rest = UNITS[1].passages
    unit = replace(UNITS[1], passages=(replace(first, paragraphs=("无。",)), *rest))
    given_way = with_document(made(unit), lambda text: text.replace("无。", "示例"))
    assert faults(given_way, unit) == ()
    lost = max((p for x in rest for p in x.paragraphs), key=len)
    without = with_document(given_way, lambda text: text.replace(lost, ""))
    assert faults(without, unit) == (f"正文“{lost[:30]}”没有印出，或与填报的不同。",)


@pytest.mark.parametrize("damage", ["cut", "bit"])
def test_a_damaged_file_is_found(damage):
    content = made(UNITS[1])
    name = content.index(b"word/document.xml") + 200
    bit = bytes([content[name] ^ 0x10])
    broken = content[:-30] if damage == "cut" else content[:name] + bit + content[name + 1 :]
    (told,) = faults(broken, UNITS[1])
    assert "读不回来" in told


# ------------------------------------------------------------------- an office's own templates


def own_template(tmp_path: Path, change: Callable[[str], str]) -> Proof:
    path = tmp_path / "年报.docx"
    path.write_bytes(with_document(UNIT.read_bytes(), change))
    return Proof(compile_template(path).render)


def without_table(caption: str) -> Callable[[str], str]:
    """The change of a template that leaves a table out."""
    shown = f"{{%p if 章.表 and 章.表.名称 != '{caption}' %}}"
    return lambda text: text.replace("{%p if 章.表 %}", shown)


def by_values(text: str) -> str:
    """A template changed so that it draws a figure otherwise where it is another."""
    return re.sub(
        r"(行\.数字.*?){{ 格\.文字 }}",
        r"\1{% if 格.文字 == '0' %}0{% else %}{{ 格.文字 }} {% endif %}",
        text,
        flags=re.DOTALL,
    )


def test_a_table_that_the_office_leaves_out_is_not_asked_for(tmp_path, monkeypatch):
    left_out = EDITIONS["2021"].tables[0]
    by = own_template(tmp_path, without_table(left_out.caption))
    unit = UNITS[1]
    content = by.render(unit_context(unit, EDITIONS[unit.edition]))
    with monkeypatch.context() as patch:
        patch.setattr(proof, "_read_by_labels", no_reading)
        assert faults(content, unit, by) == ()
    named = {figure.key for figure in left_out.fields}
    assert by.probe(EDITIONS[unit.edition]).left_out == named
    wrong = replace(unit, values=(*unit.values[:-1], (unit.values[-1] or 0) + 1))
    assert faults(content, wrong, by), "the other tables are proved all the same"
    assert by.left_out(EDITIONS[unit.edition]) == (f"“{left_out.caption}”一表",)


def test_what_a_template_leaves_out_is_named(tmp_path):
    edition = EDITIONS["2021"]
    quick = Proof(PROOF.render)
    assert quick.left_out(edition) == PROOF.left_out(edition) == ()
    assert quick._made == {}, "where all is printed, no probe is needed"
    no_prose = own_template(tmp_path, lambda text: text.replace("{{ 段 }}", "示例"))
    headings = [f"“{s.heading}”的正文" for s in edition.sections if s.heading and not s.table]
    assert no_prose.left_out(edition) == ("引言", *headings)
    unit = UNITS[1]
    assert faults(no_prose.render(unit_context(unit, edition)), unit, no_prose) == ()
    one_row = own_template(
        tmp_path,
        lambda text: text.replace(
            "{%tr for 行 in 章.表.各行 %}", "{%tr for 行 in 章.表.各行[1:] %}"
        ),
    )
    requests, disputes = (edition.table(key).caption for key in ("requests", "disputes"))
    assert one_row.left_out(edition) == (
        f"“{requests}”一表的“本年新收·自然人”等 7 格",
        f"“{disputes}”一表",
    )


def test_a_run_says_once_what_its_template_leaves_out(tmp_path, capsys):
    templates = tmp_path / "templates"
    templates.mkdir()
    for name in ("年报.docx", "汇总年报.docx"):
        change = {"年报.docx": "{%p if 章.表 and loop.index > 2 %}"}.get(name, "{%p if 章.表 %}")
        content = (TEMPLATES / name).read_bytes()
        (templates / name).write_bytes(
            with_document(content, lambda text, to=change: text.replace("{%p if 章.表 %}", to))
        )
    write_inputs(tmp_path / "input", district_2024()[:2])
    options = [f"--{name}={tmp_path / name}" for name in ("input", "output", "templates")]
    assert main(["run", *options]) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if "没有印" in line]
    caption = EDITIONS["2021"].tables[0].caption
    assert len(said) == 1
    assert f"【模板】年报.docx 没有印“{caption}”一表" in said[0]


def test_a_template_that_prints_figures_in_others_cells_is_refused(tmp_path):
    by = own_template(tmp_path, lambda text: text.replace("行.数字 %}", "行.数字|reverse %}"))
    unit = UNITS[1]
    told = faults(by.render(unit_context(unit, EDITIONS[unit.edition])), unit, by)
    assert any("模板把数字印在了别处" in line for line in told)


def test_a_template_that_prints_a_number_of_its_own_is_refused_and_leaves_nothing_out(tmp_path):
    change = re.compile(r"(行\.数字.*?){{ 格\.文字 }}", re.DOTALL)
    by = own_template(tmp_path, lambda text: change.sub(r"\g<1>5", text))
    probe = by.probe(EDITIONS["2021"])
    assert len(probe.faults) == len(EDITIONS["2021"].fields)
    assert probe.left_out == frozenset()


def test_a_template_may_have_a_number_in_its_tables_that_is_no_figure(tmp_path, monkeypatch):
    unit = UNITS[1]
    numbered = re.compile(r"({{ 格\.文字 }})")

    def change(text: str) -> str:
        before, head = text.split("表头", 1)
        return f"{before}表头" + numbered.sub(r"\1</w:t></w:r><w:r><w:t>314000", head, count=1)

    by = own_template(tmp_path, change)
    content = by.render(unit_context(unit, EDITIONS[unit.edition]))
    assert b">314000<" in main_part(content)
    with monkeypatch.context() as patch:
        patch.setattr(proof, "_read_by_labels", no_reading)
        assert faults(content, unit, by) == ()


def test_a_template_may_have_a_table_that_holds_no_figures(tmp_path, monkeypatch):
    text = "<w:p><w:r><w:t>{{ 单位 }}</w:t></w:r></w:p>"
    grid = '<w:tblPr/><w:tblGrid><w:gridCol w:w="4000"/></w:tblGrid>'
    table = f"<w:tbl>{grid}<w:tr><w:tc>{text}</w:tc></w:tr></w:tbl><w:p/>"
    by = own_template(tmp_path, lambda text: text.replace("<w:body>", f"<w:body>{table}"))
    unit = UNITS[1]
    content = by.render(unit_context(unit, EDITIONS[unit.edition]))
    monkeypatch.setattr(proof, "_read_by_labels", no_reading)
    assert faults(content, unit, by) == ()


@pytest.mark.parametrize("left_out", ["", "一表"])
def test_a_template_that_draws_figures_by_their_values_is_read_by_its_labels(tmp_path, left_out):
    caption = EDITIONS["2021"].tables[0].caption if left_out else "没有的表"
    by = own_template(tmp_path, lambda text: without_table(caption)(by_values(text)))
    unit = UNITS[1]
    content = by.render(unit_context(unit, EDITIONS[unit.edition]))
    assert faults(content, unit, by) == ()
    wrong = replace(unit, values=(*unit.values[:-1], (unit.values[-1] or 0) + 1))
    (told,) = faults(content, wrong, by)
    assert "印" not in told


# -------------------------------------------------------------------------------- a whole run


def test_a_run_stops_the_wrong_file_alone_and_says_so(tmp_path, monkeypatch, capsys):
    write_inputs(tmp_path / "input", district_2024()[:2])
    options = [f"--{name}={tmp_path / name}" for name in ("input", "output")]
    assert main(["run", *options, f"--templates={TEMPLATES}"]) == 0
    before = {p.name: p.read_bytes() for p in (tmp_path / "output").rglob("*.docx")}

    def wrong(value: int, *rest: object) -> str:
        return "7" if value == victim else str(right(value, *rest))

    right = report.format_value
    record = json.loads((tmp_path / "output" / "run.json").read_text("utf-8"))
    figures = [set(unit["figures"].values()) for unit in record["units"]]
    victim = max(figures[1] - figures[0] - {7})
    monkeypatch.setattr(report, "format_value", wrong)
    assert main(["run", *options, f"--templates={TEMPLATES}"]) == 2
    told = capsys.readouterr().out
    assert "【程序有误】" in told
    assert "为 7" in told
    assert "软件维护人员" in told
    record = json.loads((tmp_path / "output" / "run.json").read_text("utf-8"))
    good, bad = record["units"]
    assert good["outputs"]
    assert (bad["status"], bad["outputs"]) == ("accepted", [])
    ((defect),) = bad["defects"]
    assert defect["faults"]
    assert not (tmp_path / "output" / defect["file"]).exists()
    aside = tmp_path / "output" / "旧文件" / defect["file"]
    assert aside.read_bytes() == before[aside.name], "the old report is kept, out of the way"
