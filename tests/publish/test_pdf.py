"""PDFs beside the Word reports; a small script stands for LibreOffice, which the slow suite runs."""

import json
import os
import sys
import time
from pathlib import Path

import pytest

from pipeline.cli.main import main
from pipeline.publish import pdf
from pipeline.publish.pdf import settled, strange_fonts
from tests.support.districts import district_2024, write_inputs
from tests.support.paths import TEMPLATES

WRITES = """
import pathlib, sys, time
for name in sys.argv[1:]:
    if name.endswith(".docx"):
        stamp = time.time_ns()
        pathlib.Path(name).with_suffix(".pdf").write_text(
            "%PDF-1.6 /Lang(en-US) /BaseFont/BAAAAA+NotoSansCJK "
            f"/CreationDate(D:{stamp % 10**14:014}) trailer /ID [ <{stamp:032X}> <{stamp:032X}> ]"
        )
"""
LEAVES_ONE_OUT = WRITES.replace(
    'name.endswith(".docx")', 'name.endswith(".docx") and name != "0.docx"'
)
HANGS = "import time; time.sleep(600)"


@pytest.fixture
def office(tmp_path, monkeypatch):
    """Puts a script in LibreOffice's place, the only program there is."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(pdf, "_PLACES", ())

    def install(script: str) -> None:
        program = tmp_path / "bin" / "soffice"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!{sys.executable}\n{script}")
        program.chmod(0o755)

    return install


def run(folder: Path, *options: str) -> int:
    if not (folder / "input").exists():
        write_inputs(folder / "input", district_2024()[:2])
    folders = ["--input", str(folder / "input"), "--output", str(folder / "output")]
    return main(["run", *folders, "--templates", str(TEMPLATES), *options])


def recorded(folder: Path) -> list[str]:
    record = json.loads((folder / "output" / "run.json").read_text("utf-8"))
    named = [
        name for group in ("units", "counties") for x in record[group] for name in x["outputs"]
    ]
    return [name for name in named if name.endswith(".pdf")]


@pytest.mark.slow
def test_each_report_has_a_pdf_beside_it_that_the_record_names(tmp_path, office, capsys):
    office(WRITES)
    assert run(tmp_path, "--pdf") == 0
    output = tmp_path / "output"
    reports = {path.with_suffix(".pdf") for path in output.rglob("*.docx")}
    assert len(reports) == 3
    assert set(output.rglob("*.pdf")) == reports == {output / name for name in recorded(tmp_path)}
    assert "没有装仿宋体等公文字体，PDF 用了别的字体（NotoSansCJK）" in capsys.readouterr().out
    before = {path: path.read_bytes() for path in reports}
    assert run(tmp_path, "--pdf") == 0
    assert {path: path.read_bytes() for path in reports} == before
    # A run without PDFs sets the old ones aside: they may tell other figures than the reports.
    assert run(tmp_path) == 0
    assert not any(path.exists() for path in reports)
    assert len(list((output / "旧文件").rglob("*.pdf"))) == 3


def test_without_libreoffice_a_run_with_pdfs_does_not_begin(tmp_path, office, capsys):
    assert run(tmp_path, "--pdf") == 2
    assert "没有找到 LibreOffice" in capsys.readouterr().err
    assert not (tmp_path / "output").exists()


def test_a_report_that_is_left_out_is_named_and_the_rest_is_done(tmp_path, office, capsys):
    office(LEAVES_ONE_OUT)
    assert run(tmp_path, "--pdf") == 2
    told = capsys.readouterr().err
    assert "LibreOffice 没有生成 " in told
    assert "2024年度报告.docx 的 PDF，Word 年报和其他结果都已完成" in told
    assert len(recorded(tmp_path)) == 2


def test_a_libreoffice_that_hangs_is_ended(tmp_path, office, capsys, monkeypatch):
    office(HANGS)
    monkeypatch.setattr(pdf, "STARTING", 0.5)
    monkeypatch.setattr(pdf, "EACH", 0)
    began = time.monotonic()
    assert run(tmp_path, "--pdf") == 2
    assert time.monotonic() - began < 60
    assert "没有生成" in capsys.readouterr().err
    assert recorded(tmp_path) == []


def test_a_program_that_cannot_run_is_told(tmp_path, office, capsys):
    office("")
    program = tmp_path / "bin" / "soffice"
    program.write_bytes(b"\x7fELF")
    assert os.access(program, os.X_OK)
    assert run(tmp_path, "--pdf") == 2
    assert "LibreOffice 不能运行" in capsys.readouterr().err


def test_a_settled_pdf_keeps_its_length_and_its_places():
    made = b"%PDF x /CreationDate(D:20261125160931Z') /Lang(en-US) stream <0123456789ABCDEF0123456789ABCDEF>"
    end = b"trailer <</ID [ <1652F7D8BF3AAC1CDBFF5500D374E0DB> ] /DocChecksum /1652F7D8BF3AAC1CDBFF5500D374E0DB"
    told = settled(made + end)
    assert len(told) == len(made + end)
    assert b"D:20000101000000Z" in told
    assert b"/Lang(zh-CN)" in told
    assert b"<0123456789ABCDEF0123456789ABCDEF>trailer" in told
    assert b"1652F7D8" not in told


@pytest.mark.parametrize("name", ["FangSong_GB2312", "BAAAAA+FZFSK--GBK1-0", "STFangsong"])
def test_the_fonts_of_an_official_document_are_not_strange(name):
    assert strange_fonts(f"/BaseFont/{name}\n/BaseFont/CAAAAA+SimHei".encode()) == []
