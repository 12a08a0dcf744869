"""Rendering a document in LibreOffice."""

import subprocess
from pathlib import Path


def converted(path: Path, kind: str, folder: Path) -> Path:
    profile = (folder / "profile").as_uri()
    convert = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind]
    subprocess.run(
        [*convert, "--outdir", str(folder), str(path)], check=True, capture_output=True, timeout=120
    )
    return folder / path.with_suffix(f".{kind.split(':')[0]}").name


def pages_of(pdf: Path) -> list[str]:
    """The text of each page, spaces aside."""
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, timeout=120
    )
    return ["".join(page.split()) for page in text.stdout.decode("utf-8").split("\f")[:-1]]
