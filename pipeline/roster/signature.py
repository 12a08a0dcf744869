"""The organ that signs the report of a level: 示例区人民政府, not 示例区."""

from __future__ import annotations

from pipeline.declare.roster import RosterForm
from pipeline.model.roster import Roster
from pipeline.model.submission import Submission


def signing_organ(
    name: str, own: Submission | None, roster: Roster | None, form: RosterForm
) -> str:
    """The organ that signs the report of the level ``name``.

    What the roster's settings say for its own place; else the unit of the level's ``own``
    workbook (本级), where that names such an organ; else the name and what follows it by how it
    ends.  A name of another kind signs as it is.
    """
    setting = roster.settings.signature if roster is not None and name == roster.county else None
    if setting:
        return setting
    organs = set(form.signatures.values())
    if own is not None and own.unit.startswith(name) and own.unit.endswith(tuple(organs)):
        return own.unit
    if name.endswith(tuple(organs)):
        return name
    return name + next((organ for end, organ in form.signatures.items() if name.endswith(end)), "")
