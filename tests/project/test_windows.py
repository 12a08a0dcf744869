"""运行.bat, which does on Windows what the Makefile does elsewhere.

Its steps were tried with Wine's command interpreter and a stand-in for the Python launcher; here
only what breaks silently in an editor is watched.
"""

import re

from tests.support.paths import ROOT


def test_the_batch_file_is_ascii_with_windows_line_ends():
    content = (ROOT / "运行.bat").read_bytes()
    assert content.isascii()
    assert content.count(b"\r\n") == content.count(b"\n") > 20


def test_it_runs_what_the_makefile_runs():
    batch = (ROOT / "运行.bat").read_text("ascii")
    made = (ROOT / "Makefile").read_text("utf-8")
    install = "-m pip install --quiet --require-hashes -r requirements"
    assert install in batch
    assert install in made
    jumps = set(re.findall(r"goto :(\w+)", batch))
    assert jumps == set(re.findall(r"^:(\w+)", batch, re.MULTILINE))
    for name in re.findall(r"(?:type|-r|argv\[2\]\.read\(\)\)\") (\S+\\\S+)", batch):
        assert (ROOT / name.replace("\\", "/")).is_file()
