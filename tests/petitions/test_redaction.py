"""Personal values: found in texts, hidden where they are only shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.petitions.redaction import mask, mask_name, mask_value, personal


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("证号330102199001011234。", "id_no"),
        ("证号33010219900101123x", "id_no"),
        ("电话13812345678转", "phone"),
        ("电话+86 13812345678", "phone"),
        ("座机0000-8800201", "landline"),
        ("卡号6222021234567890123", "card"),
        ("车牌云A12345", "plate"),
        ("车牌浙AD12345新能源", "plate"),
        ("邮箱wang.xm@example.com", "mail"),
    ],
)
def test_personal_values_are_found(text: str, kind: str) -> None:
    """What identifies a person must not stand in lists."""
    assert [found.kind for found in personal(text)] == [kind]


@pytest.mark.parametrize("text", ["工单20180503529411", "2026年3月2日", "罚款2000元", "110和12345"])
def test_other_numbers_stay(text: str) -> None:
    """A ticket number is what people ask by."""
    assert mask(text) == text


def test_a_masked_text_keeps_its_length_and_words() -> None:
    """Whoever knows the value recognises it; nobody else does."""
    assert mask("联系13812345678，车牌云A12345") == "联系138******78，车牌云A1**45"


@pytest.mark.parametrize(("name", "shown"), [("王小明", "王**"), ("王明", "王*"), ("王", "王"), ("", "")])
def test_names_show_the_family_name(name: str, shown: str) -> None:
    """As Chinese lists do."""
    assert mask_name(name) == shown


@given(st.text(min_size=1, max_size=40))
def test_a_mask_hides_most_of_a_value(value: str) -> None:
    """At most five characters stay."""
    shown = mask_value(value)

    assert len(shown) == len(value)
    assert sum(1 for one, other in zip(shown, value, strict=True) if one == other != "*") <= 5
