"""A shell of SQL that is told what to do on its input, statement by statement."""

import re

from harness import processes
from harness.processes import Failure


class Shell:
    """`mark` is what makes the shell write the line END."""

    END = b'<end>\n'

    def __init__(self, libssl, command, mark, refusal):
        self._library, self._program, self._mark = libssl, command[0], mark
        self._refusal = refusal  # the exit code of one that gets no connection
        self.process = processes.Process(libssl.wrap(command),
                                         name=f'{self._program.name} on {libssl.name}')

    def ask(self, statement):
        """Sends SQL; returns what came back before the mark."""
        before = len(self.process.output)
        self.process.send(statement.encode() + self._mark)
        self.process.wait_until(lambda: self.process.output[before:].endswith(self.END),
                                f'answered {statement[:60]!r}', 60)
        return bytes(self.process.output[before:-len(self.END)]).decode()

    def prove(self):
        processes.prove(self.process, self._library, self._program)

    def end(self):
        self.process.close_input()
        self._expect(0)

    def refused(self, *words):
        """Waits for its end without a connection; what it says, which has to have these words."""
        self.process.close_input()
        self._expect(self._refusal)
        for word in words:
            if word not in self.process.text():
                raise Failure(f'it does not say "{word}":\n{self.process.tail()}')
        return self.words()

    def words(self):
        """What it complained about, without what differs from run to run."""
        return re.sub(r'\bport [0-9]+', 'port N', self.process.errors.decode(errors='replace'))

    def _expect(self, wanted):
        code = self.process.wait()
        if code != wanted:
            raise Failure(f'the exit code is {code}, not {wanted}:\n{self.process.tail()}')
