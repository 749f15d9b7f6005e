"""The table of cases: for each peer, in both directions, what TLS 1.3 and TLS 1.2 offer."""

import early_data
import postgres
import programs
from cases12 import Pair12
from pairs import Pair
from peers.botan import Botan
from peers.gnutls import GnuTls
from peers.openssl import OpenSsl
from peers.own import Go, Java, Python
from peers.own_c import GnuTlsLibrary, MbedTls, Nss, WolfSsl


def peer_of(name, plain, folder):
    """The peer that a group of cases is about, built when it is needed."""
    return {'openssl': lambda: OpenSsl(plain), 'gnutls': GnuTls, 'go': lambda: Go(folder),
            'java': lambda: Java(folder), 'wolfssl': lambda: WolfSsl(folder),
            'mbedtls': lambda: MbedTls(folder), 'nss': lambda: Nss(folder), 'botan': Botan}[name]()


PEERS = ('openssl', 'gnutls', 'go', 'java', 'wolfssl', 'mbedtls', 'nss', 'botan')


def of_peer(name, ours, plain, folder, quick):
    """ciao under Debian's openssl, in both roles against the peer; and under Python, whose unwrap()
    waits for the peer's close_notify."""
    peer = peer_of(name, plain, folder)
    for role in ('client', 'server'):
        for version, pair in (('1.3', Pair), ('1.2', Pair12)):
            if version in peer.versions:
                yield from pair(OpenSsl(ours), peer, role).all(quick)
                if name == 'gnutls' and version == '1.3':
                    other = Pair(OpenSsl(ours), GnuTlsLibrary(folder), role)
                    yield from other.early_data_cases(quick)
                for kind in () if quick and version == '1.2' else ('blocking', 'asyncio'):
                    yield from pair(Python(ours, kind), peer, role).plain()
    if name == 'openssl':
        for program in (OpenSsl(ours), Python(ours)):
            for role in ('client', 'server'):
                for pair in (Pair, Pair12):
                    yield from pair(program, peer, role).broken_network()


def of_python(ours, plain):
    """Python's ssl module: on ciao against the system, both ways, and asyncio the same."""
    for kind in ('blocking', 'asyncio'):
        for one, other in ((ours, plain), (plain, ours)):
            pair = Pair(Python(one, kind), Python(other, kind), 'client')
            pair.label = f'{pair.ours.label}-client/{pair.peer.label}-server'
            yield from python_pair(pair, kind)


def python_pair(pair, kind):
    for part in (pair.plain, pair.key_cases, pair.alpn_cases, pair.client_certificates,
                 pair.refusals):
        yield from part()
    if kind == 'blocking':  # asyncio has no way to give a session.
        yield from pair.resumption()


def all_groups():
    return (*PEERS, 'python', 'early_data', 'programs', 'postgres')


def cases(group, ours, plain, folder, quick=False):
    """With `quick`, what the tests of every build run: of TLS 1.2 one suite of each key exchange.
    """
    if group == 'python':
        return list(of_python(ours, plain))
    if group == 'early_data':
        return list(early_data.cases(ours, plain))
    if group == 'programs':
        return list(programs.cases(ours, plain))
    if group == 'postgres':
        return list(postgres.cases(ours, plain))
    return list(of_peer(group, ours, plain, folder, quick))
