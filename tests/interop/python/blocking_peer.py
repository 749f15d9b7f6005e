#!/usr/bin/python3
"""A peer on Python's ssl module; tests/interop/peers/own.py describes its arguments.

Truncation is an error here (suppress_ragged_eofs=False), and every close is two-way: unwrap() sends
close_notify and waits for the peer's.
"""

import select
import socket
import ssl
import sys

import settings


def report(peer):
    settings.tell(version=peer.version(), suite=peer.cipher()[0],
                  resumed=str(peer.session_reused).lower(),
                  alpn=peer.selected_alpn_protocol() or '')


def read(peer):
    """Data, or b'' after close_notify; raises an SSLError for an end without one."""
    try:
        return peer.recv(65536)
    except ssl.SSLZeroReturnError:
        return b''


def read_what_is_there(peer):
    """As read, or None when what came was not data: a ticket must not hold up what is to be sent.
    """
    peer.setblocking(False)
    try:
        return read(peer)
    except ssl.SSLWantReadError:
        return None
    finally:
        peer.settimeout(30)


def say_goodbye(peer):
    """Both close_notify alerts; then the bare socket, for whoever waits for its end."""
    try:
        return peer.unwrap()
    except ssl.SSLSyscallError:
        return None  # The peer, having read our close_notify, has closed the socket.


def serve_one(raw, context):
    with context.wrap_socket(raw, server_side=True, suppress_ragged_eofs=False) as peer:
        report(peer)
        certificate = peer.getpeercert()
        if certificate:
            names = dict(part[0] for part in certificate['subject'])
            settings.tell(client_name=names['commonName'])
        while data := read(peer):
            peer.sendall(data)
        settings.tell(close='notify')
        say_goodbye(peer)


def tell_end(error):
    """An end without close_notify is one reason among those of libssl."""
    if getattr(error, 'reason', None) == 'UNEXPECTED_EOF_WHILE_READING':
        settings.tell(close='truncated')
    else:
        settings.tell(error=error)


def server(options):
    context = settings.context(options)
    with socket.create_server(('127.0.0.1', options.port)) as listener:
        for _ in range(options.connections):
            raw, _ = listener.accept()
            raw.settimeout(30)
            try:
                serve_one(raw, context)
            except OSError as error:
                tell_end(error)


def connect(options, context, session=None):
    raw = socket.create_connection(('127.0.0.1', options.port), 30)
    return context.wrap_socket(raw, server_hostname=options.name, session=session,
                               suppress_ragged_eofs=False)


def first(options, context):
    """Makes a session; its ticket comes with the answer."""
    peer = connect(options, context)
    peer.sendall(b'=1\n')
    if read(peer) != b'=1\n':
        raise OSError('the first connection gave another answer')
    session = peer.session
    say_goodbye(peer)
    peer.close()
    return session


def relay(peer):
    """Until standard input ends, or the peer closes."""
    while True:
        ready = [peer] if peer.pending() else select.select([peer, sys.stdin], [], [])[0]
        if peer in ready:
            data = read_what_is_there(peer)
            if data == b'':
                return
            sys.stdout.buffer.write(data or b'')
            sys.stdout.flush()
        if sys.stdin in ready:
            data = sys.stdin.buffer.read1(65536)
            if not data:
                return
            peer.sendall(data)


def client(options):
    context = settings.context(options)
    session = first(options, context) if options.resume else None
    with connect(options, context, session) as peer:
        report(peer)
        relay(peer)
        say_goodbye(peer)
        settings.tell(close='notify')


def main():
    options = settings.read()
    try:
        {'server': server, 'client': client}[options.role](options)
    except OSError as error:
        tell_end(error)
        sys.exit(1)


if __name__ == '__main__':
    main()
