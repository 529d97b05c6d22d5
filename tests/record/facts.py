"""The truth of a recording, from its packets: facts.py CAPTURE.pcap FOLDER "cause or -" "notes"

Reads what tshark dissected (PDML: sip.Method, sip.Status-Code, sip.CSeq.*, sip.Call-ID, sip.from.tag, sip.to.tag,
sip.Via.branch, sdp.*) and applies the words of the report contract to it in plain rules. It shares no code with the program.
"""
import json, os, re, subprocess, sys
import more_facts
import xml.etree.ElementTree as ET

CLIENT = "192.0.2.10"
STATIC = {0: "PCMU/8000", 3: "GSM/8000", 4: "G723/8000", 5: "DVI4/8000", 6: "DVI4/16000", 7: "LPC/8000", 8: "PCMA/8000", 9: "G722/8000",
          10: "L16/44100/2", 11: "L16/44100", 12: "QCELP/8000", 13: "CN/8000", 14: "MPA/90000", 15: "G728/8000", 18: "G729/8000", 26: "JPEG/90000",
          28: "nv/90000", 31: "H261/90000", 32: "MPV/90000", 33: "MP2T/90000", 34: "H263/90000"}
DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
RETRY = (401, 407, 422, 491)


# --- packets ---------------------------------------------------------------
def sip_protos(node):
    return [p for p in node.iter("proto") if p.get("name") == "sip"]


def flat(node, out, sdp):
    """Fields of one message by name; SDP apart; the message inside a sipfrag is left out."""
    for ch in node:
        if ch.tag == "proto" and ch.get("name") == "sdp":
            sdp.append(ch)
        elif ch.tag == "proto":
            continue
        else:
            out.setdefault(ch.get("name"), []).append(ch.get("show"))
            flat(ch, out, sdp)


def session(proto):
    """{"owner", "media": [{"kind", "port", "formats", "dir"}], "text"} of an sdp dissection."""
    s = {"owner": None, "media": [], "text": []}
    addr, direction, cur = None, "sendrecv", None
    for f in proto:
        n, v = f.get("name"), f.get("show") or ""
        if n in ("sdp.owner", "sdp.version", "sdp.time"):
            s["owner"] = v if n == "sdp.owner" else s["owner"]
            continue
        if not n.startswith("sdp.") or n in ("sdp.setup_frame",):
            continue
        s["text"].append(v)
        if n == "sdp.connection_info":
            a = v.split()[-1]
            if cur is None:
                addr = a
            else:
                cur["addr"] = a
        elif n == "sdp.session_attr" and v in DIRECTIONS:
            direction = v
        elif n == "sdp.media":
            w = v.split()
            cur = {"kind": w[0], "port": int(w[1].split("/")[0]), "protocol": w[2], "pts": w[3:], "map": {}, "addr": addr, "dir": direction}
            s["media"].append(cur)
        elif n == "sdp.media_attr" and cur:
            m = re.match(r"rtpmap:\s*(\d+)\s+(\S+)", v)
            if m:
                cur["map"][m.group(1)] = m.group(2)
            elif v in DIRECTIONS:
                cur["dir"] = v
    for m in s["media"]:
        m["formats"] = [m["map"].get(p) or STATIC.get(int(p) if p.isdigit() else -1, p) for p in m["pts"]]
        if m["addr"] == "0.0.0.0":
            m["dir"] = {"sendrecv": "sendonly", "recvonly": "inactive"}.get(m["dir"], m["dir"])
    return s


def messages(pcap):
    x = subprocess.run(["tshark", "-r", pcap, "-Y", "sip", "-T", "pdml"], check=True, capture_output=True).stdout
    out = []
    for packet in ET.fromstring(x).iter("packet"):
        geninfo = {f.get("name"): f for p in packet for f in p.iter("field")}
        src = next(f.get("show") for f in packet.iter("field") if f.get("name") == "ip.src")
        t = geninfo["timestamp"].get("value")
        sec, frac = t.split(".")
        for p in [c for c in packet if c.tag == "proto" and c.get("name") == "sip"]:
            f, sdps = {}, []
            flat(p, f, sdps)
            g = lambda n, d=None: f.get(n, [d])[0]
            m = {"t": int(sec) * 1000000 + int(frac[:6]), "out": src == CLIENT, "call_id": g("sip.Call-ID"), "cseq": int(g("sip.CSeq.seq")),
                 "method": g("sip.CSeq.method"), "status": int(g("sip.Status-Code")) if "sip.Status-Code" in f else None, "from_tag": g("sip.from.tag"),
                 "to_tag": g("sip.to.tag"), "branch": g("sip.Via.branch"), "rseq": g("sip.RSeq"), "rack": g("sip.RAck"), "f": f, "uri": g("sip.r-uri"),
                 "sdp": session(sdps[0]) if sdps else None, "agent": g("sip.User-Agent") or g("sip.Server"),
                 "auth": "sip.Authorization" in f or "sip.Proxy-Authorization" in f, "frag": None}
            if m["status"] is None and g("sip.Method") != m["method"]:
                raise SystemExit("method and CSeq differ")
            for q in p.iter("proto"):
                if q.get("name") == "sipfrag":
                    m["frag"] = next((w.get("show") for w in q.iter("field") if "SIP/2.0" in (w.get("show") or "")), None)
            out.append(m)
    return out


# --- counting --------------------------------------------------------------
def first_copies(ms):
    """Marks m["copy"] = 0, 1, 2 ... within its kind and transaction."""
    seen = {}
    for m in ms:
        k = (m["out"], m["branch"], m["call_id"], m["cseq"], m["method"], m["status"], m["to_tag"] if m["status"] else None, m["rseq"])
        m["copy"] = seen.get(k, 0)
        seen[k] = m["copy"] + 1
    return seen


def count(ms, pick, form):
    out = {}
    for m in ms:
        if pick(m):
            out[form(m)] = out.get(form(m), 0) + 1
    return dict(sorted(out.items()))


class Txn:
    def __init__(self, m):
        self.m, self.sends, self.finals, self.provisional = m, 1, [], []
        self.answered, self.offers, self.t = set(), {}, m["t"]
        self.offer, self.final = m["sdp"], None


def transactions(ms):
    """Transactions by (out, branch, call_id, cseq, method), ACK left aside, in order of the first request."""
    tx = {}
    for m in ms:
        if m["method"] == "ACK":
            continue
        k = (m["out"] if m["status"] is None else not m["out"], m["branch"], m["call_id"], m["cseq"], m["method"])
        if m["status"] is None:
            if k in tx:
                tx[k].sends += 1
            else:
                tx[k] = Txn(m)
        elif k in tx and m["copy"] == 0:
            (tx[k].provisional if m["status"] < 200 else tx[k].finals).append(m)
            if m["status"] >= 200 and tx[k].final is None:
                tx[k].final = m
        m["txn"] = tx.get(k)
    return list(tx.values())


def peer_tag(m, txn_out):
    """The far end's tag of the dialog this message is in; txn_out: the request went out."""
    return m["to_tag"] if txn_out else m["from_tag"]


# --- offer / answer --------------------------------------------------------
def same(a, b):
    norm = lambda x: (re.sub(r"/1$", "", x) if x.count("/") == 2 else x).lower()
    return norm(a) == norm(b)


def aside(f):
    return f.lower().startswith(("telephone-event/", "cn/"))


class Media:
    """Offer/answer of one call: fills media, holds and the events that follow from them."""

    def __init__(self):
        self.media, self.holds, self.events, self.state = [], [], [], {}

    def complete(self, t, dialog, offer, answer, offerer, cause, confirmed, requester):
        s = self.state.setdefault(dialog, {"hold": None, "codec": None, "client": None, "peer": None, "result": None})
        result = []
        for i, o in enumerate(offer["media"]):
            a = answer["media"][i] if i < len(answer["media"]) else None
            codec = next((f for f in a["formats"] if not aside(f) and any(same(f, g) for g in o["formats"])), None) if a and a["port"] else None
            sends = o["dir"] in ("sendrecv", "sendonly") and a and a["dir"] in ("sendrecv", "recvonly")      # offerer -> answerer
            takes = o["dir"] in ("sendrecv", "recvonly") and a and a["dir"] in ("sendrecv", "sendonly")
            if offerer == "peer":
                sends, takes = takes, sends
            way = DIRECTIONS[(0 if takes else 1) if sends else (2 if takes else 3)]
            result.append((codec, way))
            self.media.append({"at_us": t, "index": i, "kind": o["kind"], "cause": cause, "offered": o["formats"], "answered": a["formats"] if a else [],
                               "codec": codec, "offered_by": offerer, "direction": way if a and a["port"] else None,
                               "outcome": "rejected" if not a or not a["port"] else "agreed" if codec else "no-common-codec", "early": not confirmed})
            if o["kind"] == "audio" and a and a["port"] and i == self._first_audio(offer):
                if codec and s["codec"] and confirmed and not same(s["codec"], codec):
                    self.events.append({"at_us": t, "kind": "codec-change", "by": requester, "result": "ok", "text": s["codec"] + " -> " + codec})
                s["codec"] = codec or s["codec"]
                if confirmed:
                    self._hold(t, s, o["dir"], a["dir"], offerer, requester)
        # a refresh: the offer is, o= line and all, what that side last said, and what was agreed is as before
        said = [offer["owner"]] + offer["text"]
        unchanged = s[offerer] == said and s["result"] == result
        s[offerer], s["result"] = said, result
        s["peer" if offerer == "client" else "client"] = [answer["owner"]] + answer["text"]
        return unchanged

    def _first_audio(self, sdp):
        return next(i for i, m in enumerate(sdp["media"]) if m["kind"] == "audio")

    def _hold(self, t, s, o, a, offerer, requester):
        other = {"client": "peer", "peer": "client"}[offerer]
        if o == a == "sendrecv":
            by = None
        else:
            sides = ([offerer] if o in ("sendonly", "inactive") else []) + ([other] if a in ("sendonly", "inactive") and o in ("sendrecv", "sendonly") else [])
            by = "both" if len(sides) == 2 else sides[0] if sides else None
        cur = s["hold"]
        if (cur and cur["by"]) == by:
            return
        if cur:
            cur["to_us"] = t
        s["hold"] = {"from_us": t, "to_us": None, "by": by, "requested_by": requester} if by else None
        if by:
            self.holds.append(s["hold"])

    def failed(self, t, offer, offerer, cause, outcome):
        for i, o in enumerate(offer["media"]):
            self.media.append({"at_us": t, "index": i, "kind": o["kind"], "cause": cause, "offered": o["formats"], "answered": [], "codec": None,
                               "offered_by": offerer, "direction": None, "outcome": outcome, "early": False})


def who(out):
    return "client" if out else "peer"


def negotiate(ms):
    """Walk the messages of one call in time order."""
    md, confirmed, early_seen = Media(), set(), set()
    waiting = []                      # PRACK/ACK answers: (txn, dialog, offer, offerer)
    for m in ms:
        if m["copy"]:
            continue
        if m["method"] == "ACK":
            for w in [w for w in waiting if w[0].m["cseq"] == m["cseq"] and w[0].m["out"] == m["out"] and w[1] == peer_tag(m, m["out"])]:
                waiting.remove(w)
                if m["sdp"]:
                    u = md.complete(m["t"], w[1], w[2], m["sdp"], w[3], w[4], True, who(w[0].m["out"]))
                    refresh(md, m["t"], w[0], u, w[4])
            continue
        x = m["txn"]
        if x is None:
            continue
        out = x.m["out"]
        dialog = peer_tag(m, out)
        again = bool(x.m["to_tag"])
        cause = {"INVITE": "reinvite" if again else "initial", "UPDATE": "update", "PRACK": "prack"}.get(m["method"])
        if m["status"] is None:
            if m["method"] == "PRACK" and m["sdp"]:
                for w in [w for w in waiting if w[1] == dialog]:
                    waiting.remove(w)
                    md.complete(m["t"], dialog, w[2], m["sdp"], w[3], w[4], dialog in confirmed, who(w[0].m["out"]))
                    x.offer = None
            continue
        if cause is None:
            continue
        ok = 200 <= m["status"] < 300
        if m["method"] == "INVITE" and ok:
            confirmed.add(dialog)
        conf = dialog in confirmed
        if m["method"] == "INVITE" and m["status"] == 183 and m["sdp"] and dialog not in early_seen:
            early_seen.add(dialog)
            md.events.append({"at_us": m["t"], "kind": "early-media", "by": who(m["out"])})
        if m["sdp"] and m["status"] < 300 and (m["method"] == "INVITE" or ok):
            if x.offer:
                if dialog not in x.answered:
                    x.answered.add(dialog)
                    u = md.complete(m["t"], dialog, x.offer, m["sdp"], who(out), cause, conf, who(out))
                    x.unchanged = u
            elif m["method"] == "INVITE" and (ok or m["rseq"]) and dialog not in x.offers:
                x.offers[dialog] = m["sdp"]
                waiting.append((x, dialog, m["sdp"], who(not out), cause))
        if ok and (again or m["method"] == "UPDATE") and m["method"] in ("INVITE", "UPDATE") and not x.offers:
            if not x.offer or getattr(x, "unchanged", False):
                md.events.append({"at_us": m["t"], "kind": "session-refresh", "by": who(out), "result": "ok", "method": m["method"]})
        if m["status"] >= 300:
            if again and m["method"] == "INVITE" or m["method"] == "UPDATE":
                md.events.append({"at_us": m["t"], "kind": "reinvite-failed", "by": who(out), "result": "failed", "status": m["status"]}) if m["status"] not in (401, 407) else None
            if x.offer and not x.answered and m["status"] not in RETRY and not 300 <= m["status"] < 400:
                md.failed(m["t"], x.offer, who(out), cause, "rejected" if m["status"] in (415, 488, 606) else "unanswered")
    return md


def refresh(md, t, x, unchanged, cause):
    if cause == "reinvite" and unchanged:
        md.events.append({"at_us": t, "kind": "session-refresh", "by": who(x.m["out"]), "result": "ok", "method": "INVITE"})


# --- calls -----------------------------------------------------------------
def contact_uris(m):
    return [u for v in m["f"].get("sip.Contact", []) for u in re.findall(r"<([^>]+)>", v) or [v.strip()]]


def call_groups(ms, txs):
    """Call-IDs of INVITEs, a redirected retry joined to the 3xx it follows; in order of the first INVITE."""
    groups, targets = [], {}
    for x in txs:
        if x.m["method"] != "INVITE":
            continue
        g = next((g for g in groups if x.m["call_id"] in g["ids"]), None)
        if g is None and x.m["out"]:
            g = next((g for g, uris, t in [(g, u, t) for u, t, g in targets.values()] if x.m["uri"] in uris and x.t > t), None)
        if g is None:
            g = {"ids": [], "tx": []}
            groups.append(g)
        if x.m["call_id"] not in g["ids"]:
            g["ids"].append(x.m["call_id"])
        g["tx"].append(x)
        if x.final and 300 <= x.final["status"] < 400:
            targets[id(x)] = (contact_uris(x.final), x.final["t"], g)
    return groups


def state_of(initial, cancels):
    last = initial[-1]
    if any(x.final and x.final["status"] < 300 for x in initial):
        return "answered"
    s = last.final["status"] if last.final else None
    if s is None:
        return "no-response" if not last.provisional else "in-progress"
    if s == 487:
        for m in cancels + [last.final]:
            if any("cause=200" in v.replace(" ", "") for v in m["f"].get("sip.Reason", [])):
                return "answered-elsewhere"
        return "cancelled"
    return {486: "busy", 600: "busy", 603: "declined", 480: "no-answer", 408: "no-answer"}.get(s) or ("redirected" if s < 400 else "failed" if 500 <= s < 600 else "rejected")


def transfers(ms, txs):
    """Events of REFER, its NOTIFYs and of INVITE with Replaces."""
    ev = []
    for x in txs:
        if x.m["method"] == "REFER":
            target = x.m["f"].get("sip.Refer-To", [""])[0]
            frag = None
            for m in ms:
                if m["method"] == "NOTIFY" and m["status"] is None and not m["copy"] and m["frag"] and m["t"] >= x.t and m["out"] != x.m["out"] and m["call_id"] == x.m["call_id"]:
                    n = int(m["frag"].split()[1])
                    if frag is None or frag[1] < 200:
                        frag = (m, n)
            s = x.final["status"] if x.final else None
            res = "pending" if s is None else "failed" if s >= 300 else "pending" if frag is None or frag[1] < 200 else "ok" if frag[1] < 300 else "failed"
            ev.append({"at_us": x.t, "kind": "transfer-attended" if "replaces=" in target.lower() else "transfer-blind", "by": who(x.m["out"]), "result": res,
                       "status": frag[1] if frag and s and s < 300 else s})
            if frag and frag[1] >= 200:
                ev.append({"at_us": frag[0]["t"], "kind": "transfer-result", "by": who(frag[0]["out"]), "result": "ok" if frag[1] < 300 else "failed", "status": frag[1]})
    return ev


def calls(ms, txs):
    res = []
    for g in call_groups(ms, txs):
        mine = [m for m in ms if m["call_id"] in g["ids"]]
        tx = [x for x in txs if x.m["call_id"] in g["ids"]]
        initial = [x for x in g["tx"] if not x.m["to_tag"]]
        first = g["tx"][0]
        md = negotiate(mine)
        won = next((x for x in initial if x.final and x.final["status"] < 300), None)
        byes = [x for x in tx if x.m["method"] == "BYE"]
        ended = None
        if byes:
            b = byes[0]
            crossed = [y for y in byes[1:] if y.m["out"] != b.m["out"] and (b.final is None or y.t < b.final["t"])]
            ended = "both" if crossed else who(b.m["out"])
        ev = md.events + transfers(mine, tx)
        for x in g["tx"]:
            if x.final and 300 <= x.final["status"] < 400:
                ev.append({"at_us": x.final["t"], "kind": "redirect", "by": who(x.final["out"]), "status": x.final["status"]})
            if x.m["auth"] and not x.m["to_tag"]:
                pass
        if first.m["f"].get("sip.Replaces"):
            ev.append({"at_us": first.t, "kind": "replaces", "by": who(first.m["out"]), "replaces": first.m["f"]["sip.Replaces"][0].split(";")[0].strip()})
        acked = lambda r: any(m["method"] == "ACK" and m["cseq"] == r["cseq"] and m["call_id"] == r["call_id"] for m in mine)
        for x in g["tx"]:
            if x.final and x.final["status"] < 300 and not acked(x.final):
                ev.append({"at_us": x.final["t"], "kind": "ack-missing", "by": who(x.m["out"])})
        for x in byes:
            if x.final is None:
                ev.append({"at_us": x.t, "kind": "bye-unanswered", "by": who(x.m["out"])})
        t200 = won.final["t"] if won else None
        res.append({"call_id": g["ids"][0], "call_ids": g["ids"], "direction": "outgoing" if first.m["out"] else "incoming",
                    "state": state_of(initial, [m for m in mine if m["method"] == "CANCEL" and m["status"] is None]), "ended_by": ended,
                    "setup_ms": round((t200 - won.t) / 1000, 3) if won else None,
                    "talk_s": round((byes[0].t - t200) / 1e6, 6) if won and byes else None,
                    "invite_finals": [x.final["status"] if x.final else None for x in g["tx"]],
                    "early_dialogs": len({p["to_tag"] for x in initial for p in x.provisional if p["status"] > 100 and p["to_tag"]}),
                    "holds": md.holds, "media": md.media, "retransmissions": sum(1 for m in mine if m["copy"] and m["method"] != "ACK"),
                    "events": sorted(ev, key=lambda e: e["at_us"])})
    return res


def keepalives(txs):
    out = []
    for side in (True, False):
        xs = [x for x in txs if x.m["method"] == "OPTIONS" and not x.m["to_tag"] and x.m["out"] == side]
        if not xs:
            continue
        ok = [bool(x.final) for x in xs]
        out.append({"kind": "options", "from": who(side), "pings": len(xs), "answered": sum(ok), "unanswered": len(ok) - sum(ok),
                    "state": "ok" if all(ok) else "one-way" if not any(ok) else "recovered" if ok[-1] else "lost"})
    return out


def subscriptions(ms, txs):
    out = []
    for x in txs:
        if x.m["method"] == "SUBSCRIBE" and x.m["out"]:
            e = x.m["f"].get("sip.Event", [""])[0].split(";")[0]
            s = next((s for s in out if s["call_id"] == x.m["call_id"]), None)
            if s is None:
                s = {"event": e, "call_id": x.m["call_id"], "finals": [], "notifies": sum(1 for y in txs if y.m["method"] == "NOTIFY" and not y.m["out"] and y.m["call_id"] == x.m["call_id"])}
                out.append(s)
            s["finals"].append(x.final["status"] if x.final else None)
    return out


def facts(pcap, cause, notes):
    ms = messages(pcap)
    first_copies(ms)
    txs = transactions(ms)
    cs = calls(ms, txs)
    more_facts.calls(ms, txs, cs)
    alive, subs = keepalives(txs), subscriptions(ms, txs)
    more_facts.keepalives(txs, alive)
    more_facts.subscriptions(txs, subs)
    regs = [x for x in txs if x.m["method"] == "REGISTER" and x.m["out"]]
    req, rsp = (lambda m: m["method"]), (lambda m: "%d %s" % (m["status"], m["method"]))
    return {"user_agent": next((m["agent"] for m in ms if m["out"] and m["agent"]), None), "cause": cause,
            "messages": {"sent": sum(m["out"] for m in ms), "received": sum(not m["out"] for m in ms)},
            "requests_sent": count(ms, lambda m: m["out"] and m["status"] is None, req), "requests_received": count(ms, lambda m: not m["out"] and m["status"] is None, req),
            "responses_sent": count(ms, lambda m: m["out"] and m["status"], rsp), "responses_received": count(ms, lambda m: not m["out"] and m["status"], rsp),
            "register_finals": [x.final["status"] if x.final else None for x in regs], "register_sends": [x.sends for x in regs],
            "register_authorised": [x.m["auth"] for x in regs],
            "invite_finals": [c["invite_finals"] for c in cs], "calls": cs,
            "retransmissions": sum(1 for m in ms if m["copy"] and m["method"] != "ACK"),
            "registrations": more_facts.registrations(ms, txs), "keepalives": alive, "subscriptions": subs, "scenario_notes": notes}


def write(pcap, folder, cause, notes):
    with open(os.path.join(folder, "facts.json"), "w") as f:
        json.dump(facts(pcap, cause, notes), f, indent=1, ensure_ascii=False)
        f.write("\n")


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2], None if sys.argv[3] == "-" else sys.argv[3], sys.argv[4])
