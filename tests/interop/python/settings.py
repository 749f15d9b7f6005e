"""The arguments of the Python peers, and the SSLContext that follows from them."""

import argparse
import ssl


def read():
    parser = argparse.ArgumentParser()
    parser.add_argument('role', choices=('server', 'client'))
    parser.add_argument('--port', type=int, required=True)
    parser.add_argument('--connections', type=int, default=1)
    parser.add_argument('--name', default='localhost')
    parser.add_argument('--tls', choices=('1.2', '1.3'), default='1.3')
    for name in ('cert', 'key', 'ca'):
        parser.add_argument(f'--{name}')
    parser.add_argument('--alpn', default='')
    parser.add_argument('--demand', action='store_true')
    parser.add_argument('--resume', action='store_true')
    return parser.parse_args()


def context(options):
    serving = options.role == 'server'
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if serving else ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = made.maximum_version = \
        ssl.TLSVersion.TLSv1_2 if options.tls == '1.2' else ssl.TLSVersion.TLSv1_3
    # Python asks libssl to take a bare end for a close; these peers want to know.
    made.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    if options.cert:
        made.load_cert_chain(options.cert, options.key)
    if options.ca:
        made.load_verify_locations(options.ca)
    if options.demand:
        made.verify_mode = ssl.CERT_REQUIRED
    if options.alpn:
        made.set_alpn_protocols(options.alpn.split(','))
    return made


def tell(**facts):
    for name, value in facts.items():
        print(f'info {name}={value}', flush=True)
