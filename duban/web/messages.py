"""Errors as sentences for people, and the HTTP status of each family."""

from __future__ import annotations

from duban import errors
from duban.errors import DubanError
from duban.web.language import Language

_SENTENCES: tuple[tuple[type[DubanError], str], ...] = (
    # the first class that fits speaks: children before their parents
    (errors.InvalidForm, "表单还有地方没填好。请看各栏旁边的说明，改好后再提交。"),
    (errors.KeptFromWork, "按回避规定，经手过前面环节的人（及其代行人）不能办这一步，请由同岗位的其他人办理。"),
    (errors.NotYourWork, "这件事不归您办。请找持有它的单位，或先签领。"),
    (errors.AlreadyDone, "这件事已经有人办完，或者案件已经往下走了。请重新打开案件看一看。"),
    (errors.NotWaiting, "案件里没有环节在等这条消息。请核对消息名称和对应的编号。"),
    (errors.AmbiguousMessage, "有好几个环节在等这条消息，请补上对应的编号。"),
    (errors.Refused, "按规定不能这样办。"),
    (errors.Conflict, "别人抢先了一步，案件已经变了。请重新打开看一看，再办这一步。"),
    (errors.NotFound, "没有找到。请核对编号，或从登记簿里找。"),
    (errors.OutsideError, "外部系统（数据库、网络或磁盘）暂时不通，稍后会再试。您刚才填写的内容没有提交。"),
    (errors.BureauError, "本局的流程、表单或设置有错，需要管理员改正。"),
    (errors.Corrupted, "记录自相矛盾。请不要再动这件案件，立即通知审计人员。"),
)

_STATUS: tuple[tuple[type[DubanError], int], ...] = (
    (errors.InvalidForm, 422),  # what was sent must be corrected, like content
    (errors.BureauError, 422),
    (errors.Refused, 409),
    (errors.Conflict, 409),
    (errors.NotFound, 404),
    (errors.OutsideError, 503),
)


def sentence(error: DubanError, language: Language) -> str:
    """Say what went wrong and what to do next."""
    return language.say(
        next((text for kind, text in _SENTENCES if isinstance(error, kind)), "出错了，没有保存任何东西。")
    )


def status_of(error: DubanError) -> int:
    """Return the HTTP status of the family *error* belongs to."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
