"""Which pinned packages have a known vulnerability, by a copy of the Python advisory database.

    python -m tests.advisories FOLDER

FOLDER is a copy of pypa/advisory-database, brought to this computer on whatever carries files:
nothing is asked of a network.  The exit code is 1 when a pinned version is affected, 2 when the
folder is no such database.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from packaging.version import Version

from tests.support.pins import DEV, PNG, RUN, name_of, pinned

SOUND, AFFECTED, NO_DATABASE = 0, 1, 2


def advisories(folder: Path, packages: Collection[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The advisories on some packages that have not been withdrawn, each with its package."""
    for place in sorted((folder / "vulns").iterdir()):
        if name_of(place.name) in packages:
            for path in sorted(place.glob("*.yaml")):
                told = yaml.safe_load(path.read_text("utf-8"))
                if not told.get("withdrawn"):
                    yield name_of(place.name), told


def affects(advisory: Mapping[str, Any], version: str) -> bool:
    """Whether an advisory speaks of a version of its package."""
    return any(
        version in one.get("versions", ())
        or any(
            _within(each["events"], Version(version))
            for each in one.get("ranges", ())
            if each["type"] == "ECOSYSTEM"
        )
        for one in advisory["affected"]
    )


def _within(events: Iterable[Mapping[str, str]], version: Version) -> bool:
    """Whether a version lies in a range, told by what happened in order."""
    inside = False
    for event in events:
        if "introduced" in event and version >= Version(event["introduced"]):
            inside = True
        if "fixed" in event and version >= Version(event["fixed"]):
            inside = False
        if "last_affected" in event and version > Version(event["last_affected"]):
            inside = False
    return inside


def main(arguments: list[str]) -> int:
    folder = Path(*arguments)
    if not arguments or not (folder / "vulns").is_dir():
        print("没有找到公告数据库：请把 pypa/advisory-database 的副本放在本机，写出它的文件夹。")
        return NO_DATABASE
    versions: dict[str, set[str]] = {}
    for path in (RUN, DEV, PNG):
        for name, found in pinned(path).items():
            versions.setdefault(name, set()).update(found)
    known = list(advisories(folder, versions))
    hits = [
        (name, version, advisory)
        for name, advisory in known
        for version in sorted(versions[name])
        if affects(advisory, version)
    ]
    for name, version, advisory in hits:
        print(f"{name} {version}　{advisory['id']}　{advisory.get('details', '')[:200]}")
    newest = max((str(advisory.get("modified", "")) for _, advisory in known), default="")
    print(
        f"固定的软件包 {len(versions)} 个，有关的公告 {len(known)} 条（最近的一条 {newest[:10]}），"
        f"涉及固定版本的 {len(hits)} 条。"
    )
    return AFFECTED if hits else SOUND


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
