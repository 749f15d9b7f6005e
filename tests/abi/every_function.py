#!/usr/bin/python3
"""Whether each function that libssl exports is called by a program that runs on both libraries.

every_function.py EXPORTS COMPATIBILITY PROGRAM...    src/libssl/exports.txt, docs/COMPATIBILITY.md,
                                                      and the programs as they were built

What a program calls is what it leaves to the dynamic linker. Functions that are no more than a name
on ciao, by COMPATIBILITY, need no caller: their answers are not OpenSSL's.
"""
import re
import subprocess
import sys


def exported(path):
    """Those of 3.0: a line with a third word names a later version, which the system's libssl is
    not.
    """
    with open(path, encoding='utf-8') as lines:
        words = [line.split() for line in lines if line.strip() and not line.startswith('#')]
    return [each[0] for each in words if len(each) == 2]


def left_out(path):
    with open(path, encoding='utf-8') as lines:
        found = (re.match(r'\| `(\w+)` \| (absent|not yet)', line) for line in lines)
        return {match[1] for match in found if match}


def called(program):
    symbols = subprocess.run(['nm', '-D', '--undefined-only', program], check=True,
                             capture_output=True, text=True).stdout
    return {line.split()[-1].partition('@')[0] for line in symbols.splitlines()}


def main():
    exports, compatibility, *programs = sys.argv[1:]
    names, without = exported(exports), left_out(compatibility)
    used = set().union(*map(called, programs))
    missing = [name for name in names if name not in used and name not in without]
    for name in missing:
        print(f'no program calls {name}')
    print(f'abi: {len(names)} functions: {sum(name in used for name in names)} are called by '
          f'{len(programs)} programs, '
          f'{len(without - used)} are left out by design or not yet there')
    sys.exit(1 if missing or len(names) < 500 or len(programs) < 20 else 0)


if __name__ == '__main__':
    main()
