"""PostgreSQL: a server and psql, on ciao and on the system's libssl in turn."""

import hashlib
import random

from harness.postgres import Cluster, Psql
from play import differ
from programs import Scene

ABOUT = 'SELECT version, cipher, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid();\n'


def session(keys, _, cluster, client, server, key='ecdsa', client_key=None, user='ciao'):
    """TLS 1.3 as the server sees it, and megabytes in both directions."""
    postgres = cluster.server(keys, server, key)
    psql = Psql(keys, client, postgres, key=client_key, user=user)
    version, suite, name = psql.ask(ABOUT).strip().split('|')
    psql.prove()
    postgres.prove_backend(int(psql.ask('SELECT pg_backend_pid();\n')))
    differ('the version', version, 'TLSv1.3')
    differ('the suite', suite, 'TLS_AES_256_GCM_SHA384')
    differ("the client's name", name, '/CN=a client' if client_key else '')
    text = random.Random(key).randbytes(1 << 20).hex()
    digest = hashlib.md5(text.encode()).hexdigest()
    differ('the MD5 of 2 MiB sent', psql.ask(f"SELECT md5('{text}');\n").strip(), digest)
    back = psql.ask("SELECT repeat('0123456789abcdef', 262144);\n").strip()
    differ('4 MiB that come back', back == '0123456789abcdef' * 262144, True)
    psql.end()


def copy(keys, _, cluster, client, server):
    """COPY in and out: a stream of small rows."""
    postgres = cluster.server(keys, server)
    psql = Psql(keys, client, postgres)
    psql.ask('CREATE TEMP TABLE rows (number int, words text);\n')
    rows = ''.join(f'{n}\tthe row of number {n}\n' for n in range(40000))
    psql.ask(f'COPY rows FROM STDIN;\n{rows}\\.\n')
    differ('the rows', psql.ask('SELECT count(*), sum(number) FROM rows;\n').strip(),
           f'40000|{sum(range(40000))}')
    differ('the rows that come back',
           psql.ask('COPY (SELECT * FROM rows ORDER BY number) TO STDOUT;\n') == rows, True)
    psql.end()


def many(keys, folder, cluster, client, server):
    """Connections one after the other and side by side."""
    postgres = cluster.server(keys, server)
    sessions = [Psql(keys, client, postgres) for _ in range(6)]
    for number, psql in enumerate(sessions):
        differ('the answer', psql.ask(f'SELECT {number} * 7;\n').strip(), f'{number * 7}')
        psql.prove()
    for psql in sessions:
        psql.end()


def refused(keys, _, cluster, client, server, words, options):
    key = options.pop('server_key', 'ecdsa')
    postgres = cluster.server(keys, server, key)
    Psql(keys, client, postgres, **options).refused(*words)


REFUSALS = (
    ('wrong-ca', ('certificate verify failed',), {'trust': 'other-ca'}),
    ('wrong-name', ('does not match host name "elsewhere.example"',),
     {'host': 'elsewhere.example'}),
    ('expired', ('certificate verify failed',), {'server_key': 'ecdsa-expired'}),
    ('client-certificate-missing', ('connection requires a valid client certificate',),
     {'user': 'certified'}),
    ('without-tls', ('no encryption',), {'mode': 'disable'}))


def cases(ours, plain):
    cluster = Cluster()
    for client, server in ((ours, plain), (plain, ours), (ours, ours)):
        where = f'psql-on-{client.name}/postgres-on-{server.name}'
        yield Scene(f'{where}/session', session, cluster, client, server)
        yield Scene(f'{where}/session-rsa', session, cluster, client, server, 'rsa')
        yield Scene(f'{where}/client-certificate', session, cluster, client, server, 'ecdsa',
                    'rsa-client')
        yield Scene(f'{where}/copy', copy, cluster, client, server)
        yield Scene(f'{where}/many', many, cluster, client, server)
        for name, words, options in REFUSALS:
            yield Scene(f'{where}/{name}', refused, cluster, client, server, words, dict(options))
