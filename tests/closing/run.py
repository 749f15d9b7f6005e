#!/usr/bin/python3
"""Runs the closing rows on the system's libssl (the oracle) and on ciao's, and compares them.

Every observation of every step on ciao has to equal what the oracle gave in this very run, except
in the rows of D1-D13: there the fields that are written down for ciao have to be as written, and
all others as the oracle's. The oracle itself has to reproduce the document, or nothing is compared.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

OPEN = "~"  # a field the document leaves open for ciao


def run_rows(runner, options, library_dir=None):
    """The runner's report on the libssl of `library_dir` (None: the system's), its exit status and
    what it printed."""
    environment = dict(os.environ)
    environment.pop("LD_LIBRARY_PATH", None)
    command = [runner, "--library-is", "ciao" if library_dir else "openssl"]
    if library_dir:
        environment["LD_LIBRARY_PATH"] = library_dir
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "report.json")
        command += ["--json", path] + options
        done = subprocess.run(command, env=environment, text=True, capture_output=True)
        if not os.path.exists(path):
            sys.exit(f"run.py: no report from {' '.join(command)}:\n{done.stdout}{done.stderr}")
        with open(path, encoding="utf-8") as file:
            return json.load(file), done.returncode, done.stdout


# What the cipher of a TLS 1.2 record leaves in the queue below libssl's reason when a record does
# not open. The document names libssl's reason alone.
PROVIDER_ENTRY = "lib57:102+"


def step_problems(number, step, oracle, own):
    """What is wrong with one step on ciao: `own` are the fields written down for it."""
    problems = []
    seen, there = (dict(fields) for fields in (step["fields"], oracle["fields"]))
    for fields in (seen, there):
        if "why" in fields:
            fields["why"] = fields["why"].removeprefix(PROVIDER_ENTRY)
    for name in sorted(set(seen) | set(there) | set(own)):
        if own.get(name) == OPEN:
            continue
        expected = own.get(name, there.get(name, "(absent)"))
        actual = seen.get(name, "(absent)")
        if actual != expected:
            source = "written" if name in own else "oracle"
            where = f"step {number} {step['step']}"
            problems.append(f"{where}: {name} is {actual}, {source} {expected}")
    return problems


def case_problems(case, oracle):
    """What is wrong with a case on ciao, as lines; none when it is as it should be."""
    if case["failure"]:
        return [f"could not be carried out: {case['failure']}"]
    steps, there = case["steps"], oracle["steps"]
    if len(steps) != len(there):
        last = steps[-1] if steps else "nothing"
        return [f"{len(steps)} steps, the oracle {len(there)}; the last was {last}"]
    problems = []
    for i, (step, other) in enumerate(zip(steps, there)):
        problems += step_problems(i + 1, step, other, case["own"][i])
    return problems


def compare(ciao, oracle):
    """Sorts ciao's cases: (as the oracle, as D1-D13, {case: problems}, [not run])."""
    seen = {case["case"]: case for case in ciao["cases"]}
    same, as_written, different, skipped = 0, 0, {}, []
    for other in oracle["cases"]:
        name = other["case"]
        if name not in seen:
            skipped.append(name)
            continue
        problems = case_problems(seen[name], other)
        if problems:
            different[f"{name}: {other['script']}"] = problems
        elif other["difference"]:
            as_written += 1
        else:
            same += 1
    return same, as_written, different, skipped


def report(ciao, oracle, quiet=False):
    """Prints the comparison; true when nothing is different or missing."""
    same, as_written, different, skipped = compare(ciao, oracle)
    if not quiet:
        for name, problems in different.items():
            print(f"DIFFERENT: {name}")
            for problem in problems:
                print(f"    {problem}")
        for name in skipped:
            print(f"SKIPPED: {name}")
    rows = same + as_written + len(different)
    print(f"closing: {rows} rows run, {same} as the oracle, {as_written} as D1-D13, "
          f"{len(different)} different, {len(skipped)} skipped")
    return rows > 0 and not different and not skipped


def name_inapplicable(runner):
    listing = subprocess.run([runner, "--list"], text=True, capture_output=True, check=True)
    for line in listing.stdout.splitlines():
        if line.startswith("not applicable"):
            print(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runner", required=True, help="closing_runner")
    parser.add_argument("--library", help="folder of ciao's libssl.so.3; without it: the oracle")
    parser.add_argument("--version", action="append", choices=["1.2", "1.3"],
                        help="may be repeated; without it: both")
    parser.add_argument("--row", action="append", help="only this row; may be repeated")
    parser.add_argument("--json", help="write ciao's observations to this file")
    arguments = parser.parse_args()
    options = []
    for version in arguments.version or ["1.2", "1.3"]:
        options += ["--version", version]
    for row in arguments.row or []:
        options += ["--row", row]

    if arguments.version != ["1.2"]:
        name_inapplicable(arguments.runner)
    oracle, status, text = run_rows(arguments.runner, options)
    print(f"oracle: {oracle['library']}")
    if status != 0:
        print(text, end="")
        print("closing: the oracle does not reproduce the document; nothing was compared")
        return 1
    print(text.splitlines()[-1])
    if not arguments.library:
        return 0

    if not os.path.exists(os.path.join(arguments.library, "libssl.so.3")):
        print(f"closing: there is no libssl.so.3 in {arguments.library}")
        return 1
    ciao, _, _ = run_rows(arguments.runner, options, arguments.library)
    print(f"ciao: {ciao['library']}")
    if ciao["library"] == oracle["library"]:
        print("closing: the same library was loaded twice; nothing was compared")
        return 1
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(ciao, file, indent=1)
    return 0 if report(ciao, oracle) else 1


if __name__ == "__main__":
    sys.exit(main())
