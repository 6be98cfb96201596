"""Effects: what a handler's answer changes beside the case's data, in the transaction that delivers it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from duban.api import AppendWords, Effect, IssueLetter, LinkRepeat, LockFinal, PurgeText, RaiseWeight
from duban.desk import repeats
from duban.desk.tools import letter_key
from duban.model.facts import Happening, Kind
from duban.model.people import SYSTEM
from duban.store import Snapshot, Unit
from duban.store.outbox import Queued


def apply_effects(
    record: Unit, case: Snapshot, call: Queued, effects: Iterable[Effect], *, at: datetime
) -> list[Happening]:
    """Apply what *call* answered with and return the facts that say so.

    Raises:
        NotFound: An effect names a case or a text that is not there.
    """
    return [_apply(record, case, call, effect, at) for effect in effects]


def _apply(record: Unit, case: Snapshot, call: Queued, effect: Effect, at: datetime) -> Happening:
    match effect:
        case LinkRepeat(of=of):
            first = record.register.link_repeat(case.id, record.cases.load(of).id)
            repeats.count(record, first)
            return Happening(kind=Kind.REPEAT_LINKED, payload={"number": case.number, "of": of})
        case PurgeText(text=text):
            record.texts.purge(int(text), at=at, by=SYSTEM, why=call.operator)
            return Happening(kind=Kind.WORDS_ADDED, payload={"text": int(text), "purged": True})
        case AppendWords(words=words, said_by=said_by):
            text_id = record.texts.add(words, at=at, by=said_by, case=case.id)
            return Happening(kind=Kind.WORDS_ADDED, payload={"text": text_id, "said_by": said_by})
        case LockFinal(of=of):
            record.register.update(record.cases.load(of).id, {"final": True})
            return Happening(kind=Kind.MATTER_FINAL, payload={"of": of})
        case RaiseWeight(of=of):
            record.register.update(record.cases.load(of).id, {"weight": repeats.WEIGHTY})
            return Happening(kind=Kind.WEIGHT_RAISED, payload={"of": of})
        case IssueLetter():
            key = letter_key(call.key, effect.letter)
            record.letters.issue(
                case.id,
                key,
                letter=effect.letter,
                number=effect.numbered,
                title=effect.title,
                body=effect.body,
                to=effect.to,
                way=effect.way,
                at=at,
            )
            return Happening(
                kind=Kind.LETTER_ISSUED, payload={"letter": effect.letter, "number": effect.numbered, "key": key}
            )
