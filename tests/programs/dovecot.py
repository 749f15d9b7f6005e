"""Dovecot: its server of IMAP, and doveadm, which reads the mail of another server of IMAP. Root
has to start the server."""

import os
import pwd
import random
import re

import asking
import gate
import talking
from asking import Client, Wish
from harness import processes
from harness.processes import Failure
from peers import digest
from stage import Case, descendants, differ, program_of
from talking import Service, read_exactly, read_line

USER = 'nobody'  # the one whose mail it is
SERVER = '''base_dir = {folder}/run
state_dir = {folder}/run
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
import_environment = TZ LD_LIBRARY_PATH CIAO_RUN_MARK
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{folder}/mail
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
ssl_min_protocol = TLSv1.2
{more}
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail
}}
service imap-login {{
  service_count = 0
  process_min_avail = 1
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
'''
CLIENT = '''import_environment = TZ USER HOME LD_LIBRARY_PATH CIAO_RUN_MARK
log_path = /dev/stderr
mail_location = imapc:{folder}/cache
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
first_valid_gid = 1
imapc_host = {host}
imapc_port = {port}
imapc_user = {user}
imapc_password = any
imapc_ssl = imaps
imapc_max_idle_time = 20 s
imapc_connection_retry_count = 0
ssl_client_ca_file = {trust}
'''
LINES = ''.join(f'{line}\r\n' for line in
                re.findall('.{72}', random.Random('imap').randbytes(150_000).hex()))
MESSAGE = f'Subject: a mail\r\n\r\n{LINES}'.encode()


def server(stage, ask=None, *, key='ecdsa', more=''):
    if os.geteuid():
        raise Failure('root alone can start dovecot')
    owner = pwd.getpwnam(USER)
    for name in ('run', 'mail', 'mail/cur', 'mail/new', 'mail/tmp'):
        stage.path(name).mkdir()
        if name != 'run':
            os.chown(stage.path(name), owner.pw_uid, owner.pw_gid)
    port, keys = processes.free_port(), stage.keys
    if ask:
        more += (f'ssl_ca = <{keys.pem(ask)}\nssl_verify_client_cert = yes\n'
                 'auth_ssl_require_client_cert = yes\nssl_require_crl = no\n')
    file = stage.write('dovecot.conf', SERVER.format(
        folder=stage.folder, port=port, certificate=keys.pem(key), key=keys.key(key), more=more,
        uid=owner.pw_uid, gid=owner.pw_gid))
    process = stage.start(['/usr/sbin/dovecot', '-F', '-c', file],
                          name=f'dovecot on {stage.library.name}')
    process.wait_to_listen(port)
    return port, process


def _prove(stage, process):
    """The processes that speak TLS: they load its part of dovecot by themselves."""
    program = '/usr/lib/dovecot/imap-login'
    found = [pid for pid in descendants(process.pid) if program_of(pid) == program]
    if not found:
        raise Failure(f'dovecot has no imap-login:\n{process.tail()}')
    for pid in found:
        if problem := stage.library.problem(pid):
            raise Failure(f'imap-login: {problem}')


def _command(connection, words):
    """The lines up to the answer."""
    connection.sendall(b'a ' + words + b'\r\n')
    lines = []
    while not (line := read_line(connection)).startswith(b'a '):
        lines.append(line)
    differ(f'the answer to {words[:12]!r}', line[:4], b'a OK')
    return lines


def talk(connection):
    differ('the greeting', read_line(connection)[:4], b'* OK')
    _command(connection, b'LOGIN nobody any')
    connection.sendall(b'a APPEND INBOX {%d}\r\n' % len(MESSAGE))
    differ('the answer to APPEND', read_line(connection)[:1], b'+')
    connection.sendall(MESSAGE + b'\r\n')
    while not (line := read_line(connection)).startswith(b'a '):
        pass
    differ('the answer to APPEND', line[:4], b'a OK')
    _command(connection, b'SELECT INBOX')
    connection.sendall(b'a FETCH * BODY.PEEK[]\r\n')
    while b'BODY[]' not in (line := read_line(connection)):
        pass
    size = int(re.search(rb'\{(\d+)\}', line)[1])
    differ('the message', digest(read_exactly(connection, size)), digest(MESSAGE))
    while not (line := read_line(connection)).startswith(b'a '):
        pass
    connection.sendall(b'a LOGOUT\r\n')


# --- the client ----------------------------------------------------------------------------------

def _doveadm(stage, wish):
    trust = stage.keys.pem(wish.trust).read_text()
    owner, cache = pwd.getpwnam(USER), stage.path('cache')
    cache.mkdir(exist_ok=True)
    os.chown(cache, owner.pw_uid, owner.pw_gid)
    file = stage.write('doveadm.conf', CLIENT.format(
        folder=stage.folder, host=wish.host, port=wish.port, user=USER, uid=owner.pw_uid,
        gid=owner.pw_gid, trust=stage.write('trust.pem', trust)))
    return ['/usr/bin/env', f'USER={USER}', f'HOME={cache}', '/usr/bin/doveadm', '-c', file,
            'fetch', 'body', 'mailbox', 'INBOX']


def _body(output):
    return bytes(output).partition(b'body:\n')[2].replace(b'\r', b'').strip(b'\n\f')


DOVEADM = Client('doveadm', '/usr/bin/doveadm', _doveadm, took=_body)


def _before(stage, *, key='ecdsa', more='', **options):
    """A server with a message on the system's libssl, and a gate before it."""
    beside = stage.peer()
    port, _ = server(beside, key=key, more=more)
    mail = beside.path('mail/new/1.here')
    mail.write_bytes(MESSAGE.replace(b'\r\n', b'\n'))
    mail.chmod(0o644)
    return stage.enter(gate.Gate(port, **options))


def _ask(stage, entrance, wish):
    code, body, words = asking.ask(stage, DOVEADM, entrance, wish)
    return code, body, re.sub(r'<[^<>\s]{20,}>', '<session>', words)


def fetch(stage):
    entrance = _before(stage, more='ssl_min_protocol = TLSv1.3\n')
    code, body, words = _ask(stage, entrance, Wish(entrance.port, host='127.0.0.1'))
    differ('the exit code', code, 0)
    differ('the message', digest(body), digest(LINES.replace('\r', '').strip().encode()))
    return {'words': words}


def cut(stage, how):
    entrance = _before(stage, cut=100_000, how=how)
    code, body, words = _ask(stage, entrance, Wish(entrance.port, host='127.0.0.1'))
    differ('the exit code being 0', code == 0, False)
    return {'code': code, 'words': words}


def refused(stage, why):
    host = '127.0.0.2' if why == 'wrong name' else '127.0.0.1'
    entrance = _before(stage, key='ecdsa-expired' if why == 'expired' else 'ecdsa', host=host)
    trust = 'other-ca' if why == 'foreign authority' else 'ca'
    code, body, words = _ask(stage, entrance, Wish(entrance.port, host=host, trust=trust))
    differ('the exit code being 0', code == 0, False)
    differ('the message', body, b'')
    return {'code': code, 'words': words}


def cases():
    yield from talking.cases(Service('dovecot', server, talk, greets=True, check=_prove))
    yield Case('doveadm/client/fetch', fetch)
    for how in ('fin', 'reset'):
        yield Case(f'doveadm/client/cut-{how}', cut, (how,))
    for why in ('foreign authority', 'wrong name', 'expired'):
        yield Case(f'doveadm/client/refused-{why.replace(" ", "-")}', refused, (why,))
