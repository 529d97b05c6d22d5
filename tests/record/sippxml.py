"""Writes sipp scenarios (the client's side) from a few calls; every transaction has a branch of its own by CSeq."""


class X:
    def __init__(self, transport="UDP"):
        self.t, self.tr, self.label = "", transport, 0

    def _req(self, method, cseq, uri, to, body, headers, call, branch, frm, retrans, auth):
        s = "%s %s SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];rport;branch=z9hG4bK-[pid]-%s\nMax-Forwards: 70\n" % (method, uri, branch)
        s += "From: \"Alice\" <sip:alice@example.com>;tag=%s[pid]\nTo: %s\nCall-ID: %s[call_id]\nCSeq: %d %s\n" % (frm, to, call, cseq, method)
        if method not in ("BYE", "CANCEL", "PRACK", "ACK"):
            s += "Contact: <sip:alice@[local_ip]:[local_port];transport=[transport]>\n"
        s += "".join(h + "\n" for h in headers) + ("[authentication username=alice password=secret]\n" if auth else "")
        s += "User-Agent: sipp/3.6.1\n" + ("Content-Type: application/sdp\nContent-Length: [len]\n\n" + body.replace("\r\n", "\n") if body else "Content-Length: 0\n\n")
        self.t += '<send%s><![CDATA[\n%s\n]]></send>\n' % (' retrans="500"' if retrans else "", s)

    def send(self, method, cseq, body="", headers=(), dialog=True, uri="sip:bob@198.51.100.20:5060", call="", branch=None, auth=False, to="<sip:bob@example.com>", frm="a", retrans=None):
        """`dialog`: with the peer's tag; `call`: a prefix that makes another Call-ID."""
        self._req(method, cseq, uri, to + ("[peer_tag_param]" if dialog else ""), body, headers, call + "///" if call else "", branch or "%s%d" % (call, cseq), frm,
                  method != "ACK" if retrans is None else retrans, auth)
        return self

    def ack(self, cseq, ok=True, body=""):
        return self.send("ACK", cseq, body, branch=("%da" if ok else "%d") % cseq)

    def recv(self, what, optional=False, auth=False, timeout=None, next=None):
        a = ' optional="true"' if optional else ""
        a += ' auth="true"' if auth else ""
        a += ' timeout="%d" ontimeout="%d"' % (timeout, next) if timeout else ""
        self.t += '<recv %s="%s"%s></recv>\n' % ("response" if isinstance(what, int) else "request", what, a)
        return self

    def at(self, n):
        self.t += '<label id="%d"/>\n' % n
        return self

    def reply(self, code, reason, body="", headers=(), totag=False):
        s = "SIP/2.0 %d %s\n[last_Via:]\n[last_From:]\n[last_To:]%s\n[last_Call-ID:]\n[last_CSeq:]\n" % (code, reason, ";tag=b[pid]" if totag else "")
        s += "Contact: <sip:alice@[local_ip]:[local_port];transport=[transport]>\n" + "".join(h + "\n" for h in headers) + "Server: sipp/3.6.1\n"
        s += "Content-Type: application/sdp\nContent-Length: [len]\n\n" + body.replace("\r\n", "\n") if body else "Content-Length: 0\n\n"
        self.t += "<send><![CDATA[\n%s\n]]></send>\n" % s
        return self

    def pause(self, ms):
        self.t += '<pause milliseconds="%d"/>\n' % ms
        return self

    def xml(self):
        return '<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="client">\n%s</scenario>\n' % self.t
