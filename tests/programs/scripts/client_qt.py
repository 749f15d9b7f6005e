"""client_qt.py BINDING HOST PORT CA CERTIFICATE KEY PATH...: fetches each path by a QSslSocket,
writes the bodies. The sessions are taken up again."""

import importlib
import sys

binding, host, port, trust, certificate, key, *paths = sys.argv[1:]
core = importlib.import_module(f'{binding}.QtCore')
network = importlib.import_module(f'{binding}.QtNetwork')
application = core.QCoreApplication(sys.argv)
configuration = network.QSslConfiguration.defaultConfiguration()
configuration.setCaCertificates(network.QSslCertificate.fromPath(trust))
# Qt keeps a session's bytes only if it is told to.
configuration.setSslOption(network.QSsl.SslOption.SslOptionDisableSessionPersistence, False)
if certificate:
    configuration.setLocalCertificate(network.QSslCertificate.fromPath(certificate)[0])
    with open(key, 'rb') as file:
        configuration.setPrivateKey(network.QSslKey(file.read(), network.QSsl.KeyAlgorithm.Ec))


def fetch(path, ticket):
    """The body, and the session of the connection."""
    configuration.setSessionTicket(ticket)
    connection, data, loop = network.QSslSocket(), bytearray(), core.QEventLoop()
    connection.setSslConfiguration(configuration)
    connection.setPeerVerifyName(host)
    request = f'GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n'
    connection.encrypted.connect(lambda: connection.write(request.encode()))
    connection.readyRead.connect(lambda: data.extend(bytes(connection.readAll())))
    connection.errorOccurred.connect(lambda _: loop.quit())
    core.QTimer.singleShot(20000, loop.quit)
    connection.connectToHostEncrypted('127.0.0.1' if host == 'localhost' else host, int(port))
    (loop.exec if hasattr(loop, 'exec') else loop.exec_)()
    if connection.error() != network.QAbstractSocket.SocketError.RemoteHostClosedError:
        sys.exit(connection.errorString())
    print(connection.errorString(), file=sys.stderr)
    ticket = connection.sslConfiguration().sessionTicket()
    connection.close()
    return data.partition(b'\r\n\r\n')[2], ticket


session = core.QByteArray()
for each in paths:
    body, session = fetch(each, session)
    sys.stdout.buffer.write(body)
