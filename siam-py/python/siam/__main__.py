"""The command line: ``python -m siam check FILES``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import siam

__all__ = ["main"]

_FORMATS: dict[str, Callable[[siam.Problems], str]] = {
    "text": siam.Problems.to_text,
    "json": siam.Problems.to_json,
    "sarif": siam.Problems.to_sarif,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; 0 where all is well, 1 where there are faults, 2 where the command itself is wrong."""
    parser = argparse.ArgumentParser(prog="python -m siam", description="Service integration and management.")
    parser.add_argument("--version", action="version", version=f"siam {siam.__version__}")
    commands = parser.add_subparsers(title="commands", required=True)
    check = commands.add_parser("check", help="everything that is wrong with documents, or worth knowing")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE", help="documents of one ecosystem, YAML or JSON")
    check.add_argument("--format", choices=list(_FORMATS), default="text", help="text for people, json or sarif for tools (default: text)")
    check.add_argument("--severity", action="append", default=[], type=_graded, metavar="NAME=WORD", help="a finding as error, warning, advice or off")
    check.add_argument("--explain", action="store_true", help="then what was agreed, as the prose both sides initial")
    check.set_defaults(run=_check)
    given = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = given.run
    return run(given)


def _graded(text: str) -> tuple[str, str]:
    name, equals, word = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=WORD, such as ola-missing=error")
    return name.strip(), word.strip()


def _check(given: argparse.Namespace) -> int:
    unreadable = [line for line in map(_unreadable, given.files) if line is not None]
    if unreadable:
        print("\n".join(unreadable), file=sys.stderr)
        return 2
    problems = siam.check(*given.files, severities=dict(given.severity))
    _write(_FORMATS[given.format](problems))
    if given.explain and not problems.has_errors:
        terms = siam.load(*given.files).terms()
        _write("\n" + terms.explain(0).text if len(terms) else "")
    return 1 if problems.has_errors else 0


def _unreadable(path: Path) -> str | None:
    try:
        with path.open("rb"):
            return None
    except OSError as fault:
        return f"siam: cannot read {path}: {fault.strerror or fault}"


def _write(text: str) -> None:
    # As bytes: tools expect UTF-8 and plain line ends, whatever the console is set to.
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The reader has seen enough; the interpreter must not complain when it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
