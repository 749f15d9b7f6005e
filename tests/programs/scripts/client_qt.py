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
TIMEOUT = 20000
ticket = core.QByteArray()
for path in paths:
    configuration.setSessionTicket(ticket)
    connection = network.QSslSocket()
    connection.setSslConfiguration(configuration)
    connection.setPeerVerifyName(host)
    connection.connectToHostEncrypted('127.0.0.1' if host == 'localhost' else host, int(port))
    if not connection.waitForEncrypted(TIMEOUT):
        sys.exit(connection.errorString())
    connection.write(f'GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n'.encode())
    data = bytearray()
    while connection.waitForReadyRead(TIMEOUT):
        data += bytes(connection.readAll())
    data += bytes(connection.readAll())
    if connection.error() != network.QAbstractSocket.SocketError.RemoteHostClosedError:
        sys.exit(connection.errorString())
    print(connection.errorString(), file=sys.stderr)
    ticket = connection.sslConfiguration().sessionTicket()
    connection.close()
    sys.stdout.buffer.write(data.partition(b'\r\n\r\n')[2])
