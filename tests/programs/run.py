#!/usr/bin/python3
"""Debian's programs, unmodified, on ciao and on the system's libssl: whether they do the same.

tests/programs/run.py [--only WORD]... [--jobs 2] [--list] [--show] [--on-system]
                      [--build build]
Each case is played on the system's libssl and on ciao with a peer on the system's, and what was
seen is compared. Ends with `programs: N passed, M failed`. --on-system puts the system's libssl in
the place of ciao's: that checks the cases themselves.
"""

import argparse
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
import table  # noqa: E402
from harness import certificates, library, pool, processes  # noqa: E402
from stage import Stage, compare, own_library  # noqa: E402


def play_on(case, keys, libssl):
    """What the case saw, or None and what went wrong."""
    with tempfile.TemporaryDirectory(prefix='ciao-programs-') as folder:
        pathlib.Path(folder).chmod(0o711)  # for servers that become another user
        stage = Stage(keys, folder, libssl)
        try:
            return case.play(stage), None
        except (processes.Failure, OSError, LookupError, ValueError, AttributeError) as failure:
            text = f'{failure}' if isinstance(failure, processes.Failure) else f'{failure!r}'
            return None, f'on {libssl.name}: {text}'
        finally:
            processes.stop_thread()
            stage.close()


def play(case, keys, libraries, show):
    """None if both libraries gave the same, else what is wrong."""
    seen, problems = zip(*(play_on(case, keys, libssl) for libssl in libraries))
    if any(problems):
        return '\n'.join(filter(None, problems))
    if not seen[0]:
        return 'the case saw nothing'
    if show:
        print(''.join(f'    {name}: {value!r:.200}\n' for name, value in seen[1].items()), end='')
    return '\n'.join(compare(*seen)) or None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--only', action='append', default=[], metavar='WORD',
                        help='only cases whose name has one of these words')
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--list', action='store_true')
    parser.add_argument('--show', action='store_true', help='print what was seen')
    parser.add_argument('--on-system', action='store_true',
                        help="the system's libssl in the place of ciao's")
    parser.add_argument('--build', type=pathlib.Path, default=library.ROOT / 'build',
                        help='where ciao was built (default: build)')
    options = parser.parse_args()
    chosen = [case for case in table.cases()
              if not options.only or any(word in case.name for word in options.only)]
    if options.list:
        print('\n'.join(case.name for case in chosen))
        return 0
    if not chosen:
        sys.exit('programs: no case of that name')
    if problem := own_library():
        sys.exit(f'programs: the peers would not be on the system\'s libssl: {problem}')
    processes.stop_all_at_exit()
    plain = library.system()
    ours = library.Library('ciao', (), plain.path) if options.on_system else \
        library.ciao(options.build)
    with tempfile.TemporaryDirectory(prefix='ciao-programs-') as folder:
        keys = certificates.Certificates(folder)
        failed = pool.play_all(chosen, options.jobs,
                               lambda case: play(case, keys, (plain, ours), options.show))
        processes.stop_all()
    print(f'programs: {len(chosen) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
