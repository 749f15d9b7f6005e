"""A gate before a server: it looks at the client before it lets it through, and may cut what the
server sends. It relays bytes and knows nothing of TLS."""

import socket
import threading

import peers
from harness.processes import Failure


class Gate:
    """As in peers.Server, `prove` is called when a client has connected, and has to be set. With
    `cut`, that many bytes from the server are let through, and then the client is left by a FIN or
    an RST (`how`)."""

    def __init__(self, behind, *, cut=None, how='fin', host='127.0.0.1'):
        self._behind, self._cut, self._how = behind, cut, how
        self._prove, self._asked = None, threading.Event()
        self._listener = socket.create_server((host, 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self.problems, self.connections = [], 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def prove(self):
        return self._prove

    @prove.setter
    def prove(self, function):
        self._prove = function
        if function:
            self._asked.set()
        else:
            self._asked.clear()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()

    def check(self):
        """Fails if a client's libssl was not the one, or if none came."""
        if self.problems:
            raise Failure('; '.join(self.problems))
        if not self.connections:
            raise Failure('no client came to the gate')

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._open, args=(client,), daemon=True).start()

    def _open(self, client):
        try:
            self._asked.wait(peers.TIMEOUT)
            self._prove()
            self.connections += 1
            server = socket.create_connection(('127.0.0.1', self._behind), peers.TIMEOUT)
        except Failure as failure:
            self.problems.append(str(failure))
            client.close()
            return
        except OSError:
            client.close()
            return
        for end in (client, server):
            end.settimeout(60)
        back = threading.Thread(target=self._from_server, args=(server, client), daemon=True)
        back.start()
        _relay(client, server)
        back.join()
        client.close()
        server.close()

    def _from_server(self, server, client):
        if _relay(server, client, self._cut):
            return
        if self._how == 'reset':
            _shut(client, socket.SHUT_RD)  # whoever reads it keeps it open
            peers.reset(client)
        else:
            _shut(client)
        _shut(server)


def _relay(source, target, most=None):
    """Until the source ends, which the target is told; False if `most` bytes have been passed."""
    passed = 0
    try:
        while data := source.recv(65536):
            if most is not None and passed + len(data) >= most:
                target.sendall(data[:most - passed])
                return False
            target.sendall(data)
            passed += len(data)
    except OSError:
        pass
    try:
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    return True


def _shut(connection, how=socket.SHUT_RDWR):
    try:
        connection.shutdown(how)
    except OSError:
        pass
