"""Small rulebooks, each written for one test: a planted fault, or its clean twin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from licet.rules.load import load_rulebook
from licet.rules.rulebook import Rulebook


def provision(
    effect: str = "authorisation_required", when: Any = None, **more: Any
) -> dict[str, Any]:
    """A provision; ``more`` may hold in_force, scope, and what goes under ``then``."""
    body: dict[str, Any] = {
        "schema": "licet/provision/1",
        "title": "A planted provision",
        "cite": {"instrument": "Test Act", "locator": "1"},
        "checked": {"level": "policy", "source": "made for a test"},
        "in_force": more.pop("in_force", {"from": "2020-01-01"}),
    }
    if "scope" in more:
        body["scope"] = more.pop("scope")
    if when is not None:
        body["when"] = when
    return {**body, "then": {"effect": effect, **more}}


def write(
    folder: Path,
    provisions: dict[str, dict[str, Any]],
    lists: dict[str, str] | None = None,
    **book: Any,
) -> Path:
    """Write a rulebook's folder."""
    (folder / "provisions").mkdir(parents=True)
    head = {
        "schema": "licet/rulebook/1",
        "id": "planted",
        "title": "Planted",
        "jurisdiction": "EU",
        "kind": "binding",
    }
    (folder / "rulebook.yaml").write_text(_yaml(head | book), "utf-8")
    for pid, body in provisions.items():
        (folder / "provisions" / f"{pid}.yaml").write_text(
            _yaml({**body, "provision": pid}), "utf-8"
        )
    if lists:
        (folder / "lists").mkdir()
        for name, rows in lists.items():
            text = f"code,valid_from,valid_to,cite\n{rows}"
            (folder / "lists" / f"{name}.csv").write_text(text, "utf-8")
    return folder


def book(folder: Path, provisions: dict[str, dict[str, Any]], **more: Any) -> Rulebook:
    """Write a rulebook and load it."""
    return load_rulebook(write(folder, provisions, **more))


def _yaml(value: Any) -> str:
    text = yaml.safe_dump(_texts(value), sort_keys=False, allow_unicode=True)
    assert isinstance(text, str)
    return text


def _texts(value: Any) -> Any:
    """Every scalar as text: the strict reader knows no other."""
    if isinstance(value, dict):
        return {key: _texts(part) for key, part in value.items()}
    return [_texts(part) for part in value] if isinstance(value, list) else str(value)
