"""The languages' bindings, each as a client and as a server: Python, Ruby, Perl (IO::Socket::SSL
over Net::SSLeay) and PHP. The scripts in scripts/ are all told the same words and do the same."""

import pathlib

import asking
import serving
from asking import Client
from harness import processes
from web_servers import site

SCRIPTS = pathlib.Path(__file__).resolve().parent / 'scripts'
LANGUAGES = {'python': ('/usr/bin/python3', 'py'), 'ruby': ('/usr/bin/ruby', 'rb'),
             'perl': ('/usr/bin/perl', 'pl'), 'php': ('/usr/bin/php8.2', 'php')}
NO_SESSION = ('php',)  # its binding cannot take up a client's session


def client(name):
    program, ending = LANGUAGES[name]

    def command(stage, wish):
        keys = stage.keys
        own = (keys.pem(wish.key), keys.key(wish.key)) if wish.key else ('', '')
        return [program, SCRIPTS / f'client.{ending}', wish.host, wish.port, keys.pem(wish.trust),
                *own, *wish.paths]
    return Client(name, program, command, resumes=name not in NO_SESSION)


def server(name):
    program, ending = LANGUAGES[name]

    def start(stage, ask=None):
        port, keys = processes.free_port(), stage.keys
        words = [program, SCRIPTS / f'server.{ending}', port, keys.pem('ecdsa'), keys.key('ecdsa'),
                 keys.pem(ask) if ask else '', site(stage)]
        return port, stage.serve(words, port, name=f'{name} on {stage.library.name}')
    return start


def cases():
    for name in LANGUAGES:
        yield from asking.cases(client(name))
        yield from serving.cases(name, server(name))
