"""The thread in English: the desk tells facts in Chinese, the second language says the same from their kinds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from duban.desk.cases import Entry
from duban.model.facts import Kind

_QUOTED = re.compile(r"[「《](.+?)[」》]")

_ENGLISH: Mapping[Kind, str] = {
    Kind.CASE_STARTED: "Opened: “{label}” begins",
    Kind.TOKENS_MOVED: "The case moved on",
    Kind.DATA_WRITTEN: "“{label}” wrote its data",
    Kind.WORK_OPENED: "“{label}” waits for {role}",
    Kind.WORK_CLAIMED: "Taken",
    Kind.WORK_RETURNED: "Given back",
    Kind.WORK_COMPLETED: "“{label}” is done",
    Kind.WORK_WITHDRAWN: "“{label}” is no longer needed",
    Kind.TIMER_ARMED: "“{label}” begins to run",
    Kind.TIMER_MOVED: "“{label}” was moved",
    Kind.TIMER_FIRED: "“{label}” has passed",
    Kind.TIMER_CANCELLED: "“{label}” stops running",
    Kind.DECISION_MADE: "“{label}” was decided by its table",
    Kind.SCRIPT_RUN: "“{label}” was computed",
    Kind.CALL_WANTED: "“{label}” was handed to the system",
    Kind.CALL_ANSWERED: "“{label}” was done by the system",
    Kind.CALL_FAILED: "“{label}” failed (attempt {attempt})",
    Kind.MESSAGE_THROWN: "“{label}” sent the message {name}",
    Kind.MESSAGE_RECEIVED: "The message {name} arrived",
    Kind.MESSAGE_UNHEARD: "Nothing waited for the message {name}",
    Kind.INCIDENT_OPENED: "“{label}” cannot go on until somebody decides",
    Kind.INCIDENT_SETTLED: "“{label}” was settled by hand",
    Kind.CASE_ENDED: "The case has ended",
    Kind.REPEAT_LINKED: "Linked as a repeat of {of}",
    Kind.MATTER_FINAL: "{of} is final: the same facts are not accepted again",
    Kind.WEIGHT_RAISED: "{of} counts as weighty from now on",
    Kind.WORDS_ADDED: "Words were added to the file",
    Kind.LETTER_ISSUED: "《{label}》 {number} was issued",
}
"""Labels of steps, deadlines and letters stay as the bureau calls them."""


class _Known(dict[str, Any]):
    """What a fact says; what it does not say is left out of the sentence."""

    def __missing__(self, name: str) -> str:
        return ""


def in_english(fact: Entry, label: str = "") -> str:
    """Say *fact* in English; *label* is what it is about, else what the Chinese sentence puts in quotes."""
    quoted = _QUOTED.search(fact.title)
    known = _Known({name: value for name, value in fact.payload.items() if isinstance(value, str | int)})
    known["label"] = label or (quoted[1] if quoted else fact.element or "")
    return _ENGLISH[fact.kind].format_map(known).strip()
