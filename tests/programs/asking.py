"""What every program that asks has to do: a table of cases over a description of the client. The
server is this process."""

import dataclasses
import re
from collections.abc import Callable

import peers
from harness import certificates
from peers import BODIES, PAGE
from stage import Case, differ


@dataclasses.dataclass(frozen=True)
class Wish:
    """What a client is told to do; `paths` are asked for on a connection each, where it resumes."""
    port: int
    paths: tuple = ('/page',)
    host: str = certificates.HOST
    trust: str = 'ca'
    key: str = None


@dataclasses.dataclass(frozen=True)
class Client:
    """`command(stage, wish)` is what is run; `say`, what it is given on its input; `took`, the
    bodies in what it wrote. `program` is what runs then, or a function that says so. `refuses` has
    what the client verifies. One that does not wait for an answer has no `waits`."""
    name: str
    program: str | Callable
    command: Callable
    say: Callable = lambda stage, wish: b''
    took: Callable = bytes
    resumes: bool = True
    refuses: tuple = ('foreign authority', 'wrong name', 'expired')
    waits: bool = True


def ask(stage, client, server, wish, timeout=60):
    """Runs the client; returns its exit code, the bodies, and what it said, without what differs
    from run to run."""
    server.prove = None
    process = stage.start(client.command(stage, wish),
                          name=f'{client.name} on {stage.library.name}')
    program = client.program() if callable(client.program) else client.program
    server.prove = lambda: stage.prove(process, program)
    try:
        process.send(client.say(stage, wish))
        process.close_input()
        code = process.wait(timeout)
        server.check()
        return code, client.took(process.output), words_of(process, stage)
    finally:
        process.stop()


def words_of(process, stage):
    text = process.errors.decode(errors='replace').strip()
    text = text.replace(str(stage.folder), 'FOLDER').replace(str(stage.keys.folder), 'KEYS')
    # Where in libssl's source an error was raised.
    text = re.sub(r'(SSL routines):\w*:(.+?):[\w./-]+\.(c|cc):', r'\1:\2:', text)
    # Ports, process numbers, addresses, times: all long numbers.
    return re.sub(r'0x[0-9a-f]+|(?<=sock)[0-9a-f]+|\b[0-9]{2,}\b|\b[0-9A-F]{12,16}\b', 'N', text)


def opened(stage, **options):
    return stage.enter(peers.Server(stage.keys, **options))


def pages(stage, client, version):
    """Pages with a length and one that only the close ends, and how the client leaves."""
    seen = {}
    for path in ('/page', '/large', '/to-the-end'):
        server = opened(stage, version=version)
        code, body, _ = ask(stage, client, server, Wish(server.port, (path,)))
        differ(f'the exit code for {path}', code, 0)
        differ(f'the SHA-256 of {path}', peers.digest(body), peers.digest(BODIES[path]))
        facts = server.settle(1)[0].facts()
        differ('the version', facts['version'], f'TLSv{version}')
        seen |= {f'{path} {name}': value for name, value in facts.items()}
    return seen


def resumption(stage, client, version):
    server = opened(stage, version=version)
    code, bodies, _ = ask(stage, client, server, Wish(server.port, ('/page', '/page', '/page')))
    differ('the exit code', code, 0)
    differ('the bodies', peers.digest(bodies), peers.digest(PAGE * 3))
    resumed = [seen.resumed for seen in server.settle(3)]
    differ('resumption', resumed, [False, True, True])
    return {'resumed': resumed}


def cut(stage, client, path):
    """A server that leaves half-way: by a FIN or an RST, without a close_notify."""
    server = opened(stage)
    code, body, words = ask(stage, client, server, Wish(server.port, (path,)))
    differ('the whole page having come', body == PAGE, False)
    return {'code': code, 'words': words, 'server': [seen.ending for seen in server.settle(1)]}


def refused(stage, client, why):
    """A server that must not be believed: the client says so by its exit code and sends nothing."""
    wishes = {'foreign authority': {'trust': 'other-ca'}, 'wrong name': {'host': '127.0.0.2'},
              'expired': {}}[why]
    server = opened(stage, key='ecdsa-expired' if why == 'expired' else 'ecdsa',
                    host=wishes.get('host', '127.0.0.1'))
    code, body, words = ask(stage, client, server, Wish(server.port, **wishes))
    differ('the exit code being 0', code == 0, False)
    differ('the body', body, b'')
    seen = server.settle(1)
    differ('requests that came', [each.requests for each in seen], [[]] * len(seen))
    return {'code': code, 'words': words, 'server': [_alert(each.ending) for each in seen]}


def _alert(ending):
    """A client that looks at the name after the handshake leaves with tickets unread: the kernel
    may turn its close_notify or its FIN into an RST."""
    return 'no alert' if ending in ('close_notify', 'end of file', 'reset') else ending


def certified(stage, client, version):
    """A server that asks for a certificate; the client has one, or none."""
    server = opened(stage, version=version, ask='ca')
    code, body, _ = ask(stage, client, server, Wish(server.port, key='ecdsa-client'))
    differ('the exit code', code, 0)
    differ('the body', peers.digest(body), peers.digest(PAGE))
    differ("the client's name", server.settle(1)[0].client, 'a client')
    code, body, words = ask(stage, client, server, Wish(server.port))
    differ('the body without a certificate', body, b'')
    seen = {'server': [seen.ending for seen in server.settle(2)]}
    # In TLS 1.3 the alert comes after the handshake; ncat may have ended with its input by then.
    return seen | ({'code': code, 'words': words} if client.waits or version == '1.2' else {})


def cases(client):
    where = f'{client.name}/client'
    for version in ('1.3', '1.2'):
        yield Case(f'{where}/pages-{version}', pages, (client, version))
        if client.resumes:
            yield Case(f'{where}/resumption-{version}', resumption, (client, version))
        yield Case(f'{where}/certificate-{version}', certified, (client, version))
    for path in ('/cut', '/reset'):
        yield Case(f'{where}{path}', cut, (client, path))
    for why in client.refuses:
        yield Case(f'{where}/refused-{why.replace(" ", "-")}', refused, (client, why))
