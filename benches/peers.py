"""Impact beside rustworkx, igraph, scipy and networkx: the same estates, the same answers, processor time.

    cargo build --release -p siam-bench --bin estate
    target/release/estate 1000000 build/estate && python benches/peers.py build/estate

`estate` writes an estate as CSV with our answers and our times; this script builds each peer's graph from the same columns, asserts that
each reaches as many services as we do, and prints what building and asking took. Peers only know "any dependency down", so the
estates hold no other rule. Reading the CSV is not timed for anybody. networkx is left out beyond 200,000 services.
"""

from __future__ import annotations

import csv
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Build = Callable[[list[str], list[str], list[str]], tuple[Any, dict[str, int]]]
Ask = Callable[[Any, int], int]

# How often each question is asked, all of them before any is asked again; the least time counts. `estate` asks us as often.
ROUNDS = 5


def numbered(names: list[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


def rustworkx(names: list[str], of: list[str], to: list[str]) -> tuple[Any, dict[str, int]]:
    import rustworkx

    number = numbered(names)
    graph = rustworkx.PyDiGraph(multigraph=True, node_count_hint=len(names), edge_count_hint=len(of))
    graph.add_nodes_from(range(len(names)))
    graph.add_edges_from_no_data([(number[a], number[b]) for a, b in zip(of, to)])
    return graph, number


def ask_rustworkx(graph: Any, seed: int) -> int:
    import rustworkx

    return len(rustworkx.descendants(graph, seed) | {seed})


def igraph(names: list[str], of: list[str], to: list[str]) -> tuple[Any, dict[str, int]]:
    import igraph

    number = numbered(names)
    return igraph.Graph(n=len(names), edges=[(number[a], number[b]) for a, b in zip(of, to)], directed=True), number


def ask_igraph(graph: Any, seed: int) -> int:
    return len(graph.subcomponent(seed, mode="out"))


def scipy(names: list[str], of: list[str], to: list[str]) -> tuple[Any, dict[str, int]]:
    import numpy
    from scipy.sparse import csr_matrix

    number = numbered(names)
    rows = numpy.fromiter((number[name] for name in of), numpy.int32, len(of))
    columns = numpy.fromiter((number[name] for name in to), numpy.int32, len(to))
    ones = numpy.ones(len(of), numpy.int8)
    return csr_matrix((ones, (rows, columns)), shape=(len(names), len(names))), number


def ask_scipy(graph: Any, seed: int) -> int:
    from scipy.sparse.csgraph import breadth_first_order

    return len(breadth_first_order(graph, seed, return_predecessors=False))


def networkx(names: list[str], of: list[str], to: list[str]) -> tuple[Any, dict[str, int]]:
    import networkx

    graph = networkx.DiGraph()
    graph.add_nodes_from(names)
    graph.add_edges_from(zip(of, to))
    return (graph, names), numbered(names)


def ask_networkx(held: Any, seed: int) -> int:
    import networkx

    graph, names = held
    return len(networkx.descendants(graph, names[seed]) | {names[seed]})


PEERS: list[tuple[str, Build, Ask]] = [
    ("rustworkx", rustworkx, ask_rustworkx),
    ("igraph", igraph, ask_igraph),
    ("scipy", scipy, ask_scipy),
    ("networkx", networkx, ask_networkx),
]


def column(path: Path, name: str) -> list[str]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        at = next(rows).index(name)
        return [row[at] for row in rows]


def main(folder: Path) -> None:
    dependent, depended = column(folder / "dependencies.csv", "from"), column(folder / "dependencies.csv", "to")
    services = folder / "services.csv"
    names = column(services, "service") if services.exists() else list(dict.fromkeys(dependent + depended))
    with (folder / "questions.csv").open(newline="", encoding="utf-8") as file:
        questions = list(csv.DictReader(file))
    loading = float(column(folder / "ours.csv", "seconds")[0])
    print(f"{len(names):,} services, {len(dependent):,} dependencies; processor seconds, microseconds a question")
    print(f"{'siam':<10} load and compile {loading:8.3f} s")
    for peer, build, ask in PEERS:
        if peer == "networkx" and len(names) > 200_000:
            continue
        # The first call pays for importing the peer, which is not what is compared.
        tiny, _ = build(["a", "b"], ["a"], ["b"])
        assert ask(tiny, 0) == 2
        start = time.process_time()
        graph, number = build(names, depended, dependent)
        built = time.process_time() - start
        line = f"{peer:<10} build            {built:8.3f} s {built / loading:6.1f}x ours"
        for kind in ("random", "hub"):
            asked = [question for question in questions if question["kind"] == kind]
            if kind == "random" and len(names) > 200_000:
                asked = asked[:32]
            least = [float("inf")] * len(asked)
            for _ in range(ROUNDS):
                for at, question in enumerate(asked):
                    start = time.perf_counter()
                    reached = ask(graph, number[question["service"]])
                    least[at] = min(least[at], (time.perf_counter() - start) * 1e6)
                    assert reached == int(question["reached"]), (peer, question, reached)
            ours = statistics.median(float(question["microseconds"]) for question in asked)
            median = statistics.median(least)
            line += f"   {kind} p50 {median:10.1f} µs, ours {ours:8.1f} µs, {median / ours:8.1f}x"
        print(line, flush=True)
        del graph


if __name__ == "__main__":
    main(Path(sys.argv[1]))
