#!/usr/bin/python3
"""Makes the certificates and keys that tests/abi/identity.cc reads: make_files.py FOLDER."""
import pathlib
import subprocess
import sys

CONFIGURATION = """
openssl_conf = init
[init]
ssl_conf = sections
[sections]
system_default = system
named = named
bad = bad
complete = complete
[system]
MinProtocol = TLSv1.3
CipherString = DEFAULT@SECLEVEL=1
Options = -SessionTicket
Bogus = 1
[named]
MaxProtocol = TLSv1.2
VerifyMode = Peer
Groups = P-384
[bad]
MinProtocol = TLSv9
NoSuch = 1
Certificate = {folder}/missing.pem
[complete]
Certificate = {folder}/both.pem
RequestCAFile = {folder}/ca.pem
VerifyCAFile = {folder}/ca.pem
NumTickets = 5
"""


def openssl(*arguments, stdin=None):
    subprocess.run(['openssl', *arguments], check=True, input=stdin, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def key(folder, name, *options):
    openssl('genpkey', *options, '-out', str(folder / f'{name}.key'))


def certificate(folder, name, issuer=None, *options):
    arguments = ['req', '-new', '-x509', '-key', str(folder / f'{name}.key'), '-subj',
                 f'/O=ciao/CN={name}', '-days', '3650', '-out', str(folder / f'{name}.pem'),
                 *options]
    if issuer:
        arguments += ['-CA', str(folder / f'{issuer}.pem'), '-CAkey', str(folder / f'{issuer}.key')]
    openssl(*arguments)


def make(folder):
    rsa = ('-algorithm', 'RSA', '-pkeyopt')
    ec = ('-algorithm', 'EC', '-pkeyopt')
    key(folder, 'ca', *ec, 'ec_paramgen_curve:P-256')
    certificate(folder, 'ca')
    key(folder, 'middle', *ec, 'ec_paramgen_curve:P-256')
    certificate(folder, 'middle', 'ca', '-addext', 'basicConstraints=critical,CA:TRUE')
    for name, options in {
            'rsa': (*rsa, 'rsa_keygen_bits:2048'),
            'other_rsa': (*rsa, 'rsa_keygen_bits:2048'),
            'weak': (*rsa, 'rsa_keygen_bits:1024'),
            'ec': (*ec, 'ec_paramgen_curve:P-256'),
            'ec384': (*ec, 'ec_paramgen_curve:P-384'),
            'pss': ('-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048'),
            'ed25519': ('-algorithm', 'ED25519'),
            'ed448': ('-algorithm', 'ED448'),
            'sha1': (*rsa, 'rsa_keygen_bits:2048'),
            'x25519': ('-algorithm', 'X25519'),
    }.items():
        key(folder, name, *options)
        if name == 'sha1':
            certificate(folder, name, 'ca', '-sha1')
        elif name != 'x25519':
            certificate(folder, name, 'middle')
    text = {name: (folder / f'{name}.pem').read_text() for name in ('rsa', 'middle', 'ca')}
    (folder / 'chain.pem').write_text(text['rsa'] + text['middle'] + text['ca'])
    (folder / 'chain_bad.pem').write_text(
        text['rsa'] + '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n')
    (folder / 'cut.pem').write_text(text['rsa'][:400])
    (folder / 'empty.pem').write_text('')
    (folder / 'garbage.pem').write_text('no certificate\n')
    rsa_key, rsa_pem = str(folder / 'rsa.key'), str(folder / 'rsa.pem')
    openssl('x509', '-in', rsa_pem, '-outform', 'DER', '-out', str(folder / 'rsa.der'))
    openssl('pkey', '-in', rsa_key, '-outform', 'DER', '-out', str(folder / 'rsa_key.der'))
    openssl('pkey', '-in', rsa_key, '-traditional', '-out', str(folder / 'rsa1.key'))
    openssl('pkey', '-in', rsa_key, '-aes128', '-passout', 'pass:secret', '-out',
            str(folder / 'encrypted.key'))
    (folder / 'dir').mkdir(exist_ok=True)
    for name in ('ca', 'middle', 'ec'):
        (folder / 'dir' / f'{name}.pem').write_text((folder / f'{name}.pem').read_text())
    (folder / 'both.pem').write_text(text['rsa'] + (folder / 'rsa.key').read_text())
    (folder / 'openssl.cnf').write_text(CONFIGURATION.format(folder=folder))


if __name__ == '__main__':
    target = pathlib.Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    make(target)
