#!/usr/bin/env python3
"""Compares `nudged backtest` with the oracle on generated seeds.

    compare.py --nudged PATH --seeds A-B [--accounts yes|no|mix] [--out DIR] [--ignore to,variant] [--state] [--keep]
Exit 0: all equal. For each difference: the seed, the first lines that differ (- oracle, + nudged), and the directory to look into.
`id` is never compared. Rules that nudged refuses are not compared. --state also compares `--state-at` at three instants of each history.
"""
import argparse, contextlib, io, json, os, shutil, subprocess, sys, tempfile, traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import generate, oracle


def run(cmd, cwd=None, timeout=300):
    p = subprocess.run(cmd, capture_output=True, text=True, timeout=timeout, cwd=cwd)
    return p.returncode, p.stdout, p.stderr


def call(module, arguments):
    """What a script beside this one prints; in this process, since starting Python takes longer than most seeds."""
    out, before = io.StringIO(), sys.argv
    sys.argv = [module.__name__ + ".py"] + arguments
    try:
        with contextlib.redirect_stdout(out):
            module.main()
    except Exception:
        return 1, out.getvalue(), traceback.format_exc()
    finally:
        sys.argv = before
    return 0, out.getvalue(), ""


def lines(text, ignore):
    out = []
    for l in text.splitlines():
        if not l.startswith("{"):
            continue
        o = json.loads(l)
        for k in ignore:
            o.pop(k, None)
        out.append(json.dumps(o, sort_keys=False, ensure_ascii=False))
    return out


def show(a, b, n):
    sa, sb = set(a), set(b)
    d = [("-", x) for x in a if x not in sb] + [("+", x) for x in b if x not in sa]
    if not d:
        return ["  (same lines, another order)"] if a != b else []
    d.sort(key=lambda z: (json.loads(z[1]).get("at", ""), json.loads(z[1])["subject"]))
    return ["  %s %s" % z for z in d[:n]] + (["  … %d more" % (len(d) - n)] if len(d) > n else [])


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--nudged", required=True)
    ap.add_argument("--seeds", required=True)
    ap.add_argument("--accounts", default="mix")
    ap.add_argument("--out", default=os.path.join(tempfile.gettempdir(), "oracle-seeds"))
    ap.add_argument("--ignore", default="")
    ap.add_argument("--state", action="store_true")
    ap.add_argument("--keep", action="store_true")
    ap.add_argument("--show", type=int, default=6)
    a = ap.parse_args()
    lo, _, hi = a.seeds.partition("-")
    ignore = ["id"] + [k for k in a.ignore.split(",") if k]
    bad = total = apart = 0
    for seed in range(int(lo), int(hi or lo) + 1):
        d = os.path.join(a.out, str(seed))
        shutil.rmtree(d, ignore_errors=True)
        call(generate, ["--seed", str(seed), "--out", d, "--accounts", a.accounts])
        common = ["--rules", d + "/rules", "--config", d + "/nudged.yaml", "--events", d + "/events.ndjson"]
        modes = [[]]
        if a.state:
            at = sorted(json.loads(l).get("receivedAt") or json.loads(l)["timestamp"] for l in open(d + "/events.ndjson"))
            at = [t for t in at if t.endswith("Z")]
            modes += [["--state-at", at[i]] for i in sorted({len(at) // 3, 2 * len(at) // 3, len(at) - 1})]
        diffs = []
        for m in modes:
            rc2, o2, e2 = run([a.nudged, "backtest"] + common + ["--format", "jsonl"] + m)
            if rc2 == 78:
                apart += 1
                break
            rc1, o1, e1 = call(oracle, common + m)
            if rc1 or rc2:
                diffs.append("  %s: oracle exit %d %s| nudged exit %d %s" % (m, rc1, e1[-300:], rc2, e2[-600:]))
                continue
            l1, l2 = lines(o1, ignore), lines(o2, ignore)
            if m:
                l2 = [l for l in l2 if "model" in json.loads(l)]
            total += len(l1)
            got = show(l1, l2, a.show)
            if got:
                diffs += ["  %s" % (" ".join(m) or "decisions")] + got
        if diffs:
            bad += 1
            print("seed %d differs (%s)" % (seed, d))
            print("\n".join(diffs))
        elif not a.keep:
            shutil.rmtree(d, ignore_errors=True)
        sys.stdout.flush()
    print("%d seeds differ, %d lines compared, %d seeds not comparable" % (bad, total, apart))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
