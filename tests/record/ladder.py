"""Prints a recording as a ladder and its facts in short, for the eyes: ladder.py [-f] FOLDER... (-f: facts only)"""
import json, re, sys


def show(folder):
    print("==", folder)
    t0 = None
    for line in open(folder + "/messages.jsonl"):
        m = json.loads(line)
        t0 = t0 or m["t_us"]
        raw = m["raw"]
        h = lambda n, s: (re.search(r"(?im)^(?:%s|%s)\s*:\s*(.*?)\r?$" % (n, s), raw) or [None, ""])[1]
        sd = []
        if "\r\n\r\nv=0" in raw:
            body = raw.split("\r\n\r\n", 1)[1]
            sd.append(" ".join(re.findall(r"(?m)^(?:o=.*|c=.*|m=.*|a=(?:sendrecv|sendonly|recvonly|inactive))(?=\r)", body)))
        elif "sipfrag" in raw:
            sd.append(raw.split("\r\n\r\n", 1)[1].split("\r\n")[0])
        tags = " ".join(x[-5:] for x in re.findall(r"(?im)^(?:from|f|to|t)\s*:.*?;tag=([^;\s]+)", raw))
        ex = " ".join("%s=%s" % (n, h(n, "~")) for n in ("Expires", "Retry-After", "RSeq", "RAck", "Refer-To", "Replaces", "Reason", "Min-Expires", "Session-Expires", "Require") if h(n, "~"))
        ex += " auth" if "uthorization:" in raw else ""
        print("%9.3f %s %-40.40s cs=%-10s id=%.8s br=%s tags=%s %s %s" % ((m["t_us"] - t0) / 1e6, "-->" if m["direction"] == "sent" else "<--", raw.split("\r\n")[0], h("CSeq", "~"), h("Call-ID", "i"),
              (re.search(r"branch=(\S+?)(?:;|\r)", raw) or [0, "?"])[1][-6:], tags, ex, "| ".join(sd)[:330]))


def short(folder):
    j = json.load(open(folder + "/facts.json"))
    print("   ", "/".join(folder.rstrip("/").split("/")[-2:]), "| cause", j["cause"], "| registers", j["register_finals"], j["register_sends"] if max(j["register_sends"] or [1]) > 1 else "", "| repeated", j["retransmissions"],
          [{k: v for k, v in x.items() if k != "call_id"} for x in j["keepalives"] + j["subscriptions"]] or "")
    for c in j["calls"]:
        print("      ", c["direction"], c["state"], "ended_by", c["ended_by"], c["setup_ms"], c["talk_s"], c["invite_finals"], "early", c["early_dialogs"], "repeated", c["retransmissions"], len(c["call_ids"]))
        for h in c["holds"]:
            print("          hold by", h["by"], "asked by", h["requested_by"], (h["to_us"] - h["from_us"]) / 1e6 if h["to_us"] else "never lifted")
        for m in c["media"]:
            print("          media", m["index"], m["kind"], m["cause"], m["codec"], "offer of", m["offered_by"], m["direction"], m["outcome"], "early" if m["early"] else "")
        for e in c["events"]:
            print("          event", *[v for k, v in e.items() if k != "at_us"])


for f in sys.argv[1:]:
    if f != "-f":
        if "-f" not in sys.argv:
            show(f)
        short(f)
