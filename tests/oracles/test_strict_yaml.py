"""The strict reader held against PyYAML's own reader of plain texts."""

import string

import yaml
from hypothesis import given
from hypothesis import strategies as st

from licet.rules.strict_yaml import read_bytes

TEXT = st.text(string.printable + "éЖ漢ع😀", max_size=20)
VALUES = st.recursive(
    TEXT | st.sampled_from(["NO", "yes", "0x1f", "1e3", "2021-09-09", "~", "null", "1_000"]),
    lambda v: st.lists(v, max_size=4) | st.dictionaries(TEXT, v, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.booleans())
def test_what_may_be_read_is_read_as_plain_text(value: object, flow: bool) -> None:
    written = yaml.safe_dump({"value": value}, allow_unicode=True, default_flow_style=flow)
    if "*id" in written or "!!" in written:  # an alias or tag: refused, see tests/hostile
        return
    raw = written.encode()
    assert read_bytes(raw, "x.yaml") == yaml.load(raw, Loader=yaml.BaseLoader)  # noqa: S506


def test_norway_dates_and_octals_stay_text() -> None:
    raw = b"a: NO\nb: 2021-09-09\nc: 010\nd: 1:20\ne: yes\n"
    assert read_bytes(raw, "x.yaml") == {
        "a": "NO",
        "b": "2021-09-09",
        "c": "010",
        "d": "1:20",
        "e": "yes",
    }
