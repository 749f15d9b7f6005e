"""All cases, program by program."""

import web_servers

MODULES = (web_servers,)


def cases():
    for module in MODULES:
        yield from module.cases()
