"""What becomes of early data (RFC 8446 section 2.3) when a session comes back more than once, and
under a key without a ticket, between s_client and s_server, on ciao and on the system's libssl in
turn. What becomes of it on one connection is a mode of every suite: see pairs.py."""

import psk_session
from harness import processes
from harness.processes import Failure
from peers.base import AES_256, PSK_IDENTITY
from peers.openssl import PROGRAM
from play import differ
from programs import Scene

EARLY = b'this is early\n'
LATE = b'this is not\n'
ACCEPTED, REJECTED = 'Early data was accepted', 'Early data was rejected'


class Talk:
    """One s_server, and clients that come back to it with the first one's session."""

    def __init__(self, keys, folder, client, server, connections, *options):
        self.client, self.session, self.early = client, folder / 'session', folder / 'early'
        self.early.write_bytes(EARLY)
        self.port, self.trust = processes.free_port(), keys.pem('ca')
        self.server = start(server, 's_server', '-accept', f'127.0.0.1:{self.port}', '-naccept',
                            connections, '-tls1_3', '-cert', keys.pem('ecdsa'), '-key',
                            keys.key('ecdsa'), *options)
        self.server.wait_to_listen(self.port)
        processes.prove(self.server, server, PROGRAM)
        process = self.connect('-sess_out', self.session)
        process.wait_for('New Session Ticket arrived')
        end(process)

    def connect(self, *options):
        return start(self.client, 's_client', '-connect', f'127.0.0.1:{self.port}', '-tls1_3',
                     '-CAfile', self.trust, '-no-CApath', '-verify_return_error', *options)

    def resume(self, verdict, resumed=True, options=None):
        """Early data, then other data; what the client says of the former."""
        process = self.connect(*(options or ('-sess_in', self.session)), '-early_data', self.early)
        process.wait_for(f'^{ACCEPTED}|^{REJECTED}|^Early data was not sent')
        processes.prove(process, self.client, PROGRAM)
        if verdict not in process.text():
            raise Failure(f'not {verdict!r}:\n{process.tail()}')
        if resumed is not None:
            differ('the session being resumed', process.count('^Reused, TLSv1.3') > 0, resumed)
        before = self.server.output.count(LATE)
        process.send(LATE)
        self.server.wait_until(lambda: self.server.output.count(LATE) > before, 'got the rest')
        end(process)

    def received(self):
        """How often the server was given the early data."""
        return self.server.output.count(EARLY)

    def finish(self, times):
        differ("the server's exit code", self.server.wait(), 0)
        differ('how often the early data was read', self.received(), times)


def start(library, *command):
    return processes.Process(['/usr/bin/stdbuf', '-oL', *library.wrap([PROGRAM, *command])],
                             name=command[0])


def end(process):
    process.close_input()
    differ("the client's exit code", process.wait(), 0)


def retried(keys, folder, client, server):
    """A HelloRetryRequest: what was sent is lost. So is the session at OpenSSL's server, which has
    used it up with the first ClientHello, unless it is told not to look for replays."""
    talk = Talk(keys, folder, client, server, 2, '-early_data', '-groups', 'P-384')
    talk.resume(REJECTED, resumed=None)
    talk.finish(0)


def replayed(keys, folder, client, server):
    """RFC 8446 section 8.1: each session gives early data once."""
    talk = Talk(keys, folder, client, server, 3, '-early_data')
    talk.resume(ACCEPTED)
    talk.resume(REJECTED, resumed=False)
    talk.finish(1)


def replays_allowed(keys, folder, client, server):
    talk = Talk(keys, folder, client, server, 3, '-early_data', '-no_anti_replay')
    talk.resume(ACCEPTED)
    talk.resume(ACCEPTED)
    talk.finish(2)


def under_a_key(keys, folder, client, server):
    """No ticket, but a key that both were given and that allows it: from the first connection on,
    and as often as it comes (SSL_read_early_data(3): OpenSSL's protection is for tickets)."""
    key = ['-psk_identity', PSK_IDENTITY, '-psk_session',
           psk_session.write(folder, AES_256, max_early_data=16384)]
    talk = Talk(keys, folder, client, server, 3, '-early_data', *key)
    for _ in range(2):
        talk.resume(ACCEPTED, options=key)
    talk.finish(2)


def cases(ours, plain):
    for client, server, who in ((ours, plain, 'ciao-client'), (plain, ours, 'ciao-server'),
                                (ours, ours, 'ciao-both')):
        for play in (retried, replayed, replays_allowed, under_a_key):
            yield Scene(f'early-data/{who}/{play.__name__.replace("_", "-")}', play, client, server)
