#!/usr/bin/python3
"""ciao enable, disable and status: what they write, remove and say, and that they stay below --root.

service_test.py --ciao build/bin/ciao
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import installation
from installation import Installation, NGINX, main

class ServiceTest(Installation):
    def test_enable_writes_one_drop_in(self):
        said = self.ciao('enable', 'nginx')
        lines = self.drop_in('nginx.service').read_text(encoding='utf-8').splitlines()
        folder = str(pathlib.Path(installation.CIAO).resolve().parents[1] / 'lib')
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
        link.symlink_to('/etc/elsewhere')
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
        self.assertIn('absent.service: there is no unit file', self.ciao('enable', 'absent', code=1))
        self.assertFalse(self.drop_in('absent.service').parent.exists())
        for name in ('../nginx', 'nginx.socket', 'a b', ''):
            self.assertIn('not the name of a service', self.ciao('enable', name, code=1))
        self.assertIn('not enabled', self.ciao('disable', 'nginx', code=1))
        self.assertIn('--all', self.ciao('disable', code=1))

    def test_refuses_a_folder_that_no_unit_file_can_hold(self):
        base = self.root / 'with space'
        for folder in ('bin', 'lib'):
            (base / folder).mkdir(parents=True)
        shutil.copy(installation.CIAO, base / 'bin/ciao')
        (base / 'lib/libssl.so.3').touch()
        done = subprocess.run([base / 'bin/ciao', 'enable', '--root', self.root, 'nginx'],
                              text=True,
                              capture_output=True, check=False, timeout=20)
        self.assertEqual(done.returncode, 1)
        self.assertIn('characters that a unit file cannot hold', done.stderr)

    def test_status_sees_what_came_after_enable(self):
        self.ciao('enable', 'nginx')
        self.service('Environment=')
        self.assertRegex(self.ciao('status'), '^nginx.service: enabled; but .*more.conf:2 takes back')

    def test_status_of_an_alias(self):
        self.link('etc/systemd/system/www.service', '/usr/lib/systemd/system/nginx.service')
        self.assertRegex(self.ciao('status', 'www'), '^www.service: not enabled; but .* is a link to nginx.service')
        self.assertIn('there is no unit file', self.ciao('status', 'absent'))

    def test_touches_no_file_of_another_hand(self):
        self.unit('etc/systemd/system/nginx.service.d/ciao.conf', '[Service]\nNice=1\n')
        self.assertIn('was not written by', self.ciao('enable', 'nginx', code=1))
        self.assertIn('was not written by', self.ciao('disable', 'nginx', code=1))
        self.assertIn('Nice=1', self.drop_in('nginx.service').read_text(encoding='utf-8'))

    def test_a_folder_that_cannot_be_written(self):
        self.unit('etc/systemd', 'a file in the way\n')
        self.assertIn('cannot write', self.ciao('enable', 'nginx', code=1))

class RootTest(Installation):
    """Links of an installation stay in it."""

    def test_absolute_links(self):
        outside = tempfile.TemporaryDirectory(prefix='ciao-service-test-')
        self.addCleanup(outside.cleanup)
        self.link('etc/systemd', outside.name)  # there is no such folder in the root
        self.ciao('enable', 'nginx')
        self.assertEqual(os.listdir(outside.name), [])
        inside = self.root / outside.name[1:] / 'system/nginx.service.d/ciao.conf'
        self.assertTrue(inside.exists())
        self.assertEqual(self.ciao('status'), 'nginx.service: enabled\n')
        self.ciao('disable', 'nginx')
        self.assertFalse(inside.parent.exists())

    def test_relative_links(self):
        self.link('etc/systemd', '../../../../../../../../config')
        self.ciao('enable', 'nginx')
        self.assertTrue((self.root / 'config/system/nginx.service.d/ciao.conf').exists())

    def test_link_that_is_our_drop_in(self):
        target = self.unit('etc/other.conf', '[Service]\nNice=1\n')
        self.link('etc/systemd/system/nginx.service.d/ciao.conf', '/etc/other.conf')
        self.assertIn('was not written by', self.ciao('enable', 'nginx', code=1))
        target.unlink()  # and if it leads nowhere
        self.assertIn('was not written by', self.ciao('enable', 'nginx', code=1))
        self.assertIn('was not written by', self.ciao('disable', 'nginx', code=1))

    def test_what_is_read(self):
        variable = self.unit('opt/nginx.env', 'LD_LIBRARY_PATH=/opt\n')
        self.link('etc/nginx.env', '/opt/nginx.env')
        self.service('EnvironmentFile=/etc/nginx.env')
        self.refused('etc/nginx.env:1 sets')
        variable.unlink()
        (self.root / 'usr/sbin/nginx').rename(self.root / 'opt/nginx')
        self.link('usr/sbin/nginx', '/opt/nginx')
        self.accepted()
        self.root.joinpath('opt/nginx').write_bytes(b'neither\n')
        self.refused('usr/sbin/nginx is neither')

    def test_link_in_the_place_of_the_half_written_file(self):
        outside = self.root.parent / (self.root.name + '-outside')
        self.addCleanup(outside.unlink, missing_ok=True)
        folder = self.drop_in('nginx.service').parent
        folder.mkdir(parents=True)
        subprocess.run(['sh', '-c', f'ln -s {outside} {folder}/ciao.conf.$$; exec "$@"', 'sh',
                        installation.CIAO, 'enable', '--root', self.root, 'nginx'],
                       check=True, capture_output=True)
        self.assertFalse(outside.exists())
        self.assertFalse(self.drop_in('nginx.service').is_symlink())
        self.assertEqual(self.ciao('status'), 'nginx.service: enabled\n')

    def test_pipe_that_is_our_drop_in(self):
        drop_in = self.drop_in('nginx.service')
        drop_in.parent.mkdir(parents=True)
        os.mkfifo(drop_in)
        self.assertEqual(self.ciao('status'), 'no service is enabled\n')
        self.assertIn('was not written by', self.ciao('enable', 'nginx', code=1))

    def test_circle(self):
        self.link('etc/systemd', '/etc/systemd')
        self.assertIn('Too many levels', self.ciao('enable', 'nginx', code=1))

    def test_root_that_is_none(self):
        self.root = self.root / 'absent'
        for command in ('enable', 'disable', 'status'):
            self.assertIn('--root', self.ciao(command, 'nginx', code=1))


def can_mount():
    command = ['unshare', '--mount', 'mount', '--bind', '/sys/fs/cgroup', '/sys/fs/cgroup']
    return shutil.which('unshare') and subprocess.run(command, capture_output=True, check=False).returncode == 0


@unittest.skipUnless(can_mount(), 'only root has control groups of its own, by a mount')
class StatusTest(Installation):
    """Which library a running service has. Its control group is one that the test makes."""

    def setUp(self):
        super().setUp()
        self.tool = self.root / 'bin/ciao'
        self.library = self.root / 'lib/libssl.so.3'
        self.other = self.root / 'other/libssl.so.3'
        for target, source in ((self.tool, installation.CIAO), (self.library, '/bin/true'), (self.other, '/bin/true')):
            target.parent.mkdir(exist_ok=True)
            shutil.copy(source, target)

    def map(self, *files):
        """A process that has them in memory."""
        program = ('import mmap, sys\n'
                   'files = [open(name, "rb") for name in sys.argv[1:]]\n'
                   'kept = [mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) for file in files]\n'
                   'print(flush=True)\nsys.stdin.read()\n')
        process = subprocess.Popen([sys.executable, '-c', program, *files], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)
        self.addCleanup(process.communicate)
        process.stdout.readline()
        return process.pid

    def status(self, service, *processes, group='system.slice'):
        tree = self.root / 'cgroup' / group / service
        tree.mkdir(parents=True, exist_ok=True)
        (tree / 'cgroup.procs').write_text('\n'.join(map(str, processes)), encoding='utf-8')
        script = 'mount --bind "$1" /sys/fs/cgroup && exec "$2" status "$3"'
        done = subprocess.run(['unshare', '--mount', 'sh', '-c', script, 'sh', self.root / 'cgroup',
                               self.tool, service], text=True, capture_output=True, check=True,
                              timeout=20)
        # Only the control group is there.
        begin = f'{service}: not enabled; but there is no unit file of that name in the folders of systemd; '
        self.assertTrue(done.stdout.startswith(begin), done.stdout)
        return done.stdout[len(begin):].rstrip('\n')

    def test_libraries(self):
        name = 'ciao-test.service'
        self.assertEqual(self.status(name), 'no process of it has a libssl in memory')
        ours, other = self.map(self.library), self.map(self.other)
        self.assertEqual(self.status(name, other), 'processes on ciao: 0, on another libssl: 1')
        self.assertEqual(self.status(name, ours, other), 'processes on ciao: 1, '
                         'on another libssl: 1; restart it to change that')

    def test_library_that_was_replaced(self):
        name = 'ciao-test@one.service'
        before = self.map(self.library)
        shutil.copy(self.library, self.library.with_suffix('.new'))
        self.library.with_suffix('.new').rename(self.library)
        said = self.status(name, before, group=r'system.slice/system-ciao\x2dtest.slice')
        self.assertEqual(said, 'processes on ciao: 0, on another libssl: 0, '
                         'on a ciao that was replaced or removed since: 1; restart it to change that')

    def test_services_of_users_are_others(self):
        name = 'ciao-test.service'
        ours = self.map(self.library)
        said = self.status(name, ours, group='user.slice/user-1000.slice/user@1000.service/app.slice')
        self.assertIn('no process of it', said)


if __name__ == '__main__':
    main()
