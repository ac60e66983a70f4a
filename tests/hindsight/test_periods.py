"""The years of a row are read as written, early rather than late, or not at all."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.assessment.hindsight.periods import read_periods


def years(text: str) -> list[tuple[int | None, int | None]]:
    return [(p.first, p.last) for p in read_periods(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2014", [(2014, 2014)]),
        ("2016-2018, 2021", [(2016, 2018), (2021, 2021)]),
        ("2016-2018, 2020, 2021", [(2016, 2018), (2020, 2020), (2021, 2021)]),
        ("2015, 2017-2020", [(2015, 2015), (2017, 2020)]),
        ("2010s - present", [(2010, None)]),
        ("2010s", [(2010, 2019)]),
        ("2013-present", [(2013, None)]),
        ("?-2021", [(None, 2021)]),
        ("since 2015", [(2015, None)]),
        ("before 2012", [(None, 2012)]),
        ("2016 – 18", None),
        ("2016–18", [(2016, 2018)]),
        ("2016/17", [(2016, 2017)]),
        ("2016-08", [(2016, 2016)]),
        ("2016-08 to 2018-03-01", [(2016, 2018)]),
        ("March 2018 - Dec. 2019", [(2018, 2019)]),
        ("early 2015 to mid-2016", [(2015, 2016)]),
        ("c. 2014; 2016 and 2018", [(2014, 2014), (2016, 2016), (2018, 2018)]),
        ("since at least 2015", [(2015, None)]),
        ("pre-2015", [(None, 2015)]),
        ("2014 or 2015", [(2014, 2015)]),
        ("2016-2017?", [(2016, 2017)]),
        ("unknown - 2019", [(None, 2019)]),
        ("2013 to date", [(2013, None)]),
        ("late 2010s", [(2010, 2019)]),
        ("2015 (renewed 2018)", None),
        ("", []),
        ("?", []),
        ("Unknown", []),
        ("2018-2016", None),
        ("2016-2018-2020", None),
        ("20166", None),
        ("0016", None),
        ("some time ago", None),
    ],
)
def test_a_text_of_years_is_read_or_refused(text, expected) -> None:
    if expected is None:
        with pytest.raises(ValueError, match=re.escape(repr(text)) + "|got the year"):
            read_periods(text)
    else:
        assert years(text) == expected


def test_a_cell_that_holds_a_story_is_refused() -> None:
    with pytest.raises(ValueError, match="301 characters"):
        read_periods("x" * 301)


PIECES = st.sampled_from(
    [
        *("2014", "2016", "1999", "2021", "2010s", "16", "-", "–", " - ", ",", ", ", ";", "/", "?"),
        *(
            "present",
            "since ",
            "before ",
            "to ",
            " and ",
            "early ",
            "mid-",
            "March ",
            "c. ",
            "0000",
        ),
    ]
)


@given(st.text(max_size=40) | st.lists(PIECES, max_size=8).map("".join))
def test_any_text_gives_periods_in_order_of_time_or_a_reason(text) -> None:
    try:
        found = read_periods(text)
    except ValueError:
        return
    digits = "".join(c for c in text if c.isdigit())
    for period in found:
        assert period.first is not None or period.last is not None
        if period.first is not None:
            # No year is made up: the first one stands in the text.
            assert str(period.first) in digits
        if period.first is not None and period.last is not None:
            assert period.first <= period.last


@given(
    st.lists(
        st.tuples(st.integers(1950, 2050), st.integers(0, 20)).map(lambda t: (t[0], t[0] + t[1])),
        min_size=1,
        max_size=6,
    )
)
def test_what_is_written_reads_back(periods) -> None:
    text = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in periods)
    assert years(text) == periods
