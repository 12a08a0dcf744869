"""Putting an Office package together: parts that were compressed before are copied as they are.

``zipfile`` compresses whatever it writes; here a part that many packages share is compressed
once.  ISA-L compresses a report's XML some twenty times as fast as zlib, for a fifth more bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from isal import isal_zlib

from pipeline.ooxml.created import ZIP_DATE

LEVEL = 2
"""The fast ones of ISA-L's levels; the slow one is no smaller on text that repeats itself."""

_YEAR, _MONTH, _DAY, *_ = ZIP_DATE
_DATE, _TIME = (_YEAR - 1980) << 9 | _MONTH << 5 | _DAY, 0

_AS_IS, _DEFLATED, _VERSION, _UTF8 = 0, 8, 20, 0x800
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True)
class Stored:
    """A part as it lies in the package: its name, its local record, its entry's first half."""

    name: str
    record: bytes
    entry: bytes

    def listed(self, offset: int) -> bytes:
        """The part's entry in the package's list, for a record at an offset."""
        return self.entry[:42] + offset.to_bytes(4, "little") + self.entry[46:]


def stored(name: str, content: bytes) -> Stored:
    """Compress a part."""
    packer = isal_zlib.compressobj(LEVEL, wbits=-15)
    deflated = packer.compress(content) + packer.flush()
    return _record(name, content, _DEFLATED, deflated)


def uncompressed(name: str, content: bytes) -> Stored:
    """A part as it is."""
    return _record(name, content, _AS_IS, content)


def _record(name: str, content: bytes, method: int, kept: bytes) -> Stored:
    encoded = name.encode("utf-8")
    common = (
        0 if name.isascii() else _UTF8,
        method,
        _TIME,
        _DATE,
        isal_zlib.crc32(content),
        len(kept),
        len(content),
        len(encoded),
    )
    local = _LOCAL.pack(b"PK\x03\x04", _VERSION, *common, 0)
    entry = _CENTRAL.pack(b"PK\x01\x02", _VERSION, _VERSION, *common, 0, 0, 0, 0, 0, 0)
    return Stored(name, local + encoded + kept, entry + encoded)


def packed(parts: Sequence[Stored]) -> bytes:
    """The package of some parts, in their order.

    Raises:
        struct.error: it comes to 4 GB or more, or to 65,536 parts.
    """
    offsets = [0]
    for part in parts:
        offsets.append(offsets[-1] + len(part.record))
    entries = [part.listed(offset) for part, offset in zip(parts, offsets, strict=False)]
    listed = sum(map(len, entries))
    end = _END.pack(b"PK\x05\x06", 0, 0, len(parts), len(parts), listed, offsets[-1], 0)
    return b"".join([*(part.record for part in parts), *entries, end])
