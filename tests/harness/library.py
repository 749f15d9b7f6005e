"""Which libssl.so.3 a process uses: how it is chosen, and how it is proven from /proc/PID/maps."""

import dataclasses
import os
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIBSSL = re.compile(r'(/\S*/libssl\.so\.[0-9.]+)( \(deleted\))?$')


def clean_environment(**more):
    """The environment without anything that would choose a library for the programs started."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(('LD_', 'CIAO_', 'SSL_', 'OPENSSL_', 'SSLKEYLOG', 'PG'))}
    environment.update(LC_ALL='C.UTF-8', **more)
    return environment


def loaded(pid):
    """The real paths of the libssl.so.* that the process has mapped, as a set."""
    paths = set()
    with open(f'/proc/{pid}/maps', encoding='utf-8') as maps:
        for line in maps:
            found = LIBSSL.search(line.rstrip('\n'))
            if found:
                paths.add(os.path.realpath(found.group(1)))
    return paths


@dataclasses.dataclass(frozen=True)
class Library:
    """A choice of libssl: `prefix` goes before a command, `path` is what its maps have to show."""
    name: str
    prefix: tuple
    path: str | None

    def wrap(self, command):
        return [*self.prefix, *map(str, command)]

    def problem(self, pid):
        """None if exactly this library is mapped, otherwise what is wrong, in words."""
        try:
            paths = loaded(pid)
        except OSError as error:
            return f'the maps of process {pid} cannot be read: {error.strerror}'
        wanted = {self.path} if self.path else set()
        if paths == wanted:
            return None
        return (f'process {pid} has {", ".join(sorted(paths)) or "no libssl"} mapped, '
                f'not {", ".join(wanted) or "none"}')


def system():
    """The system's libssl: what the programs use when they are started as ever."""
    for folder in ('/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib'):
        path = os.path.join(folder, 'libssl.so.3')
        if os.path.exists(path):
            return Library('system', (), os.path.realpath(path))
    raise FileNotFoundError("the system's libssl.so.3 is missing: tools/setup interop")


def ciao(build=ROOT / 'build'):
    """ciao's libssl, under the programs that `ciao run` starts."""
    tool, path = build / 'bin/ciao', build / 'lib/libssl.so.3'
    for file in (tool, path):
        if not file.exists():
            raise FileNotFoundError(f'{file} is missing: make build')
    return Library('ciao', (str(tool), 'run', '--'), os.path.realpath(path))


NONE = Library('none', (), None)
