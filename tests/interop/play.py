"""Plays one case: a server, a recorder before it, a client, and what has to come of it."""

import dataclasses
import pathlib
import re
import tempfile

import payload
from harness import processes, recorder
from harness.processes import Failure
from peers.base import Peer, Place, Side

# Not a few bytes over a multiple of a record or a pipe's buffer: the last record of data must not
# be as short as an alert.
PAYLOAD = 100_000
# Less than OpenSSL's default limit for early data, and more than one read of its programs.
EARLY = 12_000
VERSIONS = {'1.2': '0303', '1.3': '0304'}


@dataclasses.dataclass(frozen=True)
class Case:
    """`wire` is what the hellos have to show, `said` what each side that reports it has to say.
    With `resume` there are two connections: a full handshake, and another in its session; on that,
    with `early`, the client sends early data that is to be accepted or rejected. With `cut`
    the network fails after the data (fin or reset), and either side has to see it. With
    `refused_by`, the handshake has to fail: that side for the reason `why`, and the other is told
    by one of `alerts`."""
    name: str
    client: Peer
    server: Peer
    client_side: Side
    server_side: Side
    wire: dict = dataclasses.field(default_factory=dict)
    said: dict = dataclasses.field(default_factory=dict)
    resume: bool = False
    early: str = ''       # accepted, rejected
    cut: str = ''
    update: str = ''      # whose KeyUpdate: client, server
    renegotiate: str = ''  # who starts it: client, server
    size: int = PAYLOAD
    refused_by: str = ''  # client, server
    why: str = ''
    alerts: tuple = ()


def differ(what, seen, wanted):
    if seen != wanted:
        raise Failure(f'{what} is {seen!r}, not {wanted!r}')


class Play:
    def __init__(self, case, certificates, folder):
        self.case, self.certificates, self.folder = case, certificates, folder
        self.server = self.client = self.relay = None

    def run(self):
        case = self.case
        inside = Place(processes.free_port(), self.certificates, self.folder)
        if case.early:
            inside.early.write_bytes(payload.make(EARLY, f'{case.name} early'))
        self.server = case.server.server(case.server_side, inside, 2 if case.resume else 1)
        self.relay = recorder.Recorder(inside.port, open_at_once=not case.refused_by)
        case.server.prove(self.server)
        outside = Place(self.relay.port, self.certificates, self.folder)
        self.client = case.client.client(case.client_side, outside, case.resume)
        if case.refused_by:
            case.client.prove(self.client)
            self.relay.gate.set()
            self.refusal()
        else:
            self.talk()

    def stop(self):
        for part in (self.client, self.server):
            if part:
                part.stop()
        if self.relay:
            self.relay.close()

    def told(self):
        """Both sides' last words, for a failure."""
        return '\n'.join(part.tail() for part in (self.client, self.server) if part)

    # --- a connection that works ---

    def talk(self):
        case, sent = self.case, payload.make(self.case.size, self.case.name)
        self.client.send(sent)
        if case.early:
            sent = self.check_early_data(sent)
        self.await_echo(sent)
        case.client.prove(self.client)
        if case.cut:
            self.fail_network()
            return
        if case.update:
            sent += self.update_keys(sent)
        if case.renegotiate:
            sent += self.renegotiate(sent)
        self.client.close_input()
        differ("the client's exit code", self.client.wait(), 0)
        self.relay.settle()
        if case.server.exits:
            differ("the server's exit code", self.server.wait(), 0)
        self.check_echo(sent)
        self.check_wire()
        self.check_reports()

    def check_early_data(self, sent):
        """What has to come back: of the early data all, before the rest, or nothing."""
        early = (self.folder / 'early').read_bytes()

        def verdict():
            return self.case.client.report(self.client, 'client').get('early')
        self.client.wait_until(verdict, 'told what became of its early data')
        differ('early, says the client,', verdict(), self.case.early)
        if self.case.early == 'accepted':
            return early + sent
        self.await_echo(sent)
        for process in (self.server, self.client):
            differ(f'early data in what {process.name} wrote',
                   early[:payload.START] in process.output, False)
        return sent

    def fail_network(self):
        self.relay.cut(reset=self.case.cut == 'reset')
        for peer, process in ((self.case.client, self.client), (self.case.server, self.server)):
            words = peer.reset if self.case.cut == 'reset' else peer.truncated
            if words:
                process.wait_for(words)
        differ("the client's exit code being 0", self.client.wait() == 0, False)

    def await_echo(self, sent):
        def complete():
            return len(payload.found_in(self.client.output, sent)) >= len(payload.bare(sent))
        # A virtual machine that starts beside a busy compiler takes its time.
        self.client.wait_until(complete, f'written the {len(sent)} bytes that it sent', 60)
        self.check_echo(sent)

    def check_echo(self, sent):
        differ('what came back', payload.found_in(self.client.output, sent), payload.bare(sent))

    def update_keys(self, sent):
        """Data before and after a KeyUpdate, asked for in both ways where the peer can be asked."""
        case, more = self.case, b''
        peer, process, side = (
            (case.client, self.client, case.client_side) if case.update == 'client' else
            (case.server, self.server, case.server_side))
        updates = self.key_updates()
        if side.update:
            updates = (0, 0)  # It has sent its own by itself.
        else:
            for command in (False, True, None):
                if command is not None:
                    peer.ask_update(process, command)
                # The last part is for peers that answer a request with what they send next.
                part = payload.make(20000, f'{command}')
                more += part
                self.client.send(part)
                self.await_echo(sent + more)
        after = self.key_updates()
        own = 0 if case.update == 'client' else 1
        if after[own] <= updates[own]:
            raise Failure(f'no KeyUpdate of the {case.update} was on the wire')
        if not side.update and after[1 - own] <= updates[1 - own]:
            raise Failure(f'the {case.update} asked for a KeyUpdate and got none')
        return more

    def renegotiate(self, sent):
        """A second handshake on the connection, with data before and after it (RFC 5746)."""
        case = self.case
        peer, process = (case.client, self.client) if case.renegotiate == 'client' else \
            (case.server, self.server)
        wire = self.relay.connections[-1]
        differ('the number of handshakes', (wire.client.changes, wire.server.changes), (1, 1))
        peer.ask_renegotiation(process, self.client)
        # s_client and s_server, on any libssl, may leave data lying that comes between the hellos.
        if case.renegotiate in peer.renegotiates_in_silence:
            self.relay.wait_for_handshakes(2)
        more = payload.make(20000, f'{case.name} again')
        self.client.send(more)
        self.await_echo(sent + more)
        differ('the number of handshakes', (wire.client.changes, wire.server.changes), (2, 2))
        return more

    def key_updates(self):
        """How many each side has sent."""
        wire = self.relay.connections[-1]
        return (wire.client.key_updates(self.case.client.padding),
                wire.server.key_updates(self.case.server.padding))

    def check_wire(self):
        connections = self.relay.connections
        differ('the number of connections', len(connections), 2 if self.case.resume else 1)
        version = VERSIONS[self.case.client_side.version]
        # In TLS 1.3 a key of the application's looks like a ticket's.
        wanted = {'version': version, 'resumed': self.case.resume, 'retry': False,
                  'server_name': self.case.client_side.name, **self.case.wire}
        self.check_facts('on the wire', connections[-1].facts(), wanted)
        if self.case.resume:
            wanted = {'version': version, 'resumed': False,
                      **{name: self.case.wire[name] for name in ('suite',) if name in
                         self.case.wire}}
            if wanted['version'] == VERSIONS['1.2'] and 'resumed_by' in self.case.wire:
                wanted['new_ticket'] = self.case.wire['resumed_by'] == 'ticket'
            self.check_facts('on the wire of the first connection', connections[0].facts(), wanted)
        for connection in connections:
            for name, peer, side in (('client', self.case.client, connection.client),
                                     ('server', self.case.server, connection.server)):
                differ(f'the last record of the {name} being an alert (close_notify)',
                       connection.said_goodbye(side, peer.padding), True)

    @staticmethod
    def check_facts(where, facts, wanted):
        for name, value in wanted.items():
            differ(f'{name} {where}', facts.get(name), value)

    def check_reports(self):
        case, facts = self.case, self.relay.connections[-1].facts()
        for role, peer, process in (('client', case.client, self.client),
                                    ('server', case.server, self.server)):
            said = peer.report(process, role)
            wanted = {'close': 'notify', 'suite': facts['suite'], 'group': facts['group'],
                      'resumed': case.resume, **case.said}
            if case.client_side.version == '1.3' and case.wire.get('resumed'):
                del wanted['resumed']  # whether that is a resumption, programs see differently
            if case.early:
                wanted['early'] = case.early
            for name in said.keys() & wanted.keys():
                differ(f'{name}, says the {role},', said[name], wanted[name])
            if 'alpn' in case.said:
                differ(f'alpn, says the {role},', said.get('alpn', case.said['alpn'])
                       if not peer.library.path else said.get('alpn'), case.said['alpn'])

    # --- a connection that must not work ---

    def refusal(self):
        case = self.case
        refuser, told = (self.client, self.server) if case.refused_by == 'client' else \
            (self.server, self.client)
        one, other = (case.client, case.server) if case.refused_by == 'client' else \
            (case.server, case.client)
        sent = payload.make(200, case.name)
        self.client.send(sent)
        refuser.wait_for(one.refusals[case.why])
        other_alerts = [other.alerts[name] for name in case.alerts if name in other.alerts]
        if other_alerts:
            told.wait_for('|'.join(other_alerts))
        self.client.close_input()
        code = self.client.wait()
        if case.refused_by == 'client':
            differ('the client saying by its exit code that it failed', code != 0, True)
        differ('what came back', payload.found_in(self.client.output, sent), b'')


class Stage:
    """Where a case that is a function takes place: with nothing of its own to stop but what it has
    started itself."""

    def __init__(self, case, certificates, folder):
        self._case, self._certificates, self._folder = case, certificates, folder

    def run(self):
        self._case.play(self._certificates, self._folder)

    def stop(self):
        processes.stop_thread()

    def told(self):
        return ''


def play(case, certificates):
    """None if the case went as it has to, else what went wrong."""
    with tempfile.TemporaryDirectory(prefix='ciao-interop-') as folder:
        maker = Play if isinstance(case, Case) else Stage
        this = maker(case, certificates, pathlib.Path(folder))
        try:
            this.run()
            return None
        except (Failure, OSError, LookupError, ValueError, AttributeError) as failure:
            detail = f'{failure}' if isinstance(failure, Failure) else f'{failure!r}'
            told = this.told()
            return detail if re.search(r'^    ', detail, re.MULTILINE) else f'{detail}\n{told}'
        finally:
            this.stop()
