"""Scores that are added up: evidence in chunks, in any order, by any number of workers."""

from __future__ import annotations

from typing import Union

from siam import _siam
from siam._report import Evidence, Report


class Tally:
    """Scores that add up: give it evidence chunk by chunk, merge it with others, keep it as bytes.

    A chunk holds whole tickets. The same tickets give the same bytes, however they were cut, ordered and merged. A tally is pickled as its
    bytes; one that comes out of a pickle waits for its ecosystem: merge it into another, or give its bytes to ``Ecosystem.tally_of``.
    """

    __slots__ = ("_bytes", "_ecosystem", "_sums")

    _ecosystem: _siam.Ecosystem | None
    _sums: _siam.Tally | None
    _bytes: bytes

    def __init__(self, ecosystem: _siam.Ecosystem | None, sums: _siam.Tally | None, kept: bytes = b"") -> None:
        self._ecosystem, self._sums, self._bytes = ecosystem, sums, kept

    def _held(self) -> _siam.Tally:
        if self._sums is None:
            raise ValueError("this tally comes out of a pickle and waits for its ecosystem: eco.tally_of(tally.to_bytes())")
        return self._sums

    def update(self, evidence: Evidence) -> Tally:
        """Adds a chunk of evidence, and gives this tally; on an error nothing is added."""
        self._held().update(evidence._bound)
        return self

    def remove(self, evidence: Evidence) -> Tally:
        """Takes evidence out again that was added before, and gives this tally; on an error nothing is taken out."""
        self._held().remove(evidence._bound)
        return self

    def merge(self, *others: Tally | bytes) -> Tally:
        """Adds what others of the same question hold, tallies or their bytes, and gives this tally."""
        held = self._held()
        assert self._ecosystem is not None
        ready = [_ready(self._ecosystem, other) for other in others]
        for other in ready:
            held.merge(other)
        return self

    def to_bytes(self) -> bytes:
        """All that it holds, with a version and a checksum."""
        return self._bytes if self._sums is None else self._sums.to_bytes()

    def score(self) -> Report:
        """The scorecard of all that was added: the rows of ``Ecosystem.score`` without its tickets."""
        return Report(self._held().report())

    @property
    def periods(self) -> list[str]:
        """The periods it adds up over."""
        return self._held().periods

    def __reduce__(self) -> tuple[type[Tally], tuple[None, None, bytes]]:
        return Tally, (None, None, self.to_bytes())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tally) and self.to_bytes() == other.to_bytes()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "Tally that waits for its ecosystem" if self._sums is None else f"Tally over {', '.join(self._sums.periods)}"


TallyLike = Union[Tally, bytes]


def _ready(ecosystem: _siam.Ecosystem, given: TallyLike) -> _siam.Tally:
    if isinstance(given, Tally) and given._sums is not None:
        return given._sums
    if not isinstance(given, (Tally, bytes)):
        raise TypeError(f"a tally or its bytes, not {type(given).__name__}")
    return _siam.Tally.from_bytes(ecosystem, given.to_bytes() if isinstance(given, Tally) else given)


def merge(*tallies: Tally | bytes) -> Tally:
    """A new tally of all that these hold; at least one of them knows its ecosystem, the others may be bytes or come out of a pickle.

    >>> import siam
    >>> measure = {"statistic": "percentile", "percentile": "50%"}
    >>> eco = siam.load({"siam": 1, "agreements": {"support": {"kind": "sla", "measures": {"median": measure}}}})
    >>> def worker(hours):
    ...     rows = [{"ticket": f"T{n}", "opened": "2026-10-03T00:00:00Z", "resolved": f"2026-10-03T{n:02}:00:00Z"} for n in hours]
    ...     return eco.tally(eco.evidence(tickets=rows), "2026-10")
    >>> tally = siam.merge(worker([1, 9]), worker([4]).to_bytes())
    >>> tally.score()["value"]
    [14400.0]
    """
    known = [tally._ecosystem for tally in tallies if isinstance(tally, Tally) and tally._ecosystem is not None]
    if not known:
        raise ValueError("none of these tallies knows its ecosystem: give bytes to Ecosystem.tally_of first")
    first, *others = (_ready(known[0], tally) for tally in tallies)
    merged = Tally(known[0], _siam.Tally.from_bytes(known[0], first.to_bytes()))
    return merged.merge(*(other.to_bytes() for other in others))
