"""The naive outbox under the same kills as the file outbox: shows that the harness has teeth."""

import collections
import json
import os
import subprocess
import sys
import types

from faults.calls import CHANGING, Calls

PROGRAM = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "naive.py")
TRACER = os.path.join(os.path.dirname(PROGRAM), "tracer.py")
LINES = 3


class Naive(Calls):
    name = "naive"
    title = "an outbox that appends and marks fails here"
    cycles = {"ci": 25, "demand": None}
    is_naive = True

    def learn(self, options, scratch):
        folder = os.path.join(scratch, "folder")
        os.makedirs(folder)
        log = self.run(folder, scratch)
        with open(log) as file:
            points = [line.split(" ", 1) for line in file.read().splitlines()]
        points = [(point, int(number)) for number, point in points if number.isdigit()]
        torn = [("torn", *each) for each in points if each[0] == "write outbox.jsonl"]
        self.points = [("kill", *each) for each in points] + torn
        return len(self.points)

    @staticmethod
    def run(folder, aside, *strike):
        """The program under the tracer; tells where the calls are noted."""
        log = os.path.join(aside, "trace.log")
        words = [sys.executable, TRACER, "--folder", folder, "--log", log, "--calls", ",".join(CHANGING)]
        for name, value in zip(("--strike", "--point", "--number"), strike):
            words += [name, str(value)]
        subprocess.run([*words, "--", sys.executable, PROGRAM, str(LINES)], cwd=folder, check=False)
        return log

    def prepare(self, options, folder, aside, random):
        os.makedirs(aside, exist_ok=True)
        judge = types.SimpleNamespace(violations=[], slowest_start=0.0, slowest_pick_up=0.0)
        return types.SimpleNamespace(folder=folder, aside=aside, judge=judge, counts=collections.Counter(), close=lambda: None)

    def strike(self, stage, random):
        kind, point, number = self.choose(stage, random)
        stage.what = f"{kind} {point} {number}"
        self.run(stage.folder, stage.aside, kind, point, number)
        return 1

    def recover(self, stage, kills):
        self.run(stage.folder, stage.aside)
        with open(os.path.join(stage.folder, "outbox.jsonl")) as file:
            found, torn = collections.Counter(), 0
            for line in file:
                try:
                    found[json.loads(line)["id"]] += 1
                except ValueError:
                    torn += 1
        for number in range(LINES):
            if found[number] != 1:
                stage.judge.violations.append(f"line {number} stands there {found[number]} times")
        if torn:
            stage.judge.violations.append(f"{torn} lines are torn")

    def finish(self, stage):
        """It leaves nothing behind."""
