"""More of the truth of a recording, from the same packets as facts.py: times, links and further events of calls; bindings of registrations;
rhythm of keep-alives; state and last words of subscriptions. Plain rules over what tshark dissected; no code shared with the program.
"""
import re

who = lambda out: "client" if out else "peer"
field = lambda m, name: m["f"].get(name, [None])[0]


# --- calls -----------------------------------------------------------------
def named_dialog(text):
    """(Call-ID, {tags}) of a Replaces value; in a Refer-To URI it is escaped."""
    text = re.sub(r"%([0-9A-Fa-f]{2})", lambda m: chr(int(m[1], 16)), text)
    start = re.search(r"(?i)[?&]replaces=", text)
    m = re.match(r"([^;?&>]+)((?:;[^;&>]+)*)", text[start.end():] if start else text)
    return (m[1].strip(), set(re.findall(r"(?i)(?:to|from)-tag=([^;&>\s]+)", m[2]))) if m else None


def find(calls, call_id, but):
    return next((n for n, c in enumerate(calls) if n != but and call_id in c["call_ids"]), None)


def reason(m):
    v = field(m, "sip.Reason")
    if not v:
        return None
    cause = re.search(r"cause\s*=\s*(\d+)", v)
    return {"protocol": v.split(";")[0].strip(), "cause": int(cause[1]) if cause else None}


def bare(uri):
    return re.split(r"[?;>]", uri.strip().lstrip("<"))[0].lower()


def calls(ms, txs, cs):
    """Adds to each call its times, the Reason that released it, further events, and its links to the others."""
    for n, c in enumerate(cs):
        mine = [m for m in ms if m["call_id"] in c["call_ids"]]
        tx = [x for x in txs if x.m["call_id"] in c["call_ids"]]
        first = [x for x in tx if x.m["method"] == "INVITE" and not x.m["to_tag"]]
        at = lambda l: min(l) if l else None
        c["started_us"] = at([x.t for x in first])
        c["ringing_us"] = at([p["t"] for x in first for p in x.provisional if 180 <= p["status"] <= 183])
        c["answered_us"] = at([x.final["t"] for x in first if x.final and x.final["status"] < 300])
        byes = [x for x in tx if x.m["method"] == "BYE"]
        last = first[-1].final if first else None
        c["ended_us"] = byes[0].t if byes else last["t"] if last and last["status"] >= 300 else None
        releases = [x for x in byes[:1] + [x for x in tx if x.m["method"] == "CANCEL"]]
        c["released_by_reason"] = next((r for r in (reason(x.m) for x in releases) if r), None)
        for x in tx:
            final = x.final
            if final and final["status"] in (401, 407):
                c["events"].append({"at_us": final["t"], "kind": "authentication", "by": who(final["out"]), "status": final["status"]})
            kind = (field(x.m, "sip.Content-Type") or "").split(";")[0].strip().lower()
            ok = "pending" if final is None else "ok" if final["status"] < 300 else "failed"
            if x.m["method"] == "INFO" and kind in ("application/dtmf-relay", "application/dtmf"):
                c["events"].append({"at_us": x.t, "kind": "dtmf", "by": who(x.m["out"]), "result": ok, "status": final["status"] if final else None})
            if x.m["method"] == "OPTIONS" and x.m["to_tag"]:
                c["events"].append({"at_us": x.t, "kind": "session-audit", "by": who(x.m["out"]), "result": ok, "status": final["status"] if final else None})
    links(txs, cs)
    for c in cs:
        c["events"].sort(key=lambda e: e["at_us"])


def links(txs, cs):
    """Replaces of an INVITE: replaces and replaced-by. Replaces in Refer-To: consultation. The target of a REFER that was received, called by
    the client afterwards: transfer-target, both ways."""
    for c in cs:
        c["related"] = []
    add = lambda a, b, kind: [a, kind] not in cs[b]["related"] and cs[b]["related"].append([a, kind])
    for n, c in enumerate(cs):
        for x in [x for x in txs if x.m["call_id"] in c["call_ids"]]:
            replaces, refer = field(x.m, "sip.Replaces"), field(x.m, "sip.Refer-To")
            if x.m["method"] == "INVITE" and replaces:
                other = find(cs, named_dialog(replaces)[0], n)
                if other is not None:
                    add(other, n, "replaces")
                    add(n, other, "replaced-by")
                    s = x.final["status"] if x.final else None
                    cs[other]["events"].append({"at_us": x.t, "kind": "replaced", "by": who(x.m["out"]), "result": "ok" if s and s < 300 else "failed", "status": s})
            if x.m["method"] == "REFER" and refer:
                named = named_dialog(refer) if "replaces=" in refer.lower() else None
                other = find(cs, named[0], n) if named else None
                if other is not None:
                    add(other, n, "consultation")
                    add(n, other, "consultation")
                if not x.m["out"] and not (x.final and x.final["status"] >= 300):
                    for k, d in enumerate(cs):
                        inv = next(y for y in txs if y.m["method"] == "INVITE" and y.m["call_id"] in d["call_ids"])
                        if k != n and inv.m["out"] and inv.t > x.t and bare(inv.m["uri"]) == bare(refer):
                            add(n, k, "transfer-target")
                            add(k, n, "transfer-target")
    for c in cs:
        c["related"].sort()


# --- registrations ---------------------------------------------------------
def contacts(m):
    """[(host:port of the URI, expires parameter or None)] of every Contact."""
    out = []
    for v in m["f"].get("sip.Contact", []):
        for part in re.findall(r'(?:"[^"]*"\s*)?<[^>]*>[^,]*|[^,<]+', v):
            uri = re.search(r"<([^>]+)>", part)
            uri, params = (uri[1], part[part.index(">"):]) if uri else (part.split(";")[0], part)
            host = re.match(r"(?i)sips?:(?:[^@]*@)?(\[[^\]]+\]|[^:;?]+)(?::(\d+))?", uri.strip())
            e = re.search(r"(?i);\s*expires\s*=\s*(\d+)", params)
            out.append(("%s:%s" % (host[1].lower(), host[2] or "5060") if host else uri.strip(), int(e[1]) if e else None))
    return out


def header_expires(m):
    v = field(m, "sip.Expires")
    return int(v) if v and v.isdigit() else None


def registrations(ms, txs):
    """One for each address-of-record and registrar: the kind and expiry of every attempt, bindings of the last 2xx, NAT, state at the end."""
    groups, end = {}, ms[-1]["t"]
    for x in txs:
        if x.m["method"] == "REGISTER" and x.m["out"]:
            key = (bare((re.search(r"<([^>]+)>", field(x.m, "sip.To")) or [0, field(x.m, "sip.To")])[1]), re.sub(r"(?i)^sips?:(?:[^@]*@)?", "", bare(x.m["uri"])).split(":")[0])
            groups.setdefault(key, []).append(x)
    out = []
    for xs in groups.values():
        kinds, lives, until, bindings, seen, changes, granted = [], [], None, [], None, 0, None
        for x in xs:
            own = contacts(x.m)
            asked = next((e for _, e in own if e is not None), header_expires(x.m))
            stop = bool(own) and all(h == "*" or (header_expires(x.m) if e is None else e) == 0 for h, e in own)
            kinds.append("unregister" if stop else "refresh" if until and x.t <= until else "register")
            ok = x.final and x.final["status"] < 300
            life = asked
            if x.final:
                via = x.final["f"]
                rport = next((p for p in via.get("sip.Via.rport", []) if p.isdigit()), None)
                host = (via.get("sip.Via.received") or [None])[0]
                if rport or host:
                    now = "%s:%s" % (host or field(x.final, "sip.Via.sent-by.address"), rport or field(x.final, "sip.Via.sent-by.port") or "")
                    changes += bool(seen and seen != now)
                    seen = now
            if ok:
                mine = {h for h, _ in own}
                bindings = [{"ours": h in mine, "expires_s": header_expires(x.final) if e is None else e} for h, e in contacts(x.final)]
                got = next((b["expires_s"] for b, (h, e) in zip(bindings, contacts(x.final)) if b["ours"] and e is not None), header_expires(x.final))
                life = asked if got is None else got
                until = None if stop else (x.final["t"] + life * 1000000 if life is not None else None)
                granted = granted if stop else life
            lives.append(life)
        state = "unknown"
        for x, kind, life in reversed(list(zip(xs, kinds, lives))):
            if x.final is None:
                if end - x.t < 32000000:
                    continue
                state = "no-answer"
            elif x.final["status"] in (401, 407) and not x.m["auth"] and end - x.final["t"] < 1000000:
                continue
            elif x.final["status"] >= 300:
                state = "failed"
            elif kind == "unregister":
                state = "unregistered"
            else:
                state = "expired" if life is not None and x.final["t"] + life * 1000000 < end else "registered"
            break
        out.append({"kinds": kinds, "expires": lives, "expires_s": granted, "bindings": bindings, "nat_changes": changes if seen else None, "state": state})
    return out


# --- the rest --------------------------------------------------------------
def keepalives(txs, list_):
    """Adds median and longest time between pings, in seconds."""
    for k in list_:
        t = [x.t for x in txs if x.m["method"] == "OPTIONS" and not x.m["to_tag"] and x.m["out"] == (k["from"] == "client")]
        gaps = sorted(b - a for a, b in zip(t, t[1:]))
        mid = len(gaps) // 2
        k["interval_s"] = None if not gaps else (gaps[mid] if len(gaps) % 2 else (gaps[mid - 1] + gaps[mid]) / 2) / 1e6
        k["longest_gap_s"] = gaps[-1] / 1e6 if gaps else None


def subscriptions(txs, list_):
    """Adds how each stands at the end, and the voice messages that its last NOTIFY told."""
    for s in list_:
        mine = [x for x in txs if x.m["call_id"] == s["call_id"]]
        subs, notes = [x for x in mine if x.m["method"] == "SUBSCRIBE"], [x for x in mine if x.m["method"] == "NOTIFY"]
        last = subs[-1]
        said = field(notes[-1].m, "sip.Subscription-State") if notes else None
        if last.final is None:
            s["state"] = "no-answer"
        elif last.final["status"] >= 300:
            s["state"] = "rejected"
        elif header_expires(last.m) == 0 or (notes and notes[-1].t > last.t and said.startswith("terminated")):
            s["state"] = "terminated"
        else:
            s["state"] = "active"
