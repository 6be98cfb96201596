"""Which files a process runs on."""

from __future__ import annotations

from duban.bureau.closure import closure

_PROCESS = '<d xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="{}">{}</process></d>'
FILES = {
    "loan.bpmn": _PROCESS.format("loan", '<callActivity id="c" calledElement="{}"/>'),
    "callback.bpmn": _PROCESS.format("callback", ""),
    "whistle.bpmn": _PROCESS.format("whistle", ""),
}


def files_of(called: str) -> list[str]:
    """Return the files on which loan runs when it calls *called*."""
    files = {
        name: text.format(called).encode() if name == "loan.bpmn" else text.encode() for name, text in FILES.items()
    }
    return list(closure(files, "loan"))


def test_what_is_called_comes_along_and_nothing_else() -> None:
    """A redrawn whistle must not give open loans a new definition."""
    assert files_of("callback") == ["callback.bpmn", "loan.bpmn"]


def test_what_a_mistyped_call_may_mean_comes_along() -> None:
    """It is refused whatever comes along; with it the refusal can name what was meant."""
    assert files_of("calback") == ["callback.bpmn", "loan.bpmn"]
    assert files_of("nothing_like_it") == ["loan.bpmn"]
