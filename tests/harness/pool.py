"""Cases played side by side, and a line about each."""

import concurrent.futures
import time


def play_all(cases, jobs, play):
    """Plays each case, which has a name: play(case) gives None, or what is wrong. Says how many
    failed."""
    def timed(case):
        started = time.monotonic()
        return case, play(case), time.monotonic() - started

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for case, problem, seconds in pool.map(timed, cases):
            print(f'{"FAILED" if problem else "ok    "} {case.name} ({seconds:.2f} s)', flush=True)
            if problem:
                failed += 1
                print('    ' + problem.replace('\n', '\n    '), flush=True)
    return failed
