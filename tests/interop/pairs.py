"""Pairs of ciao and a peer, and the cases of TLS 1.3 that are made for each of them."""

from harness import library
from peers.base import AES_128, AES_256, FFDHE, P256, P384, Side
from play import Case

DEFAULT_KEY = 'ecdsa'
# What a peer may send when it dislikes a certificate: each make has its own habit (RFC 8446 §6.2).
DISLIKES = ('unknown_ca', 'bad_certificate', 'certificate_unknown', 'certificate_expired',
            'handshake_failure')


class Pair:
    """ciao in one role, a peer in the other; makes cases of what is to be set on either."""

    def __init__(self, ours, peer, ours_is):
        self.ours, self.peer, self.ours_is = ours, peer, ours_is
        self.theirs = 'server' if ours_is == 'client' else 'client'
        self.label = f'{peer.label}/{ours.name}-{ours_is}' if peer.label != ours.label else \
            f'{ours.label}-{self.theirs}'

    def case(self, name, ours=None, peer=None, **expected):
        """`ours` and `peer` are settings of the two sides; a server has a certificate anyway."""
        sides = {self.ours_is: dict(ours or {})}
        sides[self.theirs] = dict(peer or {})
        sides['server'].setdefault('key', DEFAULT_KEY)
        client, server = (self.ours, self.peer) if self.ours_is == 'client' else \
            (self.peer, self.ours)
        return Case(f'{self.label}/{name}', client, server, Side(**sides['client']),
                    Side(**sides['server']), **expected)

    def both(self, name, server=None, client=None, **expected):
        ours, peer = (client, server) if self.ours_is == 'client' else (server, client)
        return self.case(name, ours, peer, **expected)

    # --- what works ---

    def plain(self):
        yield self.case('data')

    def group_cases(self, quick=False):
        for group in self.peer.groups:
            if quick and group in FFDHE:
                continue
            yield self.case(f'group-{group}', {'groups': (group,)}, {'groups': (group,)},
                            wire={'group': group})

    def of_suite(self, suite, name, server=None, client=None, **expected):
        """A case with this suite only. A peer whose suites cannot be chosen has ciao's."""
        ours = {'suites': (suite,)}
        theirs = ours if self.peer.sets_suites else {}
        mine, other = (client, server) if self.ours_is == 'client' else (server, client)
        return self.case(f'suite-{suite}/{name}', {**ours, **(mine or {})},
                         {**theirs, **(other or {})},
                         wire={'suite': suite, **expected.pop('wire', {})}, **expected)

    def suite_cases(self, quick=False):
        """Each in a full handshake and in a resumed one; and in every other mode."""
        for suite in self.peer.suites:
            yield self.of_suite(suite, 'data', resume=True, wire={'resumed_by': 'ticket'})
        for suite in self.peer.suites[:1] if quick else self.peer.suites:
            yield from self.modes(suite)

    def modes(self, suite):
        if 'server' in self.who_is('server').resumes_by_id13:
            yield self.of_suite(suite, 'resumed-by-id', server={'tickets': False}, resume=True,
                                wire={'resumed_by': 'id'})
        yield self.of_suite(suite, 'client-certificate', client={'key': 'ecdsa-client'},
                            server={'demand': True}, said={'client_name': 'a client'})
        # Two curves of one kind: JSSE sends a share for its first group of each kind.
        yield self.retry_case(suite, P256, P384)
        if FFDHE[0] in self.peer.groups and not self.who_is('client').shares_each_kind:
            yield self.retry_case(suite, P256, FFDHE[0])
        yield self.of_suite(suite, 'alpn', client={'alpn': ('spoken-by-none', 'ciao')},
                            server={'alpn': ('ciao',)}, said={'alpn': 'ciao'})
        if self.ours.can_be_asked:
            yield from self.key_updates(suite)
        yield from self.early_data(suite)

    def key_cases(self):
        for key in self.peer.keys:
            if key != DEFAULT_KEY:
                yield self.both(f'key-{key}', server={'key': key})

    def retry_case(self, suite, first, second):
        """The client's share is for a group that the server does not take (RFC 8446 §4.1.4)."""
        return self.of_suite(suite, f'hello-retry-request-to-{second}',
                             client={'groups': (first, second)}, server={'groups': (second,)},
                             wire={'retry': True, 'client_hellos': 2, 'group': second})

    def early_data_cases(self, quick):
        for suite in self.peer.suites[:1] if quick else self.peer.suites:
            yield from self.early_data(suite)

    def early_data(self, suite):
        """RFC 8446 section 2.3: data before the server's answer, on the second of two connections.
        The server takes it; does not, though its ticket allowed it; or cannot, as it has to ask for
        another ClientHello (section 4.2.10)."""
        if self.theirs not in self.peer.early_data or not self.ours.early_data:
            return
        for how, verdict, server, client, wire in (
                ('taken', 'accepted', {'early': 'take'}, {}, {}),
                ('refused', 'rejected', {'early': 'offer'}, {}, {}),
                ('retried', 'rejected', {'early': 'take-replays', 'groups': (P384,)},
                 {'groups': (P256, P384)}, {'retry': True, 'client_hellos': 2})):
            if how == 'retried' and self.theirs not in self.peer.retries_early_data:
                continue
            yield self.of_suite(suite, f'early-data-{how}', resume=True, early=verdict,
                                server=server, client={'early': 'send', **client},
                                wire={'early_data': True, **wire})

    def psk_cases(self):
        """A pre-shared key that both were given (RFC 8446 section 2.2). A server chooses the suite
        first, and the key is of its hash."""
        if not self.peer.takes_psk13 or not self.ours.takes_psk13:
            return
        key = {'psk': True, 'suites': (AES_128,)}
        taken = {'resumed': True, 'suite': AES_128}
        yield self.case('psk', key, key, wire=taken)
        yield self.both('psk-without-certificate', server={**key, 'key': None}, client=key,
                        wire=taken)
        yield self.both('psk-after-retry', client={**key, 'groups': (P256, P384)},
                        server={**key, 'groups': (P384,)},
                        wire={**taken, 'retry': True, 'client_hellos': 2})
        for owner in ('client', 'server'):
            other = 'server' if owner == 'client' else 'client'
            yield self.both(f'psk-of-the-{owner}-alone',
                            **{owner: key, other: {'suites': (AES_128,)}})
        for suite in (AES_128, AES_256):
            session = {'psk_session': True, 'suites': (suite,)}
            # Only OpenSSL's programs can be told a hash; a key without one is of SHA-256.
            theirs = session if self.peer.name == self.ours.name else key
            if theirs is session or suite == AES_128:
                yield self.case(f'psk-session-{suite}', session, theirs,
                                wire={'resumed': True, 'suite': suite})

    def resumption(self):
        yield self.case('resumption', resume=True)

    def alpn_cases(self):
        yield self.both('alpn', client={'alpn': ('spoken-by-none', 'ciao')},
                        server={'alpn': ('ciao',)}, said={'alpn': 'ciao'})

    def no_common_protocol(self):
        """RFC 7301 §3.2: a server that has none of the client's protocols refuses."""
        yield self.both('alpn-none-in-common', client={'alpn': ('spoken-by-none',)},
                        server={'alpn': ('ciao',)}, refused_by='server', why='no-protocol',
                        alerts=('no_application_protocol',))

    def client_certificates(self, keys=('ecdsa', 'rsa', 'ed25519')):
        for key in keys:
            if key in self.peer.keys:
                yield self.both(f'client-certificate-{key}', client={'key': f'{key}-client'},
                                server={'demand': True}, said={'client_name': 'a client'})
        yield from self.client_certificate_missing()

    def client_certificate_missing(self):
        alerts = ('certificate_required', 'bad_certificate', 'handshake_failure')
        if self.ours_is == 'client':
            alerts += self.peer.wants_certificate12
        yield self.both('client-certificate-missing', server={'demand': True},
                        refused_by='server', why='no-certificate', alerts=alerts)

    def key_updates(self, suite):
        yield self.of_suite(suite, 'key-update-by-ciao', update=self.ours_is)
        if self.theirs in self.peer.updates:
            side = {} if self.peer.can_be_asked else {'update': True}
            yield self.of_suite(suite, 'key-update-by-peer', update=self.theirs,
                                **{self.theirs: side})

    def broken_network(self):
        for how in ('fin', 'reset'):
            yield self.case(f'cut-with-{how}', cut=how)

    # --- what is refused ---

    def who_is(self, role):
        return self.ours if self.ours_is == role else self.peer

    def refusals(self):
        for why, client, server, alert in (
                ('wrong-ca', {'trust': 'other-ca'}, {}, 'unknown_ca'),
                ('wrong-name', {'name': 'elsewhere.example'}, {}, 'bad_certificate'),
                ('expired', {}, {'key': f'{DEFAULT_KEY}-expired'}, 'certificate_expired')):
            if why not in self.who_is('client').refusals:
                continue
            alerts = (alert,) if self.ours_is == 'client' else DISLIKES
            if self.ours_is == 'client' and self.ours.library.path == library.system().path:
                # OpenSSL 3.0 sends this alert in the clear, though the peer's keys have changed.
                alerts += ('undecipherable',)
            yield self.both(why, client=client, server=server, refused_by='client', why=why,
                            alerts=alerts)

    def all(self, quick=False):
        yield from self.suite_cases(quick)
        yield from self.group_cases(quick)
        yield from self.client_certificates(('rsa', 'ed25519'))
        for part in (self.plain, self.key_cases, self.psk_cases, self.refusals):
            yield from part()
        if self.ours_is == 'server':
            yield from self.no_common_protocol()
