#!/usr/bin/python3
"""That the driver sees what is wrong: a difference, another library, an ending, a wrong page.
Everything runs on the system's libssl."""

import dataclasses
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
import asking  # noqa: E402
import gate  # noqa: E402
import languages  # noqa: E402
import peers  # noqa: E402
import run  # noqa: E402
import serving  # noqa: E402
import table  # noqa: E402
from harness import certificates, library, processes  # noqa: E402
from stage import Case, Stage, compare  # noqa: E402

PLAIN = library.system()
ELSEWHERE = library.Library('elsewhere', (), '/nowhere/libssl.so.3')
PYTHON = languages.client('python')


class Cases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls._folder = tempfile.TemporaryDirectory(prefix='ciao-programs-test-')
        cls.keys = certificates.Certificates(cls._folder.name)

    @classmethod
    def tearDownClass(cls):
        processes.stop_all()
        cls._folder.cleanup()

    def problem(self, action, *arguments, libssl=PLAIN):
        return run.play(Case('test', action, arguments), self.keys, (PLAIN, libssl), False)

    def fails(self, words, action, *arguments, **options):
        problem = self.problem(action, *arguments, **options)
        self.assertIsNotNone(problem, 'the case passed')
        self.assertIn(words, problem)

    def test_the_same_passes(self):
        self.assertIsNone(self.problem(asking.pages, PYTHON, '1.3'))

    def test_another_library_is_seen(self):
        self.fails('not /nowhere', asking.pages, PYTHON, '1.3', libssl=ELSEWHERE)

    def test_a_servers_other_library_is_seen(self):
        self.fails('not /nowhere', serving.pages, languages.server('python'), '1.3',
                   libssl=ELSEWHERE)

    def test_a_case_that_sees_nothing_fails(self):
        self.fails('saw nothing', lambda stage: {})

    def test_a_difference_is_seen(self):
        numbers = iter((1, 2))
        self.fails('number: 2 on ciao, 1', lambda stage: {'number': next(numbers)})

    def test_a_fact_that_one_has_not_seen_is_a_difference(self):
        self.assertEqual(len(compare({'ending': 'reset'}, {})), 1)

    def test_a_client_that_does_not_resume_is_seen(self):
        php = languages.client('php')
        if not pathlib.Path(php.program()).exists():
            self.skipTest('php is not installed: tools/setup programs')
        self.fails('resumption is [False, False, False]', asking.resumption, php, '1.3')

    def test_a_client_that_believes_everybody_is_seen(self):
        def command(stage, wish):
            return PYTHON.command(stage, dataclasses.replace(wish, trust='ca'))
        self.fails('exit code being 0', asking.refused,
                   dataclasses.replace(PYTHON, command=command), 'foreign authority')

    def test_a_wrong_page_is_seen(self):
        self.fails('the SHA-256', asking.pages,
                   dataclasses.replace(PYTHON, took=lambda output: bytes(output) + b'x'), '1.3')

    def test_how_a_connection_ended_is_told_apart(self):
        with tempfile.TemporaryDirectory() as folder:
            stage = Stage(self.keys, folder, PLAIN)
            try:
                seen = {path: self._ending(stage, path)
                        for path in ('/to-the-end', '/cut', '/reset')}
            finally:
                stage.close()
        self.assertEqual(seen, {'/to-the-end': 'close_notify', '/cut': 'end of file',
                                '/reset': 'reset'})

    def _ending(self, stage, path):
        server = asking.opened(stage)
        server.prove = lambda: None
        return peers.fetch(server.port, peers.client_context(self.keys), path)[0]['ending']

    def test_a_clients_other_library_is_seen_at_the_gate(self):
        self.fails('not /nowhere', self._through_a_gate, libssl=ELSEWHERE)

    def test_a_gate_that_nobody_comes_to_fails(self):
        with gate.Gate(1) as entrance, self.assertRaisesRegex(processes.Failure, 'no client'):
            entrance.check()

    def test_a_gate_cuts(self):
        for how, wanted in (('fin', 'end of file'), ('reset', 'reset')):
            with tempfile.TemporaryDirectory() as folder:
                stage = Stage(self.keys, folder, PLAIN)
                try:
                    server = asking.opened(stage)
                    server.prove = lambda: None
                    entrance = stage.enter(gate.Gate(server.port, cut=100_000, how=how))
                    entrance.prove = lambda: None
                    context = peers.client_context(self.keys)
                    seen, body, _ = peers.fetch(entrance.port, context, '/large')
                finally:
                    stage.close()
            self.assertEqual(seen['ending'], wanted)
            self.assertLess(len(body), 100_000)

    def _through_a_gate(self, stage):
        server = asking.opened(stage)
        server.prove = lambda: None
        entrance = stage.enter(gate.Gate(server.port))
        code, body, _ = asking.ask(stage, PYTHON, entrance, asking.Wish(entrance.port))
        return {'code': code, 'body': peers.digest(body)}

    def test_through_a_gate(self):
        self.assertIsNone(self.problem(self._through_a_gate))

    def test_of_long_lists_what_the_other_has_not_is_told(self):
        self.assertEqual(compare({'lines': ['a', 'b']}, {'lines': ['a', 'c']}),
                         ["lines: ['c'] on ciao, ['b'] on the system's"])

    def test_names_are_not_used_twice(self):
        names = [case.name for case in table.cases()]
        self.assertEqual(len(names), len(set(names)))


if __name__ == '__main__':
    processes.stop_all_at_exit()
    unittest.main()
