"""A small edition that no office has: what its declaration begins with, and its columns.

A test declares the tables and rules that it is about; everything is looked up as for the real ones.
"""

from __future__ import annotations

import tomllib

from pipeline.declare.editions import build_edition
from pipeline.model.edition import Edition

_HEAD = """
key = "example"
name = "示例格式"
document = "示例办函〔2030〕1号"
source = "示例办函〔2030〕1号"
first_year = 2030
title = "{unit}{year}年度示例报告"
"""

COLUMNS = """
[tables.counted.blocks.all.columns]
town = { label = "镇", width = 10 }
village = { label = "村", width = 10 }
sum = { label = "合计", width = 10, total = true }
"""
"""Those of a table ``counted``, whose last is the total of the others."""


def made_up_edition(*declared: str) -> Edition:
    """The edition of these pieces of a declaration, in force from 2030."""
    return build_edition(tomllib.loads("\n".join((_HEAD, *declared))))
