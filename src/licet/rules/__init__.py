"""Law as data: read it, check it, apply it to facts and explain every step.

Pure: no clock, no network, no database. Knows nothing of evidence sources or screening; what it
needs about a case reaches it as :class:`licet.model.fact.Reading` values in scopes.
"""
