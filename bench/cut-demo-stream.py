#!/usr/bin/env python3
"""Cuts the demo's stream of events out of a larger one.

usage: cut-demo-stream.py TRIALS.ndjson.gz DEMO.ndjson.gz [--users 400]

Takes whole accounts, spread evenly over the stream, so that each level of activation keeps its share of
the users. A user's level is the number of milestones of rules/trial.yaml reached within 14 days of
signing up: four or more are full, two or three partial, one minimal.
"""

import argparse
import gzip
import json
from collections import Counter, defaultdict
from datetime import datetime, timedelta

LEVELS = ["none", "minimal", "partial", "partial", "full", "full"]
CUSTOMISED = {"Project View Customized", "Workflow Customized"}
PROVIDERS = {"slack", "google_calendar", "outlook"}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stream")
    parser.add_argument("demo")
    parser.add_argument("--users", type=int, default=400)
    return parser.parse_args()


def instant(event):
    return datetime.fromisoformat(event["timestamp"].replace("Z", "+00:00"))


def account(event):
    return event.get("groupId") or event.get("context", {}).get("groupId")


def level(events):
    starts = [instant(event) for event in events if event.get("event") == "Signed Up"]
    if not starts:
        return None
    start = min(starts)
    trial = [event for event in events if start <= instant(event) < start + timedelta(days=14)]
    return LEVELS[milestones(trial)]


def milestones(events):
    names = Counter(event.get("event") for event in events)
    values = lambda name, key: {
        event["properties"].get(key) for event in events if event.get("event") == name}
    return sum([
        names["Project Created"] > 0,
        len(values("Task Completed", "task_id")) >= 5,
        len(values("Team Member Invited", "invitee")) >= 2,
        bool(values("Integration Connected", "provider") & PROVIDERS),
        any(name in CUSTOMISED for name in names),
    ])


def read(path):
    """The lines with their events, and for each account its users with their events."""
    lines, accounts, groups = [], defaultdict(lambda: defaultdict(list)), {}
    with gzip.open(path, "rb") as stream:
        for line in stream:
            event = json.loads(line)
            lines.append((line, event))
            if "userId" in event and account(event):
                groups.setdefault(event["userId"], account(event))
    for _, event in lines:
        if "userId" in event:
            accounts[groups.get(event["userId"])][event["userId"]].append(event)
    return lines, accounts


def choose(accounts, wanted):
    """Accounts spread evenly, each only while its users' levels are short of their shares."""
    levels = {
        name: Counter(filter(None, map(level, users.values()))) for name, users in accounts.items()}
    total = sum(levels.values(), Counter())
    everybody = sum(total.values())
    quota = {name: round(wanted * count / everybody) for name, count in total.items()}
    names = sorted(name for name, counts in levels.items() if counts)
    stride = max(1, len(names) // wanted)
    order = [name for first in range(stride) for name in names[first::stride]]
    chosen, have = [], Counter()
    for name in order:
        if all(have[key] + count <= quota[key] for key, count in levels[name].items()):
            chosen.append(name)
            have += levels[name]
    return chosen, have, quota


def anonymous(user):
    """The generator's name for a user's browser before the sign-up."""
    return "anon" + user.removeprefix("u")


def main():
    arguments = parse_arguments()
    lines, accounts = read(arguments.stream)
    chosen, have, quota = choose(accounts, arguments.users)
    users = {user for name in chosen for user in accounts[name]}
    browsers = {anonymous(user) for user in users}
    kept = [
        line for line, event in lines
        if event.get("userId") in users or event.get("anonymousId") in browsers]
    with open(arguments.demo, "wb") as raw:
        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=9, mtime=0) as demo:
            demo.writelines(kept)
    print(f"{len(kept)} lines, {len(users)} users of {len(chosen)} accounts")
    for key, count in sorted(have.items()):
        print(f"{key:8} {count:4} of {quota[key]:4}  {100 * count / sum(have.values()):.1f} %")


main()
