"""The whole suite passes with one more edition there: no test and no code names the newest."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.added_edition import add_edition
from tests.support.paths import ROOT

LEFT_OUT = (".git", ".venv", "output", "__pycache__", ".*_cache", "*.egg-info")


@pytest.mark.slow
def test_the_suite_passes_with_one_more_edition(tmp_path):
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT, checkout, ignore=shutil.ignore_patterns(*LEFT_OUT))
    (checkout / ".venv").symlink_to(sys.prefix)
    assert len(add_edition(checkout)) > 2
    # One of the tests is somebody else's run, who must be able to read the program.
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "2", "-x", "tests"],
        cwd=checkout,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
