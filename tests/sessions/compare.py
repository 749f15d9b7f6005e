#!/usr/bin/python3
"""Runs the session programs on two libraries: the system's libssl and ciao's.

compare.py PROGRAMS OURS [SYSTEM]    PROGRAMS has sessions_report and sessions_exchange; OURS and
SYSTEM are the folders of libssl.so.3. Without SYSTEM the loader's default is taken.
"""
import difflib
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from harness.two_libraries import check_library, environment  # noqa: E402


def report(program, folder):
    done = subprocess.run([program], env=environment(folder), capture_output=True, text=True,
                          timeout=120)
    return done.stdout.splitlines() + [f'exit status {done.returncode}'], done.stderr


def main():
    programs, ours = pathlib.Path(sys.argv[1]), sys.argv[2]
    system = sys.argv[3] if len(sys.argv) > 3 else None
    program, exchange = str(programs / 'sessions_report'), str(programs / 'sessions_exchange')
    for folder in (ours, system):
        check_library(program, folder, ours)
    theirs, _ = report(program, system)
    mine, errors = report(program, ours)
    different = [line for line in difflib.unified_diff(theirs, mine, 'system', 'ciao', lineterm='')]
    print('\n'.join(different))
    if different and errors:
        print(errors)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for maker, name in ((system, 'system'), (ours, 'ciao')):
            for taker, other in ((system, 'system'), (ours, 'ciao')):
                path = os.path.join(folder, f'{name}.pem')
                made = subprocess.run([exchange, 'make', path], env=environment(maker))
                taken = subprocess.run([exchange, 'resume', path], env=environment(taker))
                good = made.returncode == 0 and taken.returncode == 0
                failed += not good
                print(f'exchange: {name} to {other}: {"resumed" if good else "NOT RESUMED"}')
    print(f'sessions: {len(theirs)} lines, {len(different)} different, {failed} exchanges failed')
    sys.exit(1 if different or failed or len(theirs) < 100 else 0)


if __name__ == '__main__':
    main()
