"""Reports that are read back."""

import io
import zipfile
from collections.abc import Callable

from pipeline.readback.report import Proof
from pipeline.word.compiled import compile_template
from tests.support.districts import district_2020, district_2024
from tests.support.paths import TEMPLATES
from tests.support.word_documents import written

UNIT = TEMPLATES / "年报.docx"


UNITS = [written(prefill)[1] for prefill in (district_2020()[0], district_2024()[0])]


PROOF = Proof(compile_template(UNIT).render)


MAIN_PART = "word/document.xml"


def with_document(content: bytes, change: Callable[[str], str]) -> bytes:
    """A Word file whose main part is changed."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            part = before.read(name)
            if name == MAIN_PART:
                part = change(part.decode("utf-8")).encode("utf-8")
            after.writestr(name, part)
    return buffer.getvalue()
