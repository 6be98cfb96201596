"""The letters: each renders with sample values and carries what the regulation demands of it (3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from duban.bureau import Bureau
from duban.errors import BureauError
from duban.outside.letters import Letters
from tasks.letters import TITLES

ROOT = Path(__file__).parents[2]
ORGAN = {"code": "RSJ", "name": "县人力资源和社会保障局", "address": "云溪县府前街6号", "phone": "12333"}
COMMON: Mapping[str, Any] = {
    "bureau": "云溪县公安局",
    "number": "云信L〔2026〕1号",
    "case": "云信〔2026〕00042",
    "now": datetime(2026, 3, 4, 2, 0, tzinfo=UTC),
    "to": "周某 & <家人>",
    "ask": "楼下烧烤店噪声扰民",
    "received_at": "2026-03-02T09:00:00+08:00",
    "unit": {"name": "城关派出所", "phone": "0000-8800301", "address": "云溪县鼓楼街2号"},
}
OPINION: Mapping[str, Any] = {
    "request": "请求查处噪声",
    "facts": "经查属实",
    "opinion": "责令整改",
    "basis": ["噪声污染防治法第六十四条"],
    "outcome": "支持",
    "track": "ordinary",
    "simple": False,
}
LIMIT = {"name": "办结", "source": "信访工作条例第34条", "statutory": True}
FOUND_OUT = {"facts": "登记不实", "rule": "三级回访规定"}
POST = {"name": "副局长（法制信访）"}
SAMPLES: Mapping[str, tuple[Mapping[str, Any], tuple[str, ...]]] = {
    # letter: own values, what must stand in it (article numbers as the regulation has them)
    "L01": ({"simple": False}, ("第二十三条", "予以受理", "六十日", "第三十四条", "处理途径和程序")),
    "L02": ({"receiver": ORGAN}, ("第二十三条", "转送（交办）", ORGAN["name"])),
    "L03": ({"organ": ORGAN, "reason": None}, ("第二十三条", ORGAN["name"], ORGAN["address"], ORGAN["phone"])),
    "L04": ({"relation": "final", "reason": None, "explained": None}, ("第三十六条", "不予受理", "仍可以")),
    "L05": (
        {
            "item": "5",
            "procedure": "治安案件办理程序",
            "organ_name": "承办单位",
            "limit": "三十日",
            "submit": "受案回执",
        },
        ("第三十一条第5项", "治安案件办理程序", "承办单位（城关派出所）", "三十日", "请提交", "受案回执"),
    ),
    "L06": ({"first": "云信〔2026〕00007"}, ("云信〔2026〕00007", "办理期限")),
    "L07": (
        {"started": "2026-03-02", "approver": POST, "reason": "须等鉴定", "days": 30, "until": "2026-05-31"},
        ("第三十四条", "须等鉴定", "30日", "2026年5月31日", POST["name"], "只延期一次"),
    ),
    "L08": ({"steps": [{"what": "走访", "who": "民警", "date": "2026-03-09"}]}, ("走访", "2026年3月9日")),
    "L09": (
        OPINION,
        ("投诉请求", "事实和理由", "处理意见", "法律法规依据", "支持", "第三十二条", "第三十五条", "三十日", "复查"),
    ),
    "L10": ({**OPINION, "simple": True}, ("问题", "答复", "依据", "第三十五条")),
    "L11": (
        {"sender_no": "市信9号", "done": ["责令整改"], "opinion": "云信L09〔2026〕1号"}
        | {"outcome": "支持", "delivered_at": "2026-03-20T10:00:00+08:00", "attitude": "接受"},
        ("第二十二条第三项", "市信9号", "责令整改", "接受", "回访"),
    ),
    "L12": (
        {"sender_no": "县信3号", "reasons": "属劳动保障", "suggested": "人社局", "organ": ORGAN, "materials": None},
        ("第二十三条第三款", "县信3号", "属劳动保障", ORGAN["name"], "材料清单", "材料不予退回"),
    ),
    "L13": (
        {"other": "烧烤店主", "facts": "夜间经营", "terms": ["十点后不营业"]}
        | {"mediators": [{"name": "王某", "of": "司法所"}]},
        ("第三十三条", "烧烤店主", "十点后不营业", "王某（司法所）", "强制性规定"),
    ),
    "L14": (
        {"on": "2026-03-20", "place": "局三楼", "chair": "李某", "reason": None},
        ("听证", "2026年3月20日", "局三楼", "李某", "委托"),
    ),
    "L15": ({"decision": "准许", "reason": "系近亲属", "successor": "赵警官"}, ("第二十八条", "系近亲属", "赵警官")),
    "L16": ({"heard": "问题解决了"}, ("自愿", "问题解决了", "宣读", "再次提出")),
    "L17": (
        {"final": False, "act": "滞留滋事", "dates": ["2026-03-01"], "facts": "滞留大厅", "reasons": None},
        ("第二十六条", "第四十七条", "滞留滋事", "2026年3月1日", "五个工作日", "照常办理"),
    ),
    "L18": ({"limit": LIMIT}, ("办结", "第34条", "第四十四条")),
    "L19": (
        {"limit": LIMIT, "wait": "3个工作日"},
        ("办结", "3个工作日内", "约谈", "第四十四条"),
    ),
    "L21": (
        {"admitted": True, "what": "复核", "organ": "云溪县公安局", "why": None, "article": None},
        ("予以受理", "三十日", "听证时间不计入", "第三十六条"),
    ),
    "L22": ({**OPINION, "outcome": "维持"}, ("结论：维持", "第三十五条", "三十日", "复核")),
    "L23": ({**OPINION, "outcome": "维持"}, ("结论：维持", "第三十六条第三款", "终结", "不再受理")),
    "L30": (
        {"found_out": FOUND_OUT, "at": "2026-09-15T15:00:00+08:00", "place": "督察大队谈话室"}
        | {"interviewer": "郑少华", "papers": "登门记录"},
        ("登记不实", "三级回访规定", "2026年9月15日 15时00分", "谈话室", "郑少华", "登门记录", "异议"),
    ),
    "L31": ({"found_out": FOUND_OUT, "measures": "逐户补登门"}, ("登记不实", "逐户补登门", "五个工作日", "三十日")),
    "L32": ({"found_out": FOUND_OUT, "done": ["补登门"], "reflection": "没有自己去"}, ("补登门", "没有自己去")),
    "L33": ({"found_out": FOUND_OUT, "way": "暗访", "found": "已全部补登门"}, ("暗访", "已全部补登门", "准予验收")),
    "L20": ({}, ("三次", "十五日", "不等于满意")),
    "L24": (
        {
            "sort": "攻坚",
            "round": 2,
            "ground": "需执法权",
            "matter": "占道烧烤",
            "done": "劝导三次",
            "wanted": "联合整治",
        },
        ("攻坚哨", "第2轮", "需执法权", "占道烧烤", "劝导三次", "联合整治", "二十四小时", "共同上级裁定"),
    ),
    "L25": ({"who": "孟慧", "arrived_at": "2026-03-04T10:00:00+08:00"}, ("已经报到", "孟慧")),
    "L26": (
        {
            "scores": [{"name": "交警大队", "response": 2, "strength": 4, "result": 4, "words": "催了三次"}],
            "text": "已整治",
        },
        ("交警大队", "响应2分", "催了三次", "两个工作日", "申诉"),
    ),
    "L27": ({"responsible": ORGAN, "reason": "职责分工"}, (ORGAN["name"], "职责分工", "不得再退回")),
    "L28": (
        {"of": "云信〔2026〕00007", "leaders": [{"name": "张斌"}, {"name": "李静"}], "why": "拖了两年"},
        ("云信〔2026〕00007", "张斌、李静", "拖了两年", "五个工作日", "三个月"),
    ),
    "L29": (
        {"of": None, "leader": {"name": "李静"}, "done": "已见面", "promises": [{"what": "修灯", "date": "2026-04-01"}]}
        | {"next_on": "2026-03-09"},
        ("李静", "已见面", "修灯", "2026年4月1日", "2026年3月9日", "总期限不变"),
    ),
    "L34": (
        {
            "topic": "犬只扰民",
            "scope": "城区",
            "until": "2026-04-30",
            "problems": [{"what": "不牵绳", "where": "翠湖"}],
            "tasks": [{"what": "集中整治", "name": "治安大队", "date": "2026-04-15"}],
        },
        ("犬只扰民", "问题清单", "不牵绳", "任务清单", "治安大队", "效果清单", "二十八天"),
    ),
    "L40": ({"channel": "LX", "moved": "保密室甲柜"}, ("保守国家秘密法", "保密室甲柜", "不载内容")),
    "L41": ({}, ("第三十条", "核查终结", "打击报复")),
    "L42": (
        {"place": "县政府门前", "count": 40, "happened": "聚集", "measures": "现场劝导", "told": ["县委"]},
        ("第二十五条", "县政府门前", "40人", "聚集", "现场劝导"),
    ),
}


@pytest.fixture(scope="session")
def letters() -> Letters:
    return Letters([ROOT / "templates"])


@pytest.mark.parametrize("letter", SAMPLES)
def test_a_letter_says_what_it_must(letters: Letters, letter: str) -> None:
    """Every letter names its case, unit and day; each article that demands something is cited."""
    own, must = SAMPLES[letter]
    body = letters.render(f"letters/{letter}.txt", {**COMMON, "title": TITLES[letter], **own})
    everywhere = (
        TITLES[letter],
        "云信L〔2026〕1号",
        "云信〔2026〕00042",
        "云溪县公安局",
        "2026年3月4日",
        "0000-8800301",
    )

    assert [words for words in (*must, *everywhere) if words not in body] == []
    assert "周某 & <家人>" in body
    assert "\n\n\n\n" not in body


@pytest.mark.parametrize("letter", SAMPLES)
def test_a_missing_value_is_an_error_and_never_an_empty_place(letters: Letters, letter: str) -> None:
    """A letter with a hole in it must not leave the house."""
    with pytest.raises(BureauError):
        letters.render(f"letters/{letter}.txt", {"title": TITLES[letter], "number": "n"})


@pytest.mark.parametrize(
    ("relation", "article"), [("tell_review", "第三十五条"), ("higher_pending", "第十九条"), (None, "第二十三条")]
)
def test_a_refusal_names_the_article_of_its_ground(letters: Letters, relation: str | None, article: str) -> None:
    """L04: reason, article and what remains possible, for each ground."""
    values = {**COMMON, "title": TITLES["L04"], "relation": relation, "reason": "依法不予受理", "explained": "另有主管"}

    assert article in letters.render("letters/L04.txt", values)


def test_the_simple_procedure_promises_ten_working_days(letters: Letters) -> None:
    """L01 tells the limit that really runs."""
    body = letters.render("letters/L01.txt", {**COMMON, "title": TITLES["L01"], "simple": True})

    assert "十个工作日" in body
    assert "六十日" not in body


def test_an_outside_organ_without_address_still_gets_a_way_to_it(letters: Letters, bureau: Bureau) -> None:
    """Every organ that the table of outside organs can name makes a whole letter."""
    for code in ("RSJ", "ZRZY", "ZHZF", "ZJ", "SCJG", "WJ", "JY", "FY", "JCY", "SFS1", "JW", "R12345"):
        organ = bureau.unit(code)
        body = letters.render("letters/L03.txt", {**COMMON, "title": TITLES["L03"], "organ": organ, "reason": None})

        assert organ["name"] in body


def test_titles_are_the_bureau_s(bureau: Bureau) -> None:
    """The title on the paper is the title in the table of letters."""
    listed = {row["id"]: row["title"] for row in bureau.setting("letters")}

    assert {letter: listed[letter] for letter in TITLES} == dict(TITLES)


@pytest.mark.parametrize("name", ["sms/rate.txt", "sms/visited.txt", "sms/letter.txt"])
def test_a_short_message_is_short(letters: Letters, name: str) -> None:
    """Two parts at most (134 characters); the sender stands in front as carriers demand."""
    values = {**COMMON, "title": "受理告知书", "on": "2026-03-09", "business": "petition", "ref": "1"}
    text = letters.render(name, values)

    assert text.startswith("【云溪县公安局】")
    assert len(text) <= 134
