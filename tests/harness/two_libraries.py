"""Runs a program on a chosen libssl.so.3, and makes sure that it is the one."""

import os
import pathlib
import subprocess
import sys


def environment(folder):
    """Without a folder the loader's default is taken: the system's library."""
    env = dict(os.environ)
    env.pop('LD_LIBRARY_PATH', None)
    if folder:
        env['LD_LIBRARY_PATH'] = str(folder)
    return env


def check_library(program, folder, ours):
    """That a program really talks to the library it is meant to."""
    out = subprocess.run(['ldd', program], env=environment(folder), check=True,
                         capture_output=True, text=True).stdout
    path = next(line.split()[2] for line in out.splitlines() if 'libssl.so.3' in line)
    found = pathlib.Path(path).resolve().parent
    if (found == pathlib.Path(ours).resolve()) != (folder == ours):
        sys.exit(f'compare: {program} would load {path}')
