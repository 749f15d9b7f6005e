"""server_qt.py BINDING PORT CERTIFICATE KEY CA ROOT: serves the files of ROOT by QSslSockets."""

import importlib
import os
import signal
import sys

binding, port, certificate, key, trust, root = sys.argv[1:]
core = importlib.import_module(f'{binding}.QtCore')
network = importlib.import_module(f'{binding}.QtNetwork')
QSslSocket = network.QSslSocket


class Server(network.QTcpServer):
    def __init__(self):
        super().__init__()
        self._connections = set()

    def incomingConnection(self, handle):
        connection = QSslSocket(self)
        self._connections.add(connection)
        connection.setSslConfiguration(configuration)
        connection.setSocketDescriptor(handle)
        connection.readyRead.connect(lambda: self._answer(connection))
        connection.disconnected.connect(lambda: self._forget(connection))
        connection.startServerEncryption()

    def _answer(self, connection):
        # A request is one record here.
        words = bytes(connection.readAll()).decode(errors='replace').split()
        if len(words) < 2:
            return
        with open(os.path.join(root, os.path.basename(words[1])), 'rb') as file:
            body = file.read()
        head = f'HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n'
        connection.write(head.encode() + body)
        connection.disconnectFromHost()

    def _forget(self, connection):
        self._connections.discard(connection)
        connection.deleteLater()


signal.signal(signal.SIGTERM, signal.SIG_DFL)
application = core.QCoreApplication(sys.argv)
configuration = network.QSslConfiguration.defaultConfiguration()
configuration.setLocalCertificateChain(network.QSslCertificate.fromPath(certificate))
with open(key, 'rb') as key_file:
    configuration.setPrivateKey(network.QSslKey(key_file.read(), network.QSsl.KeyAlgorithm.Ec))
configuration.setPeerVerifyMode(QSslSocket.PeerVerifyMode.VerifyNone)
if trust:
    configuration.setCaCertificates(network.QSslCertificate.fromPath(trust))
    configuration.setPeerVerifyMode(QSslSocket.PeerVerifyMode.VerifyPeer)
server = Server()
assert server.listen(network.QHostAddress('127.0.0.1'), int(port)), server.errorString()
(application.exec if hasattr(application, 'exec') else application.exec_)()
