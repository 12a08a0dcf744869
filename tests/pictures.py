"""The README's pictures, taken from what the program really makes: ``python -m tests.pictures``.

A district's January is played in a temporary folder; its workbooks and Word files are printed by
LibreOffice, its page is opened in Chromium, and each picture is cut to what it shows.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

from tests.support.january import COUNTY, REPORT, UNITS, YEAR, Office, roster, wrong
from tests.support.paths import PICTURES

WIDTH, COLOURS, MARGIN = 1000, 160, 12


def printed(file: Path, folder: Path) -> Path:
    """A workbook or a Word file as a PDF, as LibreOffice prints it."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    order = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*order, str(file)], check=True, capture_output=True, timeout=180)
    return folder / f"{file.stem}.pdf"


def page_with(pdf: Path, words: str) -> int:
    """The number of the first page on which some words stand, spaces aside."""
    order = ["pdftotext", "-layout", str(pdf), "-"]
    text = subprocess.run(order, check=True, capture_output=True, text=True).stdout
    for number, page in enumerate(text.split("\f"), 1):
        if words in "".join(page.split()):
            return number
    raise LookupError(f"{pdf.name} has no page with {words}")


def picture_of(pdf: Path, words: str, name: str, height: float = 1.0) -> None:
    """Keep the picture of the page on which some words stand; ``height``: so much of it."""
    number = str(page_with(pdf, words))
    stem = pdf.with_suffix("")
    order = ["pdftoppm", "-r", "130", "-f", number, "-l", number, "-png", "-singlefile"]
    subprocess.run([*order, str(pdf), str(stem)], check=True)
    kept(Image.open(stem.with_suffix(".png")), name, height)


def screenshot(page: Path, name: str, folder: Path, height: int) -> None:
    """Keep the picture of a page's upper part, as a browser shows it."""
    taken = folder / f"{name}.png"
    order = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"]
    order += ["--no-first-run", "--disable-background-networking", "--disable-sync"]
    order += ["--disable-component-update", f"--user-data-dir={folder}/chromium"]
    order += ["--hide-scrollbars", f"--window-size=1180,{height}", f"--screenshot={taken}"]
    subprocess.run([*order, page.as_uri()], check=True, capture_output=True, timeout=120)
    kept(Image.open(taken), name)


def kept(image: Image.Image, name: str, height: float = 1.0) -> None:
    """Cut the white edges off a picture, make it small, and keep it."""
    image = image.convert("RGB")
    edges = ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox()
    left, top, right, bottom = edges or (0, 0, *image.size)
    bottom = top + round((bottom - top) * height)
    room = (max(0, left - MARGIN), max(0, top - MARGIN), right + MARGIN, bottom + MARGIN)
    image = image.crop((*room[:2], min(room[2], image.width), min(room[3], image.height)))
    if image.width > WIDTH:
        image = image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.LANCZOS)
    PICTURES.mkdir(exist_ok=True)
    image.quantize(COLOURS, Image.Quantize.FASTOCTREE).save(PICTURES / f"{name}.png", optimize=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        office = Office(folder)
        (folder / "input").mkdir()
        (folder / "input" / "名册.xlsx").write_bytes(roster({}))
        office.receive(UNITS[:17])
        wrong(office.file(UNITS[4]))
        office.run("2025-01-16")
        screenshot(office.output / "总览.html", "总览", folder, 1150)
        picture_of(printed(folder / "input" / "名册.xlsx", folder), "是否计入汇总", "名册", 0.7)
        returned = printed(next(office.output.glob("退回/*.xlsx")), folder)
        picture_of(returned, "退回说明", "退回说明", 0.55)
        picture_of(returned, "四、结转下年度继续办理", "退回", 0.5)
        office.receive(UNITS)
        office.run("2025-01-24", "--final", "--infographic")
        picture_of(printed(office.file(UNITS[2]), folder), "四、结转下年度继续办理", "填报")
        picture_of(
            printed(office.output / f"{COUNTY}{YEAR}年度汇总表.xlsx", folder), "总览", "汇总表"
        )
        report = printed(office.output / REPORT, folder)
        picture_of(report, "总体情况", "年报")
        picture_of(report, "四、结转下年度继续办理", "年报表三")
        drawn = next(office.output.glob(f"{COUNTY}*图解.png"))
        kept(Image.open(drawn), "图解")


if __name__ == "__main__":
    main()
