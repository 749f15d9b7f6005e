#!/usr/bin/python3
"""BoringSSL's runner, a TLS peer that misbehaves on purpose, against ciao's libssl.

tests/conformance/bogo/run.py --shim build/.../bogo_shim [--on-system | --compare]
                              [--only PATTERN]...
                              [--with not_yet|excluded] [--jobs 2] [--verbose] [--list]

Ends with `bogo: N passed, M failed, K excluded with reasons`. cases.json names the cases that can
never apply, not_yet.json those that wait for a part of ciao that is scheduled; each with the
reason. --compare plays every case on both libraries, and fails where the system's passes and ciao's
does not.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import fnmatch
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
from harness import library  # noqa: E402

VERDICT = re.compile(r'(PASSED|FAILED|UNIMPLEMENTED) \((.*)\)$')
# The groups that the shim can name, and that the runner has.
GROUPS = [23, 24, 25, 29]
# Answers to every case that it is not implemented: what is left is the list of cases.
NOTHING = '#!/bin/sh\n[ "$1" = -is-handshaker-supported ] && echo No && exit 0\nexit 89\n'


@dataclasses.dataclass
class Result:
    verdict: str
    text: str = ''


def matches(name, patterns):
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


class Cases:
    """Which cases are left out, and why."""

    def __init__(self):
        self.sections = {}
        for file in ('cases.json', 'not_yet.json'):
            self.sections |= json.loads((HERE / file).read_text(encoding='utf-8'))

    def section(self, name):
        """The section that leaves this case out, or None. What never applies goes first."""
        for section, entries in self.sections.items():
            for entry in entries:
                if matches(name, entry['cases']) and not matches(name, entry.get('except', [])):
                    return section
        return None

    def problems(self, names):
        """Entries that say nothing, or that name no case."""
        for section, entries in self.sections.items():
            for entry in entries:
                if len(entry['reason']) < 20:
                    yield f'{section}: {entry["cases"]} have no reason'
                for pattern in entry['cases'] + entry.get('except', []):
                    if not fnmatch.filter(names, pattern):
                        yield f'{section}: no case is named {pattern}'


class Runner:
    def __init__(self, folder, jobs):
        self.folder, self.jobs = folder, jobs
        subprocess.run([HERE / 'obtain_runner', folder], check=True)

    def play(self, shim, *, library_folder=None, names=None):
        """Name to Result, of every case or of those named."""
        environment = library.clean_environment(SHIM_ERROR_NAMES=str(self._error_names()))
        if library_folder:
            environment['LD_LIBRARY_PATH'] = str(library_folder)
        if names is not None and not names:
            return {}
        config = self.folder / 'shim.json'
        config.write_text(json.dumps({
            # libssl sends its tickets after the handshake, and the shim its half of the data
            # before.
            'HalfRTTTickets': 0, 'AllCurves': GROUPS}))
        command = [self.folder / 'runner', '-test.timeout=1h', '-shim-path', shim,
                   '-shim-config', config, '-pipe', '-allow-unimplemented', '-num-workers', '2',
                   '-idle-timeout', '10s']
        if names is not None and len(names) < 200:
            command += ['-test', ';'.join(names)]
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            outputs = list(pool.map(lambda shard: self._shard(command, environment, shard),
                                    range(self.jobs)))
        results = {}
        for output in outputs:
            results |= parse(output)
        if names is not None:
            results = {name: results[name] for name in names if name in results}
        return results

    def _shard(self, command, environment, shard):
        environment = environment | {'TEST_TOTAL_SHARDS': str(self.jobs),
                                     'TEST_SHARD_INDEX': str(shard)}
        return subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            cwd=self.folder / 'source/src/ssl/test/runner').stdout.decode(errors='replace')

    def _error_names(self):
        path = self.folder / 'error-names.txt'
        names = json.loads((HERE / 'error_names.json').read_text(encoding='utf-8'))['names']
        path.write_text(''.join(f'{reason} {name}\n' for name, reasons in names.items()
                                for reason in reasons))
        return path

    def all_names(self):
        path = self.folder / 'names.json'
        if not path.exists():
            nothing = self.folder / 'no-shim'
            nothing.write_text(NOTHING)
            nothing.chmod(0o755)
            path.write_text(json.dumps(sorted(self.play(nothing))))
        return json.loads(path.read_text())


def parse(output):
    results, current = {}, None
    for line in output.splitlines():
        verdict = VERDICT.match(line)
        if verdict:
            current = results.setdefault(verdict.group(2), Result(verdict.group(1)))
        elif current:
            current.text += line + '\n'
    return results


def check_library(shim, folder):
    """The shim has to be on the library that is meant."""
    environment = library.clean_environment()
    wanted = library.system().path
    if folder:
        environment['LD_LIBRARY_PATH'] = str(folder)
        wanted = os.path.realpath(folder / 'libssl.so.3')
    used = subprocess.run([shim, '-print-library'], env=environment, text=True, check=True,
                          stdout=subprocess.PIPE).stdout.strip()
    if os.path.realpath(used) != wanted:
        sys.exit(f'bogo: the shim uses {used}, not {wanted}')


def chosen(names, cases, options):
    left_out = collections.Counter()
    kept = []
    for name in names:
        if options.only and not matches(name, options.only):
            continue
        section = cases.section(name)
        if section and section not in options.include:
            left_out[section] += 1
        else:
            kept.append(name)
    return kept, left_out


def report(results, verbose):
    """Prints what did not pass; returns how many passed."""
    passed = 0
    for name, result in sorted(results.items()):
        if result.verdict == 'PASSED':
            passed += 1
        else:
            print(f'{result.verdict} {name}')
        if verbose and result.verdict == 'FAILED':
            print('    ' + result.text.strip().replace('\n', '\n    '))
    return passed


def compare(ours, systems, verbose):
    lost = {name: result for name, result in ours.items()
            if result.verdict != 'PASSED' and systems[name].verdict == 'PASSED'}
    report(lost, verbose)
    count = {name: sum(result.verdict == 'PASSED' for result in results.values())
             for name, results in (('system', systems), ('ciao', ours))}
    print(f'bogo: of {len(ours)} cases the system\'s libssl passes {count["system"]}, ciao '
          f'{count["ciao"]}; {len(lost)} only the system\'s')
    return 1 if lost else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--shim', type=pathlib.Path, required=True)
    parser.add_argument('--build', type=pathlib.Path, default=library.ROOT / 'build')
    parser.add_argument('--on-system', action='store_true', help="the system's libssl, not ciao's")
    parser.add_argument('--compare', action='store_true', help='both, and what only one passes')
    parser.add_argument('--only', action='append', default=[], metavar='PATTERN')
    parser.add_argument('--with', action='append', default=[], dest='include',
                        choices=['not_yet', 'excluded'], help='also cases of this section')
    parser.add_argument('--jobs', type=int, default=int(os.environ.get('JOBS', '2')))
    parser.add_argument('--verbose', action='store_true', help='say how cases fail')
    parser.add_argument('--list', action='store_true', help='name the cases and do nothing')
    options = parser.parse_args()
    shim, folder = options.shim.resolve(), options.build.resolve() / 'lib'
    runner = Runner(options.build.resolve() / 'bogo', options.jobs)
    cases = Cases()
    names = runner.all_names()
    problems = list(cases.problems(names))
    if problems:
        sys.exit('\n'.join(problems))
    kept, left_out = chosen(names, cases, options)
    if options.list:
        print('\n'.join(kept))
        return 0
    if not kept:
        sys.exit('bogo: no case of that name')
    check_library(shim, None if options.on_system else folder)
    if options.compare:
        check_library(shim, None)
        return compare(runner.play(shim, library_folder=folder, names=kept),
                       runner.play(shim, names=kept), options.verbose)
    results = runner.play(shim, library_folder=None if options.on_system else folder, names=kept)
    missing = [name for name in kept if name not in results]
    results |= {name: Result('FAILED', 'the runner did not play it') for name in missing}
    passed = report(results, options.verbose)
    if left_out['not_yet']:
        print(f'bogo: {left_out["not_yet"]} cases wait for what is not built yet (--with not_yet)')
    print(f'bogo: {passed} passed, {len(results) - passed} failed, '
          f'{left_out["excluded"]} excluded with reasons')
    return 0 if passed == len(results) else 1


if __name__ == '__main__':
    sys.exit(main())
