#!/usr/bin/python3
"""That the suites' driver reads what was printed, and lets nothing pass that was lost."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import bench  # noqa: E402
import consumers  # noqa: E402
import openssl_own  # noqa: E402
import run  # noqa: E402
from cases import FAIL, PASS, SKIP, Cases, from_ruby, from_tap  # noqa: E402

TAP = '''1..3
    # Subtest: test_a
    ok 1 - iteration 1
    not ok 2 - iteration 2
not ok 1 - test_a
    ok 1 - iteration 1
not ok 2 - test_b
ok 3 - test_c # skipped
'''


def cases(**verdicts):
    made = Cases()
    made.update(verdicts)
    return made


class Reading(unittest.TestCase):
    def test_tap_has_leaves_and_parents_that_fail_alone(self):
        self.assertEqual(from_tap(TAP), {
            '1 test_a/1 iteration 1': PASS, '1 test_a/2 iteration 2': FAIL,
            '2 test_b/1 iteration 1': PASS, '2 test_b': FAIL, '3 test_c': SKIP})

    def test_children_of_a_test_that_broke_off_are_kept(self):
        self.assertEqual(from_tap('    ok 1 - a\n    not ok 2 - b\n'), {'1 a': PASS, '2 b': FAIL})

    def test_names_that_come_again_are_numbered(self):
        self.assertEqual(from_tap('ok 1 - a\nnot ok 1 - a\n'), {'1 a': PASS, '1 a #2': FAIL})

    def test_ruby(self):
        text = ('[ 1/4] T#test_a = 0.1 s\n[ 2/4] T#test_b = 0.1 s = F\n'
                '[ 3/4] T#test_c = 0.0 s = S\n[ 4/4] T#test_d')
        self.assertEqual(from_ruby(text), {'T#test_a': PASS, 'T#test_b': FAIL, 'T#test_c': SKIP,
                                           'T#test_d': FAIL})
        told = '\n  1) Failure:\nT#test_a [test/utils.rb:289]:\nexceptions on 1 threads\n'
        self.assertEqual(from_ruby(text.replace(' T#test_d', ' T#test_d = 0.1 s')
                                   + told)['T#test_a'],
                         FAIL)


class Naming(unittest.TestCase):
    CONFIGURATION = '''num_tests = 3
test-0 = 0-simple
test-1 = 1-versions
test-2 = 2-versions
[0-simple-server]
[0-simple-client]
[1-versions-server]
MaxProtocol = TLSv1.2
[1-versions-client]
MinProtocol = TLSv1.3
[2-versions-server]
Options = SessionTicket
[2-versions-client]
[test-1]
ExpectedResult = ClientFail
[test-2]
ExpectedProtocol = TLSv1.3
'''

    def test_tests_of_one_name_are_told_apart(self):
        self.assertEqual(openssl_own.titles_of(self.CONFIGURATION), [
            'simple', 'versions server ..TLSv1.2 client TLSv1.3.. expects ClientFail',
            'versions server .. SessionTicket client .. expects TLSv1.3'])

    def test_suites_go_by_their_protocol(self):
        text = ('    ok 1 - Getting ciphers\n    # Testing ciphersuites for -tls1_2\n'
                '    ok 2 - Testing X\n    not ok 3 - Testing Y\nnot ok 1 - suites\n')
        self.assertEqual(from_tap(openssl_own.by_protocol(text)), {
            '1 suites/1 Getting ciphers': PASS, '1 suites/0 tls1_2 Testing X': PASS,
            '1 suites/0 tls1_2 Testing Y': FAIL})

    def test_what_differs_from_run_to_run_is_no_name(self):
        one = cases(**{'4 TLSv1.2 on 127.0.0.1:4433 #2': PASS,
                       '5 ended, as it may: 5, EPIPE': PASS})
        self.assertEqual(list(consumers.steady(one)),
                         ['4 TLSv1.2 on N.N.N.N:N', '5 ended, as it may'])


class Comparing(unittest.TestCase):
    def compare(self, before, after, *patterns):
        allowed = [run.Exception_('s', list(patterns), 'a reason')] if patterns else []
        return run.compare('s', before, after, allowed)

    def test_what_fails_vanishes_or_is_skipped_is_lost(self):
        outcome = self.compare(cases(a=PASS, b=PASS, c=PASS, d=PASS), cases(a=FAIL, b=SKIP, c=PASS))
        self.assertEqual(outcome.lost, ['a', 'b', 'd'])
        self.assertFalse(outcome.good)

    def test_a_failure_that_only_ours_has_is_lost(self):
        self.assertEqual(self.compare(cases(a=PASS), cases(a=PASS, b=FAIL)).lost, ['b'])

    def test_what_the_baseline_fails_is_not_lost(self):
        self.assertTrue(self.compare(cases(a=PASS, b=FAIL), cases(a=PASS, b=FAIL)).good)

    def test_an_exception_excuses_and_goes_stale(self):
        good = self.compare(cases(a=PASS, b=PASS), cases(a=FAIL, b=PASS), 'a')
        self.assertEqual((good.excused, good.good), (['a'], True))
        for patterns in (('a', 'b'), ('a', 'no such case')):
            stale = self.compare(cases(a=PASS, b=PASS), cases(a=FAIL, b=PASS), *patterns)
            self.assertFalse(stale.good)

    def test_a_suite_without_a_pass_is_bad(self):
        self.assertFalse(self.compare(cases(a=SKIP), cases(a=SKIP)).good)


class Proving(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = run.library.system().path
        self.bench = bench.Bench(pathlib.Path(folder.name), 'system', path)
        self.folder = folder.name

    def test_a_process_that_loads_it_is_taken(self):
        text, code = self.bench.run('ssl', ['/usr/bin/python3', '-c', 'import ssl; print(1)'], '/')
        self.assertEqual((text, code), ('1\n', 0))

    def test_one_that_loads_none_is_refused(self):
        with self.assertRaisesRegex(SystemExit, 'no libssl'):
            self.bench.run('true', ['/bin/true'], '/')

    def test_one_that_loads_another_is_refused(self):
        other = pathlib.Path(self.folder) / 'other.so'
        other.touch()
        self.bench.path = other
        with self.assertRaisesRegex(SystemExit, 'not on .*other.so'):
            self.bench.run('ssl', ['/usr/bin/python3', '-c', 'import ssl'], '/')


if __name__ == '__main__':
    unittest.main()
