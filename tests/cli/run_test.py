#!/usr/bin/python3
"""ciao run: what it starts, and what it refuses with the reason and a code of its own.

run_test.py --ciao build/bin/ciao
"""

import argparse
import contextlib
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

ELSEWHERE = 'nobody'
MISSING, NOT_EXECUTABLE, FAILED = 127, 126, 125
CIAO = None
# A folder in PATH that may not be read turns "not found" into "permission denied" (execvp(3)).
ENVIRONMENT = {**os.environ, 'PATH': '/usr/sbin:/usr/bin:/sbin:/bin'}


def ciao_run(*command, environment=None, **options):
    return subprocess.run([CIAO, 'run', '--', *map(str, command)], text=True, check=False,
                          capture_output=True, env=environment or ENVIRONMENT, timeout=60,
                          **options)


class RunTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='ciao-run-test-')
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.folder.chmod(0o755)

    def refused(self, done, code, *words):
        self.assertEqual(done.returncode, code, done.stderr)
        message = done.stderr.strip().splitlines()[-1]
        self.assertTrue(message.startswith('ciao run: '), message)
        for word in words:
            self.assertIn(word, message)

    def compiled(self, name, source, *options):
        path = self.folder / name
        subprocess.run(['g++', '-x', 'c++', '-', '-o', path, *options], input=source, text=True,
                       check=True)
        return path

    # --- refusals ---

    def test_missing_program(self):
        self.refused(ciao_run('no-such-program-anywhere'), MISSING, 'no-such-program-anywhere',
                     'No such file')
        self.refused(ciao_run(self.folder / 'absent'), MISSING, 'No such file')

    def test_folder_of_the_path_that_may_not_be_read(self):
        (self.folder / 'closed').mkdir(mode=0o000)
        done = ciao_run('no-such-program-anywhere', environment={
            **ENVIRONMENT, 'PATH': f'{self.folder}/closed:/usr/bin'})
        # Root may read it all the same.
        self.refused(done, MISSING if os.geteuid() == 0 else NOT_EXECUTABLE,
                     'no-such-program-anywhere')

    def test_no_program_at_all(self):
        done = ciao_run()
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('program', done.stderr)

    def test_static_program(self):
        program = self.compiled('static', 'int main() { return 0; }', '-static')
        self.assertEqual(subprocess.run([program], check=False).returncode, 0)
        self.refused(ciao_run(program), NOT_EXECUTABLE, str(program), 'statically')

    @unittest.skipUnless(os.geteuid() == 0, 'only root can give a file to another user')
    def test_set_user_id_of_another(self):
        program = self.folder / 'other-user'
        shutil.copy('/usr/bin/openssl', program)
        shutil.chown(program, ELSEWHERE)
        program.chmod(0o4755)
        self.refused(ciao_run(program, 'version'), NOT_EXECUTABLE, 'set-user-ID')

    @unittest.skipUnless(os.geteuid() == 0, 'only root can give a file to another group')
    def test_set_group_id_of_another(self):
        program = self.folder / 'other-group'
        shutil.copy('/usr/bin/openssl', program)
        shutil.chown(program, None, 'nogroup')
        program.chmod(0o2755)
        self.refused(ciao_run(program, 'version'), NOT_EXECUTABLE, 'set-group-ID')

    @unittest.skipUnless(os.geteuid() == 0, 'only root gives capabilities to a file')
    def test_file_capabilities(self):
        program, tool, library = (self.folder / name for name in ('server', 'bin/ciao', 'lib/libssl.so.3'))
        for target, source in ((program, '/usr/bin/openssl'), (tool, CIAO), (library, '/bin/true')):
            target.parent.mkdir(exist_ok=True)
            shutil.copy(source, target)
        # capabilities(7): revision 2 of the attribute, one capability, permitted and effective.
        os.setxattr(program, 'security.capability', struct.pack('<5I', 0x02000001, 1 << 10, 0, 0, 0))
        done = subprocess.run([tool, 'run', '--', program, 'version'], text=True, check=False, capture_output=True,
                              timeout=60, user=ELSEWHERE, group='nogroup', extra_groups=[])
        self.refused(done, NOT_EXECUTABLE, str(program), 'file capabilities')
        self.assertEqual(ciao_run(program, 'version').returncode, 0)  # root gets none by it

    @unittest.skipUnless(os.geteuid() != 0, "root is not refused /usr/bin/passwd: it is root's own")
    def test_set_user_id_program_of_the_system(self):
        self.refused(ciao_run('/usr/bin/passwd', '--help'), NOT_EXECUTABLE, 'set-user-ID')

    def test_program_that_never_loads_libssl(self):
        done = ciao_run('/bin/echo', 'said')
        self.assertEqual(done.stdout, 'said\n')
        self.refused(done, FAILED, '/bin/echo', 'never loaded it')

    @unittest.skipUnless(os.geteuid() == 0, 'only root can become another user')
    def test_program_that_loads_libssl_as_another_user(self):
        tool, library = self.folder / 'bin/ciao', self.folder / 'lib/libssl.so.3'
        for target, source in ((tool, CIAO),
                               (library, pathlib.Path(CIAO).resolve().parents[1] / 'lib' /
                                library.name)):
            target.parent.mkdir()
            shutil.copy(source, target)
        words = f'import os, pwd; os.setuid(pwd.getpwnam({ELSEWHERE!r}).pw_uid); import ssl'
        done = subprocess.run([tool, 'run', '--', '/usr/bin/python3', '-c', words], text=True,
                              check=False, capture_output=True, env=ENVIRONMENT, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_program_that_may_not_be_executed(self):
        program = self.folder / 'plain'
        shutil.copy('/usr/bin/openssl', program)
        program.chmod(0o644)
        self.refused(ciao_run(program), NOT_EXECUTABLE, 'Permission denied')

    def test_folder_is_no_program(self):
        self.refused(ciao_run(self.folder), NOT_EXECUTABLE, 'Permission denied')

    def test_neither_program_nor_script(self):
        for name, content in (('text', 'only words\n'), ('empty', ''), ('short', '\x7fEL')):
            path = self.folder / name
            path.write_text(content)
            path.chmod(0o755)
            with self.subTest(name):
                self.refused(ciao_run(path), NOT_EXECUTABLE, str(path))

    def test_script_whose_interpreter_is_missing(self):
        script = self.script('#!/no/such/interpreter\n')
        self.refused(ciao_run(script), MISSING, '/no/such/interpreter')

    def test_tool_without_its_library(self):
        lonely = self.folder / 'bin/ciao'
        lonely.parent.mkdir()
        shutil.copy(CIAO, lonely)
        done = subprocess.run([lonely, 'run', '--', 'curl', '--version'], text=True, check=False,
                              capture_output=True)
        self.refused(done, FAILED, 'libssl.so.3', 'missing')

    # --- what it starts ---

    def script(self, text):
        script = self.folder / 'script'
        script.write_text(text)
        script.chmod(0o755)
        return script

    def test_linked_program_runs_on_ciao(self):
        """The loader says for every object where it comes from (ld.so(8), LD_DEBUG)."""
        done = ciao_run('curl', '--version', environment={**ENVIRONMENT, 'LD_DEBUG': 'libs'})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('OpenSSL/3.', done.stdout)
        ours = pathlib.Path(CIAO).resolve().parents[1] / 'lib/libssl.so.3'
        initialised = [line for line in done.stderr.splitlines() if 'calling init' in line]
        self.assertTrue(any(str(ours) in line for line in initialised), done.stderr)
        self.assertFalse(any('linux-gnu/libssl.so.3' in line for line in initialised))

    def test_script_of_a_linked_program(self):
        script = self.script('#!/usr/bin/env curl\n')
        done = ciao_run(script, '--version')
        # curl is given the script's own name as a URL, which it cannot fetch: it has run.
        self.assertIn('curl', done.stdout + done.stderr)
        self.assertNotIn('ciao run:', done.stderr)

    def test_exit_code_and_arguments_are_the_programs(self):
        self.assertEqual(ciao_run('openssl', 'absent-command').returncode, 1)
        done = ciao_run('openssl', 'dgst', '-sha256', '-r', '/dev/null')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.startswith('e3b0c44298fc1c149afbf4c8996fb924'), done.stdout)

    def test_library_path_of_the_caller_is_kept_behind(self):
        code = "import os, ssl; print(os.environ['LD_LIBRARY_PATH'])"
        done = ciao_run('/usr/bin/python3', '-c', code,
                        environment={**ENVIRONMENT, 'LD_LIBRARY_PATH': str(self.folder)})
        self.assertEqual(done.returncode, 0, done.stderr)
        folders = done.stdout.strip().split(':')
        self.assertEqual(folders[1:], [str(self.folder)])
        self.assertTrue((pathlib.Path(folders[0]) / 'libssl.so.3').exists())

    def test_late_loader_runs_on_ciao(self):
        """A program that is not linked to libssl and loads it later is accepted, with its code."""
        program = self.compiled('late', LATE_LOADER, '-ldl')
        done = ciao_run(program)
        self.assertEqual(done.returncode, 7, done.stderr)
        ours = pathlib.Path(CIAO).resolve().parents[1] / 'lib'
        self.assertTrue(done.stdout.startswith(str(ours)), done.stdout)

    def test_signal_reaches_a_watched_program(self):
        process = subprocess.Popen([CIAO, 'run', '--', '/bin/sleep', '60'], text=True,
                                   stderr=subprocess.PIPE)
        try:
            children = pathlib.Path(f'/proc/{process.pid}/task/{process.pid}/children')
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline and not self.sleeping(children):
                time.sleep(0.02)
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=20)
        finally:
            process.kill()
            process.wait()
        self.assertEqual(process.returncode, FAILED, errors)
        self.assertIn('never loaded it', errors)

    @staticmethod
    def sleeping(children):
        for pid in children.read_text(encoding='ascii').split():
            # `ciao run` has other children, too, which come and go.
            with contextlib.suppress(OSError):
                if os.path.basename(os.readlink(f'/proc/{pid}/exe')) == 'sleep':
                    return True
        return False


LATE_LOADER = '''
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
int main() {
  void* library = dlopen("libssl.so.3", RTLD_NOW);
  if (library == nullptr) return 1;
  struct link_map* map = nullptr;
  if (dlinfo(library, RTLD_DI_LINKMAP, &map) != 0) return 2;
  puts(map->l_name);
  return 7;
}
'''

if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--ciao', required=True)
    known, rest = parser.parse_known_args()
    CIAO = os.path.abspath(known.ciao)
    unittest.main(argv=[sys.argv[0], *rest])
