"""Records the scenarios: record.py [-l | --facts | --missing] [NAME | NAME/STACK | STACK]...   (root; see scenarios.py for the list)

Each recording: namespaces up, capture on the client's interface, the scenario, then messages.jsonl, facts.json, own.log, capture.pcap.
--facts computes facts.json again from the captures that are there.
"""
import os, subprocess, sys, time, traceback
import facts, net, pack

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.environ.get("CAPTURED") or os.path.join(os.path.dirname(HERE), "fixtures", "captured")


def record(name, stack, fn, cause, notes):
    d = os.path.join(OUT, name, stack)
    os.makedirs(d, exist_ok=True)
    pcap = "/tmp/recording%s.pcap" % net.NS
    cap = net.Capture(pcap)
    ctx = Ctx()
    try:
        fn(ctx)
    except Exception:
        traceback.print_exc()
    finally:
        ctx.end()
        cap.stop()
    n = pack.write(pcap, d + "/messages.jsonl")
    with open(d + "/own.log", "w") as f:
        f.write(ctx.log)
    facts.write(pcap, d, cause, notes)
    small = d + "/capture.pcap"
    subprocess.run(["tshark", "-r", pcap, "-Y", "sip or tcp", "-w", small, "-F", "pcap"], capture_output=True)
    if os.path.getsize(small) > 60000:
        os.remove(small)
    print("%-32s %-10s %d messages" % (name, stack, n), flush=True)


class Ctx:
    """What a scenario made: torn down in reverse, the first phone's log is kept."""

    def __init__(self):
        self.things, self.log = [], ""

    def phone(self, cls, **k):
        p = cls(**k).start()
        self.things.append(p)
        return p

    def peer(self, *a, **k):
        import peer
        p = peer.Peer(*a, **k)
        self.things.append(p)
        return p

    def kamailio(self):
        p = net.Proc("srv", ["kamailio", "-f", HERE + "/kamailio.cfg", "-DD", "-E", "-m", "32", "-M", "8"])
        p.quit = lambda: (p.p.terminate(), p.stop())
        p.own_log = lambda: ""
        self.things.append(p)
        time.sleep(1.2)
        return p

    def end(self):
        first = True
        for t in [x for x in self.things if hasattr(x, "quit")][::-1]:
            try:
                t.quit()
            except Exception as e:
                print("    quit:", e)
        for t in self.things:
            if hasattr(t, "close"):
                t.close()
            if first and hasattr(t, "own_log") and t.own_log() and getattr(t, "ns", "cli") == "cli":
                self.log, first = t.own_log(), False


if __name__ == "__main__":
    import scenarios, scenarios2
    want = [a for a in sys.argv[1:] if not a.startswith("-")]
    for name, stack, fn, cause, notes in scenarios.ALL:
        if "-l" in sys.argv:
            print(name, stack)
        elif not want or any(w in (name, stack, name + "/" + stack) for w in want):
            pcap = os.path.join(OUT, name, stack, "capture.pcap")
            if "--missing" in sys.argv and os.path.exists(pcap):
                continue
            if "--facts" not in sys.argv:
                net.setup()
                record(name, stack, fn, cause, notes)
            elif os.path.exists(pcap):
                facts.write(pcap, os.path.dirname(pcap), cause, notes)
