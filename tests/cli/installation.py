"""An installation of its own below a temporary folder, for the tests of ciao enable, disable, status."""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

CIAO = None
VARIABLE = 'Environment=LD_LIBRARY_PATH=/opt'
NGINX = '[Unit]\nDescription=a server\n[Service]\nExecStart=/usr/sbin/nginx -g "daemon on;"\n'


class Installation(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='ciao-service-test-')
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.unit('usr/lib/systemd/system/nginx.service', NGINX)
        self.program('usr/sbin/nginx')

    def unit(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding='utf-8')
        return path

    def program(self, name):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy('/bin/true', path)
        return path

    def bad(self, name='usr/bin/bad'):
        """A program that nothing starts."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b'neither\n')
        path.chmod(0o755)
        return path

    def link(self, name, target):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)
        return path

    def service(self, *settings):
        """A drop-in is the simplest way to have other settings in a service."""
        return self.unit('etc/systemd/system/nginx.service.d/more.conf',
                         '\n'.join(['[Service]', *settings, '']))

    def refused(self, *words, name='nginx'):
        said = self.ciao('enable', name, code=1)
        for word in words:
            self.assertIn(str(word), said)
        self.assertFalse(self.drop_in(name + '.service').exists())

    def accepted(self, name='nginx'):
        self.ciao('enable', name)
        self.ciao('disable', name)

    def drop_in(self, name):
        return self.root / 'etc/systemd/system' / f'{name}.d/ciao.conf'

    def ciao(self, command, *arguments, code=0):
        done = subprocess.run([CIAO, command, '--root', self.root, *arguments], text=True,
                              capture_output=True, check=False, timeout=20)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout if code == 0 else done.stderr


def main():
    global CIAO
    parser = argparse.ArgumentParser()
    parser.add_argument('--ciao', required=True)
    options, rest = parser.parse_known_args()
    CIAO = options.ciao
    unittest.main(argv=[sys.argv[0], *rest])
