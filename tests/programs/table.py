"""All cases, program by program."""

import tunnels
import web_servers

MODULES = (web_servers, tunnels)


def cases():
    for module in MODULES:
        yield from module.cases()
