"""Where a case takes place: a folder, keys, and a program on one libssl or the other.

A case is a function that is given a Stage and returns what it saw, a dictionary. It is played on
the system's libssl and on ciao, and has to see the same. What must be so on either, it checks
itself.
"""

import contextlib
import dataclasses
import os
import pathlib
import time
from collections.abc import Callable

from harness import library, processes
from harness.processes import Failure


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    action: Callable
    arguments: tuple = ()

    def play(self, stage):
        return self.action(stage, *self.arguments)


class Stage:
    """`library` is what the program under test runs on. Its peers run on the system's libssl: most
    are in this process, whose own libssl the driver has proven."""

    def __init__(self, keys, folder, libssl):
        self.keys, self.folder, self.library = keys, pathlib.Path(folder), libssl
        self._open = contextlib.ExitStack()

    def enter(self, context):
        """Something that is to be left when the case is over."""
        return self._open.enter_context(context)

    def close(self):
        self._open.close()

    def peer(self):
        """A stage beside this one, for a program on the system's libssl."""
        folder = self.path('peer')
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711)
        return Stage(self.keys, folder, library.system())

    def path(self, name):
        return self.folder / name

    def write(self, name, text):
        """A file that servers may read after they have become another user."""
        path = self.path(name)
        path.write_text(text, encoding='utf-8')
        path.chmod(0o644)
        return path

    def both(self, name):
        """Certificate and key in one file, as some servers want them."""
        path = self.path(f'{name}-both.pem')
        path.write_bytes(self.keys.pem(name).read_bytes() + self.keys.key(name).read_bytes())
        path.chmod(0o600)
        return path

    def start(self, command, **options):
        """The program under test, on the library under test."""
        return processes.Process(self.library.wrap(command), folder=self.folder, **options)

    def serve(self, command, port, program=None, **options):
        """The same for a server: waits until it listens, proves its libssl. `program` is what runs,
        where that is not the first word."""
        process = self.start(command, **options)
        process.wait_to_listen(port)
        self.prove(process, program or command[0])
        return process

    def prove(self, process, program):
        processes.prove(process, self.library, program)

    def check_children(self, process, timeout=5):
        """Every process of the same program that the server has made is on the library."""
        wanted = os.readlink(f'/proc/{_runner(process)}/exe')
        found = [pid for pid in descendants(process.pid) if program_of(pid) == wanted]
        deadline = time.monotonic() + timeout
        while problems := [text for pid in found if (text := self.library.problem(pid))]:
            # A process that is just ending has no maps any more.
            found = [pid for pid in found if program_of(pid) == wanted]
            if time.monotonic() > deadline:
                raise Failure('; '.join(problems))
            time.sleep(0.02)
        return len(found)


def program_of(pid):
    """The file that a process runs; None if it is gone."""
    try:
        return os.readlink(f'/proc/{pid}/exe')
    except OSError:
        return None


def _runner(process):
    """The process itself, or its child where `ciao run` stays beside it."""
    if os.path.basename(program_of(process.pid) or '') == 'ciao':
        below = descendants(process.pid)
        return below[0] if below else process.pid
    return process.pid


def descendants(pid):
    found = []
    try:
        with open(f'/proc/{pid}/task/{pid}/children', encoding='ascii') as listed:
            for child in map(int, listed.read().split()):
                found += [child, *descendants(child)]
    except OSError:
        pass
    return found


def differ(what, seen, wanted):
    if seen != wanted:
        raise Failure(f'{what} is {seen!r:.300}, not {wanted!r:.300}')


def compare(plain, ours):
    """What two plays saw differently, a line each."""
    return [_difference(name, plain.get(name), ours.get(name))
            for name in sorted({*plain, *ours}) if plain.get(name) != ours.get(name)]


def _difference(name, plain, ours):
    if isinstance(plain, list) and isinstance(ours, list):  # of long lists, what the other has not
        plain, ours = ([each for each in plain if each not in ours] or plain,
                       [each for each in ours if each not in plain] or ours)
    return f'{name}: {ours!r:.300} on ciao, {plain!r:.300} on the system\'s'


def own_library():
    """None if this process itself, whose ssl module plays the peers, is on the system's libssl."""
    return library.system().problem(os.getpid())
