"""Recalculating a workbook in LibreOffice."""

import re
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path


def without_results(data: bytes) -> bytes:
    """The workbook with the stored result of every formula taken out, so that none can be kept."""
    emptied = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(emptied, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                part = re.sub(rb"</f><v>[^<]*</v>", b"</f>", part)
                assert b"</f><v>" not in part
            new.writestr(name, part)
    return emptied.getvalue()


def recalculated(data: bytes, folder: Path) -> bytes:
    """The workbook as LibreOffice saves it after computing it."""
    source = folder / "in" / "summary.xlsx"
    source.parent.mkdir()
    source.write_bytes(without_results(data))
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(folder / "out"),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return (folder / "out" / source.name).read_bytes()
