#!/usr/bin/python3
"""Measures ciao's libssl beside the system's, in one run: bench/README.md tells how to read it.

Both libraries have a process of their own, and every scene is asked of one and then of the other,
round after round, so that whatever else the machine does falls on both.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

HANDSHAKE, BULK, LIFE, MEMORY = "handshake", "bulk", "life", "memory"


class Child:
    """A bench program on the libssl of `library_dir` (None: the system's)."""

    def __init__(self, program, library_dir):
        environment = dict(os.environ)
        environment.pop("LD_LIBRARY_PATH", None)
        # With a heap this small glibc would give memory back to the kernel on every SSL_free.
        environment["GLIBC_TUNABLES"] = (
            "glibc.malloc.trim_threshold=268435456:glibc.malloc.top_pad=16777216")
        if library_dir:
            environment["LD_LIBRARY_PATH"] = library_dir
        self.process = subprocess.Popen([program], env=environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        hello = self.answer()
        self.library, self.scenes = os.path.realpath(hello["library"]), hello["scenes"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"bench: {self.process.args[0]} ended with {self.process.wait()}")
        return json.loads(line)

    def ask(self, scene):
        self.process.stdin.write(scene + "\n")
        self.process.stdin.flush()
        return self.answer()

    def close(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            sys.exit(f"bench: {self.process.args[0]} ended with {self.process.returncode}")


def group_of(scene):
    if scene.startswith(("full", "resumed")):
        return HANDSHAKE
    if scene.startswith("bulk"):
        return BULK
    return MEMORY if scene.startswith(("bytes", "mallocs")) else LIFE


def low(values):
    """The 10th percentile: what a quiet machine would have shown."""
    return sorted(values)[len(values) // 10]


def ratio(system, ciao):
    if system == ciao:
        return 1.0
    return system / ciao if ciao else float("inf")


def make_row(scene, name, rounds):
    """`rounds` are pairs of figures, the system's and ciao's."""
    system, ciao = zip(*rounds)
    return {
        "row": f"{scene} {name}", "group": group_of(scene),
        "system": statistics.median(system), "ciao": statistics.median(ciao),
        "system_quiet": low(system), "ciao_quiet": low(ciao),
        "ratio": statistics.median(ratio(*pair) for pair in rounds),
        "ratio_quiet": ratio(low(system), low(ciao)),
    }


def start(program, options):
    """The program on the system's library and on ciao's."""
    system, ciao = Child(program, None), Child(program, options.library)
    if os.path.dirname(ciao.library) != os.path.realpath(options.library):
        sys.exit(f"bench: {ciao.library} was loaded, not a libssl of {options.library}")
    if ciao.library == system.library:
        sys.exit(f"bench: both processes loaded {system.library}")
    return system, ciao


def one_round(system, ciao, turn, options, found):
    for scene in system.scenes:
        if options.only and not any(only in scene for only in options.only):
            continue
        # Who goes first changes, so that neither always finds the other's caches.
        pair = (system, ciao) if turn % 2 == 0 else (ciao, system)
        figures = {child: child.ask(scene) for child in pair}
        for name, value in figures[system].items():
            found.setdefault((scene, name), []).append((value, figures[ciao][name]))


def measure(program, options, generations, rounds):
    """Rows of one program. A generation is a pair of processes: where a process finds its memory
    alone makes some rows a quarter slower, in either library."""
    found, begin = {}, time.monotonic()
    for _ in range(generations):
        system, ciao = start(program, options)
        for turn in range(rounds):
            if time.monotonic() - begin < options.seconds or not found:
                one_round(system, ciao, turn, options, found)
        for child in (system, ciao):
            child.close()
    return [make_row(scene, name, pairs) for (scene, name), pairs in found.items()]


def shown(value, group):
    if group == MEMORY:
        return f"{value:.1f}"
    if group == BULK:
        return f"{value:.0f} ns"
    return f"{value / 1000:.2f} us"


def print_rows(rows):
    print(f"{'row':36} {'system':>11} {'ciao':>11} {'ratio':>7}   "
          f"{'quiet: system':>13} {'ciao':>11} {'ratio':>7}")
    for row in rows:
        cells = [shown(row[k], row["group"])
                 for k in ("system", "ciao", "system_quiet", "ciao_quiet")]
        print(f"{row['row']:36} {cells[0]:>11} {cells[1]:>11} {row['ratio']:>7.2f}   "
              f"{cells[2]:>13} {cells[3]:>11} {row['ratio_quiet']:>7.2f}")


def lowest(rows, group):
    ratios = [row["ratio"] for row in rows if row["group"] == group]
    return f"{min(ratios):.2f}" if ratios else "none"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", default="build/bench", help="where bench_time is")
    parser.add_argument("--library", default="build/lib", help="where ciao's libssl.so.3 is")
    parser.add_argument("--generations", type=int, default=5, help="pairs of processes")
    parser.add_argument("--rounds", type=int, default=8, help="of each generation")
    parser.add_argument("--seconds", type=float, default=120, help="no new round after that")
    parser.add_argument("--only", action="append", help="scenes whose name contains this")
    parser.add_argument("--json", help="write the rows to this file")
    options = parser.parse_args()
    options.library = os.path.abspath(options.library)

    rows = measure(os.path.join(options.programs, "bench_time"), options,
                   options.generations, options.rounds)
    rows += measure(os.path.join(options.programs, "bench_memory"), options, 1, 1)
    print_rows(rows)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=1)
    print(f"bench: {len(rows)} rows, lowest handshake ratio {lowest(rows, HANDSHAKE)}, "
          f"lowest bulk ratio {lowest(rows, BULK)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
