#!/usr/bin/env python3
"""Lets faults loose on a daemon and checks after each that nothing was lost, doubled, torn or changed.

usage: Tests/Crash/crash.py [--nudged .build/release/nudged] [--only kill,power] [--cycles N] [--seed S] [--ci] [--naive]

Prints one line a kind of fault; exits 1 if anything was violated or broke. With --ci the naive outbox goes along, and must fail.
One that is cut off (SIGINT, SIGTERM) tells how far it came, and exits 130. docs/reliability.md tells what each fault does.
"""

import argparse
import os
import random
import shutil
import signal
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
import parts
import place
import receiver
from faults import FAULTS

TOLD = 5
# So many rounds that could not be brought to their end are enough.
BROKEN_ROUNDS = 10
CUT_OFF = 130


class Run:
    """The cycles of one fault."""

    def __init__(self, fault, options):
        self.fault, self.options = fault, options
        self.cycles, self.violations, self.notes = 0, [], {}
        self.slowest_start = self.slowest_pick_up = self.seconds = 0.0
        # Rounds that could not be brought to their end, and why: nothing that a check has found.
        self.broken = []

    def run(self, wanted):
        began, round_number = time.monotonic(), self.options.first_round
        try:
            while self.cycles < wanted and len(self.broken) < BROKEN_ROUNDS:
                self.round(round_number, min(self.fault.cycles_a_round, wanted - self.cycles))
                round_number += 1
                if self.options.verbose:
                    print(f"  {self.fault.name} {self.cycles}/{wanted}, {len(self.violations)} violations, "
                          f"{time.monotonic() - began:.0f} s", flush=True)
        finally:
            self.seconds = time.monotonic() - began

    def round(self, number, cycles):
        """Some cycles in a folder of their own."""
        chance = random.Random(f"{self.options.seed}/{self.fault.name}/{number}")
        scratch = tempfile.mkdtemp(prefix=f"crash-{self.fault.name}-", dir=self.options.scratch)
        stage, told = None, len(self.troubles)
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
            if stage:
                self.note(stage, f"round {number}")
            self.broken.append(f"round {number} broke: {type(error).__name__}: {error}")
            if not isinstance(error, (place.NotReady, OSError)) or self.options.verbose:
                traceback.print_exc()
        finally:
            if stage:
                stage.close()
            self.fault.machine.release(self.fault, scratch)
            if self.options.keep and len(self.troubles) > told:
                print(f"  kept: {scratch}", flush=True)
            else:
                shutil.rmtree(scratch, ignore_errors=True)

    def cycle(self, stage, chance, name):
        struck = self.fault.strike(stage, chance)
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
    def troubles(self):
        """Why it did not go well: what was violated, then what broke."""
        return self.violations + self.broken

    @property
    def line(self):
        notes = "".join(f", {count} {key}" for key, count in sorted(self.notes.items()))
        notes += f", {len(self.broken)} rounds broke" if self.broken else ""
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
    """Runs one kind of fault as one test; tells whether it went well, `None` when this machine cannot do it."""
    fault, began = make(machines.Machine()), time.monotonic()
    if reason := fault.missing():
        print(f"{fault.name:13} not run: {reason}", flush=True)
        return None
    run, wanted = Run(fault, options), None
    try:
        wanted = wanted_cycles(fault, options)
        run.run(wanted)
    except KeyboardInterrupt:
        print(f"{fault.name:13} cut off, of {wanted or 'its'} cycles these were done:", flush=True)
        raise
    finally:
        tell(run)
    went_well = judged(run, options)
    if options.ci:
        sign, word = ("✔", "passed") if went_well else ("✘", "failed")
        print(f'{sign} Test "{fault.title}" {word} after {time.monotonic() - began:.1f} seconds', flush=True)
    return went_well


def judged(run, options):
    """Whether it went well. Among faults of nudged's the naive outbox is a control: a check must find it out."""
    if not (run.fault.is_naive and options.ci and not options.naive):
        return not run.troubles
    print(f"{run.fault.name:13} " + ("fails, as it must" if run.violations else "was not found out: the harness has no teeth"))
    return bool(run.violations)


def tell(run):
    print(f"{run.fault.name:13} {run.line}", flush=True)
    for trouble in run.troubles[:TOLD]:
        print(f"              {trouble}")
    if len(run.troubles) > TOLD:
        print(f"              … and {len(run.troubles) - TOLD} more")


def chosen(options):
    """The faults to run."""
    names = [name for name in options.only.split(",") if name] or (["naive"] if options.naive else [])
    known = {fault.name for fault in FAULTS}
    if unknown := set(names) - known:
        sys.exit(f"no fault is called {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
    return [fault for fault in FAULTS if (fault.name in names if names else options.ci or not fault.is_naive)]


def heed_signals():
    """The first signal cuts the run off; what comes while it cleans up is no further one."""

    def cut_off(*_):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, cut_off)


def prepare(options):
    # Where mkfs and mount are, also for whoever has another path.
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    options.nudged = os.path.abspath(options.nudged)
    if not os.access(options.nudged, os.X_OK):
        sys.exit(f"{options.nudged} is no program; make build makes .build/release/nudged")
    if not receiver.verifies_its_vector():
        sys.exit("the signature of Standard Webhooks is worked out wrongly")


def main():
    options = arguments()
    keep_mounts_apart()
    heed_signals()
    prepare(options)
    print(f"seed {options.seed}, {options.nudged}, {machines.Machine()}", flush=True)
    faults = chosen(options)
    try:
        results = [run_here(fault, options) for fault in faults] if options.jobs == 1 else parts.Parts(options).run(faults)
    except KeyboardInterrupt:
        sys.exit(CUT_OFF)
    ran = [result for result in results if result is not None]
    if options.xunit:
        Path(options.xunit).write_text(
            f'<testsuites><testsuite name="Crash" tests="{len(ran)}" failures="{ran.count(False)}"/></testsuites>\n')
    sys.exit(1 if False in ran else 0)


if __name__ == "__main__":
    main()
