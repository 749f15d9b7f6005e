"""A worker on one libssl: plays sequences, and is started again when one of them kills it."""

import subprocess
import sys
import pathlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from harness.two_libraries import environment  # noqa: E402

# Signals as they end a sequence; a worker's alarm ends one that hangs.
ENDS = {-14: 'hangs', -11: 'crashes (SIGSEGV)', -6: 'crashes (SIGABRT)', -8: 'crashes (SIGFPE)',
        -7: 'crashes (SIGBUS)'}


class Player:
    def __init__(self, worker, files, folder, wrapper=(), extra=None):
        self.command = [*wrapper, str(worker), str(files)]
        self.environment = {**environment(folder), **(extra or {})}
        self.process = None
        self.said = ''  # by the last worker that died

    def _start(self):
        self.process = subprocess.Popen(
            self.command, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, errors='replace')

    def ask(self, command):
        if self.process is None:
            self._start()
        self.process.stdin.write(command + '\n')
        self.process.stdin.flush()

    def answer(self):
        """The lines up to the end, and how the worker died if it did."""
        lines = []
        for line in self.process.stdout:
            line = line.rstrip('\n')
            if line == 'end':
                return lines, None
            lines.append(line)
        self.said = self.process.stderr.read()[-4000:]
        self.process.wait()
        status = self.process.returncode
        self.close()
        return lines, ENDS.get(status, f'dies with status {status}')

    def hashes(self, first, count):
        """The results of the seeds asked for with `run`: a hash, or how the worker died."""
        results = {}
        while True:
            lines, died = self.answer()
            results.update(line.split() for line in lines if line.count(' ') == 1)
            if not died:
                return results
            behind = first + len(results)
            results[str(behind)] = died
            if behind + 1 >= first + count:
                return results
            self.ask(f'run {behind + 1} {first + count - behind - 1}')

    def trace(self, seed, steps=()):
        """The lines of a sequence of these steps; the last one says how it died if it did."""
        self.ask(f'trace {seed} {" ".join(map(str, steps))}')
        lines, died = self.answer()
        return lines + ([f'the process {died}'] if died else [])

    def close(self):
        if self.process is not None:
            for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
                pipe.close()
            self.process.wait()
            self.process = None
