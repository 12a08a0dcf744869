"""PDFs of Word reports, made by LibreOffice where it is installed, all of a run in one go."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from pipeline.model.county_outcome import CountyOutcome
from pipeline.model.unit_outcome import UnitOutcome
from pipeline.publish.atomic import publish

REPORT, SUFFIX = ".docx", ".pdf"
_PROGRAMS = ("soffice", "libreoffice")
_PLACES = (
    "C:/Program Files/LibreOffice/program/soffice.com",
    "C:/Program Files (x86)/LibreOffice/program/soffice.com",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
_FILTER = 'pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"}}'

AT_ONCE = 1000
"""So many reports are given to one process: Windows allows a command of 32,000 characters."""

STARTING, EACH = 120, 20
"""Seconds that LibreOffice is given to start, and for each report."""

FANG_SONG: Final = ("FangSong", "STFangsong", "FZFS", "FZFangSong")
"""How the names of the fonts begin that a report's text should have in a PDF."""


class NoPdf(Exception):
    """PDFs can't be made: why, and what to do, in Chinese."""


def office_program() -> str:
    """Where LibreOffice is.

    Raises:
        NoPdf: it isn't installed.
    """
    found = next((path for name in _PROGRAMS if (path := shutil.which(name))), None)
    found = found or next((place for place in _PLACES if Path(place).is_file()), None)
    if found is None:
        raise NoPdf(
            "没有找到 LibreOffice，不能生成 PDF。请安装 LibreOffice 后再用 --pdf；"
            "或者去掉 --pdf，用 Word、WPS 打开年报，另存为 PDF。"
        )
    return found


def with_pdfs(
    units: Sequence[UnitOutcome], counties: Sequence[CountyOutcome], output: Path
) -> tuple[list[UnitOutcome], list[CountyOutcome], list[str]]:
    """The outcomes with a PDF beside each Word report that a run has made, and the names of the
    reports that got none.

    Raises:
        NoPdf: LibreOffice isn't installed, or doesn't run.
        pipeline.publish.atomic.OutputError: a PDF could not be written.
    """
    outputs = [one.outputs for one in units] + [one.outputs for one in counties]
    reports = [name for names in outputs for name in names if name.endswith(REPORT)]
    lacking = set(write_pdfs([output / name for name in reports]))
    made = {name: _pdf_of(name) for name in reports if output / name not in lacking}
    return (
        [replace(one, outputs=_beside(one.outputs, made)) for one in units],
        [replace(one, outputs=_beside(one.outputs, made)) for one in counties],
        [name for name in reports if name not in made],
    )


def _pdf_of(name: str) -> str:
    return name.removesuffix(REPORT) + SUFFIX


def _beside(outputs: Sequence[str], made: Mapping[str, str]) -> tuple[str, ...]:
    """The names of outputs, each report's followed by its PDF's."""
    return tuple(name for output in outputs for name in (output, made.get(output, "")) if name)


def write_pdfs(reports: Sequence[Path]) -> list[Path]:
    """Write a PDF beside each Word report; gives the reports of which LibreOffice made none.

    Raises:
        NoPdf: LibreOffice isn't installed, or doesn't run.
        pipeline.publish.atomic.OutputError: a PDF could not be written.
    """
    program = office_program()
    lacking = []
    for at in range(0, len(reports), AT_ONCE):
        some = reports[at : at + AT_ONCE]
        with tempfile.TemporaryDirectory(prefix="pipeline-pdf-") as place:
            # Short plain names: neither the command's length nor its characters can matter.
            names = [f"{number}{REPORT}" for number in range(len(some))]
            for name, report in zip(names, some, strict=True):
                shutil.copyfile(report, Path(place, name))
            _convert(program, names, place)
            for name, report in zip(names, some, strict=True):
                made = Path(place, _pdf_of(name))
                if made.is_file():
                    publish(report.with_suffix(SUFFIX), settled(made.read_bytes()))
                else:
                    lacking.append(report)
    return lacking


def _convert(program: str, names: Sequence[str], place: str) -> None:
    """Have LibreOffice convert what it can of some files in the time that it is given."""
    profile = Path(place, "profile").as_uri()
    command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", _FILTER]
    try:
        process = subprocess.Popen(
            [*command, *names],
            cwd=place,
            env={**os.environ, "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise NoPdf(f"LibreOffice 不能运行（{error.strerror or error}），请重新安装。") from None
    try:
        process.wait(STARTING + EACH * len(names))
    except subprocess.TimeoutExpired:
        # What was asked for starts the program that does the work: end both.
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()


def told_lacking(names: Sequence[str]) -> str:
    """That some reports have no PDF, and what to do."""
    some = "、".join(Path(name).name for name in names[:SHOWN])
    more = f"等 {len(names)} 份" if len(names) > SHOWN else ""
    return (
        f"LibreOffice 没有生成 {some}{more} 的 PDF，Word 年报和其他结果都已完成。"
        "请关闭打开的 LibreOffice 再试，或者用 Word、WPS 打开年报，另存为 PDF。"
    )


SHOWN = 3
"""So many reports without a PDF are named."""


_DATE = re.compile(rb"(?<=/CreationDate\(D:)\d{14}")
_ID = re.compile(rb"(?<=<)[0-9A-F]{32}(?=>)|(?<=/DocChecksum /)[0-9A-F]{32}")
_TRAILER = b"trailer"


def settled(pdf: bytes) -> bytes:
    """A PDF without the time at which it was made, and with its language: the same report gives
    the same bytes.  Nothing changes its length, so that its table of places stays true."""
    body, trailer, end = pdf.rpartition(_TRAILER)
    # A date or language stands outside streams in what LibreOffice writes.
    body = _DATE.sub(b"20000101000000", body).replace(b"/Lang(en-US)", b"/Lang(zh-CN)")
    made = hashlib.sha256(body).hexdigest()[:32].upper().encode()
    return body + trailer + _ID.sub(made, end)


_FONT = re.compile(rb"/BaseFont/(?:[A-Z]{6}\+)?([^\s/\[<>()]+)")


def strange_fonts(pdf: bytes) -> list[str]:
    """The fonts of a PDF when none of them is 仿宋, as the national standard demands."""
    found = sorted({name.decode("ascii", "replace") for name in _FONT.findall(pdf)})
    return [] if any(name.startswith(FANG_SONG) for name in found) else found
