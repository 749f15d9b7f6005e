#!/usr/bin/python3
"""TLS 1.2's sessions of the system's libssl and of ciao's in each other's hands.

compare12.py PROGRAMS OURS [SYSTEM]    as compare.py; PROGRAMS has sessions_worker.

For each shape of a handshake (shapes.cc), by id and by ticket, a client makes a session with a
server, writes it to a file, and another client resumes it:
  live     at the same server, which has a cache and ticket keys of its own;
  shared   at another server, which has the same ticket keys and the same store of sessions.
Each of the clients and servers is on either library. What all of them say
has to be what it is among the system's alone, and so have the fields of the sessions; and a file
has the same bytes when the other library has read and written it.
"""
import itertools
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from harness.certificates import Certificates  # noqa: E402
from harness.two_libraries import check_library, environment  # noqa: E402

SHAPES = ('plain', 'host-name', 'host-name-acknowledged', 'client-certificate', 'untrusted-client',
          'untrusted-server',
          'no-extended-master-secret', 'server-without-extended-master-secret',
          'max-fragment-length', 'alpn', 'psk', 'ecdhe-psk', 'rsa', 'dhe', 'cbc', 'note', 'all')
LIBRARIES = ('system', 'ciao')


class Worker:
    def __init__(self, program, library, folder):
        self._process = subprocess.Popen([program, folder], env=environment(library), text=True,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, *words):
        print(*words, file=self._process.stdin, flush=True)

    def answer(self):
        return self._process.stdout.readline().rstrip('\n') or 'failed: the worker has ended'

    def end(self):
        self._process.stdin.close()
        self._process.wait()


class Comparison:
    """Workers by library; of clients and servers one each."""

    def __init__(self, program, folders, folder):
        self.folder = pathlib.Path(folder)
        self.clients, self.servers = ({name: Worker(program, folders[name], folder)
                                       for name in LIBRARIES} for _ in range(2))
        self.resumed, self.complaints, self.made = 0, [], 0
        self.standard = {}  # what the system's library says of itself, by what is asked

    def connect(self, client, server, shape, way, context, session='-'):
        """The session's file, and what client and server say."""
        self.made += 1
        out = self.folder / f'session-{self.made}.pem'
        self.servers[server].ask('serve', shape, way, context)
        port = self.servers[server].answer().removeprefix('port ')
        self.clients[client].ask('connect', shape, port, session, out)
        return out, (self.clients[client].answer(), self.servers[server].answer())

    def check(self, where, said, reused):
        """Whether both sides speak of success, and as the system's do."""
        wanted = [f'ok reused={reused} '] * 2
        if [words[:len(wanted[0])] for words in said] != wanted:
            self.complaints.append(f'{where}: not "{wanted[0].strip()}":\n  {said[0]}\n  {said[1]}')
            return False
        return True

    def compare(self, where, what, said):
        for role, words in zip(('client', 'server'), said):
            wanted = self.standard.setdefault((*what, role), words)
            if words != wanted:
                self.complaints.append(f'{where}: the {role} says\n  {words}\nnot\n  {wanted}')

    def play(self, shape, way, maker, taker, servers, context):
        where = f'{shape} by {way}, {context}: made by {maker} at {servers[0]}, taken by {taker} ' \
                f'at {servers[1]}'
        name = 'shared' if context == 'shared' else f'live-{self.made}'
        session, said = self.connect(maker, servers[0], shape, way, name)
        if not self.check(f'{where}: first', said, 0):
            return
        self.compare(f'{where}: first', (shape, way, 'first'), said)
        self.copy(where, session)
        _, said = self.connect(taker, servers[1], shape, way, name, session)
        if self.check(where, said, 1):
            self.resumed += 1
            self.compare(where, (shape, way, 'resumed'), said)

    def copy(self, where, session):
        for name, worker in self.clients.items():
            out = self.folder / 'copy.pem'
            worker.ask('copy', session, out)
            if worker.answer() != 'ok' or out.read_bytes() != session.read_bytes():
                self.complaints.append(f'{where}: {name} writes the session otherwise')

    def foreign(self, way, client, server):
        """A server that does not have the secret."""
        session, said = self.connect(client, server, 'plain', way, f'live-{self.made}')
        self.check('foreign: first', said, 0)
        _, said = self.connect(client, server, 'plain', way, f'live-{self.made}', session)
        self.check(f'a foreign session by {way}, {client} at {server}', said, 0)

    def all(self):
        for shape in SHAPES:
            for way in ('id', 'ticket'):
                # The system's alone come first: they set the standard.
                for maker, taker, *servers in itertools.product(LIBRARIES, repeat=4):
                    self.play(shape, way, maker, taker, servers, 'shared')
                for maker, taker, server in itertools.product(LIBRARIES, repeat=3):
                    self.play(shape, way, maker, taker, (server, server), 'live')
        for way, client, server in itertools.product(('id', 'ticket'), LIBRARIES, LIBRARIES):
            self.foreign(way, client, server)

    def end(self):
        for worker in (*self.clients.values(), *self.servers.values()):
            worker.end()


def main():
    program, ours = str(pathlib.Path(sys.argv[1]) / 'sessions_worker'), sys.argv[2]
    system = sys.argv[3] if len(sys.argv) > 3 else None
    for folder in (ours, system):
        check_library(program, folder, ours)
    with tempfile.TemporaryDirectory() as folder:
        certificates = Certificates(folder)
        for name in ('ca', 'other-ca', 'ecdsa', 'rsa', 'ecdsa-client'):
            certificates.pem(name)
        comparison = Comparison(program, {'system': system, 'ciao': ours}, folder)
        comparison.all()
        comparison.end()
    print('\n'.join(comparison.complaints))
    wanted = len(SHAPES) * 2 * (16 + 8)
    print(f'sessions of TLS 1.2: {comparison.resumed} of {wanted} resumed, '
          f'{len(comparison.complaints)} complaints')
    sys.exit(1 if comparison.complaints or comparison.resumed != wanted else 0)


if __name__ == '__main__':
    main()
