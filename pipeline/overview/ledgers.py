"""The sections of the page that tell of ledgers: what is due, how long answers take, which
columns are out of date.  Nothing of an applicant is in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.declare.ledger import ledger_form
from pipeline.ledger.view import LedgerView, RequestLine, average
from pipeline.overview.county import Listing


def ledger_listings(views: Sequence[LedgerView]) -> tuple[Listing, ...]:
    """The sections on a county's ledgers of a year; none where none is kept."""
    if not views:
        return ()
    return tuple(_listings(views))


def _listings(views: Sequence[LedgerView]) -> Iterator[Listing]:
    words = ledger_form().statuses
    pressing = [(view, line) for view in views for line in view.pressing]
    if pressing:
        yield Listing(
            key="ledger-due",
            heading="台账：逾期和快到期的申请",
            note=f"按 {views[0].on} 计算。期限是法定答复期限，按工作日。",
            columns=("单位", "登记号", "状态", "答复期限", "工作日"),
            rows=tuple(
                (view.unit, line.number, words[line.status], str(line.due or ""), _left(line))
                for view, line in pressing
            ),
        )
    yield Listing(
        key="ledger-days",
        heading="台账：办理情况",
        note=_note(views),
        columns=("单位", "登记", "已答复", "平均工作日", "逾期答复", "已逾期", "主动公开（条）"),
        rows=tuple(
            (
                view.unit,
                str(len(view.requests)),
                str(sum(line.answered for line in view.requests)),
                "" if view.average is None else str(view.average),
                str(view.counts["answered_late"]),
                str(view.counts["late"]),
                str(view.items),
            )
            for view in views
        ),
    )
    outdated = [(view, column) for view in views for column in view.outdated]
    if outdated:
        yield Listing(
            key="ledger-columns",
            heading="台账：该更新的栏目",
            columns=("单位", "栏目", "更新周期", "最近更新", "应更新于"),
            rows=tuple(
                (view.unit, one.name, one.cycle, str(one.latest or "没有"), f"{one.due} 前")
                for view, one in outdated
            ),
        )
    doubtful = [(view, found) for view in views for found in view.problems]
    if doubtful:
        yield Listing(
            key="ledger-problems",
            heading="台账：请核对",
            columns=("单位", "台账", "问题"),
            rows=tuple((view.unit, view.source, found.message) for view, found in doubtful),
        )


def _note(views: Sequence[LedgerView]) -> str:
    days = average(line.used for view in views for line in view.requests if line.answered)
    told = [f"{len(views)} 个单位有台账"]
    if days is not None:
        told.append(f"答复平均 {days} 个工作日")
    years = sorted({year for view in views for year in view.unknown_years})
    if years:
        told.append(f"不知道 {'、'.join(map(str, years))} 年的放假安排，跨年的期限没有算出")
    return "，".join(told) + "。"


def _left(line: RequestLine) -> str:
    left = line.left or 0
    return f"逾期 {-left}" if left < 0 else "今天" if not left else f"还剩 {left}"
