"""The schemas for editors: every example is valid, and a misspelt key is not."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

ROOT = Path(__file__).resolve().parents[2]


def core() -> Any:
    """A loader of YAML 1.2's core schema, as editors read it: dates and `on` are text."""
    loader = type("Core", (yaml.SafeLoader,), {"yaml_implicit_resolvers": {}})
    resolvers: list[tuple[str, str, str]] = [
        ("null", "null|Null|NULL|~|", "nN~"),
        ("bool", "true|True|TRUE|false|False|FALSE", "tTfF"),
        ("int", "[-+]?[0-9]+", "-+0123456789"),
        ("float", "[-+]?([0-9]+[.][0-9]*|[.][0-9]+)", "-+.0123456789"),
    ]
    for tag, pattern, first in resolvers:
        firsts = [*first, ""] if tag == "null" else list(first)
        loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^({pattern})$"), firsts)  # type: ignore[attr-defined]
    return loader


def read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=core())


def schema(name: str) -> Draft202012Validator:
    content = json.loads((ROOT / "docs" / name).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(content)
    return Draft202012Validator(content)


DOCUMENTS, MAPPINGS = schema("siam.schema.json"), schema("siam-mapping.schema.json")
EXAMPLES = sorted((ROOT / "examples").rglob("*.yaml"))


def test_there_are_examples_of_both() -> None:
    assert sum("mapping" in path.name for path in EXAMPLES) >= 3
    assert len(EXAMPLES) >= 20


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_example_is_valid(path: Path) -> None:
    validator = MAPPINGS if "mapping" in path.name else DOCUMENTS
    faults = [f"{fault.json_path}: {fault.message[:200]}" for fault in validator.iter_errors(read(path))]
    assert faults == []


MISSPELT = [
    ("guide/party.yaml", ["parties", "netco"], "tier"),
    ("guide/role.yaml", ["roles", "owner-online"], "escalates_to"),
    ("guide/class.yaml", ["classes", "critical"], "agreements"),
    ("guide/calendar.yaml", ["calendars", "office"], "holidays"),
    ("guide/service.yaml", ["services", "directory", "provider", 0], "until"),
    ("guide/service.yaml", ["services", "intranet"], "depends_on"),
    ("guide/agreement.yaml", ["agreements", "sla-shopping"], "underpinned_by"),
    ("guide/measure.yaml", ["agreements", "sla-shopping", "measures", "resolved"], "within"),
    ("guide/measure.yaml", ["agreements", "sla-shopping", "measures", "resolved", "clock"], "pause_in"),
    ("guide/maintenance.yaml", ["maintenance", "network-work"], "allowance"),
    ("guide/framework.yaml", ["framework"], "at_risk"),
    ("guide/contract.yaml", ["contracts", "netco-networks", "charges", "wan"], "amount"),
    ("guide/contract.yaml", ["contracts", "netco-networks", "obligations", "monthly-report", "due"], "working_day"),
    ("guide/process.yaml", ["processes", "incident"], "function"),
    ("guide/equaliser.yaml", ["equaliser", "incident"], "integrator"),
    ("guide/interface.yaml", ["interfaces", "spi-incident-netco", "exchanges", "line-status"], "due"),
    ("guide/forum.yaml", ["forums", "cab"], "meets"),
    ("guide/forum.yaml", ["forums", "strategic-board", "decisions", "one-web-shop"], "on"),
    ("guide/regime.yaml", ["regimes", "service_points"], "lines"),
    ("guide/mapping.yaml", ["tables", "export"], "dates"),
    ("guide/mapping.yaml", ["gives", "tickets"], "from"),
    ("review/regimes.yaml", [], "collective"),
]


@pytest.mark.parametrize(("file", "path", "key"), MISSPELT, ids=lambda value: str(value))
def test_a_misspelt_key_is_not_valid(file: str, path: list[str | int], key: str) -> None:
    document = deepcopy(read(ROOT / "examples" / file))
    place = document
    for step in path:
        place = place[step]
    place[key + key[-1]] = place.pop(key)
    validator = MAPPINGS if "mapping" in file else DOCUMENTS
    assert not validator.is_valid(document)
