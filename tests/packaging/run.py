#!/usr/bin/python3
"""The Debian packages in a clean Debian 12: installed, used, removed, and nothing left behind.

tests/packaging/run.py [--packages build] [--folder build/clean-root]

Needs root. A Debian 12 is made by debootstrap once and kept as an archive in the folder; each run
unpacks it anew and plays in it. Ends with `packaging: N passed, M failed`.
"""

import argparse
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from harness import library  # noqa: E402

MIRROR = 'http://deb.debian.org/debian'
SUITES = ('bookworm', 'bookworm-updates')
SECURITY = 'http://deb.debian.org/debian-security bookworm-security'
# What apt and dpkg keep for themselves, and what a program writes wherever it runs.
OWN_BOOKS = ('var/lib/dpkg/', 'var/lib/apt/', 'var/cache/', 'var/log/', 'tmp/', 'root/', 'proc/',
             'dev/', 'run/',
             'etc/ld.so.cache')
CLIENT = '''#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
int main(void) {
  SSL_CTX* ctx = SSL_CTX_new(TLS_client_method());
  FILE* maps = fopen("/proc/self/maps", "r");
  char line[512];
  while (maps && fgets(line, sizeof line, maps)) {
    if (strstr(line, "libssl") && strstr(line, "r-xp")) fputs(strchr(line, '/'), stdout);
  }
  SSL_CTX_free(ctx);
  return ctx == NULL;
}
'''
CMAKE = '''cmake_minimum_required(VERSION 3.25)
project(client C)
find_package(ciao 0.1 REQUIRED)
add_executable(client client.c)
target_link_libraries(client PRIVATE ciao::ssl)
'''


class Root:
    """A Debian 12 of its own."""

    def __init__(self, path):
        self.path = path

    def run(self, command, check=True):
        environment = {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': '/root',
                       'LC_ALL': 'C.UTF-8',
                       'DEBIAN_FRONTEND': 'noninteractive'}
        done = subprocess.run(['chroot', str(self.path), 'sh', '-c', command], env=environment,
                              text=True,
                              capture_output=True, check=False, timeout=600)
        if check and done.returncode != 0:
            raise RuntimeError(f'{command}: exit {done.returncode}\n'
                               f'{done.stdout[-2000:]}{done.stderr[-2000:]}')
        return done

    def install(self, *packages):
        self.run(f'apt-get install -y --no-install-recommends {" ".join(packages)}')

    def files(self):
        """Every file and folder, but apt's and dpkg's books."""
        found = set()
        for base, folders, files in os.walk(self.path):
            inside = os.path.relpath(base, self.path) + '/'
            inside = '' if inside == './' else inside
            folders[:] = [f for f in folders if not (inside + f + '/').startswith(OWN_BOOKS)]
            found |= {inside + name for name in folders + files}
        return {name for name in found if not name.startswith(OWN_BOOKS)}

    @contextlib.contextmanager
    def background(self, command, **environment):
        process = subprocess.Popen(['chroot', str(self.path), *command], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env={'PATH': '/usr/sbin:/usr/bin', **environment})
        try:
            yield process
        finally:
            process.terminate()
            process.wait(20)


def unpacked(folder):
    """A clean root; debootstrap's work is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    # What a run that was killed left mounted would be removed with the rest.
    for left in ('root/proc', 'root/dev'):
        if os.path.ismount(folder / left):
            subprocess.run(['umount', '-l', folder / left], check=True)
    archive, path = folder / 'bookworm.tar', folder / 'root'
    shutil.rmtree(path, ignore_errors=True)
    if not archive.exists():
        print('packaging: making a Debian 12 by debootstrap', flush=True)
        subprocess.run(['debootstrap', '--variant=minbase', 'bookworm', path, MIRROR], check=True,
                       stdout=subprocess.DEVNULL)
        subprocess.run(['tar', '-C', path, '-cf', f'{archive}.part', '.'], check=True)
        os.rename(f'{archive}.part', archive)
        shutil.rmtree(path)
    path.mkdir()
    subprocess.run(['tar', '-C', path, '-xf', archive], check=True)
    sources = [f'deb {MIRROR} {suite} main' for suite in SUITES] + [f'deb {SECURITY} main']
    (path / 'etc/apt/sources.list').write_text('\n'.join(sources) + '\n')
    shutil.copy('/etc/resolv.conf', path / 'etc/resolv.conf')
    # No service of a package starts here (invoke-rc.d(8)).
    policy = path / 'usr/sbin/policy-rc.d'
    policy.write_text('#!/bin/sh\nexit 101\n')
    policy.chmod(0o755)
    return Root(path)


@contextlib.contextmanager
def mounted(root):
    """With what programs in it expect. No file of it may be removed before the end."""
    with contextlib.ExitStack() as ending:
        for folder, how in (('proc', ['-t', 'proc', 'proc']), ('dev', ['--bind', '/dev'])):
            subprocess.run(['mount', *how, root.path / folder], check=True)
            ending.callback(subprocess.run, ['umount', '-l', root.path / folder], check=True)
        yield


# --- cases ----------------------------------------------------------------------------------------

class Cases:
    def __init__(self, root, packages):
        self.root, self.packages = root, packages
        self.passed = self.failed = 0
        self.own = re.compile(r'/usr/lib/[a-z0-9_-]+/ciao/libssl\.so\.3$')

    def check(self, name, good, detail=''):
        self.passed += bool(good)
        self.failed += not good
        print(f'{"ok    " if good else "FAILED"} {name}'
              f'{"" if good else ": " + detail.strip()[-600:]}', flush=True)

    def installs(self):
        for package in self.packages:
            shutil.copy(package, self.root.path / 'root')
        self.root.install('/root/ciao_*.deb')
        system = self.root.run("ldconfig -p | grep 'libssl\\.so\\.3'").stdout
        self.check('the dynamic linker still finds the system\'s libssl.so.3 alone',
                   '/ciao/' not in system and 'libssl.so.3' in system, system)
        said = self.root.run('ciao version').stdout
        self.check('ciao version', re.search(self.own.pattern, said, re.MULTILINE), said)
        self.check('its man page is there',
                   (self.root.path / 'usr/share/man/man1/ciao.1.gz').is_file())

    def runs_curl(self):
        self.root.run('cd /root && openssl req -x509 -newkey ec -pkeyopt '
                      'ec_paramgen_curve:P-256 -nodes -keyout key.pem'
                      ' -out cert.pem -subj /CN=localhost -addext subjectAltName=DNS:localhost')
        server = ['openssl', 's_server', '-accept', '127.0.0.1:7443', '-cert', '/root/cert.pem',
                  '-key',
                  '/root/key.pem', '-www', '-quiet']
        with self.root.background(server):
            command = ('curl -sS --retry 5 --retry-connrefused --cacert /root/cert.pem '
                       'https://localhost:7443/')
            done = self.root.run(f'ciao run --trace -- {command}', check=False)
            self.check('ciao run -- curl', done.returncode == 0 and 'Cipher' in done.stdout,
                       done.stderr)
            self.check('its connection told its story to the end', 'close_notify' in done.stderr,
                       done.stderr)
            plain = self.root.run(command, check=False)
            self.check('curl without ciao has nothing of it',
                       plain.returncode == 0 and 'ciao' not in plain.stderr,
                       plain.stderr)

    def mapped_by_nginx(self, environment):
        """The libssl of an nginx that is started as systemd would, with the variables of its
        drop-ins.
        """
        with self.root.background(['/usr/sbin/nginx', '-g', 'daemon off; master_process off;'],
                                  **environment) as nginx:
            for _ in range(100):
                found = library.loaded(nginx.pid)
                if found or nginx.poll() is not None:
                    return found
                time.sleep(0.05)
        return set()

    def enables_nginx(self):
        drop_in = self.root.path / 'etc/systemd/system/nginx.service.d/ciao.conf'
        said = self.root.run('ciao enable nginx').stdout
        text = drop_in.read_text() if drop_in.exists() else ''
        self.check('ciao enable nginx says what it wrote',
                   str(drop_in.relative_to(self.root.path)) in said, said)
        setting = re.search(r'^\[Service\]\nEnvironment=LD_LIBRARY_PATH=(\S+)$', text, re.MULTILINE)
        self.check('it wrote a drop-in', setting, text)
        folder = setting[1] if setting else '/nowhere'
        mapped = self.mapped_by_nginx({'LD_LIBRARY_PATH': folder})
        self.check('nginx with its variable is on ciao',
                   len(mapped) == 1 and self.own.search(next(iter(mapped))),
                   str(mapped))
        self.check('nginx without it is not',
                   not any(self.own.search(path) for path in self.mapped_by_nginx({})))
        self.check('ciao status names it',
                   'nginx.service: enabled' in self.root.run('ciao status').stdout)
        refused = self.root.run('ciao enable no-such-service', check=False)
        self.check('a service that is none is refused',
                   refused.returncode == 1 and 'no-such' in refused.stderr)
        self.root.run('ciao disable nginx')
        self.check('ciao disable takes it back', not drop_in.parent.exists())
        self.check('ciao status names nothing', 'no service' in self.root.run('ciao status').stdout)
        self.root.run('ciao enable nginx')  # stays so, for the removal

    def builds_programs(self):
        self.root.install('/root/ciao_*.deb', '/root/libciao-dev_*.deb')
        work = self.root.path / 'root/client'
        work.mkdir()
        (work / 'client.c').write_text(CLIENT)
        (work / 'CMakeLists.txt').write_text(CMAKE)
        ways = {'pkg-config': 'cd /root/client && gcc -o client client.c '
                              '$(pkg-config --cflags --libs ciao-libssl)'
                              ' && ./client',
                'CMake': 'cd /root/client && cmake -B build >/dev/null '
                         '&& cmake --build build >/dev/null'
                         ' && build/client'}
        for way, command in ways.items():
            done = self.root.run(command, check=False)
            self.check(f'a program linked by {way} runs on ciao',
                       self.own.search(done.stdout.strip()),
                       done.stdout + done.stderr)

    def removes(self, packages, before):
        self.root.run(f'apt-get remove -y {packages}')
        after = self.root.files()
        self.check(f'apt-get remove {packages} leaves nothing', after <= before,
                   ' '.join(sorted(after - before)[:20]))
        self.check('and takes nothing else along', before <= after,
                   ' '.join(sorted(before - after)[:20]))


def play(root, packages):
    root.run('apt-get update')
    root.install('curl', 'nginx-light', 'openssl')
    root.run('rm -f /etc/nginx/sites-enabled/default')  # its port may be in use outside
    cases = Cases(root, packages)
    cases.mapped_by_nginx({})  # it makes its folders when it starts for the first time
    before = root.files()
    cases.installs()
    cases.runs_curl()
    cases.enables_nginx()
    cases.removes('ciao', before)

    root.install('gcc', 'libc6-dev', 'libssl-dev', 'pkg-config', 'cmake', 'make')
    before = root.files()
    cases.builds_programs()
    cases.removes('libciao-dev ciao', before)
    return cases


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--packages', type=pathlib.Path, default=library.ROOT / 'build')
    parser.add_argument('--folder', type=pathlib.Path, default=library.ROOT / 'build/clean-root')
    options = parser.parse_args()
    if os.geteuid() != 0:
        parser.error('a clean Debian 12 is made by root')
    packages = sorted(options.packages.resolve().glob('*.deb'))
    if len(packages) != 2:
        parser.error(f'{options.packages} should hold two packages: make deb')
    root = unpacked(options.folder.resolve())
    with mounted(root):
        cases = play(root, packages)
    print(f'packaging: {cases.passed} passed, {cases.failed} failed')
    return 1 if cases.failed else 0


if __name__ == '__main__':
    sys.exit(main())
