"""Debian's nginx and curl, each on a libssl of one's choice."""

import dataclasses
import json
import os
import pathlib
import re
import signal
import time

from harness import processes
from harness.processes import Failure

NGINX, CURL = '/usr/sbin/nginx', '/usr/bin/curl'
CONFIGURATION = '''
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 256; }}
http {{
  log_format story '$ssl_protocol $ssl_cipher $ssl_session_reused $status $request_uri '
                   '[$ssl_client_verify]';
  access_log {folder}/access.log story;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  default_type application/octet-stream;
  server {{
    listen 127.0.0.1:{port} ssl{http2};
    ssl_protocols TLSv1.3;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    {more}
    root {root};
    # A page that nginx assembles has no length: over HTTP/1.0 only the close ends it.
    location /assembled {{ ssi on; ssi_types *; }}
    location /put/ {{ dav_methods PUT; client_max_body_size 256m; }}
  }}
}}
'''


class Nginx:
    """A running nginx that serves the folder `root` with one certificate."""

    def __init__(self, libssl, folder, root, certificates, *, key='ecdsa', more='', http2=False):
        self.library, self.folder = libssl, pathlib.Path(folder)
        self.folder.mkdir()
        self.port = processes.free_port()
        text = CONFIGURATION.format(
            user='user root;' if os.geteuid() == 0 else '', folder=self.folder, port=self.port,
            certificate=certificates.pem(key), key=certificates.key(key), root=root, more=more,
            http2=' http2' if http2 else '')
        configuration = self.folder / 'nginx.conf'
        configuration.write_text(text)
        self.process = processes.Process(libssl.wrap(
            [NGINX, '-p', self.folder, '-c', configuration, '-e', self.folder / 'error.log',
             '-g', 'daemon off;']), name=f'nginx on {libssl.name}')
        try:
            self.process.wait_to_listen(self.port)
        except Failure as failure:
            raise Failure(f'{failure}\n{self.errors()}') from None
        processes.prove(self.process, libssl, NGINX)
        self.workers = self._await_workers()

    def _children(self):
        path = pathlib.Path(f'/proc/{self.process.pid}/task/{self.process.pid}/children')
        return [int(pid) for pid in path.read_text(encoding='ascii').split()]

    def _await_workers(self, other_than=(), timeout=10):
        """Waits for workers, none of them of `other_than`; proves their libssl."""
        deadline = time.monotonic() + timeout
        while not (workers := self._children()) or set(workers) & set(other_than):
            if time.monotonic() > deadline:
                raise Failure(f'nginx on {self.library.name} has no new worker\n{self.errors()}')
            time.sleep(0.02)
        for pid in workers:
            problem = self.library.problem(pid)
            if problem:
                raise Failure(f"nginx's worker: {problem}")
        return workers

    def errors(self):
        path = self.folder / 'error.log'
        lines = path.read_text(errors='replace').splitlines() if path.exists() else []
        return '\n'.join('    nginx: ' + line for line in lines
                         if re.search(r'SSL|\[(warn|error|crit|alert|emerg)\]', line))

    def story(self, uri, count, timeout=5):
        """The last `count` lines of the access log about `uri`, as dictionaries; nginx writes them
        once it has sent the answer."""
        names = ('protocol', 'suite', 'reused', 'status', 'uri', 'client')
        deadline = time.monotonic() + timeout
        while True:
            path = self.folder / 'access.log'
            lines = [dict(zip(names, line.split())) for line in path.read_text().splitlines()]
            found = [line for line in lines if line.get('uri') == uri]
            if len(found) >= count:
                return found[-count:]
            if time.monotonic() > deadline:
                raise Failure(f'nginx logged {len(found)} requests for {uri}, not {count}')
            time.sleep(0.02)

    def reload(self):
        """Makes the master read its configuration again; returns once new workers serve alone."""
        os.kill(self.process.pid, signal.SIGHUP)
        self.workers = self._await_workers(other_than=self.workers)

    def stop(self):
        self.process.stop()


@dataclasses.dataclass
class Fetched:
    """What one run of curl gave."""
    code: int
    talk: str  # what -v says
    about: list  # what -w says, an entry for each URL

    def secure(self):
        """Version and suite, as curl reports them."""
        found = re.search(r'SSL connection using (\S+) / (\S+)', self.talk)
        return found.groups() if found else None

    def goodbyes(self):
        """Which sides' close_notify curl saw go by: a set of IN and OUT."""
        return set(re.findall(r'TLSv1\.3 \((IN|OUT)\), TLS alert, close notify', self.talk))

    def error(self):
        found = re.findall(r'^curl: \(\d+\) (.*)$', self.talk, re.MULTILINE)
        return found[-1] if found else ''


def curl(libssl, urls, outputs, *options, ca=None, timeout=60):
    """Runs curl, proves its libssl, then tells it what to fetch: `-K -` makes it read that from its
    input, so that it can be looked at before it does anything."""
    process = processes.Process(libssl.wrap([CURL, '-q', '-K', '-']),
                                name=f'curl on {libssl.name}')
    try:
        processes.prove(process, libssl, CURL)
        lines = ['verbose', 'no-progress-meter', 'noproxy = "*"', f'max-time = {timeout}',
                 'write-out = "about %{json}\\n"', *options]
        if ca:
            lines.append(f'cacert = "{ca}"')
        for url, output in zip(urls, outputs):
            lines += [f'url = "{url}"', f'output = "{output}"']
        process.send(('\n'.join(lines) + '\n').encode())
        process.close_input()
        code = process.wait(timeout + 5)
        about = [json.loads(line[6:]) for line in process.output.decode().splitlines()
                 if line.startswith('about {')]
        return Fetched(code, process.text(), about)
    finally:
        process.stop()
