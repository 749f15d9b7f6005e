#!/usr/bin/python3
"""That run.py finds what is missing: names, versions, and names that another library answers for.
"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import run  # noqa: E402

NODE = 'OPENSSL_3.0.0'
LISTING = f'''                 U SSL_new@{NODE}
                 w SSL_free@{NODE}
                 U SSL_read
                 U malloc@GLIBC_2.2.5
'''


class Lookups(unittest.TestCase):
    def setUp(self):
        self.system = run.Loaded(run.library.system().path)

    def lost(self, **names):
        return run.missing(self.system, [run.Needs('file', names)])

    def test_imports_are_read_with_their_versions(self):
        known = dict.fromkeys(('SSL_new', 'SSL_free', 'SSL_read', 'SSL_write'), NODE)
        self.assertEqual(run.imports(LISTING, known),
                         {'SSL_new': NODE, 'SSL_free': NODE, 'SSL_read': None})

    def test_what_is_there_is_found(self):
        self.assertEqual(self.lost(SSL_new=NODE, SSL_free=None), [])

    def test_a_function_that_is_not_there_is_missing(self):
        self.assertEqual(self.lost(SSL_new=NODE, SSL_newer=NODE), [f'file: SSL_newer@{NODE}'])

    def test_a_function_under_another_version_is_missing(self):
        self.assertEqual(self.lost(SSL_new='OPENSSL_3.9.0'), ['file: SSL_new@OPENSSL_3.9.0'])

    def test_a_function_of_a_library_below_is_not_this_ones(self):
        # dlsym looks into libcrypto, too.
        self.assertEqual(self.lost(EVP_sha256=None), ['file: EVP_sha256'])

    def test_the_list_names_each_package_once(self):
        names = run.names_of_packages()
        self.assertEqual(len(names), 123)
        self.assertEqual(len(set(names)), len(names))


if __name__ == '__main__':
    unittest.main()
