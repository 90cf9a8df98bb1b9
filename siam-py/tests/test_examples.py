"""Every example in the documentation runs and shows what it says, wherever the package is installed."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import siam

MODULES = ["siam", *(f"siam.{module.name}" for module in pkgutil.iter_modules(siam.__path__) if module.name != "_siam")]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_are_true(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert found.failed == 0


def test_the_main_names_have_examples() -> None:
    finder = doctest.DocTestFinder()
    with_examples = {test.name for module in MODULES for test in finder.find(importlib.import_module(module)) if test.examples}
    for needed in ("load", "check", "Follows.impact", "Hours.elapsed", "Hours.deadline", "Happened.evidence", "Happened.score", "Happened.reconcile", "Report.picture", "Calendar", "Report", "Table", "explain"):
        assert any(name.endswith(f".{needed}") for name in with_examples), needed
