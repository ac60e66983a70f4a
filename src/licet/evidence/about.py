"""Who publishes a source that does not ship with Licet, under what terms, and how old it may grow.

A user who has lawful access brings the file (`licet evidence add`); these words are then part of
the snapshot's manifest, as `source.toml` is for the sources that ship.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class About:
    """Title, publisher, terms, credit line and address; age and publication lag in days.

    ``licence`` is what is known of the publisher's terms, and says so where they were not read.
    ``lag_days``: how long after a year's end its figures appear (semantics, 6).
    """

    title: str
    publisher: str
    licence: str
    credit: str
    url: str
    max_age_days: int
    lag_days: int


FIGURES, LISTINGS, LISTS, QUARANTINE = (
    "brought_figures",
    "brought_listings",
    "brought_lists",
    "quarantine",
)
SHARED_TABLES = (FIGURES, LISTINGS, LISTS, QUARANTINE)
"""Tables that several sources fill, each with a column ``source``; made when the first one comes,
so that a snapshot without such a source is what it was."""

SHIPPED = frozenset(
    {
        *("countries", "us_csl", "dated_listings", "us_ccl", "us_country_chart", "vdem", "wgi"),
        *("un_treaties", "documented_misuse", "safeguards", "security_fairs", "eff_atlas"),
        "ocds_codelists",
    }
)
"""The sources of the snapshot that ships; any other was brought by a user."""
