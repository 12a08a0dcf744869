"""What must never be let in, and what must never be let out: each with what the clerk is told."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import socket
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from jinja2.exceptions import SecurityError, UndefinedError
from openpyxl.workbook.external_link import ExternalLink

from pipeline.cli.main import main
from pipeline.declare.messages import MOST_ALIKE, MOST_OF_A_RULE, without_too_many
from pipeline.forms.workbook import write_form
from pipeline.intake.input_folder import workbook_files
from pipeline.intake.submissions import read_bytes, read_workbook
from pipeline.model.problem import Problem
from pipeline.model.submission import Passage, Prefill, Submission
from pipeline.returns.repack import keepable
from pipeline.sheets import files as input_files
from pipeline.sheets.files import read_file
from pipeline.sheets.workbook import open_sheets
from pipeline.text.names import Names, county_key, safe_name
from pipeline.validate import checks
from pipeline.word.compiled import environment
from tests.support.districts import EDITIONS, district_2024, write_inputs
from tests.support.independent_reader import disagreements
from tests.support.issued_books import FORM, issued
from tests.support.mutations import mutated
from tests.support.paths import DATA, TEMPLATES


def read(content: bytes) -> Submission:
    return read_bytes(content, "示例.xlsx", EDITIONS, FORM)


def told(read_: Submission) -> list[tuple[str, str]]:
    return [(p.rule, p.message) for p in read_.problems]


def repacked(change: Callable[[dict[str, bytes]], None], key: str = "2021") -> bytes:
    with zipfile.ZipFile(io.BytesIO(issued(key))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    change(parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


def in_sheets(old: bytes, new: bytes) -> bytes:
    """A workbook in which every sheet has something put for something else, once."""

    def change(parts: dict[str, bytes]) -> None:
        for name, part in list(parts.items()):
            if name.startswith("xl/worksheets/"):
                parts[name] = part.replace(old, new, 1)

    return repacked(change)


# ------------------------------------------------------------------------- packages that are bombs


def test_a_zip_bomb_is_refused_by_what_it_unpacks_to():
    bomb = repacked(lambda parts: parts.update({"xl/media/x.bin": bytes(130 * 1024 * 1024)}))
    assert len(bomb) < 1_000_000
    began = time.process_time()
    ((rule, message),) = told(read(bomb))
    assert (rule, "解压后超过 128 MB" in message) == ("file.too_large", True)
    assert "空白工作簿" in message
    assert time.process_time() - began < 5


def test_a_zip_bomb_that_lies_about_its_size_is_refused():
    bomb = bytearray(repacked(lambda parts: parts.update({"x": bytes(130 * 1024 * 1024)})))
    entry = bomb.rindex(b"PK\x01\x02")
    bomb[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")
    assert told(read(bytes(bomb)))[0][0] == "file.too_large"


def test_a_package_of_too_many_parts_is_refused():
    many = repacked(lambda parts: parts.update({f"x{at}": b"" for at in range(3000)}))
    assert told(read(many))[0][0] == "file.too_large"


MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.mark.parametrize("declared", ["e", "file", "net"])
def test_entities_are_not_resolved(declared):
    ladder = b"".join(b'<!ENTITY e%d "%s">' % (i, b"&e%d;" % (i - 1) * 10) for i in range(1, 10))
    entity = {
        "e": b'<!ENTITY e0 "ha">' + ladder,
        "file": b'<!ENTITY e9 SYSTEM "file:///etc/hostname">',
        "net": b'<!ENTITY e9 SYSTEM "http://127.0.0.1:9/x">',
    }[declared]

    def change(parts: dict[str, bytes]) -> None:
        text = parts["xl/sharedStrings.xml"]
        head, end, rest = text.partition(b"?>")
        doctype = b"<!DOCTYPE sst [" + entity + b"]>"
        parts["xl/sharedStrings.xml"] = head + end + doctype + rest.replace(b"<t>", b"<t>&e9;")

    began = time.process_time()
    found = read(repacked(change))
    assert any(p.severity == "error" for p in found.problems)
    hostname = Path("/etc/hostname").read_text("utf-8").strip()
    assert all(hostname not in p.message for p in found.problems)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "cells",
    [
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
        b'<row r="1048576"><c><v>1</v></c></row>',
        b'<row r="99"><c  r = "XFD99"><v>1</v></c></row><row r="30000"><c r="A30000"/></row>',
        b'<row r="1048576"><c r="a1048576"><v>1</v></c></row>',
        b"<row><c/></row>" * 25_000,
        b"<row/>" * 10_000 + b"<row>" + b"<c><v>1</v></c>" * 16_000 + b"</row>",
        b'<row r="9"><a-b:c xmlns:a-b="%s" r="XFD1048576"><a-b:v>1</a-b:v></a-b:c></row>' % MAIN,
        f'<row r="9"><中:c xmlns:中="{MAIN.decode()}" r="XFD1048576"/></row>'.encode(),
        b'<row a=">" r="1048576"><c><v>1</v></c></row>',
        b'<row r="9"><c s=">" r="XFD1048576"><v>1</v></c></row>',
    ],
    ids=[
        *("far", "quoted", "unplaced", "spaced", "small", "rows", "wide"),
        *("prefixed", "prefixed in Chinese", "sign in row", "sign in cell"),
    ],
)
def test_a_cell_far_away_takes_no_memory(cells):
    """The native reader would ask for hundreds of gigabytes, and the process would end."""
    found = read(in_sheets(b"</sheetData>", cells + b"</sheetData>"))
    assert [rule for rule, _ in told(found)] == ["file.too_large"]
    assert "远在表格之外" in found.problems[0].message


def test_a_second_place_for_cells_is_not_read_in_place_of_the_first():
    far = b'<row r="1048576"><c r="XFD1048576"/></row></sheetData>'
    ((rule, _),) = told(
        read(in_sheets(b"</sheetData>", b"</sheetData ><!-- <sheetData> --><sheetData>" + far))
    )
    assert rule == "file.unreadable"


@pytest.mark.parametrize("tag", [b"</sheetData >", b"</sheetData\n>"])
def test_a_cell_far_away_is_seen_however_its_sheet_ends(tag):
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    ended = in_sheets(b"</sheetData>", far + tag)
    assert told(read(ended))[0][0] == "file.too_large"
    # Said twice where it is: no spreadsheet opens this.
    twice = in_sheets(b"</sheetData>", far.replace(b"<c ", b'<c r="A1" ') + tag)
    assert not read(twice).readable


def test_a_sheet_in_another_encoding_is_looked_at_as_any_other():
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'

    def encoded(added: bytes) -> Submission:
        def change(parts: dict[str, bytes]) -> None:
            part = parts["xl/worksheets/sheet5.xml"].replace(b"</sheetData>", added, 1)
            text = part.decode("utf-8").replace("UTF-8", "UTF-16", 1)
            parts["xl/worksheets/sheet5.xml"] = text.encode("utf-16")

        return read(repacked(change))

    assert encoded(b"</sheetData>").values == read(issued("2021")).values
    assert told(encoded(far + b"</sheetData>"))[0][0] == "file.too_large"


@pytest.mark.parametrize(
    "value",
    [
        *(b"1<!-- x -->2", b"1<!-- ? -->2", b"1<?x 7?>2", b"<![CDATA[1]]>2"),
        *(b"&#49;2", b"1&#x32;", b"<!-- # -->1&#50;"),
    ],
)
def test_a_figure_is_read_whole_whatever_is_between_its_digits(value):
    """The native reader takes most of them for 1; a spreadsheet shows 12."""
    place = read(issued("2021")).places["requests.received.natural_person"]

    def change(parts: dict[str, bytes]) -> None:
        name = "xl/worksheets/sheet5.xml"
        cell = rb'(<c r="%s"[^>]*><v>)[^<]*' % place.cell.encode()
        parts[name] = re.sub(cell, lambda found: found.group(1) + value, parts[name])

    at = list(EDITIONS["2021"].by_key).index("requests.received.natural_person")
    assert read(repacked(change)).values[at] == 12


@pytest.mark.parametrize("odd", [False, True])
@pytest.mark.parametrize("place", [rb"C8", rb"c8"])
def test_a_cell_that_stands_twice_is_damage(place, odd):
    """Which of the two was meant is never guessed; Excel opens no such file unasked."""

    def change(parts: dict[str, bytes]) -> None:
        name = "xl/worksheets/sheet5.xml"
        again = b'<c r="%s"><v>7</v></c></row>' % place + (b"<x:c/>" if odd else b"")
        part = re.sub(rb'(<row r="8".*?)</row>', lambda row: row[1] + again, parts[name], count=1)
        parts[name] = part.replace(b"<sheetData>", b'<sheetData xmlns:x="x">')

    ((rule, message),) = told(read(repacked(change)))
    why = "别的程序" if odd else "文件已损坏"
    assert (rule, why in message) == ("file.unreadable", True)


def test_a_part_that_declares_entities_is_refused():
    place = read(issued("2021")).places["requests.received.natural_person"]

    def change(parts: dict[str, bytes]) -> None:
        name = "xl/worksheets/sheet5.xml"
        cell = rb'(<c r="%s"[^>]*><v>)[^<]*' % place.cell.encode()
        part = re.sub(cell, rb"\g<1>1&a;", parts[name])
        parts[name] = part.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "2">]>', 1)

    ((rule, message),) = told(read(repacked(change)))
    assert (rule, "另存为 .xlsx" in message) == ("file.unreadable", True)


@pytest.mark.parametrize("name", ["xl/worksheets/Sheet5.xml", "xl\\worksheets\\sheet5.xml"])
def test_two_parts_of_one_name_are_refused(name):
    """One reader would take the first, another the last."""

    def change(parts: dict[str, bytes]) -> None:
        parts[name] = parts["xl/worksheets/sheet5.xml"].replace(b"<v>1011</v>", b"<v>7</v>")

    ((rule, _),) = told(read(repacked(change)))
    assert rule == "file.unreadable"


def test_a_merge_of_the_whole_sheet_is_not_laid_out():
    """openpyxl would: both where a blank cell is looked at again, and where faults are marked."""
    merge = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    book = openpyxl.load_workbook(io.BytesIO(issued("2021")))
    place = read(issued("2021")).places["requests.received.natural_person"]
    book[place.sheet][place.cell] = None
    saved = io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    spoilt = io.BytesIO()
    with zipfile.ZipFile(spoilt, "w") as package:
        for name, part in parts.items():
            without = re.sub(rb"<mergeCells.*?</mergeCells>", b"", part, flags=re.DOTALL)
            package.writestr(name, without.replace(b"</sheetData>", b"</sheetData>" + merge))
    began = time.process_time()
    found = read(spoilt.getvalue())
    assert ("cell.blank", place.cell) in [(p.rule, p.cell) for p in found.problems]
    assert not keepable(spoilt.getvalue())
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("cell", "rule"),
    [("#DIV/0!", "cell.formula_error"), ("-", "cell.mark")],
)
def test_a_total_that_says_something_is_not_computed_in_its_place(cell, rule):
    book = openpyxl.load_workbook(io.BytesIO(issued("2021")))
    place = read(issued("2021")).places["requests.received.total"]
    book[place.sheet][place.cell] = cell
    saved = io.BytesIO()
    book.save(saved)
    found = read(saved.getvalue())
    assert (rule, place.cell) in [(p.rule, p.cell) for p in found.problems]
    kept = dict(zip(EDITIONS["2021"].by_key, found.values, strict=True))["requests.received.total"]
    assert kept in (0, None) or rule == "cell.formula_error"


@pytest.mark.parametrize("before", [b"x" * 99, b"\xd0\xcf\x11\xe0" + bytes(600)])
def test_a_package_behind_something_else_is_no_way_round(before):
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    found = read(before + in_sheets(b"</sheetData>", far))
    assert told(found)[0][0] in ("file.unreadable", "file.too_large")
    assert not found.readable


def test_a_package_that_nobody_looked_at_is_not_read_and_harms_no_xls():
    """Behind an OLE file's first bytes the native reader would find it, comments and all."""
    book = issued("2021")
    assert not read(b"\xd0\xcf\x11\xe0" + book).readable
    xls = (DATA / "errors.xls").read_bytes()
    sheets = open_sheets(xls)
    assert sheets
    assert [(s.name, s.cells) for s in open_sheets(xls + book)] == [
        (s.name, s.cells) for s in sheets
    ]


def test_a_million_empty_rows_are_told():
    rows = "".join(f'<row r="{at}" ht="15"/>' for at in range(200, 1_000_000)).encode()

    def change(parts: dict[str, bytes]) -> None:
        name = "xl/worksheets/sheet5.xml"
        parts[name] = parts[name].replace(b"</sheetData>", rows + b"</sheetData>", 1)

    ((rule, message),) = told(read(repacked(change)))
    assert rule == "file.too_large"
    assert "空行" in message


def test_an_ods_that_repeats_a_cell_a_million_times_is_refused():
    table = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body>'
        '<office:spreadsheet><table:table table:name="A">{}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    filled = '<table:table-cell office:value="1" office:value-type="float"{}/>'
    row = '<table:table-row table:number-rows-repeated="{}">{}</table:table-row>'
    wide = ' table:number-columns-repeated="16384"'
    empty = row.format(1_048_000, "<table:table-cell" + wide + "/>")

    def ods(rows: str) -> Submission:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as package:
            package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            package.writestr("content.xml", table.format(rows))
        return read(buffer.getvalue())

    for rows in (
        row.format(1_048_576, filled.format(wide)),
        empty + row.format(1, filled.format("")),
        row.format(1, filled.format(wide)),
    ):
        assert told(ods(rows))[0][0] == "file.too_large"
    # Every .ods ends in a million empty rows.
    assert told(ods(row.format(1, filled.format("")) + empty))[0][0] != "file.too_large"


def test_an_xlsb_is_told():
    content = repacked(lambda parts: parts.update({"xl/workbook.bin": b""}))
    ((rule, message),) = told(read(content))
    assert (rule, ".xlsb" in message, "另存为 .xlsx" in message) == ("file.unreadable", True, True)


def test_a_fault_of_ours_in_reading_stops_no_other_file(monkeypatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("示例")

    monkeypatch.setattr("pipeline.intake.figures.locate", broken)
    ((rule, message),) = told(read(issued("2021")))
    assert rule == "file.defect"
    assert "这是程序的问题" in message
    assert "发给软件维护人员" in message


def test_a_panic_of_the_native_reader_is_one_files_problem(monkeypatch):
    class Panic(BaseException):
        pass

    def panic(*_: object) -> None:
        raise Panic("index out of bounds")

    monkeypatch.setattr("pipeline.intake.submissions.open_sheets", panic)
    assert told(read(issued("2021")))[0][0] == "file.unreadable"
    monkeypatch.setattr(
        "pipeline.intake.submissions.open_sheets", lambda *_: (_ for _ in ()).throw(MemoryError)
    )
    ((rule, message),) = told(read(issued("2021")))
    assert (rule, "内存不够" in message) == ("file.too_large", True)


def test_a_fault_of_ours_in_checking_stops_no_other_file(tmp_path, monkeypatch, capsys):
    write_inputs(tmp_path / "input", district_2024()[:3])
    right = checks.slips

    def failing(submission: Submission, *rest: object) -> object:
        if submission.unit == district_2024()[1].identity["unit"]:
            raise ZeroDivisionError("示例")
        return right(submission, *rest)

    monkeypatch.setattr(checks, "slips", failing)
    options = [f"--{name}={tmp_path / name}" for name in ("input", "output")]
    assert main(["run", *options, f"--templates={TEMPLATES}"]) == 1
    said = capsys.readouterr().out
    assert "程序读取这个文件时出错（ZeroDivisionError: 示例），这是程序的问题" in said
    assert "通过 2 个，退回 0 个，无法读取 1 个" in said
    assert len(list((tmp_path / "output").rglob("年报/*.docx"))) == 2


def test_a_fault_of_ours_anywhere_else_is_told_in_words(tmp_path, monkeypatch, capsys):
    write_inputs(tmp_path / "input", district_2024()[:1])

    def broken(*_: object) -> None:
        raise ZeroDivisionError("示例")

    options = [f"--{name}={tmp_path / name}" for name in ("input", "output")]
    monkeypatch.setattr("pipeline.execution.jobs.render", broken)
    assert main(["run", *options, f"--templates={TEMPLATES}"]) == 2
    said = capsys.readouterr().err
    assert "【程序有误】没有运行完（ZeroDivisionError: 示例）" in said
    assert "Traceback" not in said
    kept = (tmp_path / "output" / "程序错误.txt").read_text("utf-8")
    assert "Traceback" in kept
    # A later run that ends well has no fault to show; what there was is kept.
    monkeypatch.undo()
    assert main(["run", *options, f"--templates={TEMPLATES}"]) == 0
    assert not (tmp_path / "output" / "程序错误.txt").exists()
    assert (tmp_path / "output" / "旧文件" / "程序错误.txt").read_text("utf-8") == kept


def test_a_run_that_somebody_stops_says_so(tmp_path, monkeypatch, capsys):
    write_inputs(tmp_path / "input", district_2024()[:1])

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.run.gather", stopped)
    options = [f"--{name}={tmp_path / name}" for name in ("input", "output")]
    assert main(["run", *options, f"--templates={TEMPLATES}"]) == 2
    assert "已中止，没有运行完" in capsys.readouterr().err


def test_an_encrypted_workbook_is_told_as_such():
    ((rule, message),) = told(read((DATA / "encrypted.xlsx").read_bytes()))
    assert rule == "file.encrypted"
    assert message.startswith("文件是加密的，无法读取")
    assert "打开时不问密码的" in message
    assert "另存为 .xlsx" in message


def with_macro(parts: dict[str, bytes]) -> None:
    """Makes an .xlsm of a workbook, as Excel saves it."""
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macro = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(plain, macro)
    parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0 Auto_Open"


def test_macros_are_not_run_and_told():
    found = read(repacked(with_macro))
    ((_, message),) = [one for one in told(found) if one[0] == "file.macro"]
    assert "带有宏，没有运行" in message
    assert found.values == read(issued("2021")).values
    assert not keepable(repacked(with_macro)), "no marked copy that drops the macro"


def linked(formula: str, saved: bytes, part: bytes = b"") -> bytes:
    """A workbook with a formula on another file or program, and its saved result."""
    place = read(issued("2021")).places["requests.received.natural_person"]
    book = openpyxl.load_workbook(io.BytesIO(issued("2021")))
    book[place.sheet][place.cell] = formula
    link = ExternalLink()
    link.file_link = openpyxl.packaging.relationship.Relationship(
        type="externalLinkPath", Target="file:///etc/passwd", TargetMode="External"
    )
    book._external_links.append(link)
    first, again = io.BytesIO(), io.BytesIO()
    book.save(first)
    asked = f"<f>{formula[1:]}</f>".encode()
    with zipfile.ZipFile(first) as before, zipfile.ZipFile(again, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name.startswith("xl/externalLinks/externalLink"):
                content = part or content
            after.writestr(
                name, re.sub(re.escape(asked) + b"(<v ?/>|<v></v>)", asked + saved, content)
            )
    return again.getvalue()


DDE = (
    b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<ddeLink ddeService="cmd" ddeTopic="/c calc"><ddeItems><ddeItem name="A0"/></ddeItems>'
    b"</ddeLink></externalLink>"
)


@pytest.mark.parametrize(
    ("formula", "part"), [("=[1]Sheet1!A1", b""), ("=[1]!A0", DDE)], ids=["file", "dde"]
)
def test_links_to_other_files_and_programs_are_not_followed_and_told(formula, part):
    content = linked(formula, b"<v>7</v>", part)
    found = read(content)
    ((_, message),) = [one for one in told(found) if one[0] == "file.linked"]
    assert "没有打开，数字取自文件里保存的结果" in message
    at = list(EDITIONS["2021"].by_key).index("requests.received.natural_person")
    assert found.values[at] == 7
    assert not keepable(content), "no marked copy that drops the link"
    empty = read(linked(formula, b"", part))
    assert empty.values[at] is None
    assert "cell.formula_error" in {p.rule for p in empty.problems}


# --------------------------------------------------------------------------- what lies in input/


def problem_of(path: Path) -> str:
    found = read_file(path)
    assert isinstance(found, Problem), found
    return found.rule


def test_only_files_are_read(tmp_path):
    book = tmp_path / "real.xlsx"
    book.write_bytes(issued("2021"))
    link, folder, pipe = (tmp_path / f"{name}.xlsx" for name in ("link", "folder", "pipe"))
    link.symlink_to(book)
    folder.mkdir()
    os.mkfifo(pipe)
    assert read_file(book) == issued("2021")
    assert problem_of(link) == "file.link"
    assert problem_of(folder) == "file.not_a_file"
    assert problem_of(pipe) == "file.not_a_file"
    assert problem_of(tmp_path / "gone.xlsx") == "file.unreadable"
    found = read_workbook(tmp_path / "gone.xlsx", "gone.xlsx", EDITIONS, FORM)
    assert "找不到文件" in found.problems[0].message


def test_a_pipe_in_place_of_the_checks_to_leave_out_is_not_waited_for(tmp_path):
    write_inputs(tmp_path / "input", district_2024()[:1])
    os.mkfifo(tmp_path / "input" / "不校对.txt")
    options = [f"--{name}={tmp_path / name}" for name in ("input", "output")]
    assert main(["run", *options, f"--templates={TEMPLATES}"]) == 0


def test_a_file_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"")

    def refuse(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    found = read_file(path)
    assert isinstance(found, Problem)
    assert "没有权限，或文件正被其他程序打开" in found.message


def test_a_file_that_changes_while_it_is_read_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"a" * 1000)
    right = os.fstat
    sizes = iter(range(100))

    def growing(file: int) -> object:
        with path.open("ab") as more:
            more.write(b"b" * next(sizes))
        return right(file)

    monkeypatch.setattr(input_files.os, "fstat", growing)
    assert problem_of(path) == "file.changing"


def test_a_file_that_vanishes_before_it_is_read_stops_no_other(tmp_path, monkeypatch, capsys):
    _, second = write_inputs(tmp_path / "input", district_2024()[:2])

    def found(folder: Path) -> list[Path]:
        files = workbook_files(folder)
        second.unlink()
        return files

    monkeypatch.setattr("pipeline.run.workbook_files", found)
    options = [f"--{name}={tmp_path / name}" for name in ("input", "output")]
    assert main(["run", *options, f"--templates={TEMPLATES}"]) == 1
    said = capsys.readouterr().out
    assert "找不到文件" in said
    assert "通过 1 个，退回 0 个，无法读取 1 个" in said


def test_a_file_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(input_files, "MAX_BYTES", 10)
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"a" * 11)
    assert problem_of(path) == "file.too_large"


# ------------------------------------------------------------------------------ names of people


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/x",
        "CON",
        "nul.txt",
        "镇...",
        " . ",
        "a/b\\c:d*e?f",
        "镇" * 300,
        "x\u202ey\x00z",
        "\ud800",
    ],
)
def test_a_name_is_never_a_path(name):
    safe = safe_name(name)
    assert safe
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', safe)
    assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", safe)
    assert safe == safe.strip(" .")
    assert len(safe) <= 62
    safe.encode("utf-8")


def test_names_that_are_one_on_some_systems_are_kept_apart():
    names = Names()
    assert names.free("A镇", ".docx") == "A镇.docx"
    assert names.free("a镇", ".docx") == "a镇（2）.docx"
    assert names.free("A镇", ".docx") == "A镇（3）.docx"
    assert county_key("A区/") == county_key("a区")
    long = "区" * 300
    assert county_key(long + "一") == county_key(long + "二"), "their folders would be one"


def test_what_nobody_sees_of_a_name_is_left_out():
    """A message with it in its midst would read backwards from there."""
    prefill = district_2024()[0]
    named = {**prefill.identity, "unit": "示例\u202e一\u2066\x07镇\ufeff"}
    content = write_form(EDITIONS["2021"], FORM, replace(prefill, identity=named))
    assert read(content).identity["unit"] == "示例一镇"


DANGEROUS = ("=cmd|' /C calc'!A0", "@SUM(1+1)", "+1+1", "-2+3", '=HYPERLINK("http://x")')
MARKUP = "<script>alert(1)</script> {{ 7*7 }} {% for x in y %} <w:p/> &amp; \"'"


def hostile_units() -> list[Prefill]:
    """Two units whose names are one file name, and whose texts are formulas, tags and markup."""
    made = []
    for unit, prefill in zip(("../A镇/", "../a镇\\"), district_2024()[:2], strict=True):
        passages = tuple(
            replace(p, paragraphs=(MARKUP, *DANGEROUS, *p.paragraphs)) for p in prefill.passages
        )
        identity = {**prefill.identity, "unit": unit, "filler": "=1+1", "phone": "@0573"}
        made.append(replace(prefill, identity=identity, passages=passages))
    return made


@pytest.fixture(scope="module")
def hostile_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    for at, prefill in enumerate(hostile_units()):
        path = folder / "input" / f"{at}.xlsx"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(write_form(EDITIONS["2021"], FORM, prefill))
    (folder / "input" / "=cmd.xlsx").write_bytes(b"no workbook")
    options = [f"--{name}={folder / name}" for name in ("input", "output")]
    sent: list[object] = []

    def refuse(*arguments: object) -> None:
        sent.append(arguments)
        raise OSError("no network")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "socket", refuse)
        patch.setattr(socket, "create_connection", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        code = main(["run", *options, f"--templates={TEMPLATES}"])
    return folder, code, sent


def test_a_run_opens_no_socket(hostile_run):
    assert hostile_run[2] == []


def test_two_units_of_one_file_name_get_a_report_each(hostile_run):
    folder, code, _ = hostile_run
    record = json.loads((folder / "output" / "run.json").read_text("utf-8"))
    assert code == 1
    accepted = [unit for unit in record["units"] if unit["status"] == "accepted"]
    reports = [name for unit in accepted for name in unit["outputs"] if name.endswith(".docx")]
    assert len({name.casefold() for name in reports}) == 2
    assert all((folder / "output" / name).is_file() for name in reports)
    inside = (folder / "output").resolve()
    made = [path.resolve() for path in folder.rglob("*") if path.is_file()]
    assert all(path.is_relative_to(inside) or path.parent.name == "input" for path in made)


def test_text_stays_text_in_every_workbook_that_a_run_writes(hostile_run):
    folder, _, _ = hostile_run
    books = sorted((folder / "output").rglob("*.xlsx"))
    assert books
    seen = set()
    for path in books:
        if path.read_bytes() == b"no workbook":
            continue  # an unreadable file goes back as it came
        for sheet in openpyxl.load_workbook(path).worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    text = str(cell.value)
                    if any(bad in text for bad in (*DANGEROUS, "=cmd.xlsx", MARKUP)):
                        seen.add(text)
                        ours = text.startswith(('=HYPERLINK("#', "=IF("))
                        assert cell.data_type == "s" or ours, (path.name, cell.coordinate, text)
    assert seen


def test_markup_and_tags_are_printed_as_they_were_typed(hostile_run):
    folder, _, _ = hostile_run
    for path in (folder / "output").rglob("年报/*.docx"):
        with zipfile.ZipFile(path) as package:
            document = package.read("word/document.xml").decode("utf-8")
        assert "{{ 7*7 }} {% for x in y %}" in document
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in document
        assert "<w:p/> &amp;amp;" not in document


def test_odd_characters_in_prose_are_told_and_left_out():
    edition = EDITIONS["2021"]
    prefill = district_2024()[0]
    content = write_form(edition, FORM, prefill)
    book = openpyxl.load_workbook(io.BytesIO(content))
    first = read(content).passages[0]
    book[first.place.sheet][first.place.cell] = "甲乙_x0007_丙"
    saved = io.BytesIO()
    book.save(saved)
    found = read(saved.getvalue())
    assert "prose.control" in {p.rule for p in found.problems}
    passage: Passage = found.passages[0]
    assert passage.paragraphs == ("甲乙丙",)


LONG = 32_000
"""Nearly as many characters as a cell may hold."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "收到申请" + "9" * LONG + "件",
        "占" + "9" * LONG + "%，收到申请5件，占4." + "3" * 60 + "%",
        "（" * LONG,
        "）" * LONG,
        "（】" * (LONG // 2),
        "【" * LONG,
        "’" * LONG,
        "甲," * (LONG // 2),
        "收到申请5件" * (LONG // 6),
        "共收到5条。" * (LONG // 6),
        "累计公开5条。3条" * (LONG // 9),
    ],
    ids=lambda text: text[:4],
)
def test_no_prose_stops_the_checks_or_holds_them_up(text):
    book = openpyxl.load_workbook(
        io.BytesIO(write_form(EDITIONS["2021"], FORM, district_2024()[1]))
    )
    first = read(write_form(EDITIONS["2021"], FORM, district_2024()[1])).passages[0]
    book[first.place.sheet][first.place.cell] = text
    saved = io.BytesIO()
    book.save(saved)
    began = time.process_time()
    checks.check([read(saved.getvalue())], EDITIONS, FORM)
    assert time.process_time() - began < 5


def test_what_is_wrong_in_very_many_places_is_told_in_part():
    unit = read(write_form(EDITIONS["2021"], FORM, district_2024()[1]))
    first, *rest = unit.passages
    brackets = "".join(f"（{n}、" for n in range(4 * MOST_ALIKE))
    names = "".join(f"【新收申请总屡{n:02}】" for n in range(MOST_ALIKE + 10))
    said = ("按照国办发〔2019)54号", brackets, names)
    spoilt = replace(unit, passages=(replace(first, paragraphs=said), *rest))
    (found,) = checks.check([spoilt], EDITIONS, FORM)
    count = Counter((p.rule, p.subject) for p in found)
    assert count["prose.proofreading", "括号引号"] == MOST_ALIKE
    assert count["citing.unknown", ""] == MOST_ALIKE
    # What is wrong in few places isn't lost among them.
    assert count["prose.proofreading", "发文字号"] == 1
    more = [(p.severity, p.words) for p in found if p.rule == "file.more_alike"]
    assert sorted(more) == [
        ("error", "“引用的名称有效”另有 10 处，没有逐一列出。"),
        ("notice", "“文字校对·括号引号”另有 150 处，没有逐一列出。"),
    ]
    at = [p.rule for p in found].index("file.more_alike")
    assert found[at - 1].rule == "citing.unknown"


def test_a_cross_footing_rule_that_is_broken_everywhere_is_counted_by_its_name():
    broken = [
        Problem(rule="A1", severity="error", message=f"第{n}行", subject=f"第{n}行")
        for n in range(MOST_OF_A_RULE + 3)
    ]
    *told_one_by_one, more = without_too_many(broken, {"A1": "行合计"})
    assert told_one_by_one == broken[:MOST_OF_A_RULE]
    assert (more.severity, more.words) == ("error", "“行合计”另有 3 处，没有逐一列出。")


def test_what_is_wrong_alike_in_one_cell_is_told_once():
    unit = read(write_form(EDITIONS["2021"], FORM, district_2024()[1]))
    first, *rest = unit.passages
    said = ("【新收申请总屡】件" * 3, "【新收申请总屡】件")
    spoilt = replace(unit, passages=(replace(first, paragraphs=said), *rest))
    (found,) = checks.check([spoilt], EDITIONS, FORM)
    assert [p.rule for p in found].count("citing.unknown") == 1


def test_the_lines_of_a_workbook_are_not_told_without_end():
    content = write_form(EDITIONS["2021"], FORM, district_2024()[1])
    book = openpyxl.load_workbook(io.BytesIO(content))
    place = read(content).facts[0].place
    sheet, counts = book[place.sheet], openpyxl.utils.coordinate_to_tuple(place.cell)
    for row in range(counts[0], counts[0] + 3 * MOST_ALIKE):
        for column in range(1, counts[1]):
            sheet.cell(row, column).value = "示例"
        sheet.cell(row, counts[1]).value = -1
    saved = io.BytesIO()
    book.save(saved)
    rules = Counter(p.rule for p in read(saved.getvalue()).problems)
    assert (rules["cell.negative"], rules["file.more_alike"]) == (MOST_ALIKE, 1)


def test_prose_without_end_is_told_and_not_read():
    book = openpyxl.load_workbook(
        io.BytesIO(write_form(EDITIONS["2021"], FORM, district_2024()[1]))
    )
    passages = read(write_form(EDITIONS["2021"], FORM, district_2024()[1])).passages
    for passage in passages[:4]:
        book[passage.place.sheet][passage.place.cell] = "长" * LONG
    saved = io.BytesIO()
    book.save(saved)
    found = read(saved.getvalue())
    (told_,) = [p for p in found.problems if p.rule == "prose.too_long"]
    assert told_.cell == passages[3].place.cell
    assert "没有读取" in told_.message
    assert sum(len(line) for p in found.passages for line in p.paragraphs) <= 100_000


@pytest.mark.parametrize(
    "tag",
    [
        "{{ (标题|attr('__class__')).mro() }}",
        "{{ 标题['__cl' ~ 'ass__'].mro() }}",
        "{{ '{0.__class__.__mro__}'.format(标题)|attr('x') }}",
        "{% set a = '__init__' %}{{ cycler[a].__globals__.os }}",
        "{% for i in range(10000000) %}{% endfor %}",
    ],
)
def test_a_template_reaches_nothing_but_its_fields(tag):
    """It runs on the office's computer, wherever the office has it from."""
    try:
        printed = environment().from_string(tag).render(标题="示例")
    except (SecurityError, UndefinedError, OverflowError):
        return
    assert not printed


@pytest.mark.parametrize("half", ["_xD800_", "_xDFFF_"])
def test_half_a_character_comes_no_further_than_the_reader(half, tmp_path):
    prefill = district_2024()[0]
    book = openpyxl.load_workbook(io.BytesIO(write_form(EDITIONS["2021"], FORM, prefill)))
    first = read(write_form(EDITIONS["2021"], FORM, prefill)).passages[0]
    book[first.place.sheet][first.place.cell] = f"甲{half}乙"
    (tmp_path / "input").mkdir()
    book.save(tmp_path / "input" / "半.xlsx")
    options = [f"--{name}={tmp_path / name}" for name in ("input", "output")]
    assert main(["run", *options, f"--templates={TEMPLATES}"]) in (0, 1)
    for path in (tmp_path / "output").rglob("*"):
        if path.is_file():
            str(path).encode("utf-8")
    json.loads((tmp_path / "output" / "run.json").read_text("utf-8"))
    (report,) = (tmp_path / "output").rglob("年报/*.docx")
    with zipfile.ZipFile(report) as package:
        package.read("word/document.xml").decode("utf-8")


# ----------------------------------------------------------------------- what must not get out


def test_the_clerks_contact_data_is_in_no_report(tmp_path):
    private = ("填报人", "电话", "审核人", "签发人", "负责人", "联系人")
    asked = [e.key for e in FORM.entries if any(word in e.label for word in private)]
    assert "phone" in asked
    secrets = {key: f"1380000000{at}" for at, key in enumerate(asked)}
    prefill = district_2024()[0]
    marked = replace(prefill, identity={**prefill.identity, **secrets})
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "a.xlsx").write_bytes(write_form(EDITIONS["2021"], FORM, marked))
    options = [f"--{name}={tmp_path / name}" for name in ("input", "output")]
    assert main(["run", "--infographic", *options, f"--templates={TEMPLATES}"]) == 0
    kinds = (".docx", ".svg", ".png")
    public = [path for path in (tmp_path / "output").rglob("*") if path.suffix in kinds]
    assert {path.suffix for path in public} == set(kinds)
    assert len([path for path in public if "图解" in path.name and path.suffix == ".docx"]) == 2
    for path in public:
        parts = [path.read_bytes()]
        if path.suffix == ".docx":
            with zipfile.ZipFile(path) as package:
                parts = [package.read(name) for name in package.namelist()]
        for text in secrets.values():
            assert all(text.encode("utf-8") not in part for part in parts), (path.name, text)


# -------------------------------------------------------------- the second reader, spoilt books


@pytest.mark.parametrize("key", sorted(EDITIONS))
def test_both_readers_see_the_same_in_issued_workbooks(key):
    assert disagreements(issued(key), read(issued(key)), EDITIONS[key]) == []


def test_both_readers_see_the_same_in_the_shipped_workbooks(tmp_path):
    paths = write_inputs(tmp_path, district_2024())
    for path in paths:
        found = read(path.read_bytes())
        assert disagreements(path.read_bytes(), found, EDITIONS[found.edition]) == []


def test_a_few_spoilt_workbooks_are_read_rightly_or_not_at_all():
    kinds = set()
    for seed in range(60):
        content, touched, how = mutated(seed)
        found = read(content)
        assert all(p.rule != "file.defect" for p in found.problems), (seed, how)
        good = found.readable and all(p.severity != "error" for p in found.problems)
        kinds.add(good)
        if good and found.edition and touched and seed % 3 == 0:
            assert disagreements(content, found, EDITIONS[found.edition], touched) == [], how
    assert kinds == {True, False}
