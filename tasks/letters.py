"""Letters: notices and opinions that leave under a number of their own, by the way the item came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duban.api import Call, Done, IssueLetter, Tools, service_task
from tasks.ways import Way, names, way_to

TITLES: Mapping[str, str] = {
    "L01": "受理告知书",
    "L02": "转送(交办)告知书",
    "L03": "不属职权范围告知书",
    "L04": "不予受理告知书",
    "L05": "导入法定程序告知书",
    "L06": "重复事项办理进展告知",
    "L07": "延期告知书",
    "L08": "办理计划告知书",
    "L09": "信访处理意见书",
    "L10": "答复函",
    "L11": "办结报告",
    "L12": "异议函",
    "L13": "调解协议书",
    "L14": "听证通知书",
    "L15": "回避决定书",
    "L16": "撤回确认书",
    "L17": "行为告诫书",
    "L18": "催办单",
    "L19": "督办单",
    "L20": "失联告知信",
    "L21": "复查(复核)受理告知书",
    "L22": "复查意见书",
    "L23": "复核意见书",
    "L24": "吹哨单",
    "L25": "报到回执",
    "L26": "哨评结果",
    "L27": "责任裁定书",
    "L28": "包案确认书",
    "L29": "包案移交单",
    "L30": "约谈通知书",
    "L31": "整改通知",
    "L32": "整改报告",
    "L33": "整改验收单",
    "L34": "专项行动通知",
    "L35": "意见建议回告书",
    "L36": "举措公告",
    "L37": "恳谈会纪要",
    "L38": "服务办理凭证",
    "L39": "征求意见函(制度发布通知)",
    "L40": "涉密线下移交单",
    "L41": "检举控告反馈",
    "L42": "重大紧急事项报告",
}
OPINION_TRACKS = frozenset({"ordinary", "law_route"})
"""Tracks whose answer is a written opinion (art. 32, 35); the others are answered by a letter of reply."""


@service_task("letters/issue_notice")
def issue_notice(call: Call, tools: Tools) -> Done:
    """Issue a notice (L01–L08, L13–L17) and say whether its way proves that it arrived."""
    asked = call.parameters
    letter = str(asked["letter"])
    values = {name: asked[name] for name in asked if name not in {"letter", "reply_by"}}
    if letter == "L03":
        values["organ"] = tools.unit(str(asked.get("organ") or "R12345"))
    values |= {name: tools.unit(str(asked[name])) for name in ("receiver", "approver") if asked.get(name)}
    return issue(call, tools, letter, way_to(str(asked["reply_by"]), asked["people"]), values)


@service_task("letters/issue_opinion")
def issue_opinion(call: Call, tools: Tools) -> Done:
    """Issue the written opinion (L09), or a letter of reply (L10) where the law asks for no opinion."""
    asked = call.parameters
    letter = "L10" if asked["simple"] or asked["track"] not in OPINION_TRACKS else "L09"
    values = {name: asked[name] for name in asked if name != "reply_by"}
    values["opinion"] = asked["settled"] or asked["opinion"]
    return issue(call, tools, letter, way_to(str(asked["reply_by"]), asked["people"]), values)


def issue(call: Call, tools: Tools, letter: str, way: Way, values: Mapping[str, Any]) -> Done:
    """Render, number and send *letter*; the same number and receipt at every attempt."""
    number = tools.letter_number(letter)
    to = names(values.get("people", ()))
    body = render(call, tools, letter, number, {**values, "to": to})
    tools.send(way.name, way.to, TITLES[letter], _sent(tools, call, way, letter, body, values), key=call.key)
    result = {"number": number, "issued_at": call.now.isoformat(), "delivered": way.proves_delivery}
    effect = IssueLetter(letter=letter, title=TITLES[letter], body=body, to=to, numbered=number, way=way.name)
    return Done(result=result, effects=(effect,))


def _sent(tools: Tools, call: Call, way: Way, letter: str, body: str, values: Mapping[str, Any]) -> str:
    """Return what travels: the letter itself, or a short message that says that it is there."""
    if way.name != "sms":
        return body
    return tools.render(
        "sms/letter.txt",
        bureau=tools.setting("bureau.name"),
        to=names(values.get("people", ())),
        case=call.number,
        title=TITLES[letter],
        number=tools.letter_number(letter),
        unit=tools.unit(str(values.get("unit") or tools.setting("bureau.first_receiver"))),
    )


def render(call: Call, tools: Tools, letter: str, number: str, values: Mapping[str, Any]) -> str:
    """Render *letter* with what every letter carries: number, date, unit, case and contact.

    A letter of one case on another (a prompt) names the other: its number stands under ``about``.
    """
    unit = tools.unit(str(values.get("unit") or tools.setting("bureau.first_receiver")))
    common = {
        "bureau": tools.setting("bureau.name"),
        "title": TITLES[letter],
        "number": number,
        "case": values.get("about") or call.number,
        "now": call.now,
    }
    return tools.render(f"letters/{letter}.txt", **{**values, **common, "unit": unit})
