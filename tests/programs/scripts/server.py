"""server.py PORT CERTIFICATE KEY CA ROOT: serves the files of ROOT."""

import functools
import http.server
import ssl
import sys

port, certificate, key, trust, root = sys.argv[1:]
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(certificate, key)
if trust:
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(trust)


class Handler(http.server.SimpleHTTPRequestHandler):
    """The handshake happens in the connection's own thread."""
    protocol_version = 'HTTP/1.1'

    def setup(self):
        self.request.do_handshake()
        super().setup()

    def finish(self):
        super().finish()
        self.request.unwrap()


server = http.server.ThreadingHTTPServer(
    ('127.0.0.1', int(port)), functools.partial(Handler, directory=root))
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
