"""The words for what a cross-footing rule comes to in a workbook, and their codes."""

from __future__ import annotations

PASSED, BROKEN, UNKNOWN, EXEMPT = "通过", "不符", "无法核对", "不适用"
REMIND = "提醒"
"""What a light says of a broken rule that is no error."""

TEXT, FRACTION, NO_PRIOR = "非数字", "小数有误", "缺上年数"
"""What stands in place of a side that has no value."""

CODE_PASSED, CODE_UNKNOWN, CODE_REMIND, CODE_BROKEN = range(4)
LIGHTS = (PASSED, UNKNOWN, REMIND, BROKEN)
"""What a light says, by the gravest code among the rules of its row or column."""
