"""Debian's Node 18. Machines have other makes of Node that it cannot be installed beside, so its
packages are unpacked in the build folder, and are where Node wants them for this program alone."""

import functools
import os
import re
import threading

from harness import debian, library

FOLDER = library.ROOT / 'build' / 'programs'
PARTS = ('libnode108', 'node-acorn', 'node-cjs-module-lexer', 'node-undici')
# Node reads parts of itself from /usr/share/nodejs. They are mounted there in a namespace of its
# own, in which anybody but root has to be made root.
NAMESPACE = ('-m',) if os.geteuid() == 0 else ('-r', '-m')
SCRIPT = '''mount --bind "$1/share" /usr/share || exit
export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$1/lib/$2"
program=$1/bin/node; shift 2; exec "$program" "$@"'''
_making = threading.Lock()


def _unpacked():
    with _making:
        return _unpack()


@functools.cache
def _unpack():
    version = _version()
    files = debian.fetch((*PARTS, f'nodejs={version}'), FOLDER)
    return debian.unpack(FOLDER, f'node-{version}', *files.values()) / 'usr'


def _version():
    """The one that belongs to Debian's library: of nodejs itself, another archive may have more."""
    said = debian.run('apt-cache', 'show', '--no-all-versions', 'libnode108')
    return re.search(r'^Version: (\S+)$', said, re.MULTILINE)[1]


def program():
    return _unpacked() / 'bin' / 'node'


def command():
    """What Node's own arguments go after."""
    base = _unpacked()
    libraries = next(base.glob('lib/*/libnode.so.108')).parent.name
    return ['/usr/bin/unshare', *NAMESPACE, '/bin/sh', '-c', SCRIPT, 'node', base, libraries]
