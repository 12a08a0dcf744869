"""Where the project's own files are."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
DATA = ROOT / "tests" / "data"
PICTURES = ROOT / "docs"
