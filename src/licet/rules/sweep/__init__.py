"""Apply rulebooks to tables of resolved facts: the same provision text, millions of rows at once.

A rulebook is lowered once into truth columns (:mod:`.lower`, :mod:`.algebra`); a back end works
those columns out for a table (:mod:`.polars_engine`, :mod:`.sql`). Explaining one case is the reference:
each sweep re-runs a sample of its rows through it and refuses to report where they differ.
"""
