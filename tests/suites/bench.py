"""Runs programs of a suite on a chosen libssl, and proves which one every process of theirs loaded.
"""

import os
import pathlib
import re
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from harness import library  # noqa: E402

# What the dynamic linker writes, for LD_DEBUG=libs, before it runs a library's constructors.
INIT = re.compile(r'calling init: (\S*libssl\.so[0-9.]*)$', re.MULTILINE)


class Bench:
    """A place where a suite runs on one libssl: folder of sources, folder of logs, the library."""

    def __init__(self, work, which, path):
        self.work, self.which = work, which
        self.path = pathlib.Path(os.path.realpath(path))
        self.logs = work / 'logs' / which
        self.logs.mkdir(parents=True, exist_ok=True)
        # A folder with this library alone, so that nothing else is found there.
        self.folder = work / 'libraries' / which
        self.folder.mkdir(parents=True, exist_ok=True)
        link = self.folder / 'libssl.so.3'
        link.unlink(missing_ok=True)
        link.symlink_to(self.path)

    def run(self, name, command, cwd, timeout=900, choose=True, needed=True, within=None, **more):
        """(text, exit code) of a command; `choose` puts the library into LD_LIBRARY_PATH.

        `within` is where the processes may work, if not in `cwd`: one level below it.
        """
        traces = self.logs / f'{name}.ld'
        traces.mkdir(exist_ok=True)
        for old in traces.iterdir():
            old.unlink()
        environment = library.clean_environment(
            PATH='/usr/bin:/bin:/usr/sbin:/sbin', LD_DEBUG='libs',
            LD_DEBUG_OUTPUT=str(traces / 'process'), **{k: str(v) for k, v in more.items()})
        if choose:
            environment['LD_LIBRARY_PATH'] = str(self.folder)
        log = self.logs / f'{name}.log'
        with open(log, 'wb') as out:
            process = subprocess.Popen([str(word) for word in command], cwd=cwd, env=environment,
                                       stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=subprocess.STDOUT, start_new_session=True)
            try:
                code = process.wait(timeout)
            except subprocess.TimeoutExpired:
                code = 'late'
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        self.prove(name, traces, needed, [cwd] if within is None else within.iterdir())
        return log.read_text(encoding='utf-8', errors='replace'), code

    def prove(self, name, traces, needed, places):
        """Refuses a run in which another libssl was loaded, or none at all where one is needed."""
        loaded, places = set(), list(places)
        for trace in traces.iterdir():
            found = INIT.findall(trace.read_text(encoding='utf-8', errors='replace'))
            loaded |= {resolved(path, places) for path in found}
            trace.unlink()
        if loaded - {str(self.path)} or (needed and not loaded):
            raise SystemExit(f'suites: {name} ran on {", ".join(sorted(loaded)) or "no libssl"}, '
                             f'not on {self.path}')


def resolved(path, places):
    """A path that a process named, which may be relative to where it worked."""
    full = (os.path.join(place, path) for place in places)
    return next((os.path.realpath(each) for each in full if os.path.exists(each)), path)
