"""The languages that reasons are worded in. They live here, in Python: the library itself keeps nothing between calls."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from siam import _given, _siam
from siam._errors import QueryError

__all__ = ["add_language", "catalogue", "languages"]

_catalogues: dict[str, _siam.Catalogue] = {"en": _siam.Catalogue.english()}


def languages() -> list[str]:
    """The languages that explanations can be worded in.

    >>> import siam
    >>> "en" in siam.languages()
    True
    """
    return sorted(_catalogues)


def add_language(catalogue: str | Path | Mapping[str, Any]) -> str:
    """Adds a language, or replaces one: a path, a document, or a mapping with ``locale`` and ``messages``. Gives its name.

    A message that it lacks is worded in English.

    >>> import siam
    >>> siam.add_language({"locale": "de", "messages": {"impact-given": "als ausgefallen angegeben"}})
    'de'
    >>> eco = siam.load("{siam: 1, services: {wan: {}}}")
    >>> print(siam.explain(eco.impact("wan"), 0, language="de").text.splitlines()[1].strip())
    als ausgefallen angegeben
    """
    name, text = _given.document(catalogue)
    loaded = _siam.Catalogue.load(name, text)
    _catalogues[loaded.language] = loaded
    return loaded.language


def catalogue(language: str) -> _siam.Catalogue:
    """The words of a language."""
    found = _catalogues.get(language)
    if found is None:
        raise QueryError(_siam.unknown_name("language", language, languages()))
    return found
