"""The table of TLS 1.2's cases: every suite that a peer shares in every mode."""

import dataclasses

from harness import tls12
from pairs import Pair
from peers.base import FFDHE, P384, P256

KEYS = {'ECDHE_RSA': 'rsa', 'ECDHE_ECDSA': 'ecdsa', 'DHE_RSA': 'rsa', 'RSA': 'rsa'}
# Enough for several records each way, and not a few bytes over a multiple of one.
SMALL = 40_000


def short_name(suite):
    """ecdhe-rsa/aes-128-cbc-sha of TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA."""
    exchange, cipher, mac = (part.lower().replace('_', '-') for part in tls12.split(suite))
    return f'{exchange}/{"-".join(filter(None, (cipher, mac)))}'


class Pair12(Pair):
    """As Pair, with TLS 1.2 in both sides' settings."""

    def __init__(self, *of):
        super().__init__(*of)
        fewer = self.peer.suites12_as_client
        self.suites = self.peer.suites12 if self.ours_is == 'client' or fewer is None else fewer

    def case(self, name, ours=None, peer=None, **expected):
        made = super().case(f'1.2/{name}', {'version': '1.2', **(ours or {})},
                            {'version': '1.2', **(peer or {})}, **expected)
        return dataclasses.replace(made, size=SMALL) if made.size > SMALL else made

    def of_suite(self, suite, name, server=None, client=None, **expected):
        """A case with this suite only. Who has a pre-shared key has no certificate (RFC 4279 §2).
        """
        exchange = tls12.key_exchange(suite)
        common = {'suites': (suite,), 'psk': 'PSK' in exchange}
        wire = {'suite': suite, **expected.pop('wire', {})}
        return self.both(f'{short_name(suite)}/{name}',
                         server={**common, 'key': KEYS.get(exchange), **(server or {})},
                         client={**common, **(client or {})}, wire=wire, **expected)

    # --- every suite ---

    def every_suite(self, chosen):
        by = 'ticket' if self.theirs in self.peer.resumes_by_ticket else \
            'id' if self.theirs in self.peer.resumes_by_id else ''
        for suite in chosen:
            mac = tls12.split(suite)[2]
            wire = {'encrypt_then_mac': bool(mac) and self.peer.encrypts_then_macs}
            if by:
                wire['resumed_by'] = by
            yield self.of_suite(suite, f'resumed-by-{by}' if by else 'data', resume=bool(by),
                                wire=wire)
            if mac and self.peer.encrypts_then_macs:
                yield self.of_suite(suite, 'mac-then-encrypt', wire={
                    'encrypt_then_mac': False}, **{self.ours_is: {'encrypt_then_mac': False}})

    # --- the modes of a suite ---

    def samples(self):
        """For the quick selection: of each key exchange one suite, with AES-128-GCM if it has it.
        """
        for exchange in tls12.KEY_EXCHANGES:
            has = [suite for suite in self.suites if tls12.key_exchange(suite) == exchange]
            if has:
                yield next((suite for suite in has if suite.endswith('AES_128_GCM_SHA256')), has[0])

    def modes(self, suite):
        exchange = tls12.key_exchange(suite)
        if {self.theirs} <= {*self.peer.resumes_by_id} & {*self.peer.resumes_by_ticket}:
            yield self.of_suite(suite, 'resumed-by-id', server={'tickets': False}, resume=True,
                                wire={'resumed_by': 'id'})
        if exchange in KEYS and self.theirs in self.peer.client_certificates:
            yield self.of_suite(suite, 'client-certificate', server={'demand': True},
                                client={'key': f'{KEYS[exchange]}-client'},
                                said={'client_name': 'a client'}, wire={'client_proved': True})
        if exchange.startswith('ECDHE') and 'server' in self.who_is('server').chooses_group12:
            # An ECDSA key has to be on a curve that both sides have (RFC 8422 §5.1).
            key = 'ecdsa384' if exchange == 'ECDHE_ECDSA' else KEYS.get(exchange)
            yield self.of_suite(suite, 'second-group', client={'groups': (P256, P384)},
                                server={'groups': (P384,), 'key': key}, wire={'group': P384})
        if exchange.startswith('DHE'):
            # The server chooses it, of the client's groups (RFC 7919 section 4) or alone.
            yield self.of_suite(suite, 'second-group', server={'groups': (FFDHE[1],)},
                                wire={'group': FFDHE[1]})
        if self.theirs in self.peer.speaks_alpn:
            yield self.of_suite(suite, 'alpn', client={'alpn': ('spoken-by-none', 'ciao')},
                                server={'alpn': ('ciao',)}, said={'alpn': 'ciao'})
        yield from self.renegotiations(suite)

    def renegotiations(self, suite):
        allowed = {'renegotiate': True}
        for who, name, roles in ((self.ours_is, 'ciao', self.peer.takes_renegotiation),
                                 (self.theirs, 'peer', self.peer.starts_renegotiation)):
            if self.theirs in roles:
                yield self.of_suite(suite, f'renegotiation-by-{name}', renegotiate=who,
                                    client=allowed, server=allowed)

    # --- what does not depend on the suite ---

    def group_cases(self):
        for group in self.peer.groups:
            if group not in (*self.peer.groups13_only, *FFDHE):
                only = {'groups': (group,)}
                yield self.both(f'group-{group}', server={'key': 'rsa', **only}, client=only,
                                wire={'group': group})

    def all(self, quick=False):
        samples = list(self.samples())
        yield from self.every_suite(samples if quick else self.suites)
        for suite in samples[:1] if quick else self.suites:
            yield from self.modes(suite)
        if quick:
            return
        for part in (self.group_cases, self.key_cases, self.refusals):
            yield from part()
        if self.ours_is == 'server' and self.theirs in self.peer.speaks_alpn:
            yield from self.no_common_protocol()
        if 'no-certificate' in self.who_is('server').refusals:
            yield from self.client_certificate_missing()
