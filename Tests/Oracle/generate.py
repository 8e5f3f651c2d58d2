#!/usr/bin/env python3
"""A random rule set, settings and history for one seed: DIR/rules/rules.yaml, DIR/nudged.yaml, DIR/events.ndjson.

"""
import argparse, datetime as dt, json, os, random
from zoneinfo import ZoneInfo
import yaml

ZONES = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Africa/Cairo", "America/Santiago",
         "Asia/Kolkata", "UTC", "Pacific/Chatham", "Asia/Beirut", "America/Sao_Paulo", "Atlantic/Azores"]
BASES = ["2026-03-01", "2026-03-18", "2026-10-17", "2026-10-22", "2026-03-28", "2026-09-20", "2026-04-15", "2026-06-01", "2026-08-28"]
EVENTS = ["Alpha", "Beta", "Gamma", "Page Viewed"]
PROPS = {"kind": ["a", "b", "c", None, 1, 1.0, "1", True, ["a", "b"]], "n": [1, 2, 3, 5, 2.5, "3", None]}
CLOCKS = ["45m", "1h", "10h", "24h", "36h", "48h", "72h", "168h"]
DAYS = ["1 day", "2 days", "3 days", "7 days", "1 week", "2 weeks"]
ATS = ["00:00", "00:30", "01:30", "02:30", "09:00", "10:15", "20:30", "23:30"]
MODELFACTS = {"reached", "missing", "milestones_reached", "categories_reached", "activated", "pace", "segment", "score", "health"}


class Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


class Gen:
    def __init__(self, seed, accounts):
        self.r = random.Random(seed)
        self.seed = seed
        r = self.r
        self.accounts = accounts == "yes" or (accounts == "mix" and r.random() < .35)
        self.models, self.campaigns, self.audiences, self.mutes = {}, {}, {}, {}
        self.tags = ["t1", "t2"]

    def p(self, x):
        return self.r.random() < x

    def one(self, xs):
        return self.r.choice(xs)

    def span(self, cal=.5):
        return self.one(DAYS) if self.p(cal) else self.one(CLOCKS)

    def num(self, hi=4):
        k = self.one(["at_least", "at_most", "exactly", "above", "below", "between", "plain"])
        n = self.r.randint(1, hi)
        if k == "plain":
            return n
        if k == "between":
            return {"between": [n, n + self.r.randint(0, 2)]}
        if k == "exactly" or k == "at_least" or k == "below":
            return {k: n}
        return {k: n - 1}

    def match(self):
        return self.one([
            {"kind": "a"}, {"kind": ["a", "b"]}, {"kind": {"not": "a"}}, {"kind": {"exists": False}}, {"kind": {"exists": True}},
            {"n": {"at_least": 2}}, {"n": 3}, {"n": "3"}, {"kind": {"none_of": ["b", "c"]}}, {"kind": {"contains": "a"}},
            {"kind": {"starts_with": "b"}}, {"n": {"between": [1, 2.5]}}, {"kind": 1}, {"kind": True}, {"kind": {"any_of": ["a", "c"]}, "n": {"below": 4}}])

    def window(self, c, ctx, must=False):
        x = self.r.random()
        if x < .35:
            c["within"] = self.span()
        elif x < .5:
            c["within_first"] = self.span()
            if self.p(.4):
                c["since"] = self.anchor(ctx)
        elif x < .7 or must:
            c["since"] = self.anchor(ctx)
        return c

    def anchor(self, ctx):
        xs = ["start"]
        if ctx.get("campaign_inside"):
            xs += ["entering", "entering"] + ctx.get("step_names", [])
        if ctx.get("milestones"):
            xs += ctx["milestones"]
        if self.p(.15):
            return self.date()
        return self.one(xs)

    def date(self):
        d = dt.date.fromisoformat(self.base) + dt.timedelta(self.r.randint(1, 20))
        return d.isoformat()

    def did(self, ctx, event=None):
        c = {"did": event or self.one(EVENTS)}
        if self.p(.3):
            c["where"] = self.match()
        if self.p(.45):
            c["times"] = self.num()
        if self.p(.15):
            c["distinct"] = self.one(["kind", "n"])
        if self.p(.6):
            self.window(c, ctx)
        return c

    def trait(self):
        return self.one([
            {"plan": "free"}, {"plan": ["free", "pro"]}, {"plan": {"not": "free"}}, {"seats": {"at_least": 5}}, {"seats": {"below": 10}},
            {"plan": {"exists": False}}, {"beta": True}, {"renews": {"within_last": self.span()}}, {"renews": {"older_than": self.span()}},
            {"renews": {"before": self.date()}}, {"renews": {"after": self.date()}}, {"plan": {"contains": "r"}}, {"plan": "free", "seats": {"above": 2}}])

    def leaf(self, ctx):
        M = ctx.get("model")
        kinds = ["did"] * 5 + ["did_not"] * 2 + ["trait"] * 2
        if ctx["subject"] == "user":
            kinds += ["account_trait"]
        else:
            kinds += ["members"] * 2
        if M:
            m = self.models[M]
            kinds += ["reached", "missing", "milestones_reached", "activated", "day", "day"]
            for k in ("pace", "segments", "scores", "metrics", "health"):
                if m.get(k):
                    kinds += [k] * 2
            if any("category" in x for x in m["milestones"].values()):
                kinds.append("categories_reached")
        if not ctx.get("in_model") and not ctx.get("no_cross"):
            kinds += ["tagged"] + (["in_campaign"] if ctx.get("campaigns") else []) + (["audience"] if self.audiences else [])
        k = self.one(kinds)
        if k == "did":
            return self.did(ctx)
        if k == "did_not":
            c = {"did_not": self.one(EVENTS)}
            if self.p(.3):
                c["where"] = self.match()
            return self.window(c, ctx, must=True)
        if k == "trait":
            return {"trait": self.trait()}
        if k == "account_trait":
            return {"account_trait": self.one([{"tier": "big"}, {"tier": {"not": "big"}}, {"employees": {"at_least": 50}}, {"tier": {"exists": False}}])}
        if k == "members":
            c = {"members": self.one([1, {"at_least": 1}, {"at_least": 2}]), "who_did": self.one(EVENTS)}
            if self.p(.5):
                self.window(c, ctx)
            if self.p(.3):
                c["times"] = {"at_least": 2}
            return c
        if k == "reached" or k == "missing":
            names = list(m["milestones"])
            return {k: self.one(names) if self.p(.6) else self.r.sample(names, 2)}
        if k == "milestones_reached":
            n = len(m["milestones"])
            return {k: self.one(["all", 0, 1, {"at_least": 1}, {"at_least": n}, {"below": n}, {"between": [1, n]}])}
        if k == "categories_reached":
            return {k: self.one(["all", {"at_least": 1}, 0])}
        if k == "activated":
            return {k: self.p(.4)}
        if k == "day":
            n = self.r.randint(1, 9)
            return {k: self.one([{"at_least": n}, {"below": n}, {"between": [n, n + 3]}, {"at_most": n}, n])}
        if k == "pace":
            names = [x["name"] for x in m["pace"]] + ["pending"]
            return {k: self.one(names) if self.p(.6) else self.r.sample(names, 2)}
        if k in ("segments", "health"):
            names = [x["name"] for x in m[k]]
            return {"segment" if k == "segments" else k: self.one(names) if self.p(.6) else self.r.sample(names, min(2, len(names)))}
        if k == "scores":
            return {"score": {self.one(list(m["scores"])): self.one([{"at_least": self.r.randint(5, 60)}, {"below": self.r.randint(10, 80)}, {"between": [5, 50]}])}}
        if k == "metrics":
            return {"metric": {self.one(list(m["metrics"])): self.num(3)}}
        if k == "tagged":
            return {k: self.one(self.tags)}
        if k == "in_campaign":
            return {k: self.one(ctx["campaigns"])}
        return {"audience": self.one(list(self.audiences))}

    def verbs(self, c):
        out = set()
        for k, v in c.items():
            if k in ("all", "any", "none"):
                for x in v:
                    out |= self.verbs(x)
            elif k == "not":
                out |= self.verbs(v)
            elif k in ("did", "did_not"):
                out.add("event:" + v)
            elif k in MODELFACTS:
                out.add("model")
            elif k in ("trait", "account_trait"):
                out |= {k + ":" + n for n in v}
            elif k in ("day", "metric", "audience", "in_campaign", "tagged", "members"):
                out.add(k)
        return out

    def cond(self, ctx, depth=0):
        x = self.r.random()
        if depth >= 2 or x < .6:
            return self.leaf(ctx)
        if x < .66:
            return {"not": self.cond(ctx, depth + 1)}
        kind = self.one(["all", "any", "any", "none"])
        out, used = [], set()
        for _ in range(self.r.randint(2, 3)):
            for _ in range(20):
                c = self.cond(ctx, depth + 1)
                v = self.verbs(c)
                if not (v & used):
                    used |= v
                    out.append(c)
                    break
        return {kind: out}

    # ---------------------------------------------------------------- models

    def model(self, name, subject):
        r = self.r
        m = {"subject": subject, "starts": {"did": "Signed Up" if subject == "user" else "Workspace Created"}}
        if self.p(.15):
            m["starts"]["where"] = {"kind": {"not": "b"}}
        if self.p(.06):
            m["starts"] = {"did": "Alpha", "times": {"at_least": 2}, "within": self.span()}
        metrics = {}
        for i in range(r.randint(0, 4)):
            k = self.one(["count", "days_with", "weeks_with", "distinct", "sum", "days_since", "ratio", "members"])
            if k == "members" and subject == "user":
                k = "count"
            d = {}
            if k in ("distinct", "sum"):
                d[k] = self.one(["kind", "n"]) if k == "distinct" else "n"
                d["of"] = self.one(EVENTS)
            elif k == "ratio":
                d[k] = self.one([["used", "seats"], [list(metrics)[0], "seats"]]) if metrics else ["used", "seats"]
            elif k == "members":
                d[k] = self.did({"subject": subject})
                d[k].pop("times", None)
                if "since" in d[k] and d[k]["since"] != "start":
                    d[k]["since"] = "start"
            else:
                d[k] = self.one(EVENTS)
                if k == "weeks_with" and self.p(.5):
                    d["at_least"] = 2
            if k not in ("ratio", "members"):
                if self.p(.2):
                    d["where"] = self.match()
                if self.p(.6):
                    if self.p(.6):
                        d["within"] = self.span()
                    else:
                        d["within_first"] = self.span()
            metrics["m%d" % i] = d
        self.models[name] = m
        stones, prev = {}, []
        for i in range(r.randint(2, 4)):
            ctx = {"subject": subject, "in_model": True, "milestones": list(prev) if self.p(.3) else []}
            x = r.random()
            if x < .7:
                c = self.did(ctx, self.one(EVENTS[:3]))
            elif x < .8 and [k for k in metrics if "ratio" not in metrics[k]]:
                c = {"metric": {self.one([k for k in metrics if "ratio" not in metrics[k]]): {"at_least": r.randint(1, 3)}}}
            elif x < .9:
                c = {"any": [self.did(ctx, "Alpha"), self.did(ctx, "Beta")]}
            else:
                c = {"all": [self.did(ctx, "Gamma"), {"did_not": "Beta", "within": self.span()}]}
            s = {"weight": self.one([10, 20, 25, 1, 2.5])}
            if self.p(.6):
                s["category"] = self.one(["core", "team"])
            s["reached_when"] = c
            stones[name + "-s%d" % i] = s
            prev.append(name + "-s%d" % i)
        m["milestones"] = stones
        n = len(stones)
        m["activated_when"] = {"milestones_reached": self.one(["all", {"at_least": 1}, {"at_least": 2}, {"at_least": n}])}
        if all("category" in s for s in stones.values()) and self.p(.5):
            m["activated_when"] = {"categories_reached": "all"}
        if self.p(.6):
            a = r.randint(0, 3)
            m["pace"] = [{"name": "fast", "by_day": a}, {"name": "slow", "by_day": a + r.randint(1, 6)}, {"name": "failed", "otherwise": True}]
        if metrics:
            m["metrics"] = metrics
        if self.p(.6):
            comps = [{"name": "stones", "max": 40, "from": "milestone_weights"}]
            comps.append(self.one([
                {"name": "speed", "max": 30, "from": "time_to_first_milestone", "table": [{"within": "10h", "points": 30}, {"within": "48h", "points": 12.5}, {"otherwise": True, "points": 0}]},
                {"name": "speed", "max": 30, "from": "time_to_first_milestone", "linear": {"full_at": "1h", "zero_at": "168h"}}]))
            rest = 30
            if metrics:
                k = self.one(list(metrics))
                comps.append(self.one([
                    {"name": "rest", "max": rest, "from": k, "points_each": self.one([2, 2.5, 7])},
                    {"name": "rest", "max": rest, "from": k, "table": [{"at_least": 3, "points": 30}, {"at_least": 0.5, "points": 10}, {"otherwise": True, "points": 1}]},
                    {"name": "rest", "max": rest, "from": k, "linear": {"full_at": 5, "zero_at": 0}}]))
            else:
                comps[0]["max"] += rest
            m["scores"] = {name + "-score": {"components": comps, "bands": [{"name": "high", "at_least": 60}, {"name": "mid", "at_least": 20}, {"name": "low", "at_least": 0}]}}
        ctx = {"subject": subject, "in_model": True, "model": name, "milestones": prev}
        for which, prob in (("segments", .5), ("health", .4 if subject == "account" else .15)):
            if self.p(prob):
                lad = []
                for i in range(r.randint(1, 3)):
                    e = {"name": "%s%d" % (which[0], i)}
                    for _ in range(50):
                        c = self.cond(ctx, 1)
                        if not ({"segment", "health"} & self.keys(c)):
                            break
                    if self.p(.4):
                        e["held_for"] = self.one(["1h", "24h", "30h"])
                    e["when"] = c
                    lad.append(e)
                lad.append({"name": which[0] + "x", "otherwise": True})
                m[which] = lad

    def keys(self, c):
        out = set()
        if isinstance(c, dict):
            for k, v in c.items():
                out.add(k)
                out |= self.keys(v)
        elif isinstance(c, list):
            for x in c:
                out |= self.keys(x)
        return out

    # ---------------------------------------------------------------- campaigns

    def campaign(self, name, model):
        r = self.r
        subject = self.models[model]["subject"]
        others = [n for n in self.campaigns if self.models[self.campaigns[n]["model"]]["subject"] == subject]
        base = {"subject": subject, "model": model, "campaigns": others, "milestones": list(self.models[model]["milestones"])}
        outside = dict(base)
        step_names = ["%s-step%d" % (name, i) for i in range(r.randint(1, 4))]
        inside = dict(base, campaign_inside=True, step_names=step_names)
        c = {"description": "generated", "owner": "x@example.com", "mode": "shadow" if self.p(.06) else "live", "model": model}
        if self.p(.3):
            c["priority"] = self.one([10, 60, 90])
        easy = self.p(.45)
        c["who"] = self.cond(outside) if not easy else self.one([{"milestones_reached": {"at_most": 1}}, {"day": {"at_most": 12}}, {"not": {"trait": {"plan": "pro"}}}])
        if self.p(.2 if easy else .55):
            used = self.verbs(c["who"])
            for _ in range(50):
                w = self.cond(outside)
                if not (self.verbs(w) & used):
                    c["while"] = w
                    break
        if self.p(.25):
            c["enter_until_day"] = r.randint(0, 9)
        if self.p(.4):
            c["leave_when"] = [dict(name="out%d" % i, **self.cond(inside, 1)) for i in range(r.randint(1, 2))]
        if self.p(.45):
            c["re_enter"] = self.one(["always", {"after": "24h"}, {"after": "3 days"}, {"after": "1 week"}])
            if c["re_enter"] == "always" and "while" not in c:
                c["while"] = {"trait": {"plan": {"not": "pro"}}} if "trait:plan" not in self.verbs(c["who"]) else {"day": {"below": 20}}
        if self.p(.3):
            c["holdout"] = self.one(["10%", "50%", "12.5%"])
            if self.p(.3):
                c["holdout_group"] = "group-a"
        if self.p(.25):
            c["timezone"] = self.one(ZONES)
        c["steps"] = [self.step(n, subject, inside, step_names) for n in step_names]
        self.campaigns[name] = c

    def step(self, name, subject, ctx, names):
        r = self.r
        s = {"name": name}
        kind = self.one(["on_day", "on_day", "after", "after", "every", "every", "immediately", "as_soon_as", "as_soon_as"])
        ms = ctx["milestones"]
        anchors = ["start", "entering"] + ms[:1] + [n for n in names if n < name]
        if kind == "on_day":
            s["on_day"] = r.randint(0, 10)
            if self.p(.4):
                s["since"] = self.one(anchors)
            s["at"] = self.one(ATS)
        elif kind == "after":
            s["after"] = self.one(CLOCKS)
            if self.p(.6):
                s["since"] = self.one(anchors)
        elif kind == "every":
            s["every"] = self.one(DAYS[:5] + ["monday", "saturday", "sunday"])
            if self.p(.4):
                s["since"] = self.one(anchors)
            s["at"] = self.one(ATS)
        elif kind == "immediately":
            s["immediately"] = True
        else:
            c = self.cond(dict(ctx, step_names=[]), 1)
            s["as_soon_as"] = c if self.p(.4) else self.did(dict(ctx, step_names=[]))
        if self.p(.3):
            s["days"] = self.one(["weekdays", "weekends", ["monday", "thursday"], "sunday", ["tuesday", "wednesday", "friday"]])
            if self.p(.25):
                s["outside_days"] = "skip"
        if self.p(.2):
            s["not_before"] = self.one(["1h", "30h", "50h"])
        if kind in ("every", "as_soon_as") and self.p(.5):
            s["at_most"] = r.randint(1, 3)
        if kind in ("every", "as_soon_as", "on_day") and self.p(.3):
            s["at_most"] = r.randint(1, 2)
            s["per"] = self.span()
        if self.p(.35):
            s["only_if"] = self.cond(ctx, 1)
        if self.p(.15):
            s[self.one(["tag", "tag", "untag"])] = self.one(self.tags)
            return s
        s["send"] = self.one(["email", "email", "in-app", "cs-task", "chat", "sms"])
        s["template"] = "t1"
        if self.p(.25):
            del s["template"]
            s["variants"] = [{"name": "va", "weight": 50, "template": "t1"}, {"name": "vb", "weight": self.one([50, 10, 2.5]), "template": "t2"}]
        if self.p(.4):
            s["expires"] = self.one(["30m", "5h", "12h", "24h", "48h", "100h"])
        if self.p(.1):
            s["caps"] = self.one(["exempt", "not_counted"])
        if self.p(.1):
            s["quiet_hours"] = "ignore"
        if subject == "account" and self.p(.6):
            s["to"] = self.one(["account.owner", "actor"]) if kind == "as_soon_as" else "account.owner"
        elif subject == "user" and self.accounts and self.p(.1):
            s["to"] = "account.owner"
        if subject == "account" and kind in ("every", "on_day") and self.p(.15):
            s["group_by"] = "account.owner"
        return s

    # ---------------------------------------------------------------- everything

    def build(self):
        r = self.r
        self.base = self.one(BASES)
        subjects = ["user"] * (2 if self.p(.3) else 1)
        if self.accounts:
            subjects = ["account"] + (["user"] if self.p(.7) else [])
        for i in range(r.randint(0, 2)):
            self.audiences["aud%d" % i] = self.cond({"subject": "user", "no_cross": True, "no_members": True}, 1)
            if "account" in subjects and ({"account_trait", "members"} & self.keys(self.audiences["aud%d" % i])):
                self.audiences["aud%d" % i] = {"trait": {"plan": "free"}}
            if "since" in self.keys(self.audiences["aud%d" % i]) or "within_first" in self.keys(self.audiences["aud%d" % i]):
                self.audiences["aud%d" % i] = {"did": self.one(EVENTS), "within": self.span()}
            if set(self.audiences["aud%d" % i]) - {"all", "any", "none", "not", "did", "did_not", "where", "times", "distinct", "within", "trait", "account_trait"}:
                self.audiences["aud%d" % i] = {"trait": {"plan": "free"}}
        for i, s in enumerate(subjects):
            self.model("model%d" % i, s)
        for i in range(r.choice([1, 2, 2, 3])):
            self.campaign("camp%d" % i, self.one(list(self.models)))
        if self.p(.25):
            c = {"description": "generated", "channels": r.sample(["email", "in-app", "cs-task", "chat", "sms"], r.randint(1, 3))}
            if self.accounts and self.p(.5):
                accs = [n for n, x in self.campaigns.items() if self.models[x["model"]]["subject"] == "account"]
                c["when_account"] = {"in_campaign": accs[0]} if accs else {"trait": {"tier": "big"}}
            else:
                c["when"] = self.one([{"did": self.one(EVENTS), "within": self.span()}, {"trait": self.trait()}, {"tagged": "t1"}])
            if self.p(.3):
                c["campaigns"] = [self.one(list(self.campaigns))]
            self.mutes["mute0"] = c
        rules = {"nudged": 1}
        for k in ("audiences", "models", "campaigns", "mutes"):
            if getattr(self, k):
                rules[k] = getattr(self, k)
        cfg = {"nudged_config": 1, "timezone": self.one(ZONES), "rules": "rules", "store": {"path": "nudged.db"},
               "channels": {"email": {"kind": "message", "file": "outbox/email.jsonl"}, "in-app": {"kind": "message", "file": "outbox/in-app.jsonl", "quiet_hours": "ignore", "expires": "48h"},
                            "cs-task": {"kind": "internal", "file": "outbox/cs.jsonl"}, "chat": {"kind": "internal", "file": "outbox/chat.jsonl", "expires": "12h"},
                            "sms": {"kind": "message", "file": "outbox/sms.jsonl"}}}
        if self.p(.6):
            cfg["quiet_hours"] = self.one([{"from": "21:00", "to": "08:00"}, {"from": "22:30", "to": "06:15"}, {"from": "12:00", "to": "13:30"}, {"from": "02:30", "to": "02:30"},
                                           {"from": "00:00", "to": "09:00"}, {"from": "20:00", "to": "00:00"}, {"from": "01:30", "to": "04:30"}])
        if self.p(.6):
            caps = []
            for i in range(r.randint(1, 2)):
                k = {"name": "cap%d" % i, "at_most": r.randint(1, 2), "per": self.span()}
                if self.p(.5):
                    k["channels"] = r.sample(["email", "in-app", "sms"], r.randint(1, 2))
                caps.append(k)
            cfg["caps"] = caps
            if self.p(.2):
                cfg["on_cap"] = "drop"
        if self.p(.2):
            cfg["late_limit"] = self.one(["1h", "24h"])
        if self.p(.06):
            cfg["unsubscribed_when"] = {"trait": {"plan": "none"}}
        return rules, cfg, self.history()

    def history(self):
        r = self.r
        out, used = [], []
        t0 = int(dt.datetime.fromisoformat(self.base + "T00:00:00+00:00").timestamp() * 1000)
        length = r.randint(21, 42) * 86400_000
        n = [0]

        def snap(t):
            """sometimes an instant at which something ends: a midnight, a plan's hour, or another event plus a window"""
            x = r.random()
            if x < .08:
                z = ZoneInfo(self.one(ZONES))
                d = dt.datetime.fromtimestamp(t / 1000, z).date()
                h, m = self.one(ATS).split(":")
                return int(dt.datetime.combine(d, dt.time(int(h), int(m)), z).timestamp() * 1000)
            if x < .13 and used:
                return self.one(used) + self.one([0, 0, 1, 3600_000, 10 * 3600_000, 24 * 3600_000, 48 * 3600_000])
            return t

        def emit(typ, t, user=None, **kw):
            n[0] += 1
            o = {"type": typ, "messageId": "%06x-%d" % (r.randrange(16 ** 6), n[0])}
            if user:
                o["userId"] = user
            o.update(kw)
            x = r.random()
            if x < .72:
                d = r.randint(0, 1500)
            elif x < .82:
                d = 0
            elif x < .90:
                d = r.randint(60_000, 20 * 3600_000)
            elif x < .94:
                d = r.randint(70 * 3600_000, 8 * 86400_000)
            elif x < .97:
                d = -r.randint(1, 299_999)
            else:
                d = -r.randint(300_001, 3 * 86400_000)
            used.append(t)
            o["timestamp"] = iso(t)
            if not (d == 0 and self.p(.3)):
                o["receivedAt"] = iso(t + d)
                if self.p(.08):
                    o["sentAt"] = iso(t + self.one([0, 40, 5000]))
            arrival = t + d
            out.append((arrival, n[0], o))
            if self.p(.04):
                o2 = dict(o)
                a2 = arrival + self.one([0, 1000, 3600_000, 86400_000])
                o2["receivedAt"] = iso(a2)
                if self.p(.4):
                    o2["timestamp"] = iso(t - 3600_000)
                n[0] += 1
                out.append((a2, n[0], o2))

        def iso(ms):
            d = dt.datetime.fromtimestamp(ms / 1000, dt.timezone.utc)
            base = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc) + dt.timedelta(milliseconds=ms)
            if self.p(.05):
                off = dt.timezone(dt.timedelta(hours=self.one([-5, 2, 9])))
                return base.astimezone(off).strftime("%Y-%m-%dT%H:%M:%S.") + "%03d" % (ms % 1000) + base.astimezone(off).strftime("%z")[:3] + ":00"
            return base.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (ms % 1000)

        accs = ["acme", "beta-inc"]
        users = ["u%d" % i for i in range(r.randint(1, 4))]
        if self.accounts or self.p(.5):
            for a in accs:
                if self.p(.85):
                    emit("track", snap(t0 + r.randint(0, 5 * 86400_000)), self.one(users), event="Workspace Created", properties=self.props(), context={"groupId": a})
                for _ in range(r.randint(0, 4)):
                    tr = {}
                    for k, vs in (("tier", ["big", "small", None]), ("employees", [10, 50, 200]), ("timezone", ZONES + ["Nowhere"]), ("owner", users + ["boss", None]), ("plan", ["free", "pro"]),
                                  ("unsubscribed", [False, True]), ("seats", [0, 4, 5, 10]), ("used", [1, 5])):
                        if self.p(.4 if k != "unsubscribed" else .05):
                            tr[k] = self.one(vs)
                    emit("group", snap(t0 + r.randint(0, length // 2)), self.one(users) if self.p(.6) else None, groupId=a, traits=tr)
        for u in users:
            s = t0 + r.randint(0, 6 * 86400_000)
            mine = self.one(accs + [None])
            if self.p(.92):
                emit("track", snap(s), u, event="Signed Up", properties=self.props())
            if self.p(.1):
                emit("track", snap(s + r.randint(-3 * 86400_000, 20 * 86400_000)), u, event="Signed Up", properties=self.props())
            for _ in range(r.randint(0, 5)):
                tr = {}
                for k, vs in (("timezone", ZONES + ["Nowhere", None]), ("plan", ["free", "pro", "none", None]), ("seats", [0, 3, 5, 10, "5"]), ("used", [1, 2, 5]), ("beta", [True, False, "true"]),
                              ("renews", [self.date(), iso(s + r.randint(-5, 20) * 86400_000 + r.randint(0, 10 ** 7)), "soon"]), ("unsubscribed", [True, False])):
                    if self.p(.45 if k != "unsubscribed" else .05):
                        tr[k] = self.one(vs)
                t = s - r.randint(0, 3600_000) if self.p(.4) else s + r.randint(0, length)
                emit("identify", snap(t), u, traits=tr)
            burst = t0
            for _ in range(r.randint(3, 30)):
                e = self.one(EVENTS)
                t = s + int(length * r.random() ** 1.7) - (r.randint(0, 2 * 86400_000) if self.p(.1) else 0)
                if self.p(.3):
                    t = burst + r.randint(0, 3 * 3600_000)
                burst = t
                kw = {"properties": self.props()}
                if mine and self.p(.5):
                    kw["context"] = {"groupId": mine if self.p(.9) else self.one(accs)}
                if e == "Page Viewed":
                    emit("page", snap(t), u, name=e, **kw)
                else:
                    emit("track", snap(t), u, event=e, **kw)
        if self.p(.2):
            emit("track", t0 + r.randint(0, length), None, anonymousId="anon-1", event="Alpha", properties={})
        out.sort(key=lambda x: (x[0], x[1]))
        rows = [o for _, _, o in out]
        if self.p(.3):
            i = r.randrange(len(rows))
            rows = rows[i:] + rows[:i]        # a file out of the order of arrival
        return rows

    def props(self):
        return {k: self.one(v) for k, v in PROPS.items() if self.p(.7)}


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--seed", type=int, required=True)
    ap.add_argument("--out", required=True)
    ap.add_argument("--accounts", choices=["yes", "no", "mix"], default="mix")
    a = ap.parse_args()
    rules, cfg, rows = Gen(a.seed, a.accounts).build()
    os.makedirs(os.path.join(a.out, "rules"), exist_ok=True)

    def dump(path, v):
        with open(os.path.join(a.out, path), "w") as f:
            yaml.dump(v, f, Dumper=Dumper, sort_keys=False, width=160, default_flow_style=None, allow_unicode=True)
    dump("rules/rules.yaml", rules)
    dump("nudged.yaml", cfg)
    with open(os.path.join(a.out, "events.ndjson"), "w") as f:
        for o in rows:
            f.write(json.dumps(o, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
