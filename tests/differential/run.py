#!/usr/bin/python3
"""Random sequences of calls on the system's libssl and on ciao's; what differs is made small and
shown.

tests/differential/run.py [--sequences N | --minutes M] [--first SEED] [--library build/lib]
                          [--seed SEED] [--sanitized build/asan]

A seed stands for a sequence. Differences that are intended are in intended.json, each with its
reason. --seed shows one sequence, minimised if it differs. NOTES.md says more.
"""

import argparse
import collections
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / 'abi')]
import differences  # noqa: E402
import make_files  # noqa: E402
from harness.two_libraries import check_library  # noqa: E402
from players import Player  # noqa: E402

ROOT = HERE.parents[1]
BATCH = 200
SHOWN = 40      # classes of differences
EXAMPLES = 2    # of a class are minimised
SANITIZER = {'ASAN_OPTIONS': 'detect_leaks=0:abort_on_error=1',
             'UBSAN_OPTIONS': 'print_stacktrace=1:halt_on_error=1:abort_on_error=1'}


class Bench:
    """Both workers, and what is known of their differences."""

    def __init__(self, system, ciao, allowed):
        self.system, self.ciao, self.allowed = system, ciao, allowed
        self.played = self.crashed_both = 0
        self.intended = collections.Counter()
        self.unexplained = {}  # kind -> seeds

    def traces(self, seed, steps=()):
        return self.system.trace(seed, steps), self.ciao.trace(seed, steps)

    def difference(self, seed, steps=()):
        return differences.first_difference(*self.traces(seed, steps))

    def batch(self, first, count):
        for player in (self.system, self.ciao):
            player.ask(f'run {first} {count}')
        theirs, mine = (player.hashes(first, count) for player in (self.system, self.ciao))
        self.played += len(theirs)
        for seed, result in theirs.items():
            if ' ' in result and ' ' in mine[seed]:
                self.crashed_both += 1
            elif result != mine[seed]:
                self.sort(int(seed))

    def sort(self, seed):
        found = self.difference(seed)
        if found is None:
            self.unexplained.setdefault('not the same in a run of its own', []).append(seed)
            return
        for each in self.allowed:
            if each.covers(found):
                each.seen += 1
                return
        self.unexplained.setdefault(differences.kind(found), []).append(seed)

    def explain(self, seed):
        """Shows a sequence that differs, as few steps as possible."""
        theirs, mine = self.traces(seed)
        found = differences.first_difference(theirs, mine)
        if found is None:
            print('\n'.join(theirs))
            print(f'seed {seed}: no difference')
            return
        same = differences.kind(found)
        steps = differences.steps_of(theirs if len(theirs) > len(mine) else mine)

        def differs(fewer):
            now = self.difference(seed, fewer)
            return now is not None and differences.kind(now) == same

        if differs(steps):
            steps = differences.minimise(steps, differs)
        theirs, mine = self.traces(seed, steps)
        found = differences.first_difference(theirs, mine) or found
        print(f'  seed {seed}, steps {" ".join(map(str, steps))}:')
        for line in found[2]:
            print(f'      {line[:300]}')
        print(f'    system: {found[0][:600]}\n    ciao:   {found[1][:600]}')
        if 'process dies' in found[1] or 'crashes' in found[1]:
            print(self.ciao.said)

    def report(self):
        """Prints the classes, the biggest first; the number of sequences that nothing explains."""
        classes = sorted(self.unexplained.items(), key=lambda each: -len(each[1]))
        for name, seeds in classes[:SHOWN]:
            print(f'\n{len(seeds)} x {name[:400]}')
            if name.startswith('not the same'):
                print(f'  seeds {seeds[:10]}')
                continue
            for seed in seeds[:EXAMPLES]:
                self.explain(seed)
        for name, seeds in classes[SHOWN:]:
            print(f'{len(seeds)} x seed {seeds[0]}: {name[:200]}')
        return sum(map(len, self.unexplained.values()))


def files_folder(folder):
    """The certificates: made once, as the seeds mean these."""
    if not (folder / 'openssl.cnf').exists():
        folder.mkdir(parents=True, exist_ok=True)
        make_files.make(folder)
    return folder


def make_bench(options):
    worker = options.worker
    for folder in (None, str(options.library)):
        check_library(worker, folder, str(options.library))
    files = files_folder(options.folder)
    extra = {}
    if options.sanitized:
        runtime = [subprocess.run(['g++', f'-print-file-name=lib{name}.so'], check=True,
                                  capture_output=True, text=True).stdout.strip()
                   for name in ('asan', 'ubsan')]
        extra = {**SANITIZER, 'LD_PRELOAD': ' '.join(runtime)}
    return Bench(Player(worker, files, None),
                 Player(worker, files, str(options.library), extra=extra),
                 differences.intended(HERE / 'intended.json'))


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--sequences', type=int, help='how many; otherwise by time')
    parser.add_argument('--minutes', type=float, default=10)
    parser.add_argument('--first', type=int, default=1, metavar='SEED')
    parser.add_argument('--seed', type=int, help='this one alone')
    parser.add_argument('--library', type=pathlib.Path, default=ROOT / 'build/lib')
    parser.add_argument('--worker', type=pathlib.Path,
                        default=ROOT / 'build/bin/differential_worker')
    parser.add_argument('--folder', type=pathlib.Path, default=ROOT / 'build/differential')
    parser.add_argument('--sanitized', action='store_true',
                        help="ciao's library is one of the preset asan")
    options = parser.parse_args()
    if options.sanitized and options.library == ROOT / 'build/lib':
        options.library = ROOT / 'build/asan/lib'
    options.library = options.library.resolve()
    if not (options.library / 'libssl.so.3').exists():
        parser.error(f'{options.library}/libssl.so.3 is missing: make build')
    return options


def main():
    options = parse()
    os.environ.pop('OPENSSL_CONF', None)
    bench = make_bench(options)
    if options.seed is not None:
        bench.explain(options.seed)
        return 0
    begun, at = time.monotonic(), options.first
    while (bench.played < options.sequences if options.sequences
           else time.monotonic() - begun < options.minutes * 60):
        bench.batch(at, BATCH)
        at += BATCH
    took = time.monotonic() - begun
    unexplained = bench.report()
    for each in bench.allowed:
        print(f'intended: {each.seen:6} x {each.why}')
    stale = [each for each in bench.allowed if not each.seen and bench.played >= 100000]
    for each in stale:
        print(f'never seen: {each.why}')
    print(f'{bench.played / took:.0f} sequences a second, '
          f'{bench.crashed_both} end the process on both')
    print(f'differential: {bench.played} sequences, {unexplained} unexplained differences')
    for player in (bench.system, bench.ciao):
        player.close()
    return 1 if unexplained or stale else 0


if __name__ == '__main__':
    sys.exit(main())
