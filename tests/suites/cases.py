"""What a run of a suite leaves: the name of every case and how it went, read from what was printed.
"""

import collections
import re
from xml.etree import ElementTree

PASS, FAIL, SKIP = 'pass', 'fail', 'skip'

VERDICT = re.compile(r'^( *)(not )?ok\b ?(\d+)?(?: - | )?(.*?)(?:\s*# *((?i:skip|todo)\w*)\b.*)?$')
# Ruby's runner with -v: a case ends with how long it took, and how, if not well. Not always: what
# a thread of its own fails by is told at the end alone.
RUBY = re.compile(r'^\[ *\d+/\d+\] (\S+#\w+[?!]?)')
RUBY_END = re.compile(r'= [0-9.]+ s(?: = ([EFS]))?$')
RUBY_TOLD = re.compile(r'^ *\d+\) (?:Failure|Error):\n(\S+#\w+[?!]?)', re.MULTILINE)


class Cases(dict):
    """Name to verdict. A name that comes again is numbered, in the order of coming."""

    def __init__(self):
        super().__init__()
        self.seen = collections.Counter()

    def note(self, name, verdict):
        self.seen[name] += 1
        times = self.seen[name]
        self[name if times == 1 else f'{name} #{times}'] = verdict

    def take(self, other, prefix):
        for name, verdict in other.items():
            self.note(f'{prefix}/{name}', verdict)

    def count(self, verdict):
        return sum(each == verdict for each in self.values())


def from_tap(text):
    """The leaves of a tree of TAP. A parent is a case of its own when it alone fails."""
    waiting = []  # (indentation, name, verdict), children before the parent
    for line in text.splitlines():
        found = VERDICT.match(line)
        if not found:
            continue
        spaces, failed, number, words, directive = found.groups()
        indentation = len(spaces)
        name = f'{number or "?"} {words.strip()}'.strip()
        skipped = directive and directive.lower().startswith('skip')
        verdict = SKIP if skipped else FAIL if failed and not directive else PASS
        children = []
        while waiting and waiting[-1][0] > indentation:
            children.insert(0, waiting.pop())
        for _, child, went in children:
            waiting.append((indentation, f'{name}/{child}', went))
        if not children or (verdict == FAIL and not any(went == FAIL for _, _, went in children)):
            waiting.append((indentation, name, verdict))
    cases = Cases()
    for _, name, verdict in waiting:
        cases.note(name, verdict)
    return cases


def from_junit(path):
    """What CPython's regrtest writes; a run that broke off has written nothing."""
    cases = Cases()
    for case in ElementTree.parse(path).iter('testcase'):
        marks = {child.tag for child in case}
        bad = marks & {'failure', 'error'}
        cases.note(case.get('name'), FAIL if bad else SKIP if 'skipped' in marks else PASS)
    return cases


def from_ruby(text):
    cases, name = Cases(), None
    for line in text.splitlines():
        if found := RUBY.match(line):
            if name:
                cases.note(name, FAIL)  # it has not come to its end
            name = found[1]
        if name and (end := RUBY_END.search(line)):
            how = end[1]
            cases.note(name, PASS if how is None else SKIP if how == 'S' else FAIL)
            name = None
    if name:
        cases.note(name, FAIL)
    for name in RUBY_TOLD.findall(text):
        cases[name] = FAIL
    return cases
