"""What holds for every test: each Word file that a run writes is one that Word opens."""

from pathlib import Path

import pytest

from pipeline.ooxml.validity import faults


@pytest.fixture(autouse=True, scope="session")
def _every_word_file_written_is_whole(tmp_path_factory):
    """At the end, look into each .docx below an ``output`` folder of the session's tests."""
    yield
    made = Path(tmp_path_factory.getbasetemp()).rglob("output/**/*.docx")
    broken = {str(path): found for path in made if (found := faults(path.read_bytes()))}
    assert broken == {}
