#!/usr/bin/python3
"""Tests of run.py: that it sees what it has to see.

With CLOSING_RUNNER set to closing_runner's path, a copy of the system's libssl also stands in for
ciao's: exactly the rows of D1-D13 have to be different then.
"""

import copy
import os
import shutil
import subprocess
import tempfile
import unittest

import run


def case(name="B1/1.3/client", difference="", own=None, **fields):
    steps = [{"step": "hs", "fields": {"ret": "1"}}, {"step": "S", "fields": dict(fields)}]
    return {"case": name, "script": "hs S", "difference": difference, "failure": "", "steps": steps,
            "own": own or [{}, {}]}


class Comparison(unittest.TestCase):
    def setUp(self):
        self.oracle = case(ret="0", fl="S")

    def problems(self, seen):
        return run.case_problems(seen, self.oracle)

    def test_equal_is_no_problem(self):
        self.assertEqual(self.problems(case(ret="0", fl="S")), [])

    def test_another_value_is_seen(self):
        self.assertEqual(len(self.problems(case(ret="1", fl="S"))), 1)

    def test_a_field_too_few_or_too_many_is_seen(self):
        self.assertEqual(len(self.problems(case(ret="0"))), 1)
        self.assertEqual(len(self.problems(case(ret="0", fl="S", signal="11"))), 1)

    def test_an_earlier_step_counts(self):
        seen = case(ret="0", fl="S")
        seen["steps"][0]["fields"]["ret"] = "0"
        self.assertEqual(len(self.problems(seen)), 1)

    def test_a_missing_step_is_seen(self):
        seen = case(ret="0", fl="S")
        seen["steps"].pop()
        self.assertEqual(len(self.problems(seen)), 1)

    def test_a_row_that_gave_up_is_different(self):
        seen = case(ret="0", fl="S")
        seen["failure"] = "the handshake did not finish"
        self.assertEqual(len(self.problems(seen)), 1)

    def test_written_fields_replace_the_oracle_s_and_no_others(self):
        own = [{}, {"ret": "1"}]
        self.assertEqual(self.problems(case(own=own, difference="D4", ret="1", fl="S")), [])
        self.assertEqual(len(self.problems(case(own=own, difference="D4", ret="0", fl="S"))), 1)
        self.assertEqual(len(self.problems(case(own=own, difference="D4", ret="1", fl="R"))), 1)

    def test_an_open_field_may_be_anything(self):
        own = [{}, {"fl": run.OPEN}]
        self.assertEqual(self.problems(case(own=own, ret="0", fl="R")), [])

    def test_cases_are_counted(self):
        oracle = {"cases": [case("a", ret="0"), case("b", ret="0"), case("c", "D1", ret="0"),
                            case("d", ret="0")]}
        ciao = copy.deepcopy(oracle)
        ciao["cases"][1]["steps"][1]["fields"]["ret"] = "1"
        ciao["cases"].pop()
        same, as_written, different, skipped = run.compare(ciao, oracle)
        self.assertEqual((same, as_written, list(different), skipped), (1, 1, ["b: hs S"], ["d"]))


@unittest.skipUnless("CLOSING_RUNNER" in os.environ, "needs CLOSING_RUNNER")
class SystemLibraryInTheirPlace(unittest.TestCase):
    def test_exactly_the_rows_of_d1_to_d13_are_different(self):
        runner = os.environ["CLOSING_RUNNER"]
        options = ["--version", "1.3", "--version", "1.2"]
        oracle, status, _ = run.run_rows(runner, options)
        self.assertEqual(status, 0)
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(oracle["library"], os.path.join(folder, "libssl.so.3"))
            stand_in, status, _ = run.run_rows(runner, options, folder)
        self.assertEqual(status, 1)
        self.assertNotEqual(stand_in["library"], oracle["library"])
        _, as_written, different, skipped = run.compare(stand_in, oracle)
        deliberate = {f"{c['case']}: {c['script']}" for c in oracle["cases"] if c["difference"]}
        self.assertEqual(set(different), deliberate)
        self.assertEqual((as_written, skipped), (0, []))

    def test_every_difference_has_a_row(self):
        listing = subprocess.run([os.environ["CLOSING_RUNNER"], "--list", "--version", "1.2",
                                  "--version", "1.3"], text=True, capture_output=True, check=True)
        found = {line.split("\t")[1] for line in listing.stdout.splitlines() if "\t" in line}
        self.assertEqual(found - {""}, {f"D{i}" for i in range(1, 14)})


if __name__ == "__main__":
    unittest.main()
