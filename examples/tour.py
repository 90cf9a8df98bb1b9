"""A tour in ten lines: who is hit when both lines fail, and why."""

from pathlib import Path

import siam

eco = siam.load(Path(__file__).parent / "tour" / "ecosystem.yaml")
report = eco.impact(["wan-a", "wan-b"])
print(report.text(columns=["service", "level", "users", "route"]), end="")
print(report.explain(0), end="")
