"""Who is this party? Names against lists, in any script, with the reasons for each hit.

First form: exact and near names. The door is narrow on purpose: :class:`Index`, :class:`Query`
and :class:`Result`; what lies behind may be replaced. A hit is never a verdict, and a search that
could not be made is an error, never "no hit".
"""

from licet.screening.index import Index, comparable
from licet.screening.query import Basis, Hit, ListedName, ListVersion, Query, Result, Status

__all__ = [
    "Basis",
    "Hit",
    "Index",
    "ListVersion",
    "ListedName",
    "Query",
    "Result",
    "Status",
    "comparable",
]
