"""Evidence: sources into a snapshot, a snapshot into facts as of a date. One file a source."""

from licet.evidence.asof import AsOfMode
from licet.evidence.snapshot import Snapshot, describe

__all__ = ["AsOfMode", "Snapshot", "describe"]
