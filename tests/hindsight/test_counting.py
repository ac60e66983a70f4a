"""Verdicts are read against us, and intervals are those of the literature."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.assessment.hindsight.counting import (
    Share,
    Tally,
    Verdict,
    clustered,
    together,
    verdict,
    wilson,
)
from licet.model.outcome import OFF_LADDER, REFUSES, UNRESTRICTED, Outcome

SETS = st.frozensets(st.sampled_from(list(Outcome)), min_size=1)


@pytest.mark.parametrize(
    ("found", "of", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3 (score, uncorrected).
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_that_of_the_published_table(found, of, low, high) -> None:
    assert [round(bound, 4) for bound in wilson(found, of)] == [low, high]


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share_and_mirrors_its_complement(counts) -> None:
    found, of = counts
    low, high = Share(found, of).interval
    assert 0 <= low <= found / of + 1e-12
    assert found / of - 1e-12 <= high <= 1
    other = wilson(of - found, of)
    assert (low, high) == pytest.approx((1 - other[1], 1 - other[0]))


def test_nothing_counted_tells_nothing() -> None:
    assert Share(0, 0).interval == (0.0, 1.0)


def test_rows_that_go_together_widen_the_interval() -> None:
    apart = clustered([(1, 1)] * 20 + [(0, 1)] * 20)
    lumped = clustered([(10, 10), (10, 10), (0, 10), (0, 10)])
    assert lumped[0] < apart[0]
    assert lumped[1] > apart[1]
    assert apart == pytest.approx(wilson(20, 40), abs=0.01)
    # Where all agree, forty rows of two places are worth two.
    assert clustered([(0, 20), (0, 20)]) == pytest.approx(wilson(0, 2))
    assert clustered([(5, 20)]) == pytest.approx(wilson(0.25, 1))


@given(SETS)
def test_a_verdict_needs_every_possible_world(outcomes) -> None:
    found = verdict(outcomes)
    assert (found is Verdict.REFUSED) == all(o in REFUSES for o in outcomes)
    assert (found is Verdict.CLEARED) == all(o in UNRESTRICTED for o in outcomes)
    assert (found is Verdict.NOT_REACHED) == all(o in OFF_LADDER for o in outcomes)


def test_no_outcome_at_all_is_no_verdict() -> None:
    with pytest.raises(ValueError, match="at least one"):
        verdict(frozenset())


@given(st.lists(st.sampled_from(list(Verdict)), min_size=1))
def test_one_clearing_clears_the_row_and_refusing_takes_all(verdicts) -> None:
    found = together(verdicts)
    assert (found is Verdict.CLEARED) == (Verdict.CLEARED in verdicts)
    assert (found is Verdict.REFUSED) == (set(verdicts) == {Verdict.REFUSED})


def test_a_tally_adds_up() -> None:
    tally = Tally.of([Verdict.REFUSED, Verdict.REFERRED, Verdict.REFERRED])
    assert sum(tally.body().values()) == tally.total == 3
    assert tally.share(Verdict.REFERRED) == Share(2, 3)
