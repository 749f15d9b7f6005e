"""All cases, program by program."""

import clients
import databases
import dovecot
import http2
import languages
import lookers
import mail
import message_clients
import relays
import stores
import tunnels
import vpn
import web_servers

MODULES = (web_servers, tunnels, clients, languages, stores, relays,
           databases, http2, mail, dovecot,
           vpn, message_clients, lookers)


def cases():
    for module in MODULES:
        yield from module.cases()
