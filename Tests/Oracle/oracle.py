#!/usr/bin/env python3
"""An independent, brute-force reference of nudged's decision semantics.

Written from the specification alone (rules, semantics, engine, cli, ingest). No speed, only faithfulness:
conditions are pure functions "as of T" over lists of events; a subject is looked at at every instant that could matter.
"""
import argparse, bisect, datetime as dt, glob, gzip, hashlib, heapq, json, os, re, sys
import zoneinfo
from fractions import Fraction
from zoneinfo import ZoneInfo
import yaml

UTC = dt.timezone.utc
HOUR = 3600_000
DAYMS = 24 * HOUR
EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
SENT_LIKE = ("sent", "held-out", "skipped.shadow")

# ---------------------------------------------------------------- YAML: every scalar as text, plain or quoted


class S(str):
    plain = True


def _node(n):
    if isinstance(n, yaml.ScalarNode):
        s = S(n.value)
        s.plain = n.style is None
        return s
    if isinstance(n, yaml.SequenceNode):
        return [_node(c) for c in n.value]
    out = {}
    for k, v in n.value:
        out[str(k.value)] = _node(v)
    return out


def load_yaml(path):
    with open(path, encoding="utf-8") as f:
        n = yaml.compose(f, Loader=yaml.SafeLoader)
    return _node(n) if n is not None else {}


JSON_NUM = re.compile(r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$")


def scalar(s):
    """ruling 27: a plain scalar that is a JSON number or true/false is one; everything else is text."""
    if getattr(s, "plain", True):
        if JSON_NUM.match(s):
            return Fraction(str(s))
        if s == "true":
            return True
        if s == "false":
            return False
    return str(s)


def num(s):
    return Fraction(str(s))


def aslist(v):
    return v if isinstance(v, list) else [v]


CLOCK = re.compile(r"^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$")


def span(s):
    """('clock', ms) or ('days', n)"""
    s = str(s)
    m = re.match(r"^(\d+) (day|days|week|weeks)$", s)
    if m:
        return ("days", int(m.group(1)) * (7 if m.group(2).startswith("week") else 1))
    m = CLOCK.match(s)
    if not s or not m:
        raise ValueError("bad span " + s)
    h, mi, se = (int(g or 0) for g in m.groups())
    return ("clock", ((h * 60 + mi) * 60 + se) * 1000)


def clock(s):
    k, v = span(s)
    assert k == "clock", s
    return v


# ---------------------------------------------------------------- time

ZONES = zoneinfo.available_timezones()
_zc = {}


def zone(name):
    if name not in _zc:
        _zc[name] = ZoneInfo(name)
    return _zc[name]


def local(ms, z):
    return (EPOCH + dt.timedelta(milliseconds=ms)).astimezone(z)


_ldc = {}


def ldate(ms, z):
    return local(ms, z).date()


def to_ms(d):
    return (d - EPOCH) // dt.timedelta(milliseconds=1)


def instant(date, tod, z):
    """wall-clock `tod` of `date`: skipped -> moved on by the gap; doubled -> the first (fold=0 does both)"""
    return to_ms(dt.datetime.combine(date, tod).replace(tzinfo=z, fold=0).astimezone(UTC))


_sod = {}


def sod(date, z):
    k = (date, z)
    if k not in _sod:
        _sod[k] = instant(date, dt.time(0), z)
    return _sod[k]


def next_midnight(ms, z):
    d = ldate(ms, z)
    for i in range(0, 4):
        t = sod(d + dt.timedelta(i), z)
        if t > ms:
            return t
    raise AssertionError


def hhmm(s):
    h, m = str(s).split(":")
    return dt.time(int(h), int(m))


RFC = re.compile(r"^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?\s*([Zz]|[+-]\d\d:?\d\d)?$")
DATE = re.compile(r"^\d{4}-\d\d-\d\d$")


def parse_time(v, naive_ok=True):
    if isinstance(v, bool) or v is None:
        return None
    if isinstance(v, (int, Fraction)):
        x = Fraction(v)
        return int(x) if abs(x) >= 10 ** 11 else int(x * 1000)
    m = RFC.match(v.strip())
    if not m:
        if re.match(r"^\d+(\.\d+)?$", v.strip()):
            return parse_time(Fraction(v.strip()))
        return None
    y, mo, d, h, mi, s, fr, off = m.groups()
    if off is None and not naive_ok:
        return None
    try:
        base = dt.datetime(int(y), int(mo), int(d), int(h), int(mi), min(int(s), 59), tzinfo=UTC)
    except ValueError:
        return None
    ms = to_ms(base) + int(((fr or "") + "000")[:3]) + (1000 if int(s) == 60 else 0)
    if off and off not in "Zz":
        sign = 1 if off[0] == "+" else -1
        ms -= sign * (int(off[1:3]) * 60 + int(off[-2:])) * 60_000
    return ms


def iso(ms):
    if ms is None:
        return None
    d = EPOCH + dt.timedelta(milliseconds=ms)
    return d.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (d.microsecond // 1000)


# ---------------------------------------------------------------- events


class Event:
    __slots__ = ("ts", "arrival", "mid", "type", "user", "anon", "group", "name", "props", "traits", "seq", "previous")

    def key(self):
        return (self.ts, self.mid.encode("utf-8", "replace"))


def fix(v):
    if isinstance(v, str):
        try:
            v.encode("utf-8")
            return v
        except UnicodeEncodeError:
            return v.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(v, list):
        return [fix(x) for x in v]
    if isinstance(v, dict):
        return {fix(k): fix(x) for k, x in v.items()}
    return v


def ident(v):
    if v is None or isinstance(v, (bool, list, dict)):
        return None
    s = v if isinstance(v, str) else (str(v) if isinstance(v, int) else str(float(v)))
    return s if s != "" else None


def read_events(paths):
    out, seq = [], 0
    for p in paths:
        op = gzip.open if open(p, "rb").read(2) == b"\x1f\x8b" else open
        with op(p, "rt", encoding="utf-8", errors="replace", newline="\n") as f:
            for line in f:
                if not line.strip():
                    continue
                o = json.loads(line, parse_float=Fraction, parse_constant=lambda _: None)
                if "\\u" in line:
                    o = fix(o)
                e = Event()
                ts, ra, sa = (parse_time(o.get(k)) for k in ("timestamp", "receivedAt", "sentAt"))
                e.arrival = ra if ra is not None else ts
                if ts is not None and ra is not None and sa is not None:
                    e.ts = ra - (sa - ts)
                else:
                    e.ts = ts if ts is not None else ra
                if e.ts is None:
                    continue
                e.mid = (ident(o.get("messageId")) or "").strip() or "made-%d" % seq
                e.type = o.get("type", "track")
                e.user = ident(o.get("userId"))
                e.anon = ident(o.get("anonymousId"))
                ctx = o.get("context") if isinstance(o.get("context"), dict) else {}
                e.group = ident(o.get("groupId")) or ident(ctx.get("groupId"))
                e.previous = ident(o.get("previousId"))
                e.name = {"track": o.get("event"), "page": o.get("name"), "screen": o.get("name")}.get(e.type)
                e.props = o.get("properties") if isinstance(o.get("properties"), dict) else {}
                if e.type in ("page", "screen") and "category" in o:
                    e.props = {**e.props, "category": o["category"]}
                e.traits = {}
                if e.type in ("identify", "group"):
                    if e.type == "identify" and isinstance(ctx.get("traits"), dict):
                        e.traits.update(ctx["traits"])
                    if isinstance(o.get("traits"), dict):
                        e.traits.update(o["traits"])
                e.seq = seq
                seq += 1
                if e.user is None and e.anon is None and e.group is None:
                    continue
                out.append(e)
    out.sort(key=lambda e: (e.arrival, e.seq))
    seen, uniq = set(), []
    for e in out:  # ruling 16
        if e.mid in seen:
            continue
        seen.add(e.mid)
        uniq.append(e)
    return uniq


# ---------------------------------------------------------------- matching


def jsontype(v):
    if isinstance(v, bool):
        return "b"
    if isinstance(v, (int, Fraction)):
        return "n"
    if isinstance(v, str):
        return "s"
    return None


def equal(v, want):
    tv, tw = jsontype(v), jsontype(want)
    if tv is None or tv != tw:
        return False
    return Fraction(v) == Fraction(want) if tv == "n" else v == want


def num_match(v, m):
    """v a Fraction/int; m a NUM"""
    v = Fraction(v)
    if not isinstance(m, dict):
        return v == num(m)
    ok = True
    for k, w in m.items():
        if k == "between":
            ok &= num(w[0]) <= v <= num(w[1])
        else:
            w = num(w)
            ok &= {"exactly": v == w, "at_least": v >= w, "at_most": v <= w, "above": v > w, "below": v < w}[k]
    return ok


def time_value(v, z):
    if not isinstance(v, str):
        return None
    if DATE.match(v):
        try:
            return sod(dt.date.fromisoformat(v), z)
        except ValueError:
            return None
    return parse_time(v, naive_ok=False)


def match(v, m, T, z):
    """MATCH of a fact v (None: absent) as of T in zone z"""
    if isinstance(m, list):
        return v is not None and any(equal(v, scalar(w)) for w in m)
    if not isinstance(m, dict):
        return v is not None and equal(v, scalar(m))
    for op, w in m.items():
        if op == "exists":
            if (v is not None) != (str(w) == "true"):
                return False
            continue
        if v is None:
            return False  # ruling 28
        if op in ("is", "any_of"):
            r = any(equal(v, scalar(x)) for x in aslist(w))
        elif op in ("not", "none_of"):
            r = not any(equal(v, scalar(x)) for x in aslist(w))
        elif op == "contains":
            if isinstance(v, list):
                r = any(equal(x, scalar(w)) for x in v)
            else:
                r = isinstance(v, str) and str(w) in v
        elif op == "starts_with":
            r = isinstance(v, str) and v.startswith(str(w))
        elif op == "ends_with":
            r = isinstance(v, str) and v.endswith(str(w))
        elif op in ("exactly", "at_least", "at_most", "above", "below", "between"):
            r = jsontype(v) == "n" and num_match(v, {op: w})
        else:
            tv = time_value(v, z)
            if tv is None:
                return False
            if op in ("before", "after"):
                tw = time_value(str(w), z)
                r = tw is not None and (tv < tw if op == "before" else tv > tw)
            else:
                k, n = span(w)
                lo_open = T - n if k == "clock" else None
                if k == "clock":
                    inside, older = lo_open < tv <= T, tv <= lo_open
                else:
                    lo = sod(ldate(T, z) - dt.timedelta(n - 1), z)
                    inside, older = lo <= tv <= T, tv < lo
                r = inside if op == "within_last" else older
        if not r:
            return False
    return True


# ---------------------------------------------------------------- rules

VERBS = ["all", "any", "none", "not", "did", "did_not", "trait", "account_trait", "tagged", "reached", "missing",
         "milestones_reached", "categories_reached", "activated", "day", "pace", "health", "segment", "score", "metric",
         "audience", "in_campaign", "members"]


def verb(c):
    vs = [v for v in VERBS if v in c]
    assert len(vs) == 1, "exactly one verb: %r" % (c,)
    return vs[0]


class Rules:
    def __init__(self, paths, config):
        files = []
        for p in paths:
            if os.path.isdir(p):
                for root, _, names in os.walk(p):
                    files += [os.path.join(root, n) for n in names if n.endswith(".yaml") and not n.endswith(".test.yaml")]
            else:
                files.append(p)
        self.audiences, self.models, self.campaigns, self.mutes = {}, {}, {}, {}
        for f in sorted(files):
            d = load_yaml(f)
            assert d.get("nudged") == "1", f
            for k in ("audiences", "models", "campaigns", "mutes"):
                for n, v in (d.get(k) or {}).items():
                    getattr(self, k)[n] = v
        cfg = load_yaml(config) if config else {}
        self.tz = str(cfg.get("timezone", "UTC"))
        self.late = clock(cfg.get("late_limit", "72h"))
        self.quiet = None
        if cfg.get("quiet_hours"):
            q = cfg["quiet_hours"]
            self.quiet = (hhmm(q["from"]), hhmm(q["to"]))
        self.caps = cfg.get("caps") or []
        self.on_cap = str(cfg.get("on_cap", "wait"))
        self.unsub = cfg.get("unsubscribed_when") or {"trait": {"unsubscribed": S("true")}}
        self.channels = {"email": {"kind": "message", "expires": "24h"},
                         "in-app": {"kind": "message", "quiet_hours": "ignore", "expires": "48h"},
                         "cs-task": {"kind": "internal", "expires": "72h"}}
        for n, c in (cfg.get("channels") or {}).items():
            self.channels[n] = {**self.channels.get(n, {}), **c}
        # campaigns in order of priority, name
        self.order = sorted(self.campaigns, key=lambda n: (-int(self.campaigns[n].get("priority", 50)), n.encode()))
        self.spans, self.flags = set(), set()
        for n, m in self.models.items():
            self.walk_model(n, self.spans, self.flags)
        for n, c in self.campaigns.items():
            for cond in [c["who"], c.get("while")] + [{k: v for k, v in l.items() if k != "name"} for l in c.get("leave_when") or []]:
                if cond:
                    self.walk(cond, c["model"], self.spans, self.flags, set())
            for s in c["steps"]:
                for k in ("only_if", "as_soon_as"):
                    if k in s:
                        self.walk(s[k], c["model"], self.spans, self.flags, set())
        for m in self.mutes.values():
            for k in ("when", "when_account"):
                if k in m:
                    self.walk(m[k], None, self.spans, self.flags, set())
        self.walk(self.unsub, None, self.spans, self.flags, set())
        self.cond_cache = {}

    def channel(self, name):
        c = self.channels.get(name, {})
        kind = str(c.get("kind", "internal"))
        exp = clock(c["expires"]) if "expires" in c else (24 if kind == "message" else 72) * HOUR
        return kind, exp, str(c.get("quiet_hours", "")) == "ignore"

    # what a condition depends on: clock spans, calendar ('cal'), times in values ('tv')
    def walk_match(self, ms, spans, flags):
        for m in ms.values():
            if isinstance(m, dict):
                for op in ("within_last", "older_than"):
                    if op in m:
                        flags.add("tv")
                        self.add_span(m[op], spans, flags)

    def add_span(self, s, spans, flags):
        k, v = span(s)
        if k == "clock":
            spans.add(v)
        else:
            flags.add("cal")

    def walk(self, c, model, spans, flags, seen):
        v = verb(c)
        if v in ("all", "any", "none"):
            for x in c[v]:
                self.walk(x, model, spans, flags, seen)
        elif v == "not":
            self.walk(c[v], model, spans, flags, seen)
        elif v in ("did", "did_not", "members"):
            if "within" in c:
                self.add_span(c["within"], spans, flags)
            if "within_first" in c and span(c["within_first"])[0] == "days":
                flags.add("cal")
            self.walk_match(c.get("where") or {}, spans, flags)
            a = str(c.get("since", ""))
            if model and a in self.models[model]["milestones"]:
                self.walk_model(model, spans, flags, seen)
        elif v in ("trait", "account_trait"):
            flags.add("acc") if v == "account_trait" else None
            self.walk_match(c[v], spans, flags)
        elif v in ("day", "pace"):
            flags.add("cal")
            if v == "pace":
                self.walk_model(model, spans, flags, seen)
        elif v == "audience":
            self.walk({k: x for k, x in self.audiences[c[v]].items() if k != "description"}, model, spans, flags, seen)
        elif v in ("reached", "missing", "milestones_reached", "categories_reached", "activated", "score", "metric", "segment", "health"):
            if model:
                self.walk_model(model, spans, flags, seen)

    def walk_model(self, name, spans, flags, seen=None):
        seen = set() if seen is None else seen
        if name in seen or name is None:
            return
        seen.add(name)
        m = self.models[name]
        for c in [m["starts"], m["activated_when"]] + [x["reached_when"] for x in m["milestones"].values()]:
            self.walk(c, name, spans, flags, seen)
        if m.get("pace"):
            flags.add("cal")
        for x in (m.get("metrics") or {}).values():
            if "days_since" in x:
                flags.add("cal")
            if "within" in x:
                self.add_span(x["within"], spans, flags)
            self.walk_match(x.get("where") or {}, spans, flags)
            if "members" in x:
                self.walk(x["members"], name, spans, flags, seen)
        for k in ("segments", "health"):
            for x in m.get(k) or []:
                if "when" in x:
                    self.walk(x["when"], name, spans, flags, seen)

    def features(self, cond, model):
        """(spans, flags) of one condition of a model, through everything it refers to"""
        k = id(cond)
        if k not in self.cond_cache:
            spans, flags = set(), set()
            if verb(cond) in ("did",) and "within" not in cond and "within_first" not in cond and str(cond.get("since", "start")) == "start":
                self.walk_match(cond.get("where") or {}, spans, flags)
            else:
                self.walk(cond, model, spans, flags, set())
            self.cond_cache[k] = (spans, flags, cond)
        return self.cond_cache[k][:2]


# ---------------------------------------------------------------- subjects


class Subject:
    def __init__(self, kind, id):
        self.kind, self.id = kind, id
        self.label = kind + ":" + id
        self.own = []            # user: events with this userId; account: events naming it (arrival order)
        self.by_name = {}
        self.accounts = {}       # user: account id -> earliest own ts of a known event naming it
        self.members = {}        # account: user id -> the same
        self.ver = 0
        self.enrols = {}         # campaign -> list of Enrol
        self.cstate = {}         # campaign -> {'false_since':bool}
        self.tags = set()
        self.step_sends = {}     # (campaign, step) -> [instants]
        self.caps = []           # as a recipient: (instant, channel)
        self.memo = {}
        self.held = {}
        self.pushed = set()
        self.zones = {}

    def rank(self):
        return ({"account": 0}.get(self.kind, 1), self.id.encode("utf-8", "replace"))


class Enrol:
    def __init__(self, camp, n, entered, look):
        self.camp, self.n, self.entered, self.look = camp, n, entered, look
        self.left = None
        self.plans = []          # open plans
        self.planned = {}        # step -> number of occurrences planned
        self.sends = {}          # step -> [instants sent-like]
        self.truth = {}          # as_soon_as
        self.pending = []        # steps that wait for their anchor
        self.last_nominal = {}   # every: the nominal instant of the latest occurrence


class Plan:
    def __init__(self, step, occ, nominal, planned, actor):
        self.step, self.occ, self.nominal, self.planned, self.actor = step, occ, nominal, planned, actor
        self.skip_outside = False
        self.until = None        # the end of a wait
        self.mute = None         # the (name, recipient) that keeps it waiting


class Ctx:
    """Where a condition is asked: subject, as of T, model, campaign, enrolment; `inner`: defined in a model"""
    __slots__ = ("s", "T", "model", "camp", "enrol", "inner", "member", "zone")

    def __init__(self, s, T, zone, model=None, camp=None, enrol=None, inner=False, member=None):
        self.s, self.T, self.zone, self.model, self.camp, self.enrol, self.inner, self.member = s, T, zone, model, camp, enrol, inner, member


class Engine:
    def __init__(self, rules):
        self.r = rules
        self.users, self.accs, self.anons = {}, {}, {}
        self.heap, self.hn = [], 0
        self.out = []
        self.now = None
        self.lookn = 0
        self.wake = 0
        self.waiting_on = {}     # recipient user id -> set of account subjects

    # ------------------------------------------------------------ subjects and events

    def user(self, id):
        if id not in self.users:
            self.users[id] = Subject("user", id)
        return self.users[id]

    def acc(self, id):
        if id not in self.accs:
            self.accs[id] = Subject("account", id)
        return self.accs[id]

    def seen_events(self, s, T):
        """the events subject s sees as of T over those known now"""
        if s.kind != "account":
            return [e for e in s.own if e.ts <= T]
        out = [e for e in s.own if e.ts <= T]
        for uid, since in s.members.items():
            if since <= max(T, self.now):
                out += [e for e in self.users[uid].own if e.ts <= T and e.group is None]
        return out

    def named(self, s, name, T):
        if s.kind != "account":
            return [e for e in s.by_name.get(name, ()) if e.ts <= T]
        out = [e for e in s.by_name.get(name, ()) if e.ts <= T]
        for uid, since in s.members.items():
            if since <= max(T, self.now):
                out += [e for e in self.users[uid].by_name.get(name, ()) if e.ts <= T and e.group is None]
        return out

    def trait(self, s, name, T):
        best, val = None, None
        kind = "group" if s.kind == "account" else "identify"
        for e in s.own:
            if e.type == kind and e.ts <= T and name in e.traits:
                k = e.key()
                if best is None or k > best:
                    best, val = k, e.traits[name]
        return val

    def account_of(self, s, T):
        if s.kind == "account":
            return s
        best, a = None, None
        for e in s.own:
            if e.group is not None and e.ts <= T:
                k = e.key()
                if best is None or k > best:
                    best, a = k, e.group
        return self.accs.get(a) if a is not None else None

    def zone_of(self, s, camp=None):
        k = (s.ver, self.now, camp)
        if k not in s.zones:
            if len(s.zones) > 50:
                s.zones.clear()
            s.zones[k] = self.zone_now(s, camp)
        return s.zones[k]

    def zone_now(self, s, camp):
        T = self.now
        names = [self.trait(s, "timezone", T)]
        if s.kind != "account":
            a = self.account_of(s, T)
            if a:
                names.append(self.trait(a, "timezone", T))
        if camp:
            names.append(str(self.r.campaigns[camp].get("timezone", "")))
        names.append(self.r.tz)
        for n in names:
            if isinstance(n, str) and n in ZONES:
                return zone(n)
        return zone("UTC")

    # ------------------------------------------------------------ model facts

    def inner(self, s, model, T):
        return Ctx(s, T, self.zone_of(s), model=model, inner=True)

    def candidates(self, s, cond, model, lo, hi, z):
        spans, flags = self.r.features(cond, model)
        evs = self.seen_events(s, hi)
        if s.kind == "account":
            base = {e.ts for e in evs} | {t for t in s.members.values()}
        else:
            base = {e.ts for e in evs}
            if "acc" in flags:
                for a in s.accounts:
                    base |= {e.ts for e in self.accs[a].own if e.type == "group"}
        if "tv" in flags:
            for e in evs:
                for v in list(e.traits.values()) + list(e.props.values()):
                    tv = time_value(v, z)
                    if tv is not None:
                        base.add(tv)
        if lo is not None:
            base.add(lo)
        cands = set(base)
        for sp in spans:
            cands |= {b + sp for b in base}
        if "cal" in flags and base:
            t = min(base) if lo is None else lo
            while True:
                t = next_midnight(t, z)
                if t > hi:
                    break
                cands.add(t)
        return sorted(t for t in cands if t <= hi and (lo is None or t >= lo))

    def earliest(self, s, key, cond, model, lo, now):
        """the earliest instant <= now at which cond, as of it over all events known now, is true"""
        z = self.zone_of(s)
        spans, flags = self.r.features(cond, model)
        memo = s.memo.get(key)
        # one who joins at an instant ahead brings along a past that was not looked at
        known = (s.ver, z, lo, sum(since <= self.now for since in s.members.values()))
        if memo and memo[0] == known:
            _, upto, res = memo
            if res is not None:
                return res if res <= now else None
            if now <= upto:
                return None
        else:
            upto = None
        res = None
        for T in self.candidates(s, cond, model, lo, now, z):
            if upto is not None and T <= upto:
                continue
            c = Ctx(s, T, z, model=model, inner=(lo is not None))
            if self.ev(cond, c):
                res = T
                break
        s.memo[key] = (known, now, res)
        return res

    def start(self, s, model, T):
        """the model's start, if it is not after T (as known now)"""
        r = self.earliest(s, (model, "start"), self.r.models[model]["starts"], model, None, max(T, self.now))
        return r if r is not None and r <= T else None

    def milestone(self, s, model, name, T):
        st = self.start(s, model, self.now)
        if st is None or st > T:
            return None
        key = (model, "m", name)
        if key in s.memo.setdefault("busy", set()):
            return None
        s.memo["busy"].add(key)
        try:
            # an instant is looked for up to T only: what T asks is whether it was reached by T
            r = self.earliest(s, key, self.r.models[model]["milestones"][name]["reached_when"], model, st, T)
        finally:
            s.memo["busy"].discard(key)
        return r if r is not None and r <= T else None

    def activated(self, s, model, T):
        st = self.start(s, model, self.now)
        if st is None or st > T:
            return None
        key = (model, "a")
        if key in s.memo.setdefault("busy", set()):
            return None
        s.memo["busy"].add(key)
        try:
            r = self.earliest(s, key, self.r.models[model]["activated_when"], model, st, T)
        finally:
            s.memo["busy"].discard(key)
        return r if r is not None and r <= T else None

    def milestones(self, s, model, T):
        return {m: self.milestone(s, model, m, T) for m in self.r.models[model]["milestones"]}

    def day(self, s, model, T):
        st = self.start(s, model, T)
        if st is None:
            return None
        z = self.zone_of(s)
        return (ldate(T, z) - ldate(st, z)).days

    def pace(self, s, model, T):
        lad = self.r.models[model].get("pace")
        st = self.start(s, model, T)
        if not lad or st is None:
            return None
        z = self.zone_of(s)
        a = self.activated(s, model, T)
        last = max((int(x["by_day"]) for x in lad if "by_day" in x), default=None)
        if a is None:
            if last is not None and self.day(s, model, T) <= last:
                return "pending"
            d = None
        else:
            d = (ldate(a, z) - ldate(st, z)).days
        for x in lad:
            if "otherwise" in x or (d is not None and d <= int(x["by_day"])):
                return str(x["name"])
        return None

    def ladder(self, s, model, which, T):
        lad = self.r.models[model].get(which)
        if not lad or self.start(s, model, T) is None:
            return None
        c = self.inner(s, model, T)
        for i, x in enumerate(lad):
            if "otherwise" in x:
                return str(x["name"])
            if not self.ev(x["when"], c):
                continue
            if "held_for" in x and T == self.now:
                since = s.held.get((model, which, i))
                if since is None:
                    since = self.now
                if self.now < since + clock(x["held_for"]):
                    continue
            return str(x["name"])
        return None

    def refresh_held(self, s):
        for model, m in self.r.models.items():
            if m["subject"] != ("account" if s.kind == "account" else "user"):
                continue
            for which in ("segments", "health"):
                for i, x in enumerate(m.get(which) or []):
                    if "held_for" not in x:
                        continue
                    k = (model, which, i)
                    on = self.start(s, model, self.now) is not None and self.ev(x["when"], self.inner(s, model, self.now))
                    if not on:
                        s.held.pop(k, None)
                    elif k not in s.held:
                        s.held[k] = self.now
                        self.push(s, self.now + clock(x["held_for"]))

    def metric(self, s, model, name, T):
        d = self.r.models[model]["metrics"][name]
        if self.start(s, model, T) is None:
            return None
        c = self.inner(s, model, T)
        if "ratio" in d:
            vals = []
            for n in d["ratio"]:
                n = str(n)
                v = self.metric(s, model, n, T) if n in self.r.models[model]["metrics"] else self.trait(s, n, T)
                if jsontype(v) != "n":
                    return None
                vals.append(Fraction(v))
            return vals[0] / vals[1] if vals[1] != 0 else None
        if "members" in d:
            return Fraction(len(self.members_who(d["members"], c)))
        for kind in ("count", "days_with", "weeks_with", "days_since"):
            if kind in d:
                ev = str(d[kind])
                break
        else:
            kind = "distinct" if "distinct" in d else "sum"
            ev = str(d["of"])
        es = self.hits(ev, d, c)
        if es is None:
            return None
        if kind == "count":
            return Fraction(len(es))
        if kind == "days_with":
            return Fraction(len({ldate(e.ts, c.zone) for e in es}))
        if kind == "weeks_with":
            w = {}
            for e in es:
                k = ldate(e.ts, c.zone).isocalendar()[:2]
                w[k] = w.get(k, 0) + 1
            need = num(d.get("at_least", "1"))
            return Fraction(sum(1 for n in w.values() if n >= need))
        if kind == "days_since":
            if not es:
                return None
            return Fraction((ldate(T, c.zone) - ldate(max(e.ts for e in es), c.zone)).days)
        if kind == "distinct":
            return Fraction(self.distinct(es, str(d["distinct"])))
        return sum((Fraction(e.props[str(d["sum"])]) for e in es if jsontype(e.props.get(str(d["sum"]))) == "n"), Fraction(0))

    def distinct(self, es, prop):
        vals = set()
        for e in es:
            v = e.props.get(prop)
            t = jsontype(v)
            if t:
                vals.add((t, Fraction(v) if t == "n" else v))
        return len(vals)

    def score(self, s, model, name, T):
        """(points, band, {component: exact points})"""
        d = self.r.models[model]["scores"][name]
        st = self.start(s, model, T)
        if st is None:
            return None
        comps = {}
        for c in d["components"]:
            mx, frm = num(c["max"]), str(c["from"])
            ms = self.milestones(s, model, T)
            if frm == "milestone_weights":
                ws = {k: num(v["weight"]) for k, v in self.r.models[model]["milestones"].items()}
                p = mx * sum((w for k, w in ws.items() if ms[k] is not None), Fraction(0)) / sum(ws.values())
            else:
                elapsed = frm == "time_to_first_milestone"
                if elapsed:
                    got = [t for t in ms.values() if t is not None]
                    v = Fraction(min(got) - st) if got else None
                else:
                    v = self.metric(s, model, frm, T)
                if "table" in c:
                    p = Fraction(0)
                    for row in c["table"]:
                        if "otherwise" in row:
                            ok = True
                        elif v is None:
                            ok = False
                        elif "within" in row:
                            ok = v <= clock(row["within"])
                        else:
                            ok = v >= num(row["at_least"])
                        if ok:
                            p = num(row["points"])
                            break
                elif v is None:
                    p = Fraction(0)
                elif "linear" in c:
                    def bound(x):
                        return Fraction(clock(x)) if elapsed else num(x)
                    fa, za = bound(c["linear"]["full_at"]), bound(c["linear"]["zero_at"])
                    p = mx * min(max((za - v) / (za - fa), Fraction(0)), Fraction(1))
                elif "points_each" in c:
                    p = num(c["points_each"]) * v
                else:
                    p = v
            comps[str(c["name"])] = min(max(p, Fraction(0)), mx)
        total = sum(comps.values(), Fraction(0)) + Fraction(1, 2)
        points = total.numerator // total.denominator
        band = None
        for b in sorted(d.get("bands") or [], key=lambda b: -num(b["at_least"])):
            if points >= num(b["at_least"]):
                band = str(b["name"])
                break
        return points, band, comps

    # ------------------------------------------------------------ conditions

    def anchor(self, name, x):
        name = str(name)
        if name == "start":
            return self.start(x.s, x.model, x.T) if x.model else None
        if name == "entering":
            return x.enrol.entered if x.enrol and not x.inner else None
        if DATE.match(name):
            return sod(dt.date.fromisoformat(name), x.zone)
        if x.model and name in self.r.models[x.model]["milestones"]:
            return self.milestone(x.s, x.model, name, x.T)
        if x.enrol:
            got = x.enrol.sends.get(name)
            return got[0] if got else None
        return None

    def hits(self, name, c, x):
        """events called `name` that match `where` inside the window; None if the anchor does not exist"""
        es = self.named(x.s, name, x.T)
        if x.member is not None:
            es = [e for e in es if e.user == x.member]
        lo = hi = None           # [lo, hi)
        T = x.T
        if x.inner:
            st = self.start(x.s, x.model, T)
            if st is None:
                return None
            es = [e for e in es if e.ts >= st]
        if "within_first" in c:
            a = self.anchor(c.get("since", "start"), x)
            if a is None:
                return None
            k, n = span(c["within_first"])
            lo = a
            hi = a + n if k == "clock" else sod(ldate(a, x.zone) + dt.timedelta(n), x.zone)
        else:
            if "since" in c:
                lo = self.anchor(c["since"], x)
                if lo is None:
                    return None
            if "within" in c:
                k, n = span(c["within"])
                w = T - n + 1 if k == "clock" else sod(ldate(T, x.zone) - dt.timedelta(n - 1), x.zone)
                lo = w if lo is None else max(lo, w)
        es = [e for e in es if (lo is None or e.ts >= lo) and (hi is None or e.ts < hi)]
        where = c.get("where") or {}
        return [e for e in es if all(match(e.props.get(p), m, T, x.zone) for p, m in where.items())]

    def did(self, name, c, x):
        es = self.hits(name, c, x)
        if es is None:
            return False
        n = self.distinct(es, str(c["distinct"])) if "distinct" in c else len(es)
        return num_match(n, c.get("times", {"at_least": "1"}))

    def members_who(self, c, x):
        """c: {did..} or {did_not..}: members for whom it holds"""
        out = []
        for uid, since in x.s.members.items():
            if since <= x.T:
                y = Ctx(x.s, x.T, x.zone, x.model, x.camp, x.enrol, x.inner, uid)
                if self.ev(c, y):
                    out.append(uid)
        return out

    def ev(self, c, x):
        v = verb(c)
        a = c[v]
        if v == "all":
            return all(self.ev(k, x) for k in a)
        if v == "any":
            return any(self.ev(k, x) for k in a)
        if v == "none":
            return not any(self.ev(k, x) for k in a)
        if v == "not":
            return not self.ev(a, x)
        if v == "did":
            return self.did(str(a), c, x)
        if v == "did_not":
            es = self.hits(str(a), c, x)
            return es is not None and len(es) == 0
        if v == "trait":
            return all(match(self.trait(x.s, n, x.T), m, x.T, x.zone) for n, m in a.items())
        if v == "account_trait":
            acc = self.account_of(x.s, x.T)
            return all(match(self.trait(acc, n, x.T) if acc else None, m, x.T, x.zone) for n, m in a.items())
        if v == "tagged":
            return any(str(t) in x.s.tags for t in aslist(a))
        if v == "in_campaign":
            return any(self.open_enrol(x.s, str(n)) is not None for n in aslist(a))
        if v == "audience":
            return self.ev({k: y for k, y in self.r.audiences[str(a)].items() if k != "description"}, x)
        if v == "members":
            inner = {k: y for k, y in c.items() if k not in ("members", "who_did")}
            inner["did"] = c["who_did"]
            return num_match(len(self.members_who(inner, x)), a)
        if x.model is None:
            return False
        M, T, s = x.model, x.T, x.s
        if v == "reached":
            return any(self.milestone(s, M, str(n), T) is not None for n in aslist(a))
        if v == "missing":
            return any(self.milestone(s, M, str(n), T) is None for n in aslist(a))
        if v in ("milestones_reached", "categories_reached"):
            ms = self.milestones(s, M, T)
            if v == "milestones_reached":
                n, total = sum(1 for t in ms.values() if t is not None), len(ms)
            else:
                cats = {k: str(d["category"]) for k, d in self.r.models[M]["milestones"].items() if "category" in d}
                n, total = len({cats[k] for k, t in ms.items() if t is not None and k in cats}), len(set(cats.values()))
            return n == total if a == "all" else num_match(n, a)
        if v == "activated":
            return (self.activated(s, M, T) is not None) == (str(a) == "true")
        if v == "day":
            d = self.day(s, M, T)
            return d is not None and num_match(d, a)
        if v == "pace":
            return self.pace(s, M, T) in [str(n) for n in aslist(a)]
        if v in ("segment", "health"):
            return self.ladder(s, M, "segments" if v == "segment" else "health", T) in [str(n) for n in aslist(a)]
        if v == "score":
            for n, m in a.items():
                sc = self.score(s, M, n, T)
                if sc is None or not num_match(sc[0], m):
                    return False
            return True
        if v == "metric":
            for n, m in a.items():
                val = self.metric(s, M, n, T)
                if val is None or not num_match(val, m):
                    return False
            return True
        raise AssertionError(v)

    def counts(self, c, e, x):
        """ruling 61 (iii): does one did/who_did of c (in all/any) count the event e?"""
        v = verb(c)
        if v in ("all", "any"):
            return any(self.counts(k, e, x) for k in c[v])
        if v == "audience":
            return self.counts({k: y for k, y in self.r.audiences[str(c[v])].items() if k != "description"}, e, x)
        if v in ("did", "members"):
            es = self.hits(str(c["did"] if v == "did" else c["who_did"]), c, x)
            if not es or e not in es:
                return False
            return "distinct" not in c or jsontype(e.props.get(str(c["distinct"]))) is not None
        return False

    # ------------------------------------------------------------ enrolments

    def open_enrol(self, s, camp):
        es = s.enrols.get(camp)
        return es[-1] if es and es[-1].left is None else None

    def cctx(self, s, camp, enrol=None):
        return Ctx(s, self.now, self.zone_of(s, camp), model=str(self.r.campaigns[camp]["model"]), camp=camp, enrol=enrol)

    def sctx(self, s):
        return Ctx(s, self.now, self.zone_of(s))

    def unsubscribed(self, s):
        return self.ev(self.r.unsub, self.sctx(s))

    def exit_reason(self, s, camp, en):
        c = self.r.campaigns[camp]
        if self.unsubscribed(s):
            return "left.unsubscribed"
        x = self.cctx(s, camp, en)
        if "while" in c and not self.ev(c["while"], x):
            return "left.while-ended"
        for l in c.get("leave_when") or []:
            if self.ev({k: y for k, y in l.items() if k != "name"}, x):
                return "left." + str(l["name"])
        return None

    def leave(self, s, camp, en, reason):
        plans, en.plans, en.left, en.pending = en.plans, [], self.now, []
        for p in plans:
            self.emit(s, camp, en, p, "cancelled", reason)
        self.after_leaving(s, camp)

    def after_leaving(self, s, camp):
        s.cstate.setdefault(camp, {})["false"] = False
        re_ = self.r.campaigns[camp].get("re_enter")
        if isinstance(re_, dict):
            k, n = span(re_["after"])
            if k == "clock":
                self.push(s, self.now + n)

    def may_enter(self, s, camp):
        """also remembers that who-and-while have been false since leaving"""
        c = self.r.campaigns[camp]
        model = str(c["model"])
        kind = str(self.r.models[model]["subject"])
        if s.kind != kind or str(c.get("mode", "live")) == "off":
            return False
        if self.start(s, model, self.now) is None:
            return False
        x = self.cctx(s, camp)
        on = self.ev(c["who"], x) and ("while" not in c or self.ev(c["while"], x))
        prev = s.enrols.get(camp) or []
        if not on:
            if prev:
                s.cstate[camp]["false"] = True
            return False
        if "enter_until_day" in c and self.day(s, model, self.now) > int(c["enter_until_day"]):
            return False
        if prev:
            re_ = c.get("re_enter", "never")
            if isinstance(re_, dict):
                k, n = span(re_["after"])
                left = prev[-1].left
                allowed = left + n if k == "clock" else sod(ldate(left, x.zone) + dt.timedelta(n), x.zone)
                if self.now < allowed:
                    return False
            elif str(re_) == "always":
                if not s.cstate[camp]["false"]:
                    return False
            else:
                return False
        return True

    def enter(self, s, camp, news, late):
        c = self.r.campaigns[camp]
        en = Enrol(camp, len(s.enrols.get(camp, [])) + 1, self.now, self.lookn)
        s.enrols.setdefault(camp, []).append(en)
        actor = news[-1].user if news else None
        for st in c["steps"]:
            if str(st.get("enabled", "true")) == "false":
                continue
            if "immediately" in st:
                self.plan(s, en, st, self.now, actor)
            elif "as_soon_as" in st:
                truth = self.ev(st["as_soon_as"], self.cctx(s, camp, en))
                en.truth[str(st["name"])] = truth
                if truth and not late and not self.over_limit(s, en, st):
                    self.plan(s, en, st, self.now, actor)
            else:
                en.pending.append(st)
        self.plan_pending(s, en)
        self.maybe_finish(s, en)

    # ------------------------------------------------------------ plans

    def plan_zone(self, s, camp, st):
        if "group_by" in st:
            z = str(self.r.campaigns[camp].get("timezone", ""))
            return zone(z if z in ZONES else self.r.tz)
        return self.zone_of(s, camp)

    def plan_pending(self, s, en):
        for st in list(en.pending):
            x = self.cctx(s, en.camp, en)
            a = self.anchor(st.get("since", "start" if "on_day" in st else "entering"), x)
            if a is None:
                continue
            en.pending.remove(st)
            z = self.plan_zone(s, en.camp, st)
            if "on_day" in st:
                nominal = instant(ldate(a, z) + dt.timedelta(int(st["on_day"])), hhmm(st["at"]), z)
                self.plan(s, en, st, nominal, None)
            elif "after" in st:
                self.plan(s, en, st, a + clock(st["after"]), None)
            else:
                self.plan_every(s, en, st, a, z, en.last_nominal.get(str(st["name"])))

    def plan_every(self, s, en, st, a, z, after):
        """the first nominal instant that is not past, not before entering, later than `after` and than the last send"""
        name = str(st["name"])
        sends = en.sends.get(name)
        d0 = ldate(a, z)
        ev = str(st["every"])
        if ev in WEEKDAYS:
            k = (WEEKDAYS.index(ev) - d0.weekday() - 1) % 7 + 1
            first, step = d0 + dt.timedelta(k), 7
        else:
            step = span(ev)[1]
            first = d0 + dt.timedelta(step)
        i = 0
        while True:
            n = instant(first + dt.timedelta(step * i), hhmm(st["at"]), z)
            i += 1
            if n < self.now or n < en.entered or (after is not None and n <= after) or (sends and n <= sends[-1]):
                continue
            break
        self.plan(s, en, st, n, None)

    def plan(self, s, en, st, nominal, actor):
        name = str(st["name"])
        occ = en.planned[name] = en.planned.get(name, 0) + 1
        z = self.plan_zone(s, en.camp, st)
        planned = nominal
        p = Plan(st, occ, nominal, planned, actor)
        if nominal < en.entered:
            self.emit(s, en.camp, en, p, "skipped", "skipped.before-entry")
            return
        if "not_before" in st:
            planned = max(planned, en.entered + clock(st["not_before"]))
        if "days" in st:
            allowed = set()
            for d in aslist(st["days"]):
                d = str(d)
                allowed |= {"weekdays": {0, 1, 2, 3, 4}, "weekends": {5, 6}}.get(d) or {WEEKDAYS.index(d)}
            l = local(planned, z)
            if l.weekday() not in allowed:
                if str(st.get("outside_days", "wait")) == "skip":
                    p.skip_outside = True
                else:
                    d = l.date()
                    tod = hhmm(st["at"]) if "at" in st else l.time().replace(fold=0)
                    while d.weekday() not in allowed or d == l.date():
                        d += dt.timedelta(1)
                    planned = instant(d, tod, z)
        p.planned = planned
        en.plans.append(p)
        self.push(s, planned)

    def is_tag(self, st):
        return "send" not in st

    def expiry(self, p):
        if self.is_tag(p.step):
            return None
        if "expires" in p.step:
            return p.planned + clock(p.step["expires"])
        return p.planned + self.r.channel(str(p.step["send"]))[1]

    def over(self, en, st):
        return "at_most" in st and "per" not in st and len(en.sends.get(str(st["name"]), [])) >= int(st["at_most"])

    def over_limit(self, s, en, st):
        """at_most with per over its sliding window, or at_most alone used up"""
        if "at_most" not in st:
            return False
        if "per" not in st:
            return self.over(en, st)
        z = self.plan_zone(s, en.camp, st)
        lo = self.window_start(span(st["per"]), z)
        got = [t for t in s.step_sends.get((en.camp, str(st["name"])), []) if t >= lo]
        return len(got) >= int(st["at_most"])

    def window_start(self, sp, z):
        k, n = sp
        return self.now - n + 1 if k == "clock" else sod(ldate(self.now, z) - dt.timedelta(n - 1), z)

    def can_come(self, en, st, seen=()):
        """can this step still get a plan (in this enrolment), or does it have one?"""
        name = str(st["name"])
        if str(st.get("enabled", "true")) == "false" or name in seen:
            return False
        if any(p.step is st for p in en.plans):
            return True
        if "as_soon_as" in st:
            return not self.over(en, st)
        if st in en.pending:
            a = str(st.get("since", "start" if "on_day" in st else "entering"))
            steps = {str(t["name"]): t for t in self.r.campaigns[en.camp]["steps"]}
            if a in steps and a not in self.r.models[str(self.r.campaigns[en.camp]["model"])]["milestones"]:
                return bool(en.sends.get(a)) or self.can_come(en, steps[a], seen + (name,))
            return True
        if "every" in st:
            return not self.over(en, st)
        return False

    def maybe_finish(self, s, en):
        if en.left is None and not any(self.can_come(en, st) for st in self.r.campaigns[en.camp]["steps"]):
            en.left = self.now
            self.after_leaving(s, en.camp)

    def recipient(self, s, p):
        """(label, Subject or None)"""
        st = p.step
        if self.is_tag(st) or "to" not in st:
            return s.label, s
        to = str(st["to"])
        if to == "actor":
            if "as_soon_as" in st or "immediately" in st:
                if p.actor is not None:
                    return "user:" + p.actor, self.user(p.actor)
            return (s.label, s) if s.kind == "user" else (None, None)
        name = to.split(".", 1)[1] if to.startswith("account.") else to
        a = self.account_of(s, self.now)
        v = ident(self.trait(a, name, self.now)) if a else None
        return ("user:" + v, self.user(v)) if v is not None else (None, None)

    def group(self, s, st):
        """the value that gathers a step with others, or None; all of them get one variant"""
        if "group_by" not in st:
            return None
        a = self.account_of(s, self.now)
        v = self.trait(a, str(st["group_by"]).split(".", 1)[-1], self.now) if a else None
        return v if isinstance(v, str) and v else None

    def muted(self, s, camp, p, rec, only=None):
        ch = str(p.step["send"])
        for n in sorted(self.r.mutes):
            m = self.r.mutes[n]
            if only is not None and n != only:
                continue
            if "channels" in m and ch not in [str(c) for c in m["channels"]]:
                continue
            if "channels" not in m and self.r.channel(ch)[0] != "message":
                continue
            if "campaigns" in m and camp not in [str(c) for c in m["campaigns"]]:
                continue
            if "when" in m and rec.kind == "user" and self.ev(m["when"], self.sctx(rec)):
                return n
            if "when_account" in m:
                a = s if s.kind == "account" else self.account_of(rec, self.now)
                if a and self.ev(m["when_account"], self.sctx(a)):
                    return n
        return None

    def quiet_end(self, z):
        q = self.r.quiet
        if not q or q[0] == q[1]:
            return None
        d = ldate(self.now, z)
        ends = []
        for i in (-2, -1, 0, 1):
            day = d + dt.timedelta(i)
            f = instant(day, q[0], z)
            t = instant(day, q[1], z)
            if t <= f:
                t = instant(day + dt.timedelta(1), q[1], z)
            if f <= self.now < t:
                ends.append(t)
        return max(ends) if ends else None

    def cap_end(self, rec, ch, z):
        """the instant at which all caps are free, or None"""
        end = None
        for c in self.r.caps:
            if "channels" in c and ch not in [str(x) for x in c["channels"]]:
                continue
            sp, n = span(c["per"]), int(c["at_most"])
            chans = [str(x) for x in c["channels"]] if "channels" in c else None
            lo = self.window_start(sp, z)
            got = sorted(t for t, k in rec.caps if t >= lo and (chans is None or k in chans))
            if len(got) < n:
                continue
            t = got[len(got) - n]
            free = t + sp[1] if sp[0] == "clock" else sod(ldate(t, z) + dt.timedelta(sp[1]), z)
            end = free if end is None else max(end, free)
        return end

    def unit(self, *parts):
        h = hashlib.sha256(b"\0".join(p.encode("utf-8", "replace") for p in parts)).digest()
        return Fraction(int.from_bytes(h[:8], "big"), 2 ** 64)

    def due(self, s, camp, en, p):
        """is there something to do for the plan now?"""
        if p.mute:
            e = self.expiry(p)
            return (e is not None and self.now >= e) or not self.still_muted(s, camp, p)
        t = p.planned
        if p.until is not None:
            t = min(p.until, self.expiry(p))
        return self.now >= t

    def still_muted(self, s, camp, p):
        n = p.mute[0]
        rec = self.recipient(s, p)[1]
        if rec is None or (rec is not s and rec.kind == "user" and self.unsubscribed(rec)):
            return False
        return self.muted(s, camp, p, rec, only=n) is not None

    def decide(self, s, camp, en, p):
        """Returns (outcome, reason) if final, else None (it waits)"""
        st, now = p.step, self.now
        c = self.r.campaigns[camp]
        if p.skip_outside:
            return "skipped", "skipped.outside-days"
        exp = self.expiry(p)
        if p.mute:
            if self.still_muted(s, camp, p):
                return "dropped", "dropped.expired"   # only due at its expiry
            p.mute = None
        elif p.until is not None:
            if now < p.until:
                return "dropped", "dropped.expired"
            p.until = None
        # 5
        if "only_if" in st and not self.ev(st["only_if"], self.cctx(s, camp, en)):
            return "skipped", "skipped.condition"
        label, rec = self.recipient(s, p)
        if label is None:
            return "dropped", "dropped.no-recipient"
        if rec is not s and rec.kind == "user" and self.unsubscribed(rec):
            return "dropped", "dropped.no-recipient"
        tag = self.is_tag(st)
        if not tag:
            m = self.muted(s, camp, p, rec)
            if m is not None:
                if now >= exp:
                    return "dropped", "dropped.expired"
                p.mute = (m, rec)
                self.push(s, exp)
                if rec is not s and rec.kind == "user":
                    self.waiting_on.setdefault(rec.id, set()).add(s)
                return None
        # 6
        if "holdout" in c:
            share = Fraction(str(c["holdout"]).rstrip("%")) / 100
            if self.unit(str(c.get("holdout_group", camp)), s.id) < share:
                return "held-out", "held-out"
        kind, _, ignore = self.r.channel(str(st["send"])) if not tag else ("internal", None, True)
        z = self.zone_of(rec, camp) if rec.kind == "user" and rec.own else self.zone_of(s, camp)
        # 7
        if kind == "message" and not ignore and str(st.get("quiet_hours", "")) != "ignore":
            q = self.quiet_end(z)
            if q is not None:
                return self.hold(s, p, q, exp)
        # 8
        if "per" in st and self.over_limit(s, en, st):
            return "dropped", "dropped.capped"
        if kind == "message" and str(st.get("caps", "")) != "exempt":
            e = self.cap_end(rec, str(st["send"]), z)
            if e is not None:
                if self.r.on_cap == "drop":
                    return "dropped", "dropped.capped"
                return self.hold(s, p, e, exp)
        # 9
        if exp is not None and now > exp:
            return "dropped", "dropped.expired"
        if str(c.get("mode", "live")) == "shadow":
            return "skipped", "skipped.shadow"
        if kind == "message" and not tag and str(st.get("caps", "")) != "not_counted":
            rec.caps.append((now, str(st["send"])))
        if "tag" in st:
            s.tags.add(str(st["tag"]))
        if "untag" in st:
            s.tags.discard(str(st["untag"]))
        return "sent", "sent"

    def hold(self, s, p, until, exp):
        if self.now >= exp:
            return "dropped", "dropped.expired"
        p.until = until
        self.push(s, min(until, exp))
        return None

    def finalise(self, s, camp, en, p, outcome, reason):
        en.plans.remove(p)
        st = p.step
        name = str(st["name"])
        if reason in SENT_LIKE:
            en.sends.setdefault(name, []).append(self.now)
            s.step_sends.setdefault((camp, name), []).append(self.now)
        self.emit(s, camp, en, p, outcome, reason)
        if "every" in st and not self.over(en, st):
            en.last_nominal[name] = p.nominal
            en.pending.append(st)
        self.plan_pending(s, en)
        self.maybe_finish(s, en)

    def emit(self, s, camp, en, p, outcome, reason):
        st = p.step
        tag = self.is_tag(st)
        variant = None
        if reason in ("sent", "held-out", "skipped.shadow") and st.get("variants"):
            u = self.unit(camp, str(st["name"]), self.group(s, st) or s.id)
            total = sum(num(v["weight"]) for v in st["variants"])
            acc = Fraction(0)
            for v in st["variants"]:
                acc += num(v["weight"])
                if acc / total > u:
                    variant = str(v["name"])
                    break
        self.out.append({
            "at": iso(self.now), "subject": s.label, "campaign": camp, "step": str(st["name"]), "enrolment": en.n,
            "occurrence": p.occ, "outcome": outcome, "reason": reason, "nominal_at": iso(p.nominal),
            "channel": None if tag else str(st["send"]), "to": self.recipient(s, p)[0], "variant": variant, "id": None})

    # ------------------------------------------------------------ one look at one subject

    def push(self, s, t):
        if t > self.now and t not in s.pushed:
            s.pushed.add(t)
            self.hn += 1
            heapq.heappush(self.heap, (t, self.hn, s))

    def campaigns_of(self, s):
        kind = "account" if s.kind == "account" else "user"
        return [n for n in self.r.order if str(self.r.models[str(self.r.campaigns[n]["model"])]["subject"]) == kind]

    def look(self, s, news=(), late=False):
        self.lookn += 1
        fresh = True
        if s.kind == "anonymous":
            self.refresh_held(s)
            self.push_midnights(s)
            return
        camps = self.campaigns_of(s)
        for guard in range(10000):
            for guard2 in range(1000):          # exits and entries until nothing changes
                self.refresh_held(s)
                changed = False
                for n in camps:
                    en = self.open_enrol(s, n)
                    if en:
                        why = self.exit_reason(s, n, en)
                        if why:
                            self.leave(s, n, en, why)
                            changed = True
                    if not self.open_enrol(s, n) and self.may_enter(s, n):
                        self.enter(s, n, news, late)
                        changed = True
                if not changed:
                    break
            else:
                raise RuntimeError("exits and entries do not settle")
            ended = False
            for n in camps:
                en = self.open_enrol(s, n)
                if en:
                    self.plan_pending(s, en)
                    self.triggers(s, n, en, news if fresh else (), news, late)
                    self.maybe_finish(s, en)    # 48: its last step may have been passed over when it was planned
                    ended |= en.left is not None
            fresh = False
            if ended:
                continue
            best = None
            for n in camps:
                en = self.open_enrol(s, n)
                if not en:
                    continue
                for p in en.plans:
                    if self.due(s, n, en, p):
                        c = self.r.campaigns[n]
                        k = (-int(c.get("priority", 50)), p.nominal, n.encode(), [id(t) for t in c["steps"]].index(id(p.step)))
                        if best is None or k < best[0]:
                            best = (k, n, en, p)
            if best is None:
                break
            _, n, en, p = best
            r = self.decide(s, n, en, p)
            if r is not None:
                self.finalise(s, n, en, p, *r)
        else:
            raise RuntimeError("decisions do not settle")
        self.push_midnights(s)

    def triggers(self, s, camp, en, news, cause, late):
        for st in self.r.campaigns[camp]["steps"]:
            name = str(st["name"])
            if "as_soon_as" not in st or name not in en.truth:
                continue
            x = self.cctx(s, camp, en)
            prev, truth = en.truth[name], self.ev(st["as_soon_as"], x)
            en.truth[name] = truth
            hit = truth and not prev
            if truth and prev and en.look != self.lookn:
                hit = any(self.counts(st["as_soon_as"], e, x) for e in news)
            if hit and not late and not any(p.step is st for p in en.plans) and not self.over_limit(s, en, st):
                self.plan(s, en, st, self.now, cause[-1].user if cause else None)

    def push_midnights(self, s):
        if self.idle(s):
            return
        zs = {self.zone_of(s)}
        for n in self.campaigns_of(s):
            zs.add(self.zone_of(s, n))
        for z in zs:
            self.push(s, next_midnight(self.now, z))

    def idle(self, s):
        """nothing that time alone could change (an optimisation only)"""
        if s.kind == "anonymous":
            return True
        if any("held_for" in x for m in self.r.models.values() for k in ("segments", "health") for x in m.get(k) or []):
            return False
        for n in self.campaigns_of(s):
            c = self.r.campaigns[n]
            if self.open_enrol(s, n):
                return False
            m = str(c["model"])
            if self.start(s, m, self.now) is None:
                sp, fl = self.r.features(self.r.models[m]["starts"], m)
                if sp or fl & {"cal", "tv"}:
                    return False
                continue
            if s.enrols.get(n) and str(c.get("re_enter", "never")) == "never":
                continue
            if "enter_until_day" in c and self.day(s, m, self.now) > int(c["enter_until_day"]) and not s.enrols.get(n):
                continue
            return False
        return True

    # ------------------------------------------------------------ stimuli

    def alarms(self, s, e):
        """instants at which the passing of time may change an answer because of this event"""
        z = self.zone_of(s)
        base = [e.ts]
        if "tv" in self.r.flags:
            for v in list(e.traits.values()) + list(e.props.values()):
                tv = time_value(v, z)
                if tv is not None:
                    base.append(tv)
        for b in base:
            self.push(s, b)
            for sp in self.r.spans:
                self.push(s, b + sp)

    def receive(self, e):
        """makes the event known; returns the subjects to look at, in order"""
        touched = {}
        u = None
        if e.type == "alias":
            return []
        if e.user is not None:
            u = self.user(e.user)
        elif e.anon is not None:
            u = self.anons.setdefault(e.anon, Subject("anonymous", e.anon))
        if u is not None:
            u.own.append(e)
            if e.name is not None:
                u.by_name.setdefault(e.name, []).append(e)
            touched[u.label] = u
        accounts = []
        if e.group is not None:
            a = self.acc(e.group)
            a.own.append(e)
            if e.name is not None:
                a.by_name.setdefault(e.name, []).append(e)
            accounts.append(a)
            if u is not None and u.kind == "user":
                new = e.group not in u.accounts
                since = min(e.ts, u.accounts.get(e.group, e.ts))
                u.accounts[e.group] = a.members[u.id] = since
                if new:
                    for k in u.own:
                        if k.group is None:
                            self.alarms(a, k)
        elif u is not None and u.kind == "user":
            accounts += [self.accs[a] for a in u.accounts]
        for a in accounts:
            touched[a.label] = a
            for uid in a.members:
                touched["user:" + uid] = self.users[uid]
        self.spread(touched)
        for s in touched.values():
            s.ver += 1
            s.memo = {}
            self.alarms(s, e)
        return sorted(touched.values(), key=Subject.rank)

    def spread(self, due):
        """adds whom a look at these may concern: members of accounts, those who wait for a mute of a recipient"""
        work = list(due.values())
        while work:
            s = work.pop()
            more = [self.users[u] for u in s.members] if s.kind == "account" else []
            if s.kind == "user":
                more += list(self.waiting_on.get(s.id, ()))
            for k in more:
                if k.label not in due:
                    due[k.label] = k
                    work.append(k)

    def timers(self, t):
        """all looks due at t"""
        while self.heap and self.heap[0][0] <= t:
            due = {}
            while self.heap and self.heap[0][0] <= t:
                _, _, s = heapq.heappop(self.heap)
                due[s.label] = s
            for s in due.values():
                s.pushed = {p for p in s.pushed if p > t}
            self.spread(due)
            for s in sorted(due.values(), key=Subject.rank):
                news = [e for e in self.seen_events(s, t) if e.ts == t and e.arrival < t]
                # what changes a person's account concerns them as well (106)
                homes = [e for a in s.accounts for e in self.accs[a].own if e.ts == t and e.arrival < t]
                late = any(e.ts - e.arrival > 5 * 60_000 for e in news + homes)
                self.look(s, news, late)

    def run(self, events, until):
        end = until if until is not None else (events[-1].arrival + 60 * DAYMS if events else 0)
        i = 0
        while True:
            t = self.heap[0][0] if self.heap else None
            ta = events[i].arrival if i < len(events) else None
            if t is None and ta is None:
                break
            n = min(x for x in (t, ta) if x is not None)
            if self.wake:
                # law 2: looking more often must change nothing
                last = self.now if self.now is not None else n - 1
                w = (last // self.wake + 1) * self.wake
                if w < n and w <= end:
                    self.now = w
                    for s in sorted(list(self.users.values()) + list(self.accs.values()), key=Subject.rank):
                        self.look(s)
                    continue
            if n > end:
                break
            self.now = n
            if t is not None and t <= n:
                self.timers(n)
                continue
            e = events[i]
            i += 1
            late = e.arrival - e.ts > self.r.late or e.ts - e.arrival > 5 * 60_000
            for s in self.receive(e):
                news = [e] if e.ts <= self.now and e in self.seen_events(s, self.now) else []
                self.look(s, news, late)

    # ------------------------------------------------------------ what is printed

    def state(self, T):
        self.now = T
        out = []
        subs = list(self.users.values()) + list(self.accs.values()) + list(self.anons.values())
        for s in subs:
            s.memo = {}
            for m, d in self.r.models.items():
                if str(d["subject"]) != ("account" if s.kind == "account" else "user"):
                    continue
                st = self.start(s, m, T)
                if st is None:
                    continue
                scores = {}
                for n in d.get("scores") or {}:
                    p, b, cs = self.score(s, m, n, T)
                    scores[n] = {"points": p, "band": b, "components": {k: jnum(v) for k, v in cs.items()}}
                out.append({"subject": s.label, "model": m, "started_at": iso(st), "day": self.day(s, m, T),
                            "milestones": {k: iso(v) for k, v in self.milestones(s, m, T).items()},
                            "activated_at": iso(self.activated(s, m, T)), "pace": self.pace(s, m, T),
                            "segment": self.ladder(s, m, "segments", T), "health": self.ladder(s, m, "health", T),
                            "metrics": {k: jnum(self.metric(s, m, k, T)) for k in d.get("metrics") or {}}, "scores": scores})
        out.sort(key=lambda o: (o["subject"].encode("utf-8", "replace"), o["model"].encode()))
        return out


def jnum(v):
    """exact, printed with up to 6 decimals (half up)"""
    if v is None:
        return None
    v = Fraction(v)
    if v.denominator == 1:
        return int(v)
    x = (abs(v) * 10 ** 6 + Fraction(1, 2)).__floor__()
    s = "%d.%06d" % divmod(x, 10 ** 6)
    s = s.rstrip("0").rstrip(".")
    return Num(("-" if v < 0 else "") + s)


class Num(float):
    def __new__(cls, text):
        o = float.__new__(cls, text)
        o.text = text
        return o

    def __repr__(self):
        return self.text


def dumps(o):
    def enc(v):
        if isinstance(v, Num):
            return v.text
        if isinstance(v, dict):
            return "{" + ",".join(json.dumps(k, ensure_ascii=False) + ":" + enc(x) for k, x in v.items()) + "}"
        return json.dumps(v, ensure_ascii=False, separators=(",", ":"))
    return enc(o)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--rules", nargs="+", required=True)
    ap.add_argument("--config")
    ap.add_argument("--events", nargs="+", required=True)
    ap.add_argument("--until")
    ap.add_argument("--state-at")
    ap.add_argument("--wake-every", help="look at everybody this often as well (law 2: nothing may change)")
    a = ap.parse_args()
    eng = Engine(Rules(a.rules, a.config))
    eng.wake = clock(a.wake_every) if a.wake_every else 0
    events = read_events(a.events)
    until = parse_time(a.until) if a.until else None
    at = parse_time(a.state_at) if a.state_at else None
    if at is not None:
        until = at if until is None else min(at, until)
    if until is not None:
        events = [e for e in events if e.arrival <= until]
    eng.run(events, until)
    w = sys.stdout
    if at is not None:
        for o in eng.state(at):
            w.write(dumps(o) + "\n")
        return
    enc = lambda s: s.encode("utf-8", "replace")
    eng.out.sort(key=lambda o: (o["at"], enc(o["subject"]), enc(o["campaign"]), enc(o["step"]), o["occurrence"], o["enrolment"]))
    for o in eng.out:
        w.write(dumps(o) + "\n")


if __name__ == "__main__":
    main()
