"""Programs under control: started on a pipe, read as they write, and always ended."""

import atexit
import os
import queue
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time

from harness import library

_started = []
_started_lock = threading.Lock()
_ports = set()


class Failure(Exception):
    """Something is not as it has to be; the text says what."""


class Process:
    """A program whose output is collected as it comes. `echo` is given each piece of standard
    output and answers the bytes to send back."""

    def __init__(self, command, *, name=None, environment=None, echo=None, folder=None, user=None):
        self.command = [str(word) for word in command]
        self.name = name or os.path.basename(self.command[0])
        self.output, self.errors = bytearray(), bytearray()
        self.thread = threading.get_ident()
        self._changed = threading.Condition()
        self._echo = echo
        self._process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment if environment is not None else library.clean_environment(),
            cwd=folder, user=user, start_new_session=True)
        self.pid = self._process.pid
        with _started_lock:
            _started.append(self)
        # Writing waits when the program does not read; whoever asked for it must not.
        self._outgoing = queue.SimpleQueue()
        threading.Thread(target=self._write, daemon=True).start()
        self._readers = [
            threading.Thread(target=self._read, args=(pipe, into), daemon=True)
            for pipe, into in ((self._process.stdout, self.output),
                               (self._process.stderr, self.errors))]
        for reader in self._readers:
            reader.start()

    def _read(self, pipe, into):
        while True:
            data = os.read(pipe.fileno(), 65536)
            with self._changed:
                into += data
                self._changed.notify_all()
            if not data:
                break
            if self._echo and into is self.output:
                self.send(self._echo(data))
        pipe.close()

    def text(self):
        """Everything written so far: standard output, then standard error."""
        with self._changed:
            return (bytes(self.output) + b'\n' + bytes(self.errors)).decode(errors='replace')

    def send(self, data):
        if data:
            self._outgoing.put(data)

    def close_input(self):
        self._outgoing.put(None)

    def _write(self):
        try:
            while data := self._outgoing.get():
                self._process.stdin.write(data)
                self._process.stdin.flush()
            self._process.stdin.close()
        except OSError:
            pass  # It has ended: what the test waits for next says so, with its output.

    def wait_until(self, condition, what, timeout=15):
        """Waits for condition() to be true; looks again whenever the program writes or ends."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while not condition():
                ended = self._process.poll() is not None and not self._reading()
                left = deadline - time.monotonic()
                if ended or left <= 0:
                    why = f'ended with {self._process.returncode}' if ended else \
                        f'did not within {timeout} s'
                    raise Failure(f'{self.name} should have {what}, but {why}:\n{self.tail()}')
                self._changed.wait(min(left, 0.2))

    def _reading(self):
        return any(reader.is_alive() for reader in self._readers)

    def count(self, pattern):
        """How often a regular expression is in what it has written."""
        return len(re.findall(pattern, self.text(), re.MULTILINE))

    def wait_for(self, pattern, timeout=15, times=1):
        """Waits until a regular expression was written that many times."""
        self.wait_until(lambda: self.count(pattern) >= times, f'written {pattern!r}', timeout)

    def wait(self, timeout=15):
        """Waits for its end and for all it wrote; returns the exit code."""
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Failure(f'{self.name} did not end within {timeout} s:\n{self.tail()}') from None
        for reader in self._readers:
            reader.join(2)
        return code

    def running(self):
        return self._process.poll() is None

    def wait_to_listen(self, port, timeout=20):
        self.wait_until(lambda: listening(port), f'listened on port {port}', timeout)

    def tail(self, lines=12):
        """The end of what it wrote, without the payload's lines, for a message."""
        kept = [line for line in self.text().splitlines() if line.strip() and line[:1] != '=']
        return '\n'.join(f'    {self.name}: {line[:300]}' for line in kept[-lines:])

    def stop(self, timeout=3):
        """Ends the program and whatever it started. Waits, so that nothing is left behind."""
        if self.running():
            self._signal(signal.SIGTERM)
            try:
                self._process.wait(timeout)
            except subprocess.TimeoutExpired:
                pass
        self._signal(signal.SIGKILL)
        self._process.wait()
        self.close_input()
        for reader in self._readers:
            reader.join(2)
        with _started_lock:
            if self in _started:
                _started.remove(self)

    def _signal(self, number):
        # Its own session (start_new_session), so the group holds it and its children only.
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass


def listening(port):
    """Whether someone listens on the TCP port, from the kernel's tables: a connection made to find
    out would be one the server counts."""
    wanted = f':{port:04X}'
    for table in ('/proc/net/tcp', '/proc/net/tcp6'):
        try:
            with open(table, encoding='ascii') as lines:
                for line in lines:
                    words = line.split()
                    if len(words) > 3 and words[1].endswith(wanted) and words[3] == '0A':
                        return True
        except FileNotFoundError:
            pass
    return False


def free_port():
    """A free port below the range that outgoing connections take theirs from."""
    while True:
        port = random.randrange(20000, 32000)
        with _started_lock:
            if port in _ports:
                continue
        with socket.socket() as probe:
            try:
                probe.bind(('127.0.0.1', port))
            except OSError:
                continue
        with _started_lock:
            _ports.add(port)
        return port


def run(command, *, timeout=60, **options):
    """A program from start to end; returns it. No input."""
    process = Process(command, **options)
    try:
        process.close_input()
        process.code = process.wait(timeout)
        return process
    finally:
        process.stop()


def stop_thread():
    """Stops what the calling thread has started."""
    _stop(lambda process: process.thread == threading.get_ident())


def stop_all():
    _stop(lambda process: True)


def _stop(chosen):
    with _started_lock:
        left = [process for process in _started if chosen(process)]
    for process in reversed(left):
        process.stop()


def stop_all_at_exit():
    """Whatever ends this script, nothing that it started stays."""
    atexit.register(stop_all)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda received, _: sys.exit(128 + received))


def _candidates(process):
    """The process and its children: `ciao run` stays beside a program that is not linked to libssl
    but may load it."""
    try:
        with open(f'/proc/{process.pid}/task/{process.pid}/children', encoding='ascii') as listed:
            return [process.pid, *map(int, listed.read().split())]
    except OSError:
        return [process.pid]


def _problem(pid, wanted, program):
    try:
        running = os.readlink(f'/proc/{pid}/exe')
    except OSError as error:
        running = error.strerror
    if running != program:
        return f'process {pid} runs {running}, not {program}'
    return wanted.problem(pid)


def prove(process, wanted, program=None, timeout=10):
    """Waits until the program itself runs (it may be started by another) with exactly the wanted
    libssl mapped. Fails otherwise: nothing that follows would show anything."""
    program = os.path.realpath(program or process.command[0])
    deadline = time.monotonic() + timeout
    while True:
        problems = [_problem(pid, wanted, program) for pid in _candidates(process)]
        if None in problems:
            return
        if not process.running() or time.monotonic() > deadline:
            raise Failure(f'{process.name} does not run on {wanted.name}: {"; ".join(problems)}\n'
                          f'{process.tail()}')
        time.sleep(0.01)
