# SPDX-License-Identifier: Apache-2.0
"""Runs programs from a small process of its own, so that what they cost can be told.

The peak memory of a process counts what it had before it became the program. A test that holds
images of 64 MiB would be counted along; this one stays small. Reads a JSON object a line:
{"argv": […], "out": FILE}, and answers {"status", "cpu" in seconds, "rss" in MiB}.
"""
import json
import os
import resource
import subprocess
import sys

CPU_MAX = 30
# Filling what was allocated touches pages that the program itself never would.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "MALLOC_PERTURB_"}


class Runner:
    def __init__(self):
        self.child = subprocess.Popen([sys.executable, os.path.abspath(__file__)], text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run(self, argv, out=os.devnull):
        self.child.stdin.write(json.dumps({"argv": argv, "out": out}) + "\n")
        self.child.stdin.flush()
        return json.loads(self.child.stdout.readline())

    def close(self):
        self.child.stdin.close()
        self.child.wait()


def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_MAX, CPU_MAX))


def serve():
    for line in sys.stdin:
        want = json.loads(line)
        with open(want["out"], "wb") as out:
            child = subprocess.Popen(want["argv"], stdin=subprocess.DEVNULL, stdout=out,
                                     stderr=subprocess.STDOUT, preexec_fn=limit, env=ENVIRONMENT)
            _, status, used = os.wait4(child.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        print(json.dumps({"status": code, "cpu": used.ru_utime + used.ru_stime,
                          "rss": used.ru_maxrss / 1024}), flush=True)


if __name__ == "__main__":
    serve()
