"""What is wrong with a workbook, as data.

A problem names the unit's file, the sheet, the cell, the rule, how grave it is, what was found
and what was expected, and what to do — in the words of the clerk.  Every message that a person
can see about a workbook is in :data:`CATALOGUE`, save the sentences of the cross-footing rules,
which stand beside the rules in the edition's declaration.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.edition import Severity
from pipeline.wording import worded

SEVERITIES: Mapping[Severity, str] = MappingProxyType(
    {"error": "错误", "warning": "警告", "notice": "提示"}
)
"""How grave a problem is, as people read it, the gravest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing wrong in one workbook.

    ``sheet`` and ``cell`` are empty when the fault has no single place; ``cells`` are all the
    cells of the same sheet the fault speaks of (``cell`` is the first of them).  ``subject`` is
    the row or column a cross-footing rule was broken in.  ``answer`` is what the unit says to it
    (情况说明), empty where nothing was said or nothing can be said.
    ``aside`` are passages to be read side by side: the unit's own, and another's.
    """

    rule: str
    severity: Severity
    message: str
    sheet: str = ""
    cell: str = ""
    cells: tuple[str, ...] = ()
    found: str = ""
    expected: str = ""
    fix: str = ""
    subject: str = ""
    answer: str = ""
    aside: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> str:
        """``依申请公开!I9``, or as much of it as there is."""
        return "!".join(part for part in (self.sheet, self.cell) if part)

    @property
    def words(self) -> str:
        """What is wrong, without the place and without what to do."""
        told = self.message.removeprefix(f"{self.place}：")
        return told.removesuffix(self.fix) if self.fix else told

    @property
    def fingerprint(self) -> str:
        """The same for the same fault in a later run, as long as what it speaks of is the same."""
        said = (self.rule, self.sheet, self.subject or self.cell, self.found, self.expected)
        told = "\x1f".join(said)
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """The wording of a kind of problem. ``{…}`` are filled in; ``told`` is the rule's name."""

    severity: Severity
    told: str
    text: str
    fix: str


def _m(severity: Severity, told: str, text: str, fix: str) -> Message:
    return Message(severity=severity, told=told, text=text, fix=fix)


CATALOGUE: MappingProxyType[str, Message] = MappingProxyType(
    {
        # ------------------------------------------------------------ the file as a whole
        "file.unreadable": _m(
            "error",
            "文件能打开",
            "文件无法作为工作簿打开（{detail}）。",
            "请用 Excel 或 WPS 打开确认，另存为 .xlsx 后重新报送。",
        ),
        "file.not_a_form": _m(
            "error",
            "是填报工作簿",
            "这不是填报工作簿，也不是台账：里面没有它们的任何一张工作表。",
            "是单位报送的，请单位填在发出的工作簿里再报；不是报送的，请移出 input。",
        ),
        "file.link": _m(
            "error",
            "是文件本身",
            "这是指向别处的链接（快捷方式），没有读取。",
            "请把工作簿文件本身放进 input。",
        ),
        "file.not_a_file": _m(
            "error",
            "是文件本身",
            "名称像工作簿，但不是文件（可能是文件夹），没有读取。",
            "请改名，或把里面的工作簿取出来放进 input。",
        ),
        "file.changing": _m(
            "error",
            "文件没有正在改动",
            "读取时文件正在改动（可能还在复制或保存），没有读取。",
            "请等复制、保存完成后重新运行。",
        ),
        "file.defect": _m(
            "error",
            "程序能读取",
            "程序读取这个文件时出错（{detail}），这是程序的问题。",
            "请把这个文件发给软件维护人员；急用时请把内容填到新发的空白工作簿中报送。",
        ),
        "file.encrypted": _m(
            "error",
            "文件未加密",
            "文件设有打开密码，无法读取。",
            "请取消打开密码后另存，重新报送。",
        ),
        "file.macro": _m(
            "notice",
            "没有宏",
            "工作簿带有宏，没有运行，数字照常读取。",
            "请用发出的工作簿（.xlsx）填报；数字是宏算出来的，请核对结果。",
        ),
        "file.linked": _m(
            "notice",
            "没有外部链接",
            "工作簿链接到其他文件或程序（外部链接、DDE），没有打开，数字取自文件里保存的结果。",
            "请核对数字是不是最新的；可以在“数据”的“编辑链接”里断开链接，再报送。",
        ),
        "file.duplicate": _m(
            "error",
            "一个单位一个文件",
            "“{unit}”{year}年度有多个工作簿：{files}。系统不替您选择用哪一个。",
            "请只保留一个，把其余的移出 input 文件夹。",
        ),
        "file.own_doubled": _m(
            "error",
            "全区报告的正文只有一份",
            "“{county}”{year}年度有几个单位的“{name}”填的是“{own}”：{units}。全区报告的正文取自“{own}”的工作簿，只能有一个。",
            "不是填报全区报告的，请改选“{other}”。",
        ),
        "file.too_large": _m(
            "error",
            "文件大小正常",
            "文件过大（{detail}），不像填报工作簿，未读取。",
            "请把内容复制到新发的空白工作簿中重新报送。",
        ),
        # ---------------------------------------------------------------------- its sheets
        "sheet.missing": _m(
            "error",
            "工作表齐全",
            "缺少工作表“{name}”。",
            "请从空白工作簿中恢复这张表（不要删除或改名工作表）。",
        ),
        "sheet.doubled": _m(
            "error",
            "工作表不重复",
            "有多张工作表都像“{name}”：{names}，不能确定用哪一张。",
            "请只保留一张。",
        ),
        "sheet.renamed": _m(
            "notice",
            "工作表未改名",
            "工作表“{sheet}”改了名，按内容认作“{name}”。",
            "不必改动；下次请不要改工作表的名称。",
        ),
        "sheet.unconfirmed": _m(
            "error",
            "本表已核对",
            "“本表已核对”没有选“是”。",
            "请核对本表各数后，在“本表已核对”处选“是”。全部为 0 的表也要核对确认。",
        ),
        # ---------------------------------------------------------------------- its labels
        "label.missing": _m(
            "error",
            "行列标题齐全",
            "找不到{axis}标题“{label}”，这一{axis}的数字没有读取。",
            "请对照空白工作簿，在原来的位置补上这一{axis}，标题一字不改。",
        ),
        "label.doubled": _m(
            "error",
            "行列标题不重复",
            "{axis}标题“{label}”出现了多次（{places}），不能确定用哪一个。",
            "请删去多余的一{axis}。",
        ),
        "label.unknown": _m(
            "error",
            "没有多余的行列",
            "{axis}标题“{label}”不是国家格式中的项目，但这一{axis}填有数字。",
            "请恢复标题原文，或删去这一{axis}；不要增加国家格式以外的项目。",
        ),
        # --------------------------------------------------------------------- its figures
        "cell.blank": _m(
            "warning",
            "数字不空",
            "“{name}”没有填写，按 0 计。",
            "没有的请填 0。",
        ),
        "cell.mark": _m(
            "warning",
            "数字不空",
            "“{name}”填的是“{text}”，按 0 计。",
            "请改填 0。",
        ),
        "cell.not_a_number": _m(
            "error",
            "填的是数字",
            "“{name}”填的是“{text}”，不是可以确认的数字。",
            "请只填阿拉伯数字。",
        ),
        "cell.formula_error": _m(
            "error",
            "公式有结果",
            "“{name}”的公式没有算出结果（{text}）。",
            "请改填数字，或在 Excel、WPS 中修正公式并保存。",
        ),
        "cell.not_whole": _m(
            "error",
            "件数是整数",
            "“{name}”填的是 {text}，件数应为整数。",
            "请改为整数。",
        ),
        "cell.negative": _m(
            "error",
            "数字不为负",
            "“{name}”填的是 {text}，不应为负数。",
            "请改为 0 或正数。",
        ),
        "cell.too_large": _m(
            "error",
            "数字大小合理",
            "“{name}”填的是 {text}，超出可能的范围。",
            "请核对是否多填了位数。",
        ),
        "cell.too_precise": _m(
            "error",
            "金额精确到分",
            "“{name}”填的是 {text}，小数位过多，金额最多精确到分（万元后 6 位小数）。",
            "请四舍五入到分后填写。",
        ),
        "cell.no_unit": _m(
            "error",
            "金额带单位",
            "“{name}”填的是 {text}，没有写单位，不能确定是元还是万元。",
            "请连同单位一起填，如“108万元”或“251000元”。",
        ),
        "cell.corrected": _m(
            "notice",
            "机器更正",
            "“{name}”填的是文本“{text}”，已按数字 {value} 读取。",
            "不必改动；如读取有误，请改为数字。",
        ),
        # ------------------------------------------------------------------ who and which year
        "identity.missing": _m("error", "基本信息齐全", "“{name}”没有填写。", "请填写“{name}”。"),
        "identity.empty": _m("warning", "基本信息齐全", "“{name}”没有填写。", "请补填“{name}”。"),
        "identity.invalid": _m(
            "error", "基本信息有效", "“{name}”填的是“{text}”，{expected}。", "请改正“{name}”。"
        ),
        "identity.doubtful": _m(
            "warning", "基本信息有效", "“{name}”填的是“{text}”，{expected}。", "请核对“{name}”。"
        ),
        "identity.order": _m(
            "warning",
            "签批日期先后",
            "“{name}”（{found}）早于“{other}”（{first}）。",
            "请核对这两个日期。",
        ),
        "identity.year_apart": _m(
            "warning",
            "年度与填报日期相符",
            "“{name}”填的是 {found}，“{other}”是 {filled}，像是用了别的年度的工作簿。",
            "请核对；年度是报告的年度，不是填报的年份。",
        ),
        "identity.no_edition": _m(
            "error",
            "年度有适用格式",
            "没有适用于 {year} 年度的国家格式（现有：{known}）。",
            "请核对年度。",
        ),
        "identity.wrong_edition": _m(
            "error",
            "格式与年度相符",
            "{year} 年度应使用{expected}，这个工作簿是{found}。",
            "请向区（县）公开办索取 {year} 年度的空白工作簿重新填写。",
        ),
        # ---------------------------------------------------------------------- the roster
        "roster.unreadable": _m(
            "error",
            "名册能打开",
            "名册无法打开（{detail}），本次没有使用名册。",
            "请用 Excel 或 WPS 打开确认，另存为 .xlsx。",
        ),
        "roster.no_header": _m(
            "error",
            "名册完整",
            "名册的“{sheet_name}”中找不到“{name}”一列，本次没有使用名册。",
            "请移走名册，运行 make forms 得到新的空白名册后重填。",
        ),
        "roster.invalid": _m(
            "error",
            "名册有效",
            "名册的“{name}”填的是“{text}”（应填：{hint}），本次没有使用名册。",
            "请改正名册。",
        ),
        "roster.missing": _m(
            "error",
            "名册有效",
            "名册的“{name}”没有填（应填：{hint}），本次没有使用名册。",
            "请补填。",
        ),
        "roster.doubled": _m(
            "error",
            "名册不重复",
            "名册中“{name}”这个名称，“{other}”已经用了，本次没有使用名册。",
            "请只保留一行，或改正简称。",
        ),
        "roster.no_parent": _m(
            "error",
            "名册的上级在名册中",
            "名册的“上级”填的是“{name}”，名册中没有这一行{near}，本次没有使用名册。",
            "请改正，或在名册中为它加一行。",
        ),
        "roster.parent_unclear": _m(
            "error",
            "名册的上级不含混",
            "名册的“上级”填的是“{name}”，名册中有几行都叫这个名称，本次没有使用名册。",
            "请改用不会混淆的全称。",
        ),
        "roster.circle": _m(
            "error",
            "名册的上级不循环",
            "“{name}”的上级一层层往上又回到它自己，本次没有使用名册。",
            "请改正“上级”。",
        ),
        "roster.near_county": _m(
            "error",
            "所属区县在名册中",
            "名册中没有“{name}”，相近的有“{near}”。",
            "如果就是“{near}”，请改正所属区县。",
        ),
        "roster.elsewhere": _m(
            "error",
            "所属区县在名册中",
            "名册中没有“{name}”；名册中的“{unit}”属于“{near}”。",
            "如果就是这个单位，请改正所属区县；确是另一个区县的，请公开办在名册中加上。",
        ),
        "roster.unknown_county": _m(
            "warning",
            "所属区县在名册中",
            "名册中没有“{name}”，“{near}”的汇总不包括这个工作簿。",
            "请核对所属区县；确是另一个区县的，请公开办在名册中加上。",
        ),
        "roster.near": _m(
            "error",
            "单位在名册中",
            "名册中没有“{name}”，相近的有“{near}”。",
            "如果就是“{near}”，请改正单位名称，或请公开办在名册的“简称”中加上这个名称。",
        ),
        "roster.unknown": _m(
            "error",
            "单位在名册中",
            "名册中没有“{name}”。",
            "请核对单位名称和年度；确属应报单位的，请公开办在名册中增加一行。",
        ),
        "roster.later_year": _m(
            "error",
            "年度与名册相符",
            "年度填的是 {name}，名册是 {near} 年度的。",
            "请核对年度；确是 {name} 年度的，请公开办先把名册“设置”中的年度改为 {name}。",
        ),
        # ------------------------------------------------------------------------ the prose
        "prose.missing": _m(
            "error",
            "正文齐全",
            "“{name}”没有填写正文。",
            "请填写，国家格式要求写明这一部分。",
        ),
        "section.missing": _m(
            "error",
            "正文齐全",
            "“{name}”一章没有填写，或者只写了“无”。",
            "国家格式要求如实写明这一章，请至少填写其中一部分。",
        ),
        "prose.nothing": _m(
            "warning",
            "正文齐全",
            "“{name}”只写了“{text}”。",
            "请写明这一部分的实际情况。",
        ),
        "prose.unplaced": _m(
            "error",
            "正文有归属",
            "这一行写有正文，但不能确定属于哪一章哪一部分。",
            "请在“部分”或“标题”一栏写明。",
        ),
        "prose.control": _m(
            "warning",
            "正文无控制字符",
            "正文中有不可见的控制字符，已去掉。",
            "请核对这一段文字是否完整。",
        ),
        "citing.unknown": _m(
            "error",
            "引用的名称有效",
            "【{written}】不是可用的引用名称，年报中会原样印出。",
            "是否应为【{nearest}】？可用的名称见本表“可用的【】”；不是引用的，请改用其他括号。",
        ),
        "citing.no_value": _m(
            "error",
            "引用的数字存在",
            "【{written}】没有对应的数字（{reason}），年报中会原样印出。",
            "请直接写数字，或删去这一处引用。",
        ),
        "prose.repeats": _m(
            "notice",
            "内容不雷同",
            "正文有 {percent}% 与{whose}的相同（单位名称和写数字的分句不计），如“{own}”。",
            "请结合本单位、本年度的实际情况撰写。",
        ),
        "prose.claims": _m(
            "warning",
            "正文与表格相符",
            "正文“{sentence}”：{claim}，但{readings}。",
            "请核对正文和表格；口径不同的，写情况说明。",
        ),
        "prose.scope": _m(
            "warning",
            "正文与表格同一口径",
            "正文“{sentence}”：{claim}，只与本级的数字相符；这段正文印在汇总年报里，表中{readings}。",
            "请改用汇总的数字（可以写【】里的名称，见“可用的【】”）；确指本级的，请写明“本级”。",
        ),
        "prose.proofreading": _m(
            "notice",
            "文字校对",
            "{name}：{told}（{excerpt}）。",
            "{advice}",
        ),
        "fact.incomplete": _m(
            "error",
            "主动公开统计完整",
            "主动公开统计这一行不完整：{detail}。",
            "渠道和条数都要填；不用的行请整行清空。",
        ),
        # ------------------------------------------------------------------ what can't be judged
        "fee.no_table": _m(
            "notice",
            "信息处理费",
            "工作簿没有“{name}”小表，正文也没有写明收取的金额。",
            "请在“其他需要报告的事项”写明收取了多少元（没有收取的写 0 元），或改用新发的工作簿。",
        ),
        "fee.missing": _m(
            "warning",
            "信息处理费",
            "信息处理费的“{name}”没有填写。",
            "请填写，没有收取的填 0。",
        ),
        "fee.no_requests": _m(
            "error",
            "信息处理费",
            "信息处理费收了 {amount} 元，收费申请件数却是 0。",
            "请核对件数和金额。",
        ),
        "fee.no_amount": _m(
            "notice",
            "信息处理费",
            "信息处理费收费申请 {count} 件，金额却是 0。",
            "请核对；已发收费通知、年内没有实际收到的，件数也填 0。",
        ),
        "fee.prose": _m(
            "warning",
            "信息处理费",
            "正文写的信息处理费是 {told}，小表填的是 {amount} 元。",
            "请核对，改正不对的一处。",
        ),
        "rule.not_assessable": _m(
            "notice",
            "无法核对",
            "{names}无法核对：{reason}。",
            "补齐后会自动核对。",
        ),
        "answer.stale": _m(
            "notice",
            "情况说明有效",
            "“{subject}”的情况说明是对原来的数字写的，数字已经改动，说明不再有效。",
            "请按现在的数字重写这条情况说明；数字已相符的请删去。",
        ),
        # ----------------------------------------------------------------------- the ledgers
        "ledger.no_header": _m(
            "warning",
            "台账表头完整",
            "台账的表头中找不全{labels}，这张台账没有读取。",
            "请从空白台账中恢复表头，一字不改。",
        ),
        "ledger.not_a_date": _m(
            "warning",
            "台账日期有效",
            "“{name}”填的是“{text}”，不是可以确认的日期。",
            "请填日期，如 2024-3-1。",
        ),
        "ledger.not_whole": _m(
            "warning",
            "台账数字有效",
            "“{name}”填的是“{text}”，不是整数。",
            "请填整数。",
        ),
        "ledger.not_offered": _m(
            "warning",
            "台账从下拉列表中选",
            "“{name}”填的是“{text}”，不在下拉列表中。",
            "请从下拉列表中选。",
        ),
        "ledger.incomplete": _m(
            "warning",
            "台账登记完整",
            "这一行没有填“{name}”，没有计数。",
            "请补填；不用的行请整行清空。",
        ),
        "ledger.no_result": _m(
            "warning",
            "台账登记完整",
            "填了答复日期，没有选“处理结果”，这一件没有计数。",
            "请从下拉列表中选处理结果。",
        ),
        "ledger.no_answer": _m(
            "warning",
            "台账登记完整",
            "选了处理结果，没有填“答复日期”，按还没有答复计数。",
            "请补填答复日期。",
        ),
        "ledger.no_extension": _m(
            "warning",
            "台账登记完整",
            "填了延期告知日期，没有填“延期工作日数”，答复期限没有顺延。",
            "请填延长几个工作日。",
        ),
        "ledger.out_of_order": _m(
            "warning",
            "台账日期先后有序",
            "“{name}”早于“{other}”。",
            "请核对这两个日期。",
        ),
        "ledger.without": _m(
            "warning",
            "台账日期先后有序",
            "填了“{name}”，没有填“{other}”。",
            "请补填“{other}”。",
        ),
        "ledger.doubled": _m(
            "warning",
            "台账登记号不重复",
            "登记号“{number}”与 {other} 相同，两件都已计数。",
            "请核对是否重复登记；不是的，请改正登记号。",
        ),
        "ledger.personal": _m(
            "warning",
            "台账没有个人信息",
            "“{name}”中像是有{what}。台账不需要申请人的个人信息。",
            "请删去。",
        ),
        "ledger.personal_column": _m(
            "warning",
            "台账没有个人信息",
            "台账中有“{name}”一列。台账不需要申请人的姓名、电话、证件号码、住址。",
            "请删去这一列。",
        ),
        "ledger.differs": _m(
            "warning",
            "表格与台账相符",
            "“{name}”填的是 {found}，按台账数出 {expected}{requests}。",
            "请核对是表中填错，还是台账漏登、错登；确实如此的，写情况说明。",
        ),
        "ledger.facts": _m(
            "warning",
            "主动公开统计与台账相符",
            "“{name}”填的是 {found}，按主动公开台账数出 {expected}。",
            "请核对；“主动公开统计”整表留空的，直接取台账的条数。",
        ),
        "ledger.two": _m(
            "warning",
            "一个单位一份台账",
            "“{unit}”{year}年度有多份台账：{files}，没有与台账核对。",
            "请只保留一份。",
        ),
        "ledger.no_year": _m(
            "warning",
            "台账写明年度",
            "台账没有写明年度，或者这一年度没有适用的格式，不能计数。",
            "请在“基本信息”填写年度。",
        ),
        # ------------------------------------------------------- the office's word on holidays
        "holidays.unreadable": _m(
            "error",
            "放假安排能打开",
            "放假安排无法打开（{detail}），本次没有使用。",
            "请用 Excel 或 WPS 打开确认，另存为 .xlsx。",
        ),
        "holidays.no_header": _m(
            "error",
            "放假安排表头完整",
            "放假安排的表头中找不全{names}，本次没有使用。",
            "请恢复表头，一字不改。",
        ),
        "holidays.invalid": _m(
            "error",
            "放假安排有效",
            "“{name}”填的是“{text}”（{hint}），本次没有使用放假安排。",
            "请照国务院办公厅的通知改正。",
        ),
        "holidays.incomplete": _m(
            "error",
            "放假安排完整",
            "放假安排中 {year} 年缺{names}，这一年的工作日还不能计算。",
            "请照国务院办公厅的通知补齐。",
        ),
        # ------------------------------------------------- a wrong cell behind several breaches
        "rule.culprit": _m(
            "error",
            "勾稽关系",
            "“{name}”填的是 {found}，使 {count} 项勾稽关系不符（{rules}）；"
            "如果是 {expected}，这几项就都相符。",
            "请核对这一格。",
        ),
        # --------------------------------------------------- a published report, as it was read
        "published.unreadable": _m(
            "error",
            "报告能打开",
            "无法作为报告打开（{detail}）。",
            "可用的是 Word 文件（.docx）、另存的网页（.html）和复制出来的文字（.txt）；"
            "旧的 .doc、.wps 文件和 PDF 请先另存为 .docx。",
        ),
        "published.not_a_report": _m(
            "error",
            "是年报",
            "不像政府信息公开工作年度报告：没有它的表，也没有它的章节。",
            "请核对文件；年报在网页的附件里的，请用附件。",
        ),
        "published.no_table": _m(
            "error",
            "三张表齐全",
            "没有找到{tables}，或者表中没有一行能对上国家格式。",
            "请核对报告中有没有这样的表，表头和行标题是否完整，是不是图片；"
            "表在附件里的，请把附件和正文合在一个文件里。",
        ),
        "published.missing": _m(
            "error",
            "行标题齐全",
            "{table}中找不到{rows}，这些数字没有读取。",
            "请对照国家格式核对行标题。",
        ),
        "published.misspelt": _m(
            "warning",
            "行列标题无误",
            "{table}的标题“{label}”有误，应为“{official}”。",
            "请改正标题；数字已按位置读取。",
        ),
        "published.stray": _m(
            "warning",
            "没有多余的行列",
            "{table}中的“{label}”不是国家格式中的项目，这一行（列）的数字没有读取。",
            "请核对是否为地方增加的项目。",
        ),
        "published.uncertain": _m(
            "error",
            "数字能对上格子",
            "{table}“{row}”一行的数字不能确定属于哪一格（{reason}），没有读取。",
            "请改用 Word 文件或另存的网页，或对照原文补填。",
        ),
        "published.unread": _m(
            "error",
            "填的是数字",
            "{table}“{name}”写的是“{text}”，不是可以确认的数字。",
            "请只写阿拉伯数字。",
        ),
        "published.no_unit": _m(
            "warning",
            "金额带单位",
            "{table}“{name}”写的是“{text}”，没有单位，不能确定是元还是万元，没有读取。",
            "请写明单位，如“108万元”。",
        ),
        "published.changes": _m(
            "notice",
            "修订已接受",
            "文件里有 {count} 处修订还没有接受，按接受以后的文字读取。",
            "公开前请在 Word 的“审阅”里接受或拒绝全部修订。",
        ),
        "published.remarks": _m(
            "notice",
            "批注和文本框",
            "文件里有 {count} 处批注或文本框，其中的文字没有读取。",
            "公开前请删去批注；正文写在文本框里的，请移到正文中。",
        ),
        # ------------------------------------------------------- a published report, as audited
        "audit.untold": _m(
            "warning",
            "标题写明单位和年度",
            "从标题中看不出{what}。",
            "请核对标题，一般写作“某某镇2024年度政府信息公开工作年度报告”。",
        ),
        "audit.wrong_edition": _m(
            "error",
            "格式与年度相符",
            "{year} 年度应使用{expected}的表格，报告用的是{found}。",
            "请按现行格式重新填报。",
        ),
        "audit.old_layout": _m(
            "error",
            "表格版式与年度相符",
            "{table}用的是{found}的版式，{year} 年度应为{expected}。",
            "请按现行格式改正这张表的行列。",
        ),
        "audit.blank_total": _m(
            "error",
            "合计不空",
            "{table}的总计有 {count} 格空白，而各类之和不为 0：{names}。",
            "请补填总计。",
        ),
        "audit.blank_cells": _m(
            "warning",
            "数字不空",
            "{table}有 {count} 格空白：{names}。",
            "没有的应填 0。",
        ),
        "audit.placeholder": _m(
            "warning",
            "填的是数字",
            "{table}有 {count} 格用“{mark}”代替数字：{names}。",
            "没有的应填 0。",
        ),
        "audit.section_missing": _m(
            "error",
            "六章齐全",
            "缺少章节{headings}。",
            "国家格式规定的各章都要有，没有内容的也要写明。",
        ),
        "audit.section_number": _m(
            "error",
            "章节编号正确",
            "章节编号有误：{wrong}。",
            "请按国家格式的顺序编号。",
        ),
        "audit.section_order": _m(
            "error",
            "章节顺序正确",
            "各章的顺序与国家格式不同：{order}。",
            "请按国家格式的顺序排列。",
        ),
        "audit.heading": _m(
            "warning",
            "章节标题规范",
            "标题“{found}”不规范，国家格式为“{expected}”。",
            "请改用国家格式的标题。",
        ),
        "audit.part_missing": _m(
            "warning",
            "小项齐全",
            "“{section}”中没有找到小项：{names}。",
            "请分（一）至（五）写明各项。",
        ),
        "audit.part_number": _m(
            "warning",
            "小项编号规范",
            "“{section}”的小项编号不规范：{names}。",
            "小项应以（一）（二）（三）编号。",
        ),
        "audit.thin": _m(
            "warning",
            "正文有内容",
            "“{section}”一章几乎没有内容（{text}）。",
            "请如实写明，不能写“无”或照抄套话。",
        ),
        "audit.leftover": _m(
            "warning",
            "没有模板残留",
            "“{section}”中留有模板里的话：“{text}”。",
            "请删去。",
        ),
        "audit.other_year": _m(
            "warning",
            "年度前后一致",
            "标题是 {year} 年度，引言写的是 {found} 年度：“{text}”。",
            "请核对是否照抄了往年的文字。",
        ),
    }
)


def rule_name(rule: str, named: Mapping[str, str]) -> str:
    """What people call a rule. ``named`` are the cross-footing rules of an edition, by id."""
    message = CATALOGUE.get(rule)
    return named.get(rule, message.told if message else rule)


def problem(
    rule: str,
    said: Mapping[str, object] = MappingProxyType({}),
    /,
    *,
    sheet: str = "",
    cell: str = "",
    cells: tuple[str, ...] = (),
    found: str = "",
    expected: str = "",
    **words: object,
) -> Problem:
    """A problem of the catalogue, with its words filled in: ``said``, and those given by name.

    ``found`` and ``expected`` may also be named in the text, as any other word.
    """
    message = CATALOGUE[rule]
    words = {"sheet": sheet, "found": found, "expected": expected, **said, **words}
    fix = worded(message.fix, words)
    place = "!".join(part for part in (sheet, cell) if part)
    text = worded(message.text, words) + fix
    return Problem(
        rule=rule,
        severity=message.severity,
        message=f"{place}：{text}" if place else text,
        sheet=sheet,
        cell=cell,
        cells=cells or ((cell,) if cell else ()),
        found=found or str(words.get("text", "")),
        expected=expected,
        fix=fix,
    )
