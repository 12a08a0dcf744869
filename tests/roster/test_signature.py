"""Which organ signs the report of a level."""

import pytest

from pipeline.declare.roster import roster_form
from pipeline.model.roster import Roster, RosterSettings
from pipeline.model.submission import Submission
from pipeline.roster.signature import signing_organ

FORM = roster_form()


def own(unit: str) -> Submission:
    return Submission(source="a.xlsx", sha256="", identity={"unit": unit})


@pytest.mark.parametrize(
    ("name", "unit", "setting", "organ"),
    [
        ("示例区", None, None, "示例区人民政府"),
        ("示例区", "示例区人民政府办公室", None, "示例区人民政府"),
        ("示例区", "示例区", None, "示例区人民政府"),
        ("示例经济技术开发区", None, None, "示例经济技术开发区管理委员会"),
        ("示例新区", "示例新区管理委员会", None, "示例新区管理委员会"),
        ("示例街道", None, None, "示例街道办事处"),
        ("示例盟", None, None, "示例盟行政公署"),
        ("示例区人民政府", None, None, "示例区人民政府"),
        ("示例局", None, None, "示例局"),
        ("示例区", "示例区人民政府", "示例区政务公开领导小组", "示例区政务公开领导小组"),
    ],
)
def test_a_level_is_signed_for_by_its_organ(name, unit, setting, organ):
    roster = Roster(county="示例区", year=2024, settings=RosterSettings(signature=setting))
    assert signing_organ(name, own(unit) if unit else None, roster, FORM) == organ


def test_the_setting_is_for_the_roster_s_own_place_alone():
    roster = Roster(county="示例市", year=2024, settings=RosterSettings(signature="示例市政府"))
    assert signing_organ("示例区", None, roster, FORM) == "示例区人民政府"
