#!/usr/bin/python3
"""ciao enable, disable and status: what they write and remove below --root, and what they refuse.

service_test.py --ciao build/bin/ciao
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

CIAO = None
NGINX = '[Unit]\nDescription=a server\n[Service]\nExecStart=/usr/sbin/nginx -g "daemon on;"\n'


class ServiceTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='ciao-service-test-')
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.unit('usr/lib/systemd/system/nginx.service', NGINX)

    def unit(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding='utf-8')
        return path

    def drop_in(self, name):
        return self.root / 'etc/systemd/system' / f'{name}.d/ciao.conf'

    def ciao(self, command, *arguments, code=0):
        done = subprocess.run([CIAO, command, '--root', self.root, *arguments], text=True,
                              capture_output=True, check=False, timeout=20)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout if code == 0 else done.stderr

    def test_enable_writes_one_drop_in(self):
        said = self.ciao('enable', 'nginx')
        lines = self.drop_in('nginx.service').read_text(encoding='utf-8').splitlines()
        folder = str(pathlib.Path(CIAO).resolve().parents[1] / 'lib')
        self.assertEqual(lines[1:], ['[Service]', f'Environment=LD_LIBRARY_PATH={folder}'])
        self.assertIn(f'wrote {self.drop_in("nginx.service")}', said)
        self.assertIn('try-restart nginx.service', said)
        self.assertEqual(self.ciao('status'), 'nginx.service: enabled\n')
        before = self.drop_in('nginx.service').read_text(encoding='utf-8')
        self.ciao('enable', 'nginx.service')  # again, by its other name
        self.assertEqual(self.drop_in('nginx.service').read_text(encoding='utf-8'), before)

    def test_disable_leaves_nothing(self):
        self.ciao('enable', 'nginx')
        said = self.ciao('disable', 'nginx')
        self.assertIn(f'removed {self.drop_in("nginx.service")}', said)
        self.assertFalse(self.drop_in('nginx.service').parent.exists())
        self.assertEqual(self.ciao('status'), 'no service is enabled\n')
        self.assertEqual(self.ciao('status', 'nginx'), 'nginx.service: not enabled\n')

    def test_disable_keeps_what_others_wrote(self):
        other = self.unit('etc/systemd/system/nginx.service.d/limits.conf',
                          '[Service]\nLimitNOFILE=9\n')
        self.ciao('enable', 'nginx')
        self.ciao('disable', 'nginx')
        self.assertTrue(other.exists())

    def test_disable_keeps_a_link_to_a_folder(self):
        folder = self.unit('etc/elsewhere/limits.conf', '[Service]\nLimitNOFILE=9\n').parent
        link = self.root / 'etc/systemd/system/nginx.service.d'
        link.parent.mkdir(parents=True)
        link.symlink_to(folder)
        self.ciao('enable', 'nginx')
        self.ciao('disable', 'nginx')
        self.assertTrue(link.is_symlink())
        self.assertEqual([file.name for file in folder.iterdir()], ['limits.conf'])

    def test_all_are_those_that_enable_wrote(self):
        self.unit('etc/systemd/system/other.service.d/ciao.conf', '[Service]\nNice=1\n')
        self.ciao('enable', 'nginx')
        self.assertEqual(self.ciao('status'), 'nginx.service: enabled\n')
        self.ciao('disable', '--all')
        self.assertEqual(self.ciao('status'), 'no service is enabled\n')
        self.assertTrue(self.drop_in('other.service').exists())

    def test_a_comment_does_not_hide_the_line_behind_it(self):
        self.unit('etc/systemd/system/nginx.service.d/path.conf',
                  '[Service]\n# see \\\nEnvironment=LD_LIBRARY_PATH=/opt\n')
        self.assertIn('path.conf:3 sets LD_LIBRARY_PATH', self.ciao('enable', 'nginx', code=1))

    def test_disable_all(self):
        self.unit('lib/systemd/system/haproxy.service', NGINX)
        self.ciao('enable', 'nginx', 'haproxy')
        self.assertEqual(self.ciao('status'), 'haproxy.service: enabled\nnginx.service: enabled\n')
        self.ciao('disable', '--all')
        self.assertEqual(self.ciao('status'), 'no service is enabled\n')
        self.assertEqual(self.ciao('disable', '--all'), '')

    def test_instances_of_a_template(self):
        self.unit('usr/lib/systemd/system/postgresql@.service', NGINX)
        self.ciao('enable', 'postgresql@15-main')
        self.assertTrue(self.drop_in('postgresql@15-main.service').exists())
        self.ciao('disable', 'postgresql@15-main')

    def test_refuses_what_is_no_service(self):
        self.assertIn('there is no absent.service', self.ciao('enable', 'absent', code=1))
        self.assertFalse(self.drop_in('absent.service').parent.exists())
        for name in ('../nginx', 'nginx.socket', 'a b', ''):
            self.assertIn('not the name of a service', self.ciao('enable', name, code=1))
        self.assertIn('not enabled', self.ciao('disable', 'nginx', code=1))
        self.assertIn('--all', self.ciao('disable', code=1))

    def test_refuses_a_service_with_a_library_path(self):
        for place in ('usr/lib/systemd/system/other.service',
                      'etc/systemd/system/nginx.service.d/path.conf'):
            file = self.unit(place, '[Service]\nEnvironment=A=1 \\\n "LD_LIBRARY_PATH=/opt"\n')
            said = self.ciao('enable', 'other' if 'other' in place else 'nginx', code=1)
            self.assertIn(f'{file}:2 sets LD_LIBRARY_PATH', said)
            self.assertFalse(self.drop_in('nginx.service').exists())
        self.unit('etc/systemd/system/nginx.service.d/path.conf',
                  '# Environment=LD_LIBRARY_PATH=/opt\n')
        self.ciao('enable', 'nginx')  # a comment is none

    def test_refuses_a_service_whose_environment_file_has_one(self):
        file = self.unit('etc/default/nginx', '# a comment\nLD_LIBRARY_PATH=/opt\n')
        for prefix in ('', '-'):
            self.unit('etc/systemd/system/nginx.service.d/env.conf',
                      f'[Service]\nEnvironmentFile={prefix}/etc/default/nginx\n')
            self.assertIn(f'{file}:2 sets LD_LIBRARY_PATH', self.ciao('enable', 'nginx', code=1))
        self.unit('etc/systemd/system/nginx.service.d/env.conf',
                  '[Service]\nEnvironmentFile=-/etc/default/absent\n')
        self.ciao('enable', 'nginx')

    def test_refuses_a_folder_that_no_unit_file_can_hold(self):
        base = self.root / 'with space'
        for folder in ('bin', 'lib'):
            (base / folder).mkdir(parents=True)
        shutil.copy(CIAO, base / 'bin/ciao')
        (base / 'lib/libssl.so.3').touch()
        done = subprocess.run([base / 'bin/ciao', 'enable', '--root', self.root, 'nginx'],
                              text=True,
                              capture_output=True, check=False, timeout=20)
        self.assertEqual(done.returncode, 1)
        self.assertIn('characters that a unit file cannot hold', done.stderr)

    def test_touches_no_file_of_another_hand(self):
        self.unit('etc/systemd/system/nginx.service.d/ciao.conf', '[Service]\nNice=1\n')
        self.assertIn('was not written by', self.ciao('enable', 'nginx', code=1))
        self.assertIn('was not written by', self.ciao('disable', 'nginx', code=1))
        self.assertIn('Nice=1', self.drop_in('nginx.service').read_text(encoding='utf-8'))

    def test_a_folder_that_cannot_be_written(self):
        self.unit('etc/systemd', 'a file in the way\n')
        self.assertIn('cannot write', self.ciao('enable', 'nginx', code=1))


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--ciao', required=True)
    options, rest = parser.parse_known_args()
    CIAO = options.ciao
    unittest.main(argv=[sys.argv[0], *rest])
