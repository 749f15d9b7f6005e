#!/usr/bin/python3
"""ciao enable: which services it refuses, and with what reason.

obstacle_test.py --ciao build/bin/ciao
"""

import os
import pathlib
import shutil
import struct
import subprocess
import unittest

from installation import Installation, NGINX, VARIABLE, main

# capabilities(7): revision 2 of the attribute, one capability, permitted and effective.
CAPABILITY = struct.pack('<5I', 0x02000001, 1 << 10, 0, 0, 0)


class UnitFileTest(Installation):
    """Which files make a service: systemd.unit(5)."""

    def test_masked(self):
        for folder in ('etc', 'run'):
            link = self.link(f'{folder}/systemd/system/nginx.service', '/dev/null')
            self.refused(link, 'masks it', 'systemctl unmask')
            link.unlink()
        empty = self.unit('etc/systemd/system/nginx.service', '')
        self.refused('masks it')
        empty.unlink()
        self.link('usr/lib/systemd/system/quiet@.service', '/dev/null')
        self.refused('masks it', name='quiet@one')
        self.accepted()

    def test_alias(self):
        for target in ('/usr/lib/systemd/system/nginx.service', '../../../usr/lib/systemd/system/nginx.service'):
            link = self.link('etc/systemd/system/www.service', target)
            self.refused(link, 'is a link to nginx.service: name the service by that', name='www')
            other = self.unit('etc/systemd/system/www.service.d/path.conf', f'[Service]\n{VARIABLE}\n')
            self.refused(f'{other}:2 sets LD_LIBRARY_PATH')  # counts for all the names of the unit
            link.unlink()
            self.accepted()

    def test_instance_that_is_a_link_to_its_template(self):
        self.unit('usr/lib/systemd/system/web@.service', NGINX)
        self.link('etc/systemd/system/web@one.service', '/usr/lib/systemd/system/web@.service')
        self.accepted('web@one')

    def test_linked_unit_file(self):
        self.unit('opt/site/server.service', NGINX)
        self.link('etc/systemd/system/site.service', '/opt/site/server.service')
        self.accepted('site')
        self.unit('opt/site/server.service', NGINX + VARIABLE)
        self.refused('site.service:5 sets LD_LIBRARY_PATH', name='site')

    def test_service_of_a_generator(self):
        self.unit('run/systemd/generator.late/old.service', NGINX)
        self.accepted('old')

    def test_drop_ins_of_more_than_one_service(self):
        self.unit('usr/lib/systemd/system/a-b-c@.service', NGINX)
        for name in ('service', 'a-b-c@x.service', 'a-b-c@.service', 'a-b-.service', 'a-.service', 'a-@x.service'):
            for folder in ('etc/systemd/system', 'run/systemd/system', 'usr/lib/systemd/system'):
                other = self.unit(f'{folder}/{name}.d/path.conf', f'[Service]\n{VARIABLE}\n')
                self.refused(f'{other}:2 sets LD_LIBRARY_PATH', name='a-b-c@x')
                other.unlink()
        self.unit('etc/systemd/system/a.service.d/path.conf', f'[Service]\n{VARIABLE}\n')
        self.accepted('a-b-c@x')

    def test_drop_in_in_front_of_another_of_its_name(self):
        self.unit('usr/lib/systemd/system/nginx.service.d/path.conf', f'[Service]\n{VARIABLE}\n')
        self.refused('path.conf:2')
        mask = self.link('etc/systemd/system/nginx.service.d/path.conf', '/dev/null')
        self.accepted()
        mask.unlink()
        self.unit('etc/systemd/system/nginx.service.d/path.conf', '[Service]\nNice=1\n')
        self.accepted()

    def test_another_drop_in_of_our_name(self):
        for folder in ('usr/lib/systemd/system/nginx.service.d', 'etc/systemd/system.control/nginx.service.d',
                       'etc/systemd/system/service.d'):
            other = self.unit(f'{folder}/ciao.conf', '[Service]\nNice=1\n')
            self.refused(f'{other} has the name of our drop-in')
            other.unlink()
        self.accepted()

    def test_only_the_section_of_services_counts(self):
        self.unit('etc/systemd/system/nginx.service.d/x.conf', f'[X-Path]\n{VARIABLE}\n[Install]\n{VARIABLE}\n')
        self.accepted()

    def test_file_that_cannot_be_read(self):
        self.link('etc/systemd/system/nginx.service.d/gone.conf', '/etc/gone.conf')
        self.refused('gone.conf cannot be read')

    def test_pipes(self):
        pipe = self.root / 'etc/nginx.env'
        pipe.parent.mkdir()
        os.mkfifo(pipe)
        drop_in = self.service('EnvironmentFile=/etc/nginx.env')
        self.refused('nginx.env cannot be read as text')
        drop_in.unlink()
        os.mkfifo(drop_in)
        self.refused('more.conf cannot be read as text')

    def test_null_device(self):
        self.link('etc/nginx.env', '/dev/null')
        self.service('EnvironmentFile=/etc/nginx.env')
        self.unit('dev/null', VARIABLE.removeprefix('Environment=') + '\n')
        self.accepted()

    def test_line_ends(self):
        file = self.service()
        file.write_bytes(b'\xef\xbb\xbf[Service]\r\n' + VARIABLE.encode() + b'\r\n')
        self.refused(f'{file}:2 sets LD_LIBRARY_PATH')
        for end in (b'\r', b'\0'):
            file.write_bytes(b'[Service]\n# ' + end + VARIABLE.encode() + b'\n')
            self.refused(f'{file} cannot be read as text')

    @unittest.skipUnless(shutil.which('systemd-analyze'), 'systemd is the oracle')
    def test_order_is_that_of_systemd(self):
        """Both name one drop-in after the other, each the first of those that are left."""
        self.unit('usr/lib/systemd/system/a-b@.service', NGINX)
        self.link('etc/systemd/system/other@.service', 'a-b@.service')
        number = 0
        for folder in ('etc/systemd/system', 'run/systemd/system', 'usr/lib/systemd/system',
                       'usr/local/lib/systemd/system', 'etc/systemd/system.control'):
            for name in ('a-b@x', 'a-b@', 'a-@x', 'a-@', 'a-', 'other@x', 'other@', 'a', 'a-b', 'a@x'):
                number += 1
                for file in ('same.conf', f'{number * 37 % 100:02}.conf'):
                    self.unit(f'{folder}/{name}.service.d/{file}', f'[Service]\n{VARIABLE}\nUnknown=1\n')
            self.unit(f'{folder}/service.d/same.conf', f'[Service]\n{VARIABLE}\nUnknown=1\n')
        done = subprocess.run(['systemd-analyze', '--man=no', 'verify', f'--root={self.root}', 'a-b@x.service'],
                              text=True, capture_output=True, check=False, timeout=60)
        wanted = [line.partition(':3:')[0] for line in done.stderr.splitlines() if ':3: Unknown key' in line]
        self.assertEqual(len(wanted), 36)
        self.assertEqual([pathlib.Path(path).name for path in wanted],
                         sorted(pathlib.Path(path).name for path in wanted))
        for path in wanted:
            self.refused(f'{path}:2 sets LD_LIBRARY_PATH', name='a-b@x')
            # Empty, and not gone: those behind it that have its name stay hidden.
            pathlib.Path(path).write_text('', encoding='utf-8')
        self.accepted('a-b@x')


class EnvironmentTest(Installation):
    """What undoes our setting, or is undone by it: systemd.exec(5)."""

    def test_in_the_unit_and_in_a_drop_in(self):
        for place in ('usr/lib/systemd/system/other.service',
                      'etc/systemd/system/nginx.service.d/path.conf'):
            file = self.unit(place, '[Service]\nEnvironment=A=1 \\\n "LD_LIBRARY_PATH=/opt"\n')
            said = self.ciao('enable', 'other' if 'other' in place else 'nginx', code=1)
            self.assertIn(f'{file}:2 sets LD_LIBRARY_PATH', said)
            self.assertFalse(self.drop_in('nginx.service').exists())
        self.unit('etc/systemd/system/nginx.service.d/path.conf', '# Environment=LD_LIBRARY_PATH=/opt\n')
        self.ciao('enable', 'nginx')  # a comment is none

    def test_in_a_file(self):
        file = self.unit('etc/default/nginx', '# a comment\nLD_LIBRARY_PATH=/opt\n')
        for prefix in ('', '-'):
            self.unit('etc/systemd/system/nginx.service.d/env.conf',
                      f'[Service]\nEnvironmentFile={prefix}/etc/default/nginx\n')
            self.assertIn(f'{file}:2 sets LD_LIBRARY_PATH', self.ciao('enable', 'nginx', code=1))
        self.unit('etc/systemd/system/nginx.service.d/env.conf',
                  '[Service]\nEnvironmentFile=-/etc/default/absent\n')
        self.ciao('enable', 'nginx')

    def test_a_comment_does_not_hide_the_line_behind_it(self):
        self.unit('etc/systemd/system/nginx.service.d/path.conf',
                  '[Service]\n# see \\\nEnvironment=LD_LIBRARY_PATH=/opt\n')
        self.assertIn('path.conf:3 sets LD_LIBRARY_PATH', self.ciao('enable', 'nginx', code=1))

    def test_spellings(self):
        for line in ('Environment=A=1 "LD_LIBRARY_PATH=/opt dir"', "Environment='LD_LIBRARY_PATH=/opt'",
                     'Environment = LD_LIBRARY_PATH=', r'Environment=\x4cD_LIBRARY_PATH=/opt',
                     r'Environment=\u004cD_LIBRARY_PATH=/opt', r'Environment=\114D_LIBRARY_PATH=/opt',
                     'Environment=A=1 \\\n# a comment in between\nLD_LIBRARY_PATH=/opt',
                     'Environment=LD_LIBRARY_PATH=/opt "B=1', 'Environment=%iLD_LIBRARY_PATH=/opt',
                     'Environment=%HLD_LIBRARY_PATH=/opt'):
            self.service(line)
            self.refused('more.conf:2 sets LD_LIBRARY_PATH', 'front of its value')
        for line in ('Environment=MY_LD_LIBRARY_PATH=/opt', 'Environment="A=1 LD_LIBRARY_PATH=/opt"',
                     '; Environment=LD_LIBRARY_PATH=/opt'):
            self.service(line)
            self.accepted()

    def test_backslash_that_is_escaped_ends_its_line(self):
        self.service('Environment="A=1" \\\\', VARIABLE)
        self.refused('more.conf:3 sets')

    def test_backslash_at_the_end_of_the_unit(self):
        self.bad()
        self.unit('usr/lib/systemd/system/nginx.service', '[Service]\nExecStart=/usr/bin/bad\\')
        self.refused('bad is neither')

    def test_reset(self):
        self.unit('usr/lib/systemd/system/nginx.service', NGINX + VARIABLE)
        before = self.unit('etc/systemd/system/nginx.service.d/a.conf', '[Service]\nEnvironment=\n')
        self.accepted()  # the variable is taken back before ours is read
        self.unit('usr/lib/systemd/system/zebra.service', NGINX + 'Environment=')
        self.accepted('zebra')  # every drop-in is read behind the unit
        behind = before.rename(before.with_name('override.conf'))
        self.refused(f'{behind}:2 takes back every Environment=', 'below that line')

    def test_unset(self):
        for line in ('UnsetEnvironment=A LD_LIBRARY_PATH', 'UnsetEnvironment="LD_LIBRARY_PATH=/opt"'):
            self.service(line)
            self.refused('more.conf:2 takes LD_LIBRARY_PATH out')
            self.service(line, 'UnsetEnvironment=')
            self.accepted()

    def test_passed_on(self):
        self.service('PassEnvironment=LANG LD_LIBRARY_PATH')
        self.refused('more.conf:2 passes', 'LD_LIBRARY_PATH')
        self.service('PassEnvironment=LANG')
        self.accepted()

    def test_files_by_a_pattern(self):
        file = self.unit('etc/default/nginx-b', 'A=1\n  LD_LIBRARY_PATH = /opt\n')
        for value in ('/etc/default/nginx-*', '-/etc/default/nginx-?', '/etc/default/nginx-[ab]', '-/etc/default/%p-b',
                      '/etc/default/%N-b'):
            self.service('EnvironmentFile=' + value)
            self.refused(f'{file}:2 sets LD_LIBRARY_PATH')
            self.service('EnvironmentFile=' + value, 'EnvironmentFile=')
            self.accepted()
        file.rename(file.with_name('.nginx-b'))
        self.service('EnvironmentFile=-/etc/default/*')
        self.accepted()  # a pattern finds no hidden file

    def test_files_that_cannot_be_told(self):
        for value in ('/etc/*/nginx', '-/etc/default/%H', '/etc/default/%'):
            self.service('EnvironmentFile=' + value)
            self.refused('more.conf:2: which files', value, 'systemctl edit nginx.service')

    def test_file_of_an_instance(self):
        self.unit('usr/lib/systemd/system/web@.service', NGINX + 'EnvironmentFile=/etc/%i.env\n')
        file = self.unit('etc/one.env', 'LD_LIBRARY_PATH=/opt\n')
        self.refused(f'{file}:1 sets', name='web@one')
        self.accepted('web@two')
        self.refused('which files', name='web@')

    def test_file_that_is_none(self):
        (self.root / 'etc/default/nginx').mkdir(parents=True)
        self.service('EnvironmentFile=-/etc/default/nginx')
        self.refused('nginx cannot be read')

    def test_backslash_at_the_end_of_a_file_s_line(self):
        self.unit('etc/nginx.env', 'A=b\\\\\nLD_LIBRARY_PATH=/opt\n')
        self.service('EnvironmentFile=/etc/nginx.env')
        self.refused('nginx.env:2 sets')

    def test_command_that_sets_it(self):
        self.program('usr/bin/env')
        self.service('ExecStart=', 'ExecStart=env LD_LIBRARY_PATH=/opt /usr/sbin/nginx')
        self.refused('more.conf:3: ExecStart= sets LD_LIBRARY_PATH')


class ProgramTest(Installation):
    """Which program a service starts, and whether it takes a library path: systemd.service(5)."""

    def start(self, *commands, more=()):
        return self.service('ExecStart=', *('ExecStart=' + command for command in commands), *more)

    def test_spellings(self):
        bad = self.bad('usr/bin/bad one')
        for command in ('"/usr/bin/bad one" x', "'/usr/bin/bad one'", r'/usr/bin/bad\x20one', r'/usr/bin/bad\sone',
                        '-"/usr/bin/bad one"', '"-@/usr/bin/bad one" name', ":'/usr/bin/bad one'",
                        '+"/usr/bin/bad one"', '!!"/usr/bin/bad one"', '"bad one"',
                        '/usr/sbin/nginx ; "/usr/bin/bad one"'):
            self.start(command)
            self.refused('more.conf:3', f'{bad} is neither an ELF program nor a script')
        for command in (r'/usr/sbin/nginx \; /usr/bin/bad', '/usr/sbin/nginx ";" /usr/bin/bad', '@/usr/sbin/nginx name',
                        'nginx', r"/usr/sbin/nginx 'unknown \. escape'"):
            self.start(command)
            self.accepted()

    def test_reset(self):
        self.bad()
        self.start('/usr/bin/bad', more=['ExecStart=', 'ExecStart=/usr/sbin/nginx'])
        self.accepted()

    def test_search_path(self):
        for folder in ('usr/bin', 'usr/sbin', 'usr/local/bin', 'usr/local/sbin'):
            bad = self.bad(f'{folder}/bad')
            self.start('bad')
            self.refused(bad)
        self.start('bad', more=['ExecSearchPath=/opt/bin'])
        self.refused('ExecSearchPath= says where bad is')

    def test_search_path_passes_over_what_may_not_be_run(self):
        self.bad('usr/local/sbin/nginx').chmod(0o644)
        self.start('nginx')
        self.accepted()

    def test_what_cannot_be_told(self):
        self.start('/usr/bin/%p')
        self.refused('there is no program /usr/bin/nginx')
        for command in ('/usr/%H/bin/x', '/usr/bin/%'):
            self.start(command)
            self.refused('which program ExecStart=' + command, 'systemctl edit nginx.service')
        for command, reason in (('/usr/bin/absent', 'there is no program /usr/bin/absent'),
                                ('usr/sbin/nginx', 'there is no program usr/sbin/nginx'),
                                ('- /usr/sbin/nginx', 'there is no program'),
                                ('$SERVER', 'there is no program $SERVER'),
                                ('/usr/sbin/nginx "x', 'a quotation mark is not closed')):
            self.start(command)
            self.refused('more.conf:3', reason)
        for command in ((), (';',)):
            self.start(*command)
            self.refused('starts no program')

    def test_static_program(self):
        source = 'int main() { return 0; }'
        subprocess.run(['g++', '-x', 'c++', '-', '-static', '-o', self.root / 'usr/sbin/nginx'],
                       input=source, text=True, check=True)
        self.refused('nginx is linked statically')

    def test_interpreter(self):
        self.unit('usr/bin/script', '#!/usr/bin/bad -u\n')
        self.unit('usr/bin/by-env', '#!/usr/bin/env bad\n')
        for script in ('script', 'by-env'):
            self.start('/usr/bin/' + script)
            self.bad().unlink()
            self.refused('there is no program', 'bad')
            self.refused(self.bad(), 'neither')
            self.program('usr/bin/bad')
            self.accepted()

    def test_root_of_its_own(self):
        for setting in ('RootDirectory=/srv', 'RootImage=/srv/image'):
            self.service(setting)
            self.refused(setting, 'a root of its own')
        self.service('RootDirectory=/')
        self.accepted()

    def test_set_id_program_of_a_user(self):
        # Whoever runs the test owns the program and is not asked for: the service's user counts.
        program = self.root / 'usr/sbin/nginx'
        for mode in (0o4755, 0o2755):
            program.chmod(mode)
            for setting in ('User=www-data', 'DynamicUser=yes', 'User=%p'):
                self.service(setting)
                self.refused(program, 'is set-user-ID or set-group-ID')
            self.start('!!/usr/sbin/nginx', more=['User=www-data'])
            self.refused(program, 'is set-user-ID or set-group-ID')
        program.chmod(0o2745)  # mandatory locking once, and no set-group-ID
        self.accepted()

    @unittest.skipUnless(os.geteuid() == 0, 'only root has files of root and of others')
    def test_set_id_program_of_root(self):
        program = self.root / 'usr/sbin/nginx'
        for mode in (0o4755, 0o2755, 0o6755):
            program.chmod(mode)
            for settings in ((), ('User=root',), ('User=www-data', 'User='), ('DynamicUser=no', 'Group=0')):
                self.service(*settings)
                self.accepted()  # it becomes what it is
            for prefix in '+!':
                self.start(prefix + '/usr/sbin/nginx', more=['User=www-data', 'Group=www-data'])
                self.accepted()
        self.service('Group=www-data')
        self.refused(program, 'set-group-ID')
        self.service()
        for owner, mode in (((65534, 0), 0o4755), ((0, 65534), 0o2755)):
            os.chown(program, *owner)
            program.chmod(mode)
            self.refused(program, 'is set-user-ID or set-group-ID')

    @unittest.skipUnless(os.geteuid() == 0, 'only root gives capabilities to a file')
    def test_file_capabilities(self):
        program = self.root / 'usr/sbin/nginx'
        os.setxattr(program, 'security.capability', CAPABILITY)
        self.accepted()  # root gets none by it
        for settings in (('User=www-data',), ('User=www-data', 'NoNewPrivileges=yes'), ('DynamicUser=1',)):
            self.service(*settings)
            self.refused(program, 'file capabilities', 'AmbientCapabilities=')


if __name__ == '__main__':
    main()
