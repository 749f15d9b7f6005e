"""Where two traces part, which differences are intended, and the fewest steps that show one."""

import dataclasses
import json
import re


def calls(trace):
    """Without the headings of the steps."""
    return [line for line in trace if not line.startswith('# ')]


def first_difference(theirs, mine):
    """The first two lines that differ, and what stands before them; None if none do."""
    ours, others = calls(mine), calls(theirs)
    for at in range(max(len(ours), len(others))):
        left = others[at] if at < len(others) else '(nothing)'
        right = ours[at] if at < len(ours) else '(nothing)'
        if left != right:
            return left, right, others[:at]
    return None


def shape(line):
    """A line without its arguments: by it differences are sorted into classes."""
    line = line.replace('client', 'side').replace('server', 'side')
    name, bracket, rest = line.partition('(')
    if bracket and ' = ' in rest:
        return name + '() = ' + rest.rpartition(' = ')[2]
    return re.sub(r':\d+', ':N', line)


def kind(difference):
    return f'{shape(difference[0])}  |  {shape(difference[1])}'


@dataclasses.dataclass
class Intended:
    """A difference on purpose. The patterns are searched for in the first lines that differ,
    `before` in the lines before them, joined by newlines."""
    system: str
    ciao: str
    why: str
    row: str
    before: str = ''
    seen: int = 0

    def covers(self, difference):
        theirs, mine, earlier = difference
        return bool(re.search(self.system, theirs) and re.search(self.ciao, mine)
                    and re.search(self.before, '\n'.join(earlier), re.MULTILINE))


def intended(path):
    return [Intended(**each) for each in json.loads(path.read_text(encoding='utf-8'))]


def steps_of(trace):
    return [int(line.split()[1]) for line in trace if line.startswith('# ')]


def minimise(steps, differs):
    """Delta debugging: the steps without those that the difference does not need."""
    size = max(1, len(steps) // 2)
    while True:
        at = 0
        while at < len(steps):
            fewer = steps[:at] + steps[at + size:]
            if fewer and differs(fewer):
                steps = fewer
            else:
                at += size
        if size == 1:
            return steps
        size = max(1, size // 2)
