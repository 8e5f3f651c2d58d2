"""Kinds of faults side by side."""

import concurrent.futures
import subprocess
import sys


class Parts:
    """Kinds of faults that go side by side, each in a process of its own."""

    def __init__(self, options):
        self.options, self.processes = options, []

    def run(self, faults):
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            waiting = [pool.submit(self.part, fault.name) for fault in faults]
            try:
                return [part.result() for part in waiting]
            except KeyboardInterrupt:
                pool.shutdown(wait=False, cancel_futures=True)
                for process in self.processes:
                    process.terminate()
                raise

    def part(self, name):
        words = [sys.executable, *sys.argv, "--only", name, "--jobs", "1", "--xunit", ""]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.processes.append(process)
        said = process.communicate()[0]
        print("".join(line for line in said.splitlines(True) if not line.startswith("seed ")), end="", flush=True)
        return None if "not run:" in said else process.returncode == 0
