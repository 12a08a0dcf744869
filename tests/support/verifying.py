"""Reports that come back from review."""

from pathlib import Path

from pipeline.cli.main import main


def verify(folder: Path, capsys, *files: Path) -> tuple[int, str]:
    arguments = ["--input", str(folder / "input"), "--output", str(folder / "output")]
    capsys.readouterr()
    code = main(["verify", *map(str, files), *arguments])
    return code, capsys.readouterr().out
