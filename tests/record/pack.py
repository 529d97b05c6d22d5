"""capture.pcap -> messages.jsonl (one SIP message a line, as the client's interface saw it).

TCP reassembly and dissection are tshark's; the message text is cut from the bytes it names.
"""
import json, subprocess, sys
import net


def rows(pcap):
    """[(t_us, from, to, transport, raw)] in capture order; from tshark's JSON with raw bytes."""
    j = subprocess.run(["tshark", "-r", pcap, "-Y", "sip", "-T", "jsonraw", "--no-duplicate-keys", "-J", "frame ip udp tcp sip", "-o", "tcp.desegment_tcp_streams:TRUE"],
                       check=True, capture_output=True, text=True).stdout
    meta = subprocess.run(["tshark", "-r", pcap, "-Y", "sip", "-T", "fields", "-e", "frame.time_epoch", "-e", "ip.src", "-e", "ip.dst",
                           "-e", "udp.srcport", "-e", "udp.dstport", "-e", "tcp.srcport", "-e", "tcp.dstport"], check=True, capture_output=True, text=True).stdout
    out = []
    for pkt, m in zip(json.loads(j), meta.splitlines()):
        t, a, b, us, ud, ts, td = m.split("\t")
        s, ns = t.split(".")
        raws = pkt["_source"]["layers"].get("sip_raw", [])
        raws = [raws] if raws and isinstance(raws[0], str) else raws
        for r in raws:
            out.append((int(s) * 1000000 + int(ns[:6]), "%s:%s" % (a, us or ts), "%s:%s" % (b, ud or td), "udp" if us else "tcp", bytes.fromhex(r[0]).decode("utf-8")))
    return out


def write(pcap, path):
    n = 0
    with open(path, "w", newline="\n") as f:
        for t, a, b, tr, raw in rows(pcap):
            f.write(json.dumps({"t_us": t, "from": a, "to": b, "transport": tr, "direction": "sent" if a.startswith(net.CLIENT + ":") else "received", "raw": raw}, ensure_ascii=False) + "\n")
            n += 1
    return n


if __name__ == "__main__":
    print(write(sys.argv[1], sys.argv[2]))
