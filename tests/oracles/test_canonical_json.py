"""Canonical JSON held against an independent implementation of RFC 8785."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from licet.model.canonical import canonical_bytes

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.none() | st.booleans() | TEXT | st.integers(-(2**53) + 1, 2**53 - 1)
NAMES = st.text(st.characters(codec="ascii"))
VALUES = st.recursive(
    SCALARS,
    lambda v: st.lists(v, max_size=5) | st.dictionaries(NAMES, v, max_size=5),
    max_leaves=30,
)


@given(VALUES)
def test_our_bytes_are_those_of_the_reference_library(value: object) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [
        {"\r": 2, "1": 4, "~": "€", "": "😀", "a.b": "דּ", "a": "\x80", "A": "ö"},
        {"": [], "a": {}, "A": [None, True, False]},
        '\u0000\u001f\u007f\u2028\\"/',
    ],
)
def test_the_hard_cases_of_the_standard(value: object) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [1.5, [0.0], {"ö": 1}, {"a": {"😀": 1}}])
def test_floats_and_names_that_would_sort_otherwise_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_bytes(value)
