#!/usr/bin/env python3
"""The outbox that one writes first: append the line, then mark it as sent. The harness must find it out.

usage: naive.py COUNT        in a folder of its own; sends COUNT lines, each of which it means to send once
"""

import os
import sqlite3
import sys


def main():
    database = sqlite3.connect("naive.db", isolation_level=None)
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE IF NOT EXISTS deliveries (id INTEGER PRIMARY KEY, sent INTEGER NOT NULL)")
    database.executemany("INSERT OR IGNORE INTO deliveries VALUES (?, 0)", [(number,) for number in range(int(sys.argv[1]))])
    file = os.open("outbox.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    for (number,) in database.execute("SELECT id FROM deliveries WHERE sent = 0 ORDER BY id").fetchall():
        os.write(file, b'{"id":%d,"text":"%s"}\n' % (number, b"x" * 200))
        os.fsync(file)
        database.execute("UPDATE deliveries SET sent = 1 WHERE id = ?", [number])


main()
