"""Postfix: its server, that this process sends mail to, and its client, that this process gets mail
from. Root has to start it."""

import grp
import os
import pathlib
import pwd
import random
import re
import smtplib
import time

import peers
import talking
from harness import processes
from harness.processes import Failure
from peers import digest
from stage import Case, descendants, differ, program_of
from talking import Service, read_line

DAEMONS = pathlib.Path('/usr/lib/postfix/sbin')
MAIN = '''compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
meta_directory = /etc/postfix
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
import_environment = MAIL_CONFIG MAIL_LOGTAG TZ LANG=C LD_LIBRARY_PATH CIAO_RUN_MARK
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = front.example
mydestination =
alias_maps =
mynetworks = 127.0.0.0/8
smtp_dns_support_level = disabled
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = may
smtpd_tls_loglevel = 1
smtp_tls_loglevel = 1
smtp_tls_CAfile = {trust}
smtp_tls_security_level = verify
smtp_tls_session_cache_database = btree:{folder}/data/sessions
smtp_connection_cache_on_demand = no
smtp_connect_timeout = 10s
{more}
'''
MASTER = '''{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
'''
QUEUE = ('active', 'bounce', 'corrupt', 'defer', 'deferred', 'flush', 'hold', 'incoming', 'pid',
         'saved', 'trace', 'private')
TEXT = ''.join(f'{line}\r\n' for line in re.findall('.{72}', random.Random('mail').randbytes(
    200_000).hex()))


def _start(stage, more):
    if os.geteuid():
        raise Failure('root alone can start postfix')
    owner, group = pwd.getpwnam('postfix'), grp.getgrnam('postdrop')
    queue = stage.path('queue')
    for folder in (queue, stage.path('data'), *(queue / name for name in QUEUE)):
        folder.mkdir(mode=0o700)
        if folder != queue:
            os.chown(folder, owner.pw_uid, 0)
    queue.chmod(0o755)
    for name, mode in (('maildrop', 0o730), ('public', 0o710)):
        (queue / name).mkdir()
        os.chown(queue / name, owner.pw_uid, group.gr_gid)
        (queue / name).chmod(mode)
    port, keys = processes.free_port(), stage.keys
    stage.write('main.cf', MAIN.format(
        folder=stage.folder, daemons=DAEMONS, certificate=keys.pem('ecdsa'), more=more,
        key=keys.key('ecdsa'), trust=keys.pem('ca')))
    stage.write('master.cf', MASTER.format(port=port))
    process = stage.start([DAEMONS / 'master', '-c', stage.folder, '-d'],
                          name=f'postfix on {stage.library.name}')
    process.wait_to_listen(port)
    return port, process


def prove(stage, process, name):
    """That the daemons of that name, of which there is one, are on the library."""
    found = [pid for pid in descendants(process.pid) if program_of(pid) == str(DAEMONS / name)]
    if not found:
        raise Failure(f'postfix has no {name}:\n{_log(stage)}')
    for pid in found:
        if problem := stage.library.problem(pid):
            raise Failure(f'{name}: {problem}')


def _log(stage):
    """What postfix says of TLS and of what became of the mail, without what differs."""
    path = stage.path('maillog')
    return path.read_text(errors='replace') if path.exists() else ''


def _await_log(stage, pattern, times=1):
    deadline = time.monotonic() + 30
    while len(found := re.findall(pattern, _log(stage), re.MULTILINE)) < times:
        if time.monotonic() > deadline:
            raise Failure(f'postfix has not written {pattern!r}:\n{_log(stage)[-2000:]}')
        time.sleep(0.05)
    return [re.sub(r'(?<=:)[0-9]{4,}|[0-9A-F]{9,12}(?=:)', 'N', text) for text in found]


# --- the server ----------------------------------------------------------------------------------

def server(stage, ask=None):
    more = 'default_transport = discard\n'
    if ask:
        more += (f'smtpd_tls_security_level = encrypt\nsmtpd_tls_req_ccert = yes\n'
                 f'smtpd_tls_CAfile = {stage.keys.pem(ask)}\n')
    port, process = _start(stage, more)
    with smtplib.SMTP('127.0.0.1', port, timeout=peers.TIMEOUT):
        prove(stage, process, 'smtpd')
    return port, process


def _prove_server(stage, process):
    prove(stage, process, 'smtpd')


def _say(connection, words, answer):
    """One command, and every line of its answer."""
    if words:
        connection.sendall(words + b'\r\n')
    line = read_line(connection)
    while line[3:4] == b'-':
        line = read_line(connection)
    differ(f'the answer to {words[:20]!r}', line[:3], answer)


def begin(plain):
    _say(plain, b'', b'220')
    _say(plain, b'EHLO localhost', b'250')
    _say(plain, b'STARTTLS', b'220')


def talk(connection):
    _say(connection, b'EHLO localhost', b'250')
    _say(connection, b'MAIL FROM:<one@there.example>', b'250')
    _say(connection, b'RCPT TO:<two@there.example>', b'250')
    _say(connection, b'DATA', b'354')
    _say(connection, TEXT.encode() + b'.', b'250')
    _say(connection, b'QUIT', b'221')


# --- the client ----------------------------------------------------------------------------------

class Behind(peers.Server):
    """A server of SMTP with STARTTLS. With `cut`, it leaves after MAIL: by a FIN or an RST."""

    def __init__(self, keys, *, cut=None, **options):
        self._cut, self.messages = cut, []
        super().__init__(keys, alpn=(), **options)

    def _handshake(self, plain, seen):
        plain.sendall(b'220 behind\r\n')
        while not (line := read_line(plain)).startswith(b'STARTTLS'):
            plain.sendall(b'221 bye\r\n' if line.startswith(b'QUIT') else
                          b'250-behind\r\n250 STARTTLS\r\n')
        plain.sendall(b'220 go on\r\n')
        return super()._handshake(plain, seen)

    def _talk(self, connection, seen):
        while True:
            line = read_line(connection).strip().decode()
            seen.requests.append(line.split()[0].upper())
            word = seen.requests[-1]
            if word == 'MAIL' and self._cut:
                if self._cut == 'reset':
                    peers.reset(connection)
                return f'cut by the server: {self._cut}'
            if word == 'DATA':
                connection.sendall(b'354 go on\r\n')
                message = bytearray()
                while not message.endswith(b'\r\n.\r\n'):
                    message += connection.recv(65536)
                self.messages.append(message.partition(b'\r\n\r\n')[2].decode())
            connection.sendall(b'221 bye\r\n' if word == 'QUIT' else b'250 good\r\n')
            if word == 'QUIT':
                return peers.read_to_the_end(connection)[1]


def _relay(stage, *, more='', **options):
    behind = stage.enter(Behind(stage.keys, **options))
    port, process = _start(stage, f'relayhost = [localhost]:{behind.port}\n{more}')
    behind.prove = lambda: prove(stage, process, 'smtp')
    return behind, port


def _send(port):
    with smtplib.SMTP('127.0.0.1', port, timeout=peers.TIMEOUT) as connection:
        connection.sendmail('one@there.example', ['two@there.example'],
                            f'Subject: a mail\r\n\r\n{TEXT}')


def relays(stage, version):
    """Three messages, one after the other: postfix keeps its sessions between its processes."""
    behind, port = _relay(stage, version=version)
    for number in range(1, 4):
        _send(port)
        _await_log(stage, 'status=sent', number)
    seen = behind.settle(3)
    differ('the messages', [digest(text.encode()) for text in behind.messages],
           [digest(f'{TEXT}.\r\n'.encode())] * 3)
    differ('the version', {each.version for each in seen}, {f'TLSv{version}'})
    return {'seen': [each.facts() for each in seen],
            'log': _await_log(stage, r'\w+ TLS connection established to .*')}


def cut(stage, how):
    behind, port = _relay(stage, cut=how)
    _send(port)
    return {'log': _await_log(stage, r'status=deferred .*'),
            'server': [each.requests for each in behind.settle(1)]}


def refused(stage, why):
    more = {'foreign authority': f'smtp_tls_CAfile = {stage.keys.pem("other-ca")}\n',
            'wrong name': 'smtp_tls_verify_cert_match = elsewhere.example\n',
            'expired': ''}[why]
    behind, port = _relay(stage, more=more,
                          key='ecdsa-expired' if why == 'expired' else 'ecdsa')
    _send(port)
    lines = _await_log(stage, r'status=deferred .*')
    differ('the messages', behind.messages, [])
    return {'log': lines, 'verdict': _await_log(stage, r'(?:certificate verification failed|'
                                                r'\w+ TLS connection established) .*')}


def cases():
    yield from talking.cases(Service('postfix', server, talk, begin, check=_prove_server))
    for version in ('1.3', '1.2'):
        yield Case(f'postfix/client/relay-{version}', relays, (version,))
    for how in ('fin', 'reset'):
        yield Case(f'postfix/client/cut-{how}', cut, (how,))
    for why in ('foreign authority', 'wrong name', 'expired'):
        yield Case(f'postfix/client/refused-{why.replace(" ", "-")}', refused, (why,))
