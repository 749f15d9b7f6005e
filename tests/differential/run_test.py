#!/usr/bin/python3
"""The machinery sees what differs: run_test.py WORKER FOLDER. Everything runs on the system's
libssl.
"""

import pathlib
import re
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
import differences  # noqa: E402
import run  # noqa: E402
from players import Player  # noqa: E402

WORKER, FOLDER = map(pathlib.Path, sys.argv[1:3])
del sys.argv[1:]


class Altered(Player):
    """Says something else of every SSL_get_options."""

    def trace(self, seed, steps=()):
        return [line.replace('SSL_get_options(client)', 'SSL_get_options(client!)')
                for line in super().trace(seed, steps)]


class Dying(Player):
    """A worker that a signal ends at its first sequence."""

    def hashes(self, first, count):
        self.process.kill()
        return super().hashes(first, count)


class Machinery(unittest.TestCase):
    def player(self, kind=Player):
        made = kind(WORKER, run.files_folder(FOLDER), None)
        self.addCleanup(made.close)
        return made

    def test_a_library_does_not_differ_from_itself(self):
        bench = run.Bench(self.player(), self.player(), [])
        bench.batch(1, 300)
        self.assertEqual(bench.played, 300)
        self.assertEqual(bench.unexplained, {})

    def test_a_sequence_is_the_same_each_time(self):
        worker = self.player()
        self.assertEqual(worker.trace(7), worker.trace(7))
        self.assertNotEqual(worker.trace(7), worker.trace(8))

    def test_what_differs_is_found_and_made_small(self):
        system, altered = self.player(), self.player(Altered)
        bench = run.Bench(system, altered, [])
        seed = next(seed for seed in range(1, 500)
                    if any('SSL_get_options(client)' in line for line in system.trace(seed)))
        found = bench.difference(seed)
        self.assertIn('SSL_get_options(client!)', found[1])
        steps = differences.steps_of(system.trace(seed))
        small = differences.minimise(steps, lambda fewer: bench.difference(seed, fewer) is not None)
        self.assertLess(len(small), 4)

    def test_a_worker_that_dies_is_a_result(self):
        worker = self.player(Dying)
        worker.ask('run 1 1')
        self.assertEqual(worker.hashes(1, 1)['1'], 'dies with status -9')

    def test_intended_differences_say_where_they_apply(self):
        one = differences.Intended('= 1$', '= 0', 'why', 'row', before=r'closed\Z')
        self.assertTrue(one.covers(('f() = 1', 'f() = 0', ['open', 'closed'])))
        self.assertFalse(one.covers(('f() = 1', 'f() = 0', ['closed', 'open'])))
        self.assertFalse(one.covers(('f() = 2', 'f() = 0', ['closed'])))

    def test_each_intended_difference_has_a_reason_and_a_row(self):
        texts = {name: (HERE.parents[1] / 'docs' / f'{name}.md').read_text(encoding='utf-8')
                 for name in ('DIFFERENCES', 'CLOSING', 'COMPATIBILITY')}
        for each in differences.intended(HERE / 'intended.json'):
            self.assertTrue(each.why)
            document, _, words = each.row.partition(': ')
            if document != 'none':
                self.assertRegex(texts[document], rf'{re.escape(words)}(?!\w)')  # D1 is not D11

    def test_the_fewest_steps(self):
        needed = {3, 11}
        self.assertEqual(differences.minimise(list(range(20)), lambda steps: needed <= set(steps)),
                         [3, 11])


if __name__ == '__main__':
    unittest.main()
