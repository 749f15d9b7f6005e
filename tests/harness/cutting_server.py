#!/usr/bin/python3
"""A TLS server that sends half an answer and then ends the TCP connection.

cutting_server.py --certificate PEM --key KEY --port PORT. The path says what is sent:
  /whole   a page, close_notify, FIN
  /cut     half a page and a bare FIN: only TLS can tell that something is missing (RFC 8446 §6.1)
  /short   the same below a Content-Length, which tells HTTP as well
"""

import argparse
import socket
import ssl

PAGE = b'a page that says how it ends. ' * 400
HEAD = b'HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n'
LENGTH = b'Content-Length: %d\r\n' % len(PAGE)


def serve(connection, context):
    with context.wrap_socket(connection, server_side=True) as peer:
        request = b''
        while b'\r\n\r\n' not in request:
            data = peer.recv(4096)
            if not data:
                return
            request += data
        path = request.split()[1]
        whole = path == b'/whole'
        head = HEAD + (LENGTH if path == b'/short' else b'') + b'\r\n'
        peer.sendall(head + (PAGE if whole else PAGE[:len(PAGE) // 2]))
        if whole:
            peer.unwrap()
        else:
            # Leaving the block closes the socket; Python sends no close_notify by itself.
            peer.shutdown(socket.SHUT_RDWR)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--certificate', required=True)
    parser.add_argument('--key', required=True)
    parser.add_argument('--port', type=int, required=True)
    options = parser.parse_args()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(options.certificate, options.key)
    with socket.create_server(('127.0.0.1', options.port)) as listener:
        while True:
            connection, _ = listener.accept()
            connection.settimeout(20)
            try:
                serve(connection, context)
            except OSError as error:
                print(f'a connection failed: {error}', flush=True)


if __name__ == '__main__':
    main()
