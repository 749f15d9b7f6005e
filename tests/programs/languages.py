"""The languages' bindings, each as a client and as a server. The scripts in scripts/ are all told
the same words and do the same."""

import dataclasses
import pathlib
from collections.abc import Callable

import asking
import node
import serving
from asking import Client
from harness import processes
from web_servers import site

SCRIPTS = pathlib.Path(__file__).resolve().parent / 'scripts'
REASONS = ('foreign authority', 'wrong name', 'expired')


@dataclasses.dataclass(frozen=True)
class Language:
    """`scripts` are those of the client and of the server, `words` what they are told first. Of one
    that is not started by its name, `command` and `program` say how it is started and what runs
    then. `resumes` and `refuses` are the client's: some take up no session, some leave a server's
    name to the application."""
    name: str
    start: str | Callable
    scripts: tuple
    words: tuple = ()
    program: Callable = None
    resumes: bool = True
    refuses: tuple = REASONS

    def command(self, script):
        before = self.start() if callable(self.start) else [self.start]
        return [*before, SCRIPTS / script, *self.words]

    def running(self):
        return self.program() if self.program else self.start


def _both(ending):
    return f'client.{ending}', f'server.{ending}'


QT = ('client_qt.py', 'server_qt.py')
LANGUAGES = {language.name: language for language in (
    Language('python', '/usr/bin/python3', _both('py')),
    Language('ruby', '/usr/bin/ruby', _both('rb')),
    Language('perl', '/usr/bin/perl', _both('pl')),
    Language('lwp', '/usr/bin/perl', ('client_lwp.pl', None), resumes=False),
    Language('php', '/usr/bin/php8.2', _both('php'), resumes=False),
    Language('node', node.command, _both('js'), program=node.program),
    Language('tcl', '/usr/bin/tclsh8.6', _both('tcl'), resumes=False,
             refuses=('foreign authority', 'expired')),
    Language('lua', '/usr/bin/lua5.4', _both('lua'), resumes=False,
             refuses=('foreign authority', 'expired')),
    Language('qt5', '/usr/bin/python3', QT, ('PyQt5',)),
    Language('qt6', '/usr/bin/python3', QT, ('PyQt6',)))}


def client(name):
    language = LANGUAGES[name]

    def command(stage, wish):
        keys = stage.keys
        own = (keys.pem(wish.key), keys.key(wish.key)) if wish.key else ('', '')
        return [*language.command(language.scripts[0]), wish.host, wish.port, keys.pem(wish.trust),
                *own, *wish.paths]
    return Client(name, language.running, command, resumes=language.resumes,
                  refuses=language.refuses)


def server(name):
    language = LANGUAGES[name]

    def start(stage, ask=None):
        port, keys = processes.free_port(), stage.keys
        words = [*language.command(language.scripts[1]), port, keys.pem('ecdsa'),
                 keys.key('ecdsa'), keys.pem(ask) if ask else '', site(stage)]
        return port, stage.serve(words, port, language.running(),
                                 name=f'{name} on {stage.library.name}')
    return start


def cases():
    for name, language in LANGUAGES.items():
        yield from asking.cases(client(name))
        if language.scripts[1]:
            yield from serving.cases(name, server(name))
