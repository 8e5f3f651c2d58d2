#!/usr/bin/env python3
"""Lets faults loose on a daemon and checks after each that nothing was lost, doubled, torn or changed.

usage: Tests/Crash/crash.py [--nudged .build/release/nudged] [--only kill,power] [--cycles N] [--seed S] [--ci] [--naive]

Prints one line a kind of fault; exits 1 if anything was violated. docs/reliability.md tells what each fault does.
"""

import argparse
import concurrent.futures
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))

import machine as machines
import place
import receiver
from faults import FAULTS

TOLD = 5
# So many rounds that could not be brought to their end are enough.
BROKEN_ROUNDS = 10


class Run:
    """The cycles of one fault."""

    def __init__(self, fault, options):
        self.fault, self.options = fault, options
        self.cycles, self.strikes, self.violations, self.notes = 0, 0, [], {}
        self.slowest_start = self.slowest_pick_up = 0.0
        self.broken = 0

    def run(self, wanted):
        began, round_number = time.monotonic(), self.options.first_round
        while self.cycles < wanted and self.broken < BROKEN_ROUNDS:
            self.round(round_number, min(self.fault.cycles_a_round, wanted - self.cycles))
            round_number += 1
            if self.options.verbose:
                print(f"  {self.fault.name} {self.cycles}/{wanted}, {len(self.violations)} violations, "
                      f"{time.monotonic() - began:.0f} s", flush=True)
        self.seconds = time.monotonic() - began

    def round(self, number, cycles):
        """Some cycles in a folder of their own."""
        chance = random.Random(f"{self.options.seed}/{self.fault.name}/{number}")
        scratch = tempfile.mkdtemp(prefix=f"crash-{self.fault.name}-", dir=self.options.scratch)
        stage, told = None, len(self.violations)
        self.fault.place = number
        try:
            folder = self.fault.machine.folder(self.fault, scratch)
            stage = self.fault.prepare(self.options, folder, os.path.join(scratch, "aside"), chance)
            for cycle in range(cycles):
                self.cycle(stage, chance, f"round {number} cycle {cycle}")
                self.cycles += 1
            self.fault.finish(stage)
            self.note(stage, f"round {number} end")
        except Exception as error:
            self.broken += 1
            if stage:
                self.note(stage, f"round {number}")
            self.violations.append(f"round {number}: {type(error).__name__}: {error}")
            if not isinstance(error, (place.NotReady, OSError)) or self.options.verbose:
                traceback.print_exc()
        finally:
            if stage:
                stage.close()
            self.fault.machine.release(self.fault, scratch)
            if self.options.keep and len(self.violations) > told:
                print(f"  kept: {scratch}", flush=True)
            else:
                shutil.rmtree(scratch, ignore_errors=True)

    def cycle(self, stage, chance, name):
        struck = self.fault.strike(stage, chance)
        self.strikes += struck or 0
        self.fault.recover(stage, struck)
        self.note(stage, name)

    def note(self, stage, name):
        """Takes over what the judge has found."""
        found, stage.judge.violations = stage.judge.violations, []
        name = f"{name} ({stage.what})" if hasattr(stage, "what") else name
        self.violations += [f"{name}: {violation}" for violation in found]
        for violation in found if self.options.verbose else []:
            print(f"  {name}: {violation}", flush=True)
        self.slowest_start = max(self.slowest_start, stage.judge.slowest_start)
        self.slowest_pick_up = max(self.slowest_pick_up, stage.judge.slowest_pick_up)
        for key, count in getattr(stage, "counts", {}).items():
            self.notes[key] = self.notes.get(key, 0) + count
        if hasattr(stage, "counts"):
            stage.counts.clear()

    @property
    def line(self):
        notes = "".join(f", {count} {key}" for key, count in sorted(self.notes.items()))
        return (f"{self.cycles:6} cycles {self.seconds:8.1f} s {len(self.violations):5} violations  "
                f"slowest start {self.slowest_start * 1000:.0f} ms, pick-up {self.slowest_pick_up * 1000:.0f} ms{notes}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--nudged", default=str(ROOT / ".build/release/nudged"), help="the program")
    parser.add_argument("--only", default="", help="kinds of faults, with commas")
    parser.add_argument("--cycles", type=int, help="how many of each; without it what quality.md asks of one on demand")
    parser.add_argument("--seed", default="1", help="of everything that chance decides")
    parser.add_argument("--first-round", type=int, default=0, help="where to begin; a round is told with each violation")
    parser.add_argument("--ci", action="store_true", help="as many cycles as continuous integration has time for")
    parser.add_argument("--slack", type=float, default=1.0, help="multiplies the limits of time, for a debug build")
    parser.add_argument("--scratch", default=tempfile.gettempdir(), help="where folders are made")
    parser.add_argument("--jobs", type=int, default=1, help="how many kinds of faults go side by side")
    parser.add_argument("--xunit", help="write how many checks there were to this file")
    parser.add_argument("--naive", action="store_true", help="the naive outbox instead of nudged: must fail")
    parser.add_argument("--keep", action="store_true", help="keep the folders of rounds with a violation")
    parser.add_argument("--verbose", "-v", action="store_true", help="tell each round and violation as it comes")
    return parser.parse_args()


def wanted_cycles(fault, options):
    """How many cycles; a fault that strikes at each call first learns how many there are."""
    usual = fault.cycles["ci" if options.ci else "demand"]
    if hasattr(fault, "learn"):
        with tempfile.TemporaryDirectory(dir=options.scratch, ignore_cleanup_errors=True) as scratch:
            found = fault.learn(options, scratch)
        if (options.cycles or usual or found) < found:
            random.Random(f"{options.seed}/{fault.name}").shuffle(fault.points)
        usual = min(usual or found, found)
    return options.cycles or usual


def keep_mounts_apart():
    """Mounts are ours alone and gone with us, also when this program is killed."""
    if os.geteuid() == 0 and "CRASH_APART" not in os.environ and shutil.which("unshare"):
        os.environ["CRASH_APART"] = "1"
        answer = subprocess.run(["unshare", "-m", "true"], capture_output=True)
        if answer.returncode == 0:
            os.execvp("unshare", ["unshare", "-m", "--propagation", "private", sys.executable, *sys.argv])


def run_here(make, options):
    """Runs one kind of fault; tells whether it went well, `None` when this machine cannot do it."""
    fault = make(machines.Machine())
    if reason := fault.missing():
        print(f"{fault.name:13} not run: {reason}", flush=True)
        return None
    run = Run(fault, options)
    run.run(wanted_cycles(fault, options))
    tell(run)
    return not run.violations


def run_aside(make, options):
    """The same in a process of its own, so that several kinds go side by side."""
    words = [sys.executable, *sys.argv, "--only", make.name, "--jobs", "1"]
    answer = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print("".join(line for line in answer.stdout.splitlines(True) if not line.startswith("seed ")), end="", flush=True)
    return None if "not run:" in answer.stdout else answer.returncode == 0


def tell(run):
    print(f"{run.fault.name:13} {run.line}", flush=True)
    for violation in run.violations[:TOLD]:
        print(f"              {violation}")
    if len(run.violations) > TOLD:
        print(f"              … and {len(run.violations) - TOLD} more")


def judged(make, options, run):
    """One kind of fault as one test; the naive outbox must fail where it is no subject but a control."""
    began = time.monotonic()
    went_well = run(make, options)
    if went_well is not None and make.is_naive and not options.naive and options.jobs > 1:
        went_well = not went_well
        print(f"{make.name:13} {'fails, as it must' if went_well else 'was not found out: the harness has no teeth'}")
    if options.ci and options.jobs > 1 and went_well is not None:
        sign, word = ("✔", "passed") if went_well else ("✘", "failed")
        print(f'{sign} Test "{make.title}" {word} after {time.monotonic() - began:.1f} seconds', flush=True)
    return went_well


def chosen(options):
    """The faults to run."""
    names = [name for name in options.only.split(",") if name] or (["naive"] if options.naive else [])
    known = {fault.name for fault in FAULTS}
    if unknown := set(names) - known:
        sys.exit(f"no fault is called {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
    return [fault for fault in FAULTS if (fault.name in names if names else options.ci or not fault.is_naive)]


def main():
    options = arguments()
    keep_mounts_apart()
    # Where mkfs and mount are, also for whoever has another path.
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    options.nudged = os.path.abspath(options.nudged)
    if not os.access(options.nudged, os.X_OK):
        sys.exit(f"{options.nudged} is no program; make build makes .build/release/nudged")
    if not receiver.verifies_its_vector():
        sys.exit("the signature of Standard Webhooks is worked out wrongly")
    print(f"seed {options.seed}, {options.nudged}, {machines.Machine()}", flush=True)
    faults = chosen(options)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        run = run_here if options.jobs == 1 else run_aside
        results = list(pool.map(lambda make: judged(make, options, run), faults))
    ran = [result for result in results if result is not None]
    if options.xunit:
        Path(options.xunit).write_text(
            f'<testsuites><testsuite name="Crash" tests="{len(ran)}" failures="{ran.count(False)}"/></testsuites>\n')
    sys.exit(1 if False in ran else 0)


if __name__ == "__main__":
    main()
