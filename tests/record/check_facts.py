"""Self-check of the corpus: recounts facts.json straight from messages.jsonl and says where they disagree.

check_facts.py [FOLDER]...   (default: every folder of fixtures/captured). Reads the text only; no tshark, nothing shared with facts.py.
"""
import glob, json, os, re, sys

COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id"}


def parse(line):
    j = json.loads(line)
    head = re.sub(r"\r\n[ \t]+", " ", j["raw"].split("\r\n\r\n")[0]).split("\r\n")
    h = {}
    for l in head[1:]:
        n, _, v = l.partition(":")
        h.setdefault(COMPACT.get(n.strip().lower(), n.strip().lower()), v.strip())
    num, method = h["cseq"].split()
    w = head[0].split(" ", 2)
    tag = lambda n: (re.search(r";\s*tag=([^;>\s]+)", h[n]) or [None, None])[1]
    body = j["raw"].split("\r\n\r\n", 1)[1]
    problems = []
    if "content-length" in h and int(h["content-length"]) != len(body.encode()):
        problems.append("Content-Length %s, body %d" % (h["content-length"], len(body.encode())))
    return dict(sent=j["direction"] == "sent", status=int(w[1]) if w[0] == "SIP/2.0" else None, method=method, cseq=int(num), call=h["call-id"], t=j["t_us"],
                branch=re.search(r"branch=([^;\s,]+)", h["via"])[1], to_tag=tag("to"), rseq=h.get("rseq"), problems=problems,
                ok_dir=(j["from"] if j["direction"] == "sent" else j["to"]).startswith("192.0.2.10:"), sdp=h.get("content-type", "").startswith("application/sdp"))


def check(folder):
    bad = []
    ms = [parse(l) for l in open(folder + "/messages.jsonl")]
    f = json.load(open(folder + "/facts.json"))

    def same(what, a, b):
        if a != b:
            bad.append("%s: messages %s, facts %s" % (what, a, b))
    tally = {"requests_sent": {}, "requests_received": {}, "responses_sent": {}, "responses_received": {}}
    kinds, register, order, invites, calls = {}, {}, [], {}, []
    for m in ms:
        k = ("requests_" if m["status"] is None else "responses_") + ("sent" if m["sent"] else "received")
        n = m["method"] if m["status"] is None else "%d %s" % (m["status"], m["method"])
        tally[k][n] = tally[k].get(n, 0) + 1
        if m["method"] != "ACK":
            key = (m["sent"], m["branch"], m["cseq"], m["call"], n, m["to_tag"] if m["status"] else None, m["rseq"])
            kinds[key] = kinds.get(key, 0) + 1
        t = (m["branch"], m["cseq"], m["call"])
        if m["method"] == "REGISTER":
            if m["status"] is None and m["sent"]:
                if t not in register:
                    register[t] = [None, 0]
                    order.append(t)
                register[t][1] += 1
            elif m["status"] and m["status"] >= 200 and t in register and register[t][0] is None:
                register[t][0] = m["status"]
        if m["method"] == "INVITE":
            if m["status"] is None and t not in invites:
                invites[t] = None
                if m["call"] not in calls:
                    calls.append(m["call"])
            elif m["status"] and m["status"] >= 200 and t in invites and invites[t] is None:
                invites[t] = m["status"]
        bad.extend(m["problems"])
        if not m["ok_dir"]:
            bad.append("direction and addresses disagree")
    for k, v in tally.items():
        same(k, dict(sorted(v.items())), f[k])
    same("messages", {"sent": sum(m["sent"] for m in ms), "received": sum(not m["sent"] for m in ms)}, f["messages"])
    same("register_finals", [register[t][0] for t in order], f["register_finals"])
    same("register_sends", [register[t][1] for t in order], f["register_sends"])
    same("retransmissions", sum(n - 1 for n in kinds.values()), f["retransmissions"])
    same("invite finals", sorted(map(str, invites.values())), sorted(str(s) for c in f["invite_finals"] for s in c))
    same("calls", sorted(calls), sorted(i for c in f["calls"] for i in c["call_ids"]))
    same("order", [m["t"] for m in ms], sorted(m["t"] for m in ms))
    times = {m["t"] for m in ms}
    for c in f["calls"]:
        same("invite_finals of a call", c["invite_finals"], f["invite_finals"][f["calls"].index(c)])
        for x in c["media"]:
            if x["at_us"] not in times or (x["outcome"] == "agreed") != (x["codec"] is not None) or x["codec"] and x["codec"] not in x["answered"]:
                bad.append("media entry %s" % x)
        for h in c["holds"]:
            if h["from_us"] not in times or h["to_us"] is not None and h["to_us"] not in times:
                bad.append("hold entry %s" % h)
        byes = [m for m in ms if m["method"] == "BYE" and m["status"] is None and m["call"] in c["call_ids"]]
        if c["ended_by"] != "both":
            same("ended_by", ("client" if byes[0]["sent"] else "peer") if byes else None, c["ended_by"])
        if (c["state"] == "answered") != any(s and s < 300 for s in c["invite_finals"]):
            bad.append("state %s with finals %s" % (c["state"], c["invite_finals"]))
    for b in bad:
        print("%s: %s" % (folder, b))
    return not bad


if __name__ == "__main__":
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "captured")
    folders = sys.argv[1:] or sorted(os.path.dirname(p) for p in glob.glob(here + "/*/*/messages.jsonl"))
    good = sum(check(d) for d in folders)
    print("%d of %d recordings agree with their facts" % (good, len(folders)))
    sys.exit(good != len(folders))
