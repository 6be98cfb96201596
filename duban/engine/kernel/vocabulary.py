"""The vocabulary of a definition: words that its cases' states are full of, known beforehand to what squeezes them.

A state says ``decision`` and ``delivered_at`` once or twice, too seldom for a compressor to profit; the diagram
says them too, and stands beside the state for ever under its digest. What is squeezed by these words can only be
read by these words: a change here is a new form of the state, with a first byte of its own (see state.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from duban.engine.kernel.tasks import pack

MOST = 16_384
"""Bytes of the vocabulary; a compressor looks back 32 KB and the state needs its share."""
_WORD = re.compile(r"""\.([A-Za-z_]\w+)|["']([A-Za-z_]\w+)["']|\bid="([A-Za-z_]\w+)\"""")
"""Fields in expressions, keys in scripts, ids of elements."""
_STAMP = '"_by""_unit""_at"'
"""What people's steps are signed with."""


def vocabulary_of(files: Mapping[str, bytes]) -> bytes:
    """Return the words of *files* as they stand in a state, the most frequent last: the nearest are the cheapest."""
    counts: Counter[str] = Counter()
    for name, data in sorted(files.items()):
        if name.endswith(".bpmn"):
            text = data.decode(errors="replace") + _STAMP
            counts.update(word for found in _WORD.findall(text) for word in found if _is_said(word))
    words = sorted(counts, key=lambda word: (counts[word], word))
    return b"".join(pack(word) for word in words)[-MOST:]


def _is_said(word: str) -> bool:
    """Tell whether a state could say *word*: ids of shapes and flows stand in the drawing only."""
    return bool(word) and "__" not in word and not word.endswith("_di")
