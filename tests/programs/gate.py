"""A gate before a server: it looks at the client before it lets it through, and may cut what the
server sends. It relays bytes and knows nothing of TLS."""

import socket
import threading

import peers
from harness.processes import Failure


class Gate(peers.Listener):
    """With `cut`, that many bytes from the server are let through, and then the client is left by a
    FIN or an RST (`how`)."""

    def __init__(self, behind, *, cut=None, how='fin', host='127.0.0.1'):
        super().__init__(host)
        self._behind, self._cut, self._how = behind, cut, how
        self.connections = 0
        self._listen()

    def check(self):
        """Fails if a client's libssl was not the one, or if none came."""
        super().check()
        if not self.connections:
            raise Failure('no client came to the gate')

    def _begin(self, client):
        threading.Thread(target=self._open, args=(client,), daemon=True).start()

    def _open(self, client):
        try:
            self._prove_client()
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
