#!/usr/bin/python3
"""Whether everything that Debian 12's packages want of libssl.so.3 is there in ciao's.

tests/packages/run.py [--library build/lib/libssl.so.3] [--folder build/packages] [--only NAME]...
                      [--record]

Downloads the packages of packages.txt (none is installed), unpacks them, and looks up every libssl
function that a file of theirs imports, under the version that it asks for, in the loaded library,
as the dynamic linker does for a program linked with BIND_NOW. Files that look the functions up by
name when they run (Qt) are searched for names. Ends with `packages: N of M resolve`. With --record
it also writes imports.tsv, from which tools/compatibility.py tells the packages' part of
docs/COMPATIBILITY.md.
"""

import argparse
import ctypes
import dataclasses
import os
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from harness import library  # noqa: E402
from harness.debian import fetch, run, unpack  # noqa: E402
sys.path.insert(0, str(library.ROOT / 'tools'))
import compatibility  # noqa: E402
import cxx_text  # noqa: E402

IMPORT = re.compile(r'^\s+[Uw] (\w+)(?:@@?(\S+))?$')
EXPORT = re.compile(r'^[0-9a-f]+ [TtWw] (\w+)@@(\S+)$')
# So many names in the text of a file that imports none mean that it looks them up by itself.
BY_NAME = 20


@dataclasses.dataclass
class Needs:
    """What one file of a package wants: name to version, which is None where any will do."""
    file: str
    names: dict


def exported(path):
    """Name to version of the functions that a library exports."""
    found = (EXPORT.match(line) for line in run('nm', '-D', '--defined-only', path).splitlines())
    return {match[1]: match[2] for match in found if match}


# --- packages -------------------------------------------------------------------------------------

def names_of_packages():
    lines = (HERE / 'packages.txt').read_text(encoding='utf-8').splitlines()
    return [line for line in lines if line and not line.startswith('#')]


def elf_files(folder):
    for base, _, files in os.walk(folder):
        for name in sorted(files):
            path = pathlib.Path(base) / name
            if path.is_file() and not path.is_symlink():
                with open(path, 'rb') as start:
                    if start.read(4) == b'\x7fELF':
                        yield path


# --- what they need -------------------------------------------------------------------------------

def imports(listing, known):
    """The libssl functions among the undefined symbols that nm lists."""
    found = (IMPORT.match(line) for line in listing.splitlines())
    return {match[1]: match[2] for match in found if match and match[1] in known}


def needs(folder, known):
    for path in elf_files(folder):
        names = imports(run('nm', '-D', '--undefined-only', path), known)
        if not names:
            words = set(run('strings', '-n', '6', path).split()) & known.keys()
            names = dict.fromkeys(words) if len(words) > BY_NAME else {}
        if names:
            yield Needs(str(path.relative_to(folder)), names)


# --- what there is --------------------------------------------------------------------------------

class Loaded:
    """A library loaded as for a program, and looked into as its linker does."""

    class Place(ctypes.Structure):
        _fields_ = [('file', ctypes.c_char_p), ('base', ctypes.c_void_p),
                    ('name', ctypes.c_char_p), ('address', ctypes.c_void_p)]

    def __init__(self, path):
        self.path = os.path.realpath(path)
        self.handle = ctypes.CDLL(self.path, mode=os.RTLD_NOW | os.RTLD_LOCAL)._handle
        self.libc = ctypes.CDLL(None)
        for function in (self.libc.dlsym, self.libc.dlvsym):
            function.restype = ctypes.c_void_p
            function.argtypes = [ctypes.c_void_p] + [ctypes.c_char_p] * 2
        self.libc.dlsym.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
        self.libc.dladdr.argtypes = [ctypes.c_void_p, ctypes.POINTER(self.Place)]

    def has(self, name, version):
        """Whether the function is this library's own, under that version."""
        if version:
            address = self.libc.dlvsym(self.handle, name.encode(), version.encode())
        else:
            address = self.libc.dlsym(self.handle, name.encode())
        place = self.Place()
        if not address or not self.libc.dladdr(address, ctypes.byref(place)):
            return False
        return os.path.realpath(place.file.decode()) == self.path


def missing(loaded, wanted):
    return [f'{file.file}: {name}{"@" + version if version else ""}'
            for file in wanted for name, version in sorted(file.names.items())
            if not loaded.has(name, version)]


def not_real():
    """The functions that ciao exports and does not have."""
    folder = library.ROOT / 'src/libssl'
    sources = {path.name: path.read_text() for path in cxx_text.product_sources(folder)}
    table = compatibility.states(cxx_text.read_exports(folder / 'exports.txt'), sources)
    return {name for name, (state, _) in table.items() if state != 'real'}


def record(rows):
    """rows: (package, its functions)."""
    others = not_real()
    lines = ['package\tfunctions\tnot real']
    lines += [f'{package}\t{len(functions)}\t{" ".join(sorted(functions & others))}'
              for package, functions in rows]
    (HERE / 'imports.tsv').write_text('\n'.join(lines) + '\n', encoding='utf-8')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--library', type=pathlib.Path,
                        default=library.ROOT / 'build' / 'lib' / 'libssl.so.3')
    parser.add_argument('--folder', type=pathlib.Path, default=library.ROOT / 'build' / 'packages')
    parser.add_argument('--only', action='append', default=[], metavar='NAME')
    parser.add_argument('--record', action='store_true')
    options = parser.parse_args()
    if options.record and options.only:
        parser.error('--record is for all packages')
    known = exported(library.system().path)
    loaded = Loaded(options.library)
    names = options.only or names_of_packages()
    resolved = 0
    rows = []
    for name, file in fetch(names, options.folder).items():
        wanted = list(needs(unpack(options.folder, file.stem, file), known))
        lost = missing(loaded, wanted)
        functions = {function for each in wanted for function in each.names}
        # A package in which nothing is found has not been looked at.
        good = bool(functions) and not lost
        resolved += good
        rows.append((name, functions))
        print(f'{"ok    " if good else "FAILED"} {file.stem}: {len(functions)} functions in '
              f'{len(wanted)} files', flush=True)
        for line in lost:
            print(f'    not there: {line}')
    if options.record:
        record(rows)
    print(f'packages: {resolved} of {len(names)} resolve')
    return 0 if resolved == len(names) else 1


if __name__ == '__main__':
    sys.exit(main())
