"""What siam raises. Every class carries the problems as objects; ``str`` shows them as a compiler would."""

from __future__ import annotations

from siam._siam import Problems

__all__ = ["CheckError", "Error", "EvidenceError", "QueryError"]


class Error(Exception):
    """Anything siam raises.

    >>> import siam
    >>> issubclass(siam.CheckError, siam.Error)
    True
    """

    def __init__(self, problems: Problems) -> None:
        super().__init__(problems)
        self._problems = problems

    @property
    def problems(self) -> Problems:
        """All problems at once, sorted by place."""
        return self._problems

    @property
    def suggestions(self) -> list[str]:
        """The nearest known names to those that are not known."""
        return [problem.suggestion for problem in self._problems if problem.suggestion is not None]

    def __str__(self) -> str:
        return str(self._problems)


class CheckError(Error):
    """Documents, or tables of a load, that cannot be used.

    >>> import siam
    >>> try:
    ...     siam.load("siam: 1\\nservcies: {}")
    ... except siam.CheckError as error:
    ...     print(error)
    error[unknown-key]: unknown key `servcies` in an ecosystem
      --> document:2:1
      |
    2 | servcies: {}
      | ^^^^^^^^
      = help: did you mean `services`?
    """


class EvidenceError(Error):
    """Tables of what happened that cannot be used."""


class QueryError(Error):
    """A question that cannot be answered as it was asked.

    >>> import siam
    >>> eco = siam.load("siam: 1\\nservices: {email: {}}")
    >>> try:
    ...     eco.impact("emial")
    ... except siam.QueryError as error:
    ...     print(error.suggestions)
    ['email']
    """
