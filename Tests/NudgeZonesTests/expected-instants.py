"""Prints what Python's zoneinfo knows of every zone from 2020 to 2037.

usage: PYTHONTZPATH=FOLDER expected-instants.py FOLDER

Zones with the same bytes are printed once, under all of their names:
  Z NAME...
  S OFFSET ABBREVIATION                   what holds when 2020 begins in UTC
  T SECOND OFFSET ABBREVIATION            what holds from a transition on
  L DAYS MINUTE SECOND                    the instant of a local date (days since 1970) and minute
"""

import bisect
import sys
import zoneinfo
from collections import defaultdict
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

FIRST = int(datetime(2020, 1, 1, tzinfo=timezone.utc).timestamp())
LAST = int(datetime(2038, 1, 1, tzinfo=timezone.utc).timestamp())
DAY = 86_400
TIMES = [time(9, 0), time(2, 30), time(0, 0)]


def state(zone, second):
    local = datetime.fromtimestamp(second, zone)
    return int(local.utcoffset().total_seconds()), local.tzname()


def transitions(zone):
    """Every second at which offset or abbreviation change; no two of them are within a day."""
    before = state(zone, FIRST)
    for second in range(FIRST, LAST, DAY):
        after = state(zone, second + DAY)
        if after != before:
            change = bisect.bisect_left(
                range(second, second + DAY + 1), True, key=lambda at: state(zone, at) != before)
            yield second + change, state(zone, second + change)
        before = after


def print_zone(names):
    zone = zoneinfo.ZoneInfo(names[0])
    print("Z", *names)
    print("S", *state(zone, FIRST))
    dates = {date(2026, 6, 1)}
    for second, (offset, abbreviation) in transitions(zone):
        print("T", second, offset, abbreviation)
        around = datetime.fromtimestamp(second, zone).date()
        dates.update(around + timedelta(days=days) for days in (-1, 0, 1))
    for day in sorted(dates):
        for at in TIMES:
            instant = int(datetime.combine(day, at, zone).timestamp())
            print("L", (day - date(1970, 1, 1)).days, at.hour * 60 + at.minute, instant)


def main():
    folder = Path(sys.argv[1])
    names = defaultdict(list)
    for name in sorted(zoneinfo.available_timezones()):
        path = folder / name
        if path.is_file() and name != "localtime":
            names[path.read_bytes()].append(name)
    for group in names.values():
        print_zone(group)


main()
