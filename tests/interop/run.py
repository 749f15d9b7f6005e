#!/usr/bin/python3
"""ciao in both roles against other makes of TLS, and real programs on ciao.

tests/interop/run.py [--group NAME]... [--only WORD]... [--jobs 2] [--quick] [--list]
                     [--on-system]
Ends with `interop: N passed, M failed`. --on-system puts the system's libssl in the place of
ciao's: that checks the cases themselves.
"""

import argparse
import pathlib
import sys
import tempfile

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent),
                str(pathlib.Path(__file__).resolve().parents[1])]
import cases  # noqa: E402
import play  # noqa: E402
from harness import certificates, library, pool, processes  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--group', action='append', choices=cases.all_groups(),
                        help='only these groups of cases')
    parser.add_argument('--only', action='append', default=[], metavar='WORD',
                        help='only cases whose name has all these words')
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--quick', action='store_true',
                        help='of TLS 1.2, one suite of each key exchange')
    parser.add_argument('--list', action='store_true')
    parser.add_argument('--on-system', action='store_true',
                        help="the system's libssl in the place of ciao's")
    parser.add_argument('--build', type=pathlib.Path, default=library.ROOT / 'build',
                        help='where ciao was built (default: build)')
    options = parser.parse_args()
    processes.stop_all_at_exit()
    with tempfile.TemporaryDirectory(prefix='ciao-interop-') as folder:
        folder = pathlib.Path(folder)
        keys = certificates.Certificates(folder)
        plain = library.system()
        ours = library.Library('ciao', (), plain.path) if options.on_system else \
            library.ciao(options.build)
        chosen = []
        for group in options.group or cases.all_groups():
            chosen += [case for case in cases.cases(group, ours, plain, folder, options.quick)
                       if all(word in case.name for word in options.only)]
        if options.list:
            print('\n'.join(case.name for case in chosen))
            return 0
        if not chosen:
            sys.exit('interop: no case of that name')
        failed = pool.play_all(chosen, options.jobs, lambda case: play.play(case, keys))
        processes.stop_all()
    print(f'interop: {len(chosen) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
