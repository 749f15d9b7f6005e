#!/usr/bin/python3
"""The driver has to see what must not pass: results, left out cases, entries that name nothing."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import run  # noqa: E402


class Parsing(unittest.TestCase):
    def test_verdicts_and_what_follows_them(self):
        results = run.parse('PASSED (A)\nFAILED (B)\nbad error: x\nstderr:\nUNIMPLEMENTED (C)\n'
                            '\nPASS\n')
        self.assertEqual([results[name].verdict for name in 'ABC'],
                         ['PASSED', 'FAILED', 'UNIMPLEMENTED'])
        self.assertIn('bad error: x', results['B'].text)

    def test_only_passed_counts(self):
        results = {'a': run.Result('PASSED'), 'b': run.Result('FAILED'),
                   'c': run.Result('UNIMPLEMENTED')}
        self.assertEqual(run.report(results, False), 1)

    def test_a_case_that_only_the_system_passes_is_a_loss(self):
        passed, failed = {'a': run.Result('PASSED')}, {'a': run.Result('FAILED')}
        self.assertEqual(run.compare(failed, passed, False), 1)
        self.assertEqual(run.compare(failed, failed, False), 0)
        self.assertEqual(run.compare(passed, failed, False), 0)


class LeftOut(unittest.TestCase):
    def setUp(self):
        self.cases = run.Cases()
        self.cases.sections = {
            'excluded': [{'reason': 'a reason that says enough', 'cases': ['Old-*'],
                          'except': ['Old-But-*']}],
            'not_yet': [{'reason': 'short', 'cases': ['New', 'Gone']}]}

    def test_sections(self):
        self.assertEqual(self.cases.section('Old-1'), 'excluded')
        self.assertEqual(self.cases.section('New'), 'not_yet')
        self.assertIsNone(self.cases.section('Old-But-1'))
        self.assertIsNone(self.cases.section('Newer'))

    def test_problems(self):
        problems = list(self.cases.problems(['Old-1', 'Old-But-1', 'New']))
        self.assertEqual(len(problems), 2)
        self.assertIn('have no reason', problems[0])
        self.assertIn('Gone', problems[1])


if __name__ == '__main__':
    unittest.main()
