"""client.py HOST PORT CA CERTIFICATE KEY PATH...: fetches each path, writes the bodies. The
sessions are taken up again; that the other side closes has to be said."""

import socket
import ssl
import sys

host, port, trust, certificate, key, *paths = sys.argv[1:]
context = ssl.create_default_context(cafile=trust)
context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
if certificate:
    context.load_cert_chain(certificate, key)
session = None
for path in paths:
    plain = socket.create_connection(('127.0.0.1' if host == 'localhost' else host, port), 20)
    with context.wrap_socket(plain, server_hostname=host, session=session,
                             suppress_ragged_eofs=False) as connection:
        request = f'GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n'
        connection.sendall(request.encode())
        data = bytearray()
        while piece := connection.recv(16384):
            data += piece
        session = connection.session
        connection.unwrap().close()
    sys.stdout.buffer.write(data.partition(b'\r\n\r\n')[2])
