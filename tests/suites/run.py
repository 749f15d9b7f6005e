#!/usr/bin/python3
"""Other people's suites, unchanged, on the system's libssl and on ciao's; what ciao loses is an
error.

tests/suites/run.py [--library build/lib/libssl.so.3] [--folder build/suites] [--only SUITE]...
                    [--keep-baseline]

The suites come from Debian's archive (tools/debian_source) and are built under the folder. Each
runs on both libraries; the dynamic linker's own account says which libssl every process of theirs
loaded. A case that passes on the system's libssl and not on ciao's has to be in exceptions.json,
with the reason why it is left out by design; an exception whose case passes is an error as well.
NOTES.md says more.
"""

import argparse
import dataclasses
import fnmatch
import json
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
import consumers  # noqa: E402
import openssl_own  # noqa: E402
from bench import Bench  # noqa: E402
from cases import FAIL, PASS, Cases  # noqa: E402
from harness import library  # noqa: E402

SUITES = {**openssl_own.SUITES, **consumers.SUITES}
SOURCES = {**dict.fromkeys(openssl_own.SUITES, openssl_own.PACKAGE), **consumers.SOURCES}
SHOWN = 40


@dataclasses.dataclass
class Exception_:
    """Cases of a suite that ciao leaves out, as shell patterns, and why."""
    suite: str
    cases: list
    why: str

    def covers(self, suite, name):
        # A bracket is ordinary in the names of cases.
        return self.suite == suite and any(
            fnmatch.fnmatchcase(name, pattern.replace('[', '[[]')) for pattern in self.cases)


@dataclasses.dataclass
class Outcome:
    suite: str
    passed: int
    kept: int
    excused: list
    lost: list
    stale: list

    @property
    def good(self):
        return self.passed > 0 and not self.lost and not self.stale


def exceptions(path=HERE / 'exceptions.json'):
    return [Exception_(**each) for each in json.loads(path.read_text(encoding='utf-8'))]


def compare(suite, baseline, ours, allowed):
    """Holds the cases of a suite on ciao against those on the system's libssl."""
    lost, excused, stale = [], [], []
    for name in [*baseline, *(name for name in ours if name not in baseline)]:
        before, after = baseline.get(name), ours.get(name)
        worse = after != PASS if before == PASS else after == FAIL and before != FAIL
        covered = any(each.covers(suite, name) for each in allowed)
        if worse:
            (excused if covered else lost).append(name)
        elif covered and after == PASS:
            stale.append(name)
    for each in allowed:
        if each.suite == suite:
            stale += [f'no case: {pattern}' for pattern in each.cases
                      if not any(Exception_(suite, [pattern], '').covers(suite, name)
                                 for name in {**baseline, **ours})]
    kept = sum(ours.get(name) == PASS for name, went in baseline.items() if went == PASS)
    return Outcome(suite, baseline.count(PASS), kept, excused, lost, stale)


def run(suite, bench, keep):
    """The cases of a suite on one library; `keep` takes those of an earlier run when there are any.
    """
    results = bench.logs / f'{suite.replace(":", "_")}.json'
    if keep and results.exists():
        cases = Cases()
        cases.update(json.loads(results.read_text(encoding='utf-8')))
        return cases
    cases = SUITES[suite](bench)
    results.write_text(json.dumps(cases, indent=1), encoding='utf-8')
    return cases


def obtain(suite, folder):
    if suite in SOURCES:
        subprocess.run([library.ROOT / 'tools/debian_source', SOURCES[suite],
                        folder / SOURCES[suite], folder / 'apt'], check=True)


def show(outcome, ours):
    for name in outcome.lost[:SHOWN]:
        print(f'  lost: {name} ({ours.get(name, "did not run")})')
    if len(outcome.lost) > SHOWN:
        print(f'  lost: {len(outcome.lost) - SHOWN} more')
    for name in outcome.stale[:SHOWN]:
        print(f'  an exception that is none: {name}')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--library', type=pathlib.Path,
                        default=library.ROOT / 'build/lib/libssl.so.3')
    parser.add_argument('--folder', type=pathlib.Path, default=library.ROOT / 'build/suites')
    parser.add_argument('--only', action='append', default=[], choices=list(SUITES),
                        metavar='SUITE',
                        help=' '.join(SUITES))
    parser.add_argument('--keep-baseline', action='store_true',
                        help="take the results of an earlier run on the system's libssl")
    options = parser.parse_args()
    if not options.library.exists():
        parser.error(f'{options.library} is missing: make build')
    folder = options.folder.resolve()
    allowed, outcomes = exceptions(), []
    for suite in options.only or SUITES:
        begun = time.monotonic()
        obtain(suite, folder)
        system = Bench(folder, 'system', library.system().path)
        baseline = run(suite, system, options.keep_baseline)
        ours = run(suite, Bench(folder, 'ciao', options.library), False)
        outcome = compare(suite, baseline, ours, allowed)
        outcomes.append(outcome)
        print(f'{suite}: {time.monotonic() - begun:.0f} s', flush=True)
        show(outcome, ours)
    print(f'\n{"suite":16} {"system":>8} {"ciao":>8} {"by design":>10} {"lost":>6} {"stale":>6}')
    for each in outcomes:
        print(f'{each.suite:16} {each.passed:8} {each.kept:8} {len(each.excused):10} '
              f'{len(each.lost):6} {len(each.stale):6}')
    bad = [each.suite for each in outcomes if not each.good]
    print(f'suites: {len(outcomes) - len(bad)} of {len(outcomes)} as they should be')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
