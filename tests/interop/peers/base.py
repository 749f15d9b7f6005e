"""What a case tells one side to do, and what every peer can be asked for."""

import dataclasses

X25519, P256, P384, P521, X448 = 'X25519', 'P-256', 'P-384', 'P-521', 'X448'
FFDHE = ('ffdhe2048', 'ffdhe3072', 'ffdhe4096', 'ffdhe6144', 'ffdhe8192')
AES_128, AES_256 = 'TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384'
CHACHA20 = 'TLS_CHACHA20_POLY1305_SHA256'
CCM, CCM_8 = 'TLS_AES_128_CCM_SHA256', 'TLS_AES_128_CCM_8_SHA256'
# What both sides know where a case has a pre-shared key (RFC 4279; RFC 8446 section 2.2).
PSK_IDENTITY, PSK = 'ciao', '4f6e636520757064206120746c732031'
BOTH = ('client', 'server')
# gnutls-cli's command for a second handshake, which our own peers understand as well.
RENEGOTIATE = b'^renegotiate^\n'


@dataclasses.dataclass(frozen=True)
class Side:
    """The settings of one side; empty means the peer's own default."""
    key: str | None = None    # a name for harness.certificates; a server has always one
    trust: str | None = 'ca'  # the authority that the other side's certificate has to come from
    name: str = 'localhost'   # client: what it asks for and checks
    groups: tuple = ()
    suites: tuple = ()
    alpn: tuple = ()
    demand: bool = False      # server: a client without a certificate is refused
    update: bool = False      # sends a KeyUpdate by itself, while data flows
    version: str = '1.3'
    psk: bool = False         # has PSK_IDENTITY's key
    psk_session: bool = False  # the same for TLS 1.3, by the callbacks that take a session
    tickets: bool = True      # without, the server keeps its sessions, and gives their ids
    encrypt_then_mac: bool = True
    early: str = ''           # TLS 1.3: client: send; server: take, take-replays, or only
                              # offer it in its tickets
    renegotiate: bool = False  # TLS 1.2: a second handshake is allowed, whoever starts it


@dataclasses.dataclass
class Place:
    """Where a case takes place."""
    port: int
    certificates: object
    folder: object

    @property
    def early(self):
        """The file with what a client sends as early data."""
        return self.folder / 'early'


class Peer:
    """One make of TLS on one libssl (or on none). A server sends back what it receives; a client
    sends what it is given on standard input and writes what it receives to standard output."""

    name = ''
    groups = ()
    groups13_only = ()    # those it has for TLS 1.3 alone; FFDHE is always one (see cases12)
    suites = ()
    keys = ()
    padding = 0           # bytes that it pads each record with (RFC 8446 §5.4)
    exits = True          # the server ends by itself after its connections
    takes_psk13 = False   # it can be given a pre-shared key for TLS 1.3
    can_be_asked = False  # its KeyUpdate is a command on standard input
    sets_suites = True    # its TLS 1.3 suites can be chosen
    early_data = ()       # the roles in which it can send or take early data
    retries_early_data = ()  # and in which it does not stumble over a HelloRetryRequest then
    shares_each_kind = False  # as a client it sends a share for its first group of each kind
    resumes_by_id13 = ()  # server, if it can keep TLS 1.3's sessions to itself
    updates = ()          # the roles in which it can send a KeyUpdate at all
    versions = ('1.3', '1.2')
    client_certificates = BOTH  # the roles in which it shows one, or demands one
    speaks_alpn = BOTH    # the roles in which it can be given protocols
    # Of TLS 1.2: its suites of those in harness.suites, and in which roles it can do what.
    suites12 = ()
    suites12_as_client = None  # if they are fewer
    encrypts_then_macs = True
    resumes_by_ticket = BOTH
    resumes_by_id = BOTH
    starts_renegotiation = ()
    takes_renegotiation = ()
    chooses_group12 = BOTH     # it keeps to its own groups
    wants_certificate12 = ()  # its own alerts to a client that sends none, if they are odd ones
    renegotiates_in_silence = BOTH  # it needs no data to get on with a second handshake

    def __init__(self, libssl):
        self.library = libssl
        self.label = f'{self.name}-on-{libssl.name}' if libssl.path else self.name

    def server(self, side, place, connections):
        """A started Process that listens on place.port."""
        raise NotImplementedError

    def client(self, side, place, resume):
        """A started Process that connects to place.port; with `resume`, for the second time, in the
        session of the first."""
        raise NotImplementedError

    def prove(self, process):
        """Fails unless the process runs on this peer's libssl, or on none if it has none."""
        raise NotImplementedError

    def ask_update(self, process, request):
        """Makes it send a KeyUpdate, with or without a request for an answer."""
        raise NotImplementedError

    def ask_renegotiation(self, process, client):
        """Makes it renegotiate; `client` is the process that speaks to it."""
        raise NotImplementedError

    def report(self, process, role):
        """What it says about the connection, of: suite, group, resumed, alpn, client_name, close.
        """
        raise NotImplementedError

    # How it words an end without close_notify, and a reset: regular expressions.
    truncated = reset = None

    # How it words the refusals that it makes and that it is told of: regular expressions.
    refusals = {}
    alerts = {}
