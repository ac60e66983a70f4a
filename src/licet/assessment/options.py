"""What an assessment may be told to do differently. All of it is part of the determination."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from licet.assessment.statements import Mode


class EvidenceMode(StrEnum):
    """Which editions of a source may be used for a past day (semantics, 6)."""

    STRICT = "strict"
    RECONSTRUCTED = "reconstructed"


@dataclass(frozen=True, slots=True)
class Options:
    """How to assess."""

    mode: Mode = Mode.AUTHORITY
    evidence: EvidenceMode = EvidenceMode.RECONSTRUCTED
    strict_dates: bool = False

    def stored(self) -> dict[str, Any]:
        """The options as the determination holds them."""
        return {
            "mode": self.mode.value,
            "evidence": self.evidence.value,
            "strict_dates": self.strict_dates,
        }
