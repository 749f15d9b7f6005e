#!/usr/bin/python3
"""The cases see what is wrong: each of these is a case with one wrong expectation, or a part of the
machinery that is given something wrong. Everything runs on the system's libssl."""

import dataclasses
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
import payload  # noqa: E402
import play  # noqa: E402
from harness import certificates, library, processes, recorder, tls12, web  # noqa: E402
from peers import own  # noqa: E402
from peers.base import P256, X448, Side  # noqa: E402
from peers.openssl import OpenSsl  # noqa: E402
from peers.own import Python  # noqa: E402
from play import Case  # noqa: E402

PLAIN = library.system()
CBC12 = 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256'
ELSEWHERE = library.Library('elsewhere', (), '/nowhere/libssl.so.3')


class Newer(OpenSsl):
    """Speaks TLS 1.3 whatever it is told."""

    def client(self, side, place, resume):
        return super().client(dataclasses.replace(side, version='1.3'), place, resume)


class WithFolder(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls._folder = tempfile.TemporaryDirectory(prefix='ciao-interop-test-')
        cls.folder = pathlib.Path(cls._folder.name)
        cls.keys = certificates.Certificates(cls.folder)

    @classmethod
    def tearDownClass(cls):
        processes.stop_all()
        cls._folder.cleanup()


class CaseTest(WithFolder):
    def play(self, client=None, server=None, client_side=None, **expected):
        server_side = expected.pop('server_side', Side(key='ecdsa'))
        case = Case('test', client or OpenSsl(PLAIN), server or OpenSsl(PLAIN),
                    client_side or Side(), server_side, **expected)
        return play.play(case, self.keys)

    def fails(self, word, **given):
        problem = self.play(**given)
        self.assertIsNotNone(problem, 'the case passed')
        self.assertIn(word, problem)

    def test_right_expectations_pass(self):
        self.assertIsNone(self.play(client_side=Side(groups=(P256,)), wire={'group': P256}))

    def test_wrong_group(self):
        self.fails('group on the wire', client_side=Side(groups=(P256,)), wire={'group': X448})

    def test_wrong_suite(self):
        self.fails('suite on the wire', wire={'suite': 'TLS_AES_128_CCM_SHA256'})

    def test_retry_that_does_not_come(self):
        self.fails('retry on the wire', wire={'retry': True})

    def test_session_that_is_not_resumed(self):
        class Forgetful(OpenSsl):
            def client(self, side, place, resume):
                if resume:
                    super().client(side, place, False).close_input()
                return super().client(side, place, False)
        self.fails('resumed on the wire', client=Forgetful(PLAIN), resume=True)

    def play12(self, client_more=None, server_more=None, **expected):
        common = {'version': '1.2', 'suites': (CBC12,)}
        return self.play(client_side=Side(**common, **(client_more or {})),
                         server_side=Side(key='ecdsa', **common, **(server_more or {})),
                         **expected)

    def fails12(self, word, **given):
        problem = self.play12(**given)
        self.assertIsNotNone(problem, 'the case passed')
        self.assertIn(word, problem)

    def test_right_expectations_of_tls_1_2_pass(self):
        self.assertIsNone(self.play12(resume=True, wire={
            'suite': CBC12, 'resumed_by': 'ticket', 'encrypt_then_mac': True}))
        self.assertIsNone(self.play12(server_more={'tickets': False}, resume=True,
                                      wire={'resumed_by': 'id'}))
        self.assertIsNone(self.play12({'renegotiate': True}, {'renegotiate': True},
                                      renegotiate='client'))

    def test_other_version(self):
        self.fails('version on the wire', client_side=Side(version='1.2'),
                   client=Newer(PLAIN))

    def test_session_that_is_resumed_in_another_way(self):
        self.fails12('resumed_by on the wire', resume=True, wire={'resumed_by': 'id'})
        self.fails12('resumed_by on the wire', server_more={'tickets': False}, resume=True,
                     wire={'resumed_by': 'ticket'})

    def test_mac_that_comes_first(self):
        self.fails12('encrypt_then_mac on the wire', server_more={'encrypt_then_mac': False},
                     wire={'encrypt_then_mac': True})

    def test_client_that_proves_nothing(self):
        self.fails12('client_proved on the wire', wire={'client_proved': True})

    def test_second_handshake_that_does_not_come(self):
        class Lazy(OpenSsl):
            def ask_renegotiation(self, process, client):
                pass
        self.fails12('the number of handshakes', client=Lazy(PLAIN), renegotiate='client')

    def test_second_handshake_that_is_refused(self):
        # OpenSSL's server refuses one that the client starts, unless it was told to allow it.
        self.assertIsNotNone(self.play12(renegotiate='client'))

    def early(self, server, **expected):
        return {'client_side': Side(early='send'), 'server_side': Side(key='ecdsa', early=server),
                'resume': True, **expected}

    def test_right_expectations_of_early_data_pass(self):
        self.assertIsNone(self.play(**self.early('take', early='accepted',
                                                 wire={'early_data': True})))
        self.assertIsNone(self.play(**self.early('offer', early='rejected')))

    def test_early_data_that_meets_another_fate(self):
        self.fails('early, says the client,', **self.early('offer', early='accepted'))
        self.fails('early, says the client,', **self.early('take', early='rejected'))

    def test_early_data_that_nobody_sends(self):
        self.fails('early_data on the wire', resume=True, wire={'early_data': True})

    def test_early_data_that_comes_late(self):
        class Late(OpenSsl):
            def client(self, side, place, resume):
                process = super().client(side, place, resume)
                process.send(place.early.read_bytes())
                return process

            def _start(self, command, echo=None):
                at = command.index('-early_data') if '-sess_in' in command else len(command)
                return super()._start(command[:at], echo)
        self.fails('early data', client=Late(PLAIN), **self.early('take', early='accepted'))

    def test_session_of_tls_1_3_that_is_kept_elsewhere(self):
        self.assertIsNone(self.play(server_side=Side(key='ecdsa', tickets=False), resume=True,
                                    wire={'resumed_by': 'id'}))
        self.fails('resumed_by on the wire', resume=True, wire={'resumed_by': 'id'})

    def test_group_of_dhe(self):
        suite = {'version': '1.2', 'suites': ('TLS_DHE_RSA_WITH_AES_128_GCM_SHA256',)}
        sides = {'client_side': Side(**suite), 'wire': {'group': 'ffdhe3072'}}
        self.assertIsNone(self.play(
            server_side=Side(key='rsa', groups=('ffdhe3072',), **suite), **sides))
        self.fails('group on the wire', server_side=Side(key='rsa', **suite), **sides)

    def test_protocol_that_was_not_chosen(self):
        self.fails('alpn, says the client', client_side=Side(alpn=('ciao',)),
                   server_side=Side(key='ecdsa', alpn=('ciao',)), said={'alpn': 'other'})
        self.fails('alpn, says the client', said={'alpn': 'ciao'})

    def test_client_name(self):
        self.fails('client_name, says the server', client_side=Side(key='ecdsa-client'),
                   server_side=Side(key='ecdsa', demand=True), said={'client_name': 'another'})

    def test_refusal_that_does_not_come(self):
        self.fails('should have written', refused_by='client', why='wrong-ca')

    def test_refusal_for_another_reason(self):
        self.fails('should have written', client_side=Side(trust='other-ca'),
                   refused_by='client', why='expired')

    def test_alert_that_is_another(self):
        self.fails('should have written', client_side=Side(trust='other-ca'), refused_by='client',
                   why='wrong-ca', alerts=('certificate_expired',))

    def test_other_library(self):
        class Claims(OpenSsl):
            def prove(self, process):
                processes.prove(process, ELSEWHERE, '/usr/bin/openssl', timeout=1)
        self.fails('/nowhere/libssl.so.3', client=Claims(PLAIN))
        self.fails('/nowhere/libssl.so.3', server=Claims(PLAIN))

    def test_data_that_changes(self):
        class Liar(OpenSsl):
            def server(self, side, place, connections):
                process = super().server(side, place, connections)
                echo = process._echo
                process._echo = lambda data: echo(data).replace(b'77', b'78')
                return process
        self.fails('what came back', server=Liar(PLAIN))

    def test_close_that_is_missing(self):
        class Rude(Python):
            def client(self, side, place, resume):
                command = ['/usr/bin/python3', '-u', HERE / 'python/blocking_peer.py', 'client',
                           '--port', place.port, *self._words(side, place)]
                code = ('import runpy, sys, os; sys.argv = sys.argv[1:]; '
                        'sys.path.insert(0, os.path.dirname(sys.argv[0])); '
                        'peer = runpy.run_path(sys.argv[0]); '
                        'peer["client"].__globals__["say_goodbye"] = lambda connection: None; '
                        'peer["main"]()')
                return processes.Process([command[0], '-u', '-c', code, *command[2:]])
        self.fails('close_notify', client=Rude(PLAIN), server=Python(PLAIN))


class PartTest(WithFolder):
    def test_prove_wants_the_program_itself(self):
        process = processes.Process(['/bin/sleep', '30'])
        self.addCleanup(process.stop)
        with self.assertRaisesRegex(processes.Failure, 'not /usr/bin/openssl'):
            processes.prove(process, library.NONE, '/usr/bin/openssl', timeout=0.3)
        processes.prove(process, library.NONE, '/bin/sleep')

    def test_prove_wants_exactly_one_library(self):
        process = processes.Process(['/usr/bin/openssl', 'dgst'])
        self.addCleanup(process.stop)
        processes.prove(process, PLAIN)
        with self.assertRaisesRegex(processes.Failure, 'not none'):
            processes.prove(process, library.NONE, timeout=0.3)

    def test_deleted_library_is_another(self):
        found = library.LIBSSL.search('7f00-7f01 r-xp 0 00:00 1   /a/libssl.so.3 (deleted)')
        self.assertEqual(found.group(1), '/a/libssl.so.3')

    def test_peer_that_cannot_be_built(self):
        with self.assertRaisesRegex(processes.Failure, 'no-such'):
            own.build(['/usr/bin/gcc', '/no-such.c'])

    def test_nothing_is_left_running(self):
        process = processes.Process(['/bin/sh', '-c', 'sleep 300 & sleep 300'])
        group = process.pid
        process.stop()
        # /proc/PID/stat after the name: state, parent, process group. A zombie has ended.
        states = [path.read_text().rpartition(')')[2].split()[:3]
                  for path in pathlib.Path('/proc').glob('[0-9]*/stat')]
        left = [state for state, _, of in states if of == str(group) and state not in 'ZX']
        self.assertEqual(left, [])

    def test_curl_that_fails_says_so(self):
        got = web.curl(PLAIN, ['https://127.0.0.1:1/'], [self.folder / 'none'])
        self.assertEqual(got.code, 7)

    def test_driver_counts_failures(self):
        done = subprocess.run([HERE / 'run.py', '--group', 'openssl', '--only', 'no-such-case'],
                              text=True, capture_output=True, check=False)
        self.assertNotEqual(done.returncode, 0)


class PayloadTest(unittest.TestCase):
    def test_messages_are_taken_out(self):
        sent = payload.make(2000, 'test')
        half = len(sent) // 2
        written = (b'depth=1 CN = 12\n' + sent[:half] + b'read R BLOCK\n' + sent[half:half + 3] +
                   b'    Start Time: 1795\n\n---\n' + sent[half + 3:] + b'closed\n')
        self.assertEqual(payload.found_in(written, sent), payload.bare(sent))

    def test_change_is_seen(self):
        sent = payload.make(2000, 'test')
        for changed in (sent[:-2], sent + b'1\n', sent[:900] + sent[901:], sent[:900] + b'=' +
                        sent[901:]):
            self.assertNotEqual(payload.found_in(changed, sent), payload.bare(sent))

    def test_echo_passes_payload_only(self):
        echo, sent = payload.Echo(), payload.make(500, 'test')
        pem = b'-----BEGIN X-----\n12AB=\n345\n-----END X-----\n'
        written = b'90 begins\n' + pem + sent[:100] + b'Read BLOCK\n' + pem + sent[100:]
        back = b''.join(echo(written[at:at + 7]) for at in range(0, len(written), 7))
        self.assertEqual(payload.bare(back), payload.bare(sent))


class SuitesTest(unittest.TestCase):
    def test_names_are_those_of_openssl(self):
        listed = subprocess.run(['/usr/bin/openssl', 'ciphers', '-stdname', 'ALL:@SECLEVEL=0'],
                                text=True, capture_output=True, check=True).stdout
        theirs = {words[0]: words[2] for words in map(str.split, listed.splitlines())}
        # RFC 6655 has two names that OpenSSL turns around; their numbers show that they are meant.
        theirs |= {name.replace('DHE_PSK', 'PSK_DHE'): short for name, short in theirs.items()}
        for name in tls12.SUITES.values():
            self.assertEqual(tls12.openssl_name(name), theirs[name])

    def test_parts(self):
        self.assertEqual(tls12.split('TLS_PSK_DHE_WITH_AES_128_CCM_8'),
                         ('DHE_PSK', 'AES_128_CCM_8', ''))
        self.assertEqual(tls12.of(('PSK',), 'AES_128_CBC_SHA'), ('TLS_PSK_WITH_AES_128_CBC_SHA',))


class RecorderTest(unittest.TestCase):
    def test_sizes_of_alerts(self):
        side = recorder.Direction()
        side.take(b'\x17\x03\x03\x00\x13' + bytes(19))
        self.assertTrue(side.said_goodbye())
        side.take(b'\x17\x03\x03\x00\x20' + bytes(32))
        self.assertFalse(side.said_goodbye())
        self.assertFalse(recorder.Direction().said_goodbye())

    def test_goodbye_of_tls_1_2_is_a_sealed_alert(self):
        side = recorder.Direction()
        side.take(b'\x15\x03\x03\x00\x02\x01\x00')
        self.assertFalse(side.said_goodbye(version=recorder.TLS_1_2))
        side.take(b'\x14\x03\x03\x00\x01\x01' + b'\x15\x03\x03\x00\x1a' + bytes(26))
        self.assertTrue(side.said_goodbye(version=recorder.TLS_1_2))
        side.take(b'\x17\x03\x03\x00\x1a' + bytes(26))
        self.assertFalse(side.said_goodbye(version=recorder.TLS_1_2))

    def test_hello_after_early_data_is_seen(self):
        side = recorder.Direction()
        hello = b'\x01\x00\x00\x02ab'
        record = b'\x16\x03\x03\x00\x06' + hello
        sealed = b'\x17\x03\x03\x00\x18' + bytes(24)
        side.take(record + sealed + record)
        self.assertEqual(len(side.hellos(recorder.CLIENT_HELLO)), 2)
        side.take(b'\x16\x03\x03\x00\x06\x01\x00\x00\x03ab')
        self.assertEqual(len(side.hellos(recorder.CLIENT_HELLO)), 2)

    def test_half_a_record_is_no_goodbye(self):
        side = recorder.Direction()
        side.take(b'\x17\x03\x03\x00\x13' + bytes(19) + b'\x17\x03')
        self.assertFalse(side.said_goodbye())


if __name__ == '__main__':
    processes.stop_all_at_exit()
    unittest.main()
