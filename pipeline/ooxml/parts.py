"""The parts of an Office package, found by the relationships between them as office programs do."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from lxml import etree

from pipeline.ooxml.untrusted import read_xml

DOCUMENT = "officeDocument"
CONTENT_TYPES = "[Content_Types].xml"

Parts = Mapping[str, bytes]
"""The content of each part by its name, without the leading slash."""


@dataclass(frozen=True, slots=True)
class Relationship:
    """A relationship of a part: its kind (the last piece of its type), and where it leads to: a
    part's name, or an address outside the package (``external``)."""

    key: str
    kind: str
    target: str
    external: bool


def read_parts(content: bytes) -> dict[str, bytes]:
    """The parts of a package; the checksum of each is verified.

    Raises:
        zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError: it is no
            package, is damaged, or is encrypted.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {
            entry.filename: package.read(entry)
            for entry in package.infolist()
            if not entry.is_dir()
        }


def relationships_part(part: str) -> str:
    """The name of the part that has a part's relationships; the package's own are of ``""``."""
    folder, file = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{file}.rels")


def read_relationships(parts: Parts, part: str = "") -> Iterator[Relationship]:
    """The relationships of a part, or of the package itself.

    Raises:
        UnreadableXml: they are no well-formed XML.
    """
    content = parts.get(relationships_part(part))
    if content is None:
        return
    for link in read_xml(content).iter("{*}Relationship"):
        target = link.get("Target", "")
        external = link.get("TargetMode") == "External"
        if not external:
            folder = posixpath.dirname(f"/{part}")
            target = posixpath.normpath(posixpath.join(folder, unquote(target))).lstrip("/")
        kind = posixpath.basename(link.get("Type", ""))
        yield Relationship(link.get("Id", ""), kind, target, external)


def find_part(parts: Parts, kind: str, part: str = "") -> str:
    """The name of the part that a part, or the package itself, names as its ``kind``; empty where
    none is there."""
    return next(
        (
            link.target
            for link in read_relationships(parts, part)
            if link.kind == kind and not link.external and link.target in parts
        ),
        "",
    )


def read_part(parts: Parts, name: str) -> etree._Element | None:
    """The XML of a part, None where it isn't there.

    Raises:
        UnreadableXml: it is no well-formed XML.
    """
    return read_xml(parts[name]) if name in parts else None


def main_part(content: bytes) -> bytes:
    """The main part of a package, without unpacking the others; its checksum is verified.

    Raises:
        zipfile.BadZipFile, zlib.error, EOFError, KeyError, UnreadableXml: it can't be read.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(_main_name(package.read(relationships_part(""))))


@lru_cache(maxsize=64)
def _main_name(links: bytes) -> str:
    named = read_relationships({relationships_part(""): links})
    return next((one.target for one in named if one.kind == DOCUMENT), "")
