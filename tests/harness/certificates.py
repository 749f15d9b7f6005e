"""Certificates made on the spot with Debian's openssl, on the system's libraries."""

import pathlib
import subprocess
import threading

from harness import library

HOST = 'localhost'
KEYS = {
    'rsa': ('-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'),
    'rsapss': ('-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048'),
    'ecdsa': ('-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'),
    'ecdsa384': ('-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'),
    'ecdsa521': ('-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-521'),
    'ed25519': ('-algorithm', 'ED25519'),
    'ed448': ('-algorithm', 'ED448'),
}
LEAF = '''basicConstraints = critical, CA:false
keyUsage = critical, {use}
extendedKeyUsage = {usage}
subjectAltName = DNS:{name}, IP:127.0.0.1
'''
# openssl-ca(1) alone takes a start and an end in the past.
CA_CONFIG = '''[ca]
default_ca = here
[here]
database = {folder}/index
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = any
[any]
commonName = supplied
'''


class Certificates:
    """Makes each certificate when it is first asked for. A name is KIND (a server's certificate for
    HOST), KIND-expired, KIND-client, or one of the two authorities: ca, other-ca."""

    NICKNAME = 'ciao'

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self._lock = threading.Lock()

    def pem(self, name):
        return self._have(name).with_suffix('.pem')

    def key(self, name):
        return self._have(name).with_suffix('.key')

    def pkcs12(self, name):
        """Chain and key in one file with the password `ciao`."""
        base = self._have(name)
        target = base.with_suffix('.p12')
        with self._lock:
            if not target.exists():
                self._openssl('pkcs12', '-export', '-in', f'{base}.pem', '-inkey', f'{base}.key',
                              '-name', self.NICKNAME, '-passout', 'pass:ciao', '-out', target)
        return target

    def dh_parameters(self, group):
        """A finite-field group by its name, in PKCS #3's form."""
        target = self.folder / f'{group}.pem'
        with self._lock:
            if not target.exists():
                self._openssl('genpkey', '-genparam', '-algorithm', 'DH', '-pkeyopt',
                              f'group:{group}', '-out', target)
        return target

    def nss(self, name, trust):
        """The database that NSS wants in the place of files: the authority `trust`, and NAME's
        certificate and key, if there is a name, under NICKNAME."""
        authority, pkcs12 = self.pem(trust), self.pkcs12(name) if name else None
        target = self.folder / f'nss-{name}-{trust}'
        with self._lock:
            if not target.exists():
                target.mkdir()
                self._run('certutil', '-N', '-d', target, '--empty-password')
                self._run('certutil', '-A', '-d', target, '-n', trust, '-t', 'CT,C,C', '-i',
                          authority)
                if pkcs12:
                    self._run('pk12util', '-d', target, '-i', pkcs12, '-W', 'ciao', '-K', '')
        return target

    def _have(self, name):
        with self._lock:
            base = self.folder / name
            if not base.with_suffix('.pem').exists():
                self._make(name)
            return base

    def _make(self, name):
        if name in ('ca', 'other-ca'):
            return self._make_authority(name)
        kind, _, role = name.partition('-')
        if not (self.folder / 'ca.pem').exists():
            self._make_authority('ca')
        base = self.folder / name
        self._openssl('genpkey', *KEYS[kind], '-out', f'{base}.key')
        subject = 'a client' if role == 'client' else HOST
        self._openssl('req', '-new', '-key', f'{base}.key', '-subj', f'/CN={subject}',
                      '-out', f'{base}.csr')
        usage = 'clientAuth' if role == 'client' else 'serverAuth'
        # RFC 5246 §7.4.2: RSA key exchange encrypts to the certificate's key.
        use = 'digitalSignature' + (', keyEncipherment' if kind == 'rsa' else '')
        base.with_suffix('.ext').write_text(LEAF.format(use=use, usage=usage, name=HOST))
        dates = ('20200101000000Z', '20200201000000Z') if role == 'expired' else \
            ('20200101000000Z', '20491231000000Z')
        self._sign(base, dates)
        return base

    def _sign(self, base, dates):
        folder = base.with_suffix('.d')
        folder.mkdir()
        (folder / 'index').touch()
        (folder / 'config').write_text(CA_CONFIG.format(folder=folder))
        self._openssl('ca', '-batch', '-notext', '-config', folder / 'config', '-in', f'{base}.csr',
                      '-cert', self.folder / 'ca.pem', '-keyfile', self.folder / 'ca.key',
                      '-extfile', f'{base}.ext', '-startdate', dates[0], '-enddate', dates[1],
                      '-out', f'{base}.pem')

    def _make_authority(self, name):
        base = self.folder / name
        self._openssl('genpkey', *KEYS['ecdsa'], '-out', f'{base}.key')
        self._openssl('req', '-new', '-x509', '-key', f'{base}.key', '-subj',
                      f'/CN=ciao test {name}',
                      '-addext', 'keyUsage = critical, keyCertSign, cRLSign', '-days', '9000',
                      '-out', f'{base}.pem')
        return base

    def _openssl(self, *words):
        self._run('openssl', *words)

    @staticmethod
    def _run(program, *words):
        done = subprocess.run([f'/usr/bin/{program}', *map(str, words)], text=True, check=False,
                              env=library.clean_environment(),
                              stdin=subprocess.DEVNULL, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(f'{program} {" ".join(map(str, words))}: {done.stderr}')
