"""A scripted SIP far end / registrar: does what real servers do rarely (loss, glare, forks, odd holds).

The script of a scenario calls expect(), reply() and request(); repeated requests are answered again by
themselves as a transaction layer would, unless `deaf` is set. Only for recording; knows UDP and TCP.
"""
import hashlib, queue, re, socket, threading, time
import net

COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type",
           "e": "content-encoding", "s": "subject", "k": "supported", "o": "event", "u": "allow-events", "r": "refer-to", "b": "referred-by"}
_n = [int(time.time()) % 100000]


def fresh():
    _n[0] += 1
    return "%x%04x" % (_n[0], (_n[0] * 40503) % 65536)


class Msg:
    def __init__(self, raw, src, conn=None):
        self.raw, self.src, self.conn = raw, src, conn
        head, _, self.body = raw.partition("\r\n\r\n")
        lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
        self.start, self.h = lines[0], []
        for l in lines[1:]:
            n, _, v = l.partition(":")
            n = n.strip().lower()
            self.h.append((COMPACT.get(n, n), v.strip()))
        w = self.start.split(" ")
        self.status = int(w[1]) if w[0] == "SIP/2.0" else None
        self.cseq, self.method = self.get("cseq").split()
        self.cseq = int(self.cseq)

    def get(self, n, d=""):
        return next((v for k, v in self.h if k == n), d)

    def all(self, n):
        return [v for k, v in self.h if k == n]

    def tag(self, n):
        m = re.search(r";tag=([^;>\s]+)", self.get(n))
        return m.group(1) if m else None

    def uri(self, n):
        m = re.search(r"<([^>]+)>", self.get(n)) or re.search(r"(\S+)", self.get(n))
        return m.group(1)

    def is_(self, what):
        return (self.start.startswith(what + " ")) if self.status is None else ("%d %s" % (self.status, self.method) == what or
                                                                                 "%dxx %s" % (self.status // 100, self.method) == what)


def sdp(addr=net.PEER, port=40000, audio="9 0 8 101", attrs="", direction=None, c=None, version=1, video=None, extra="", user="peer"):
    names = {"0": "PCMU/8000", "8": "PCMA/8000", "9": "G722/8000", "3": "GSM/8000", "18": "G729/8000", "101": "telephone-event/8000", "96": "opus/48000/2", "97": "telephone-event/48000", "110": "speex/16000"}
    s = "v=0\r\no=%s 8000 %d IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n%sm=audio %d RTP/AVP %s\r\n" % (user, version, addr, c or addr, extra, port, audio)
    for f in audio.split():
        s += "a=rtpmap:%s %s\r\n" % (f, names[f])
    if "101" in audio.split():
        s += "a=fmtp:101 0-15\r\n"
    s += "a=ptime:20\r\n" + attrs
    if direction:
        s += "a=%s\r\n" % direction
    return s + (video or "")


class Peer:
    def __init__(self, ip=net.REGISTRAR, port=5060, transport="udp", auth=None, granted=None, agent="Scripted-Peer/1.0"):
        self.ip, self.port, self.transport, self.agent = ip, port, transport, agent
        self.auth = auth                     # (user, password) or None: the registrar asks for credentials
        self.granted, self.nonce = granted, "f84f1cec41e6cbe5aea9c8e88d359"
        self.q, self.seen, self.last, self.deaf, self.drop = queue.Queue(), {}, {}, False, None
        self.registered = threading.Event()
        self.contact, self.client, self.conn, self.auto = None, None, None, True
        self.s = net.ns_socket("srv", socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM)
        self.s.bind((ip, port))
        if transport == "tcp":
            self.s.listen(5)
        self.open = True
        threading.Thread(target=self._udp if transport == "udp" else self._accept, daemon=True).start()

    def close(self):
        self.open = False
        for s in (self.conn, self.s):
            if s:
                try:
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                s.close()

    def _udp(self):
        while self.open:
            try:
                d, src = self.s.recvfrom(65535)
            except OSError:
                return
            self._take(d.decode("utf-8", "replace"), src, None)

    def _accept(self):
        while self.open:
            try:
                c, src = self.s.accept()
            except OSError:
                return
            self.conn = c
            threading.Thread(target=self._tcp, args=(c, src), daemon=True).start()

    def _tcp(self, c, src):
        buf = b""
        while self.open:
            try:
                d = c.recv(65535)
            except OSError:
                return
            if not d:
                return
            buf += d
            while True:
                if buf.startswith(b"\r\n\r\n"):
                    c.sendall(b"\r\n")
                buf = buf.lstrip(b"\r\n")
                head, sep, rest = buf.partition(b"\r\n\r\n")
                if not sep:
                    break
                m = re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)", head)
                n = int(m.group(1)) if m else 0
                if len(rest) < n:
                    break
                buf = rest[n:]
                self._take((head + sep + rest[:n]).decode("utf-8", "replace"), src, c)

    def _take(self, raw, src, conn):
        if len(raw.strip()) < 8:
            return
        m = Msg(raw, src, conn)
        if self.drop and self.drop(m):
            return
        key = (m.start, m.get("via"), m.get("cseq"), m.tag("to"))
        self.seen[key] = self.seen.get(key, 0) + 1
        if self.seen[key] > 1:
            if m.status is None and not self.deaf and key in self.last:
                self.send(self.last[key], src, conn)
            return
        m.key = key
        if self.auto and m.status is None and m.start.startswith("REGISTER "):
            return self._register(m)
        if self.auto and m.status is None and m.method in ("OPTIONS", "PUBLISH", "SUBSCRIBE", "MESSAGE") and self.auto != "register":
            return self.reply(m, *((200, "OK") if m.method in ("OPTIONS", "MESSAGE") else (489, "Bad Event")))
        self.q.put(m)

    def _register(self, m):
        if self.auth and not self._authorised(m):
            return self.reply(m, 401, "Unauthorized", 'WWW-Authenticate: Digest realm="example.com", nonce="%s", algorithm=MD5, qop="auth"\r\n' % self.nonce)
        self.ok_register(m)

    def _authorised(self, m):
        a = m.get("authorization")
        if not a:
            return False
        f = {k: v.strip('"') for k, v in re.findall(r'(\w+)=("[^"]*"|[^,\s]+)', a)}
        h = lambda s: hashlib.md5(s.encode()).hexdigest()
        ha1, ha2 = h("%s:%s:%s" % (self.auth[0], f["realm"], self.auth[1])), h("REGISTER:" + f["uri"])
        want = h(":".join([ha1, f["nonce"], f["nc"], f["cnonce"], f["qop"], ha2])) if "qop" in f else h(":".join([ha1, f["nonce"], ha2]))
        return want == f["response"]

    def ok_register(self, m):
        c = m.get("contact")
        e = re.search(r"expires=(\d+)", c)
        e = int(e.group(1)) if e else int(m.get("expires", "3600"))
        if self.granted and e:
            e = self.granted
        if e and c != "*":
            self.contact, self.client, self.aor = m.uri("contact"), (m.src, m.conn), m.uri("to")
            self.reply(m, 200, "OK", "Contact: <%s>;expires=%d\r\n" % (self.contact, e), contact=False)
            self.registered.set()
        else:
            self.reply(m, 200, "OK", contact=False)

    def send(self, raw, dst=None, conn=None):
        try:
            if self.transport == "tcp":
                (conn or self.conn).sendall(raw.encode())
            else:
                self.s.sendto(raw.encode(), dst or self.client[0])
        except OSError as e:
            print("    peer could not send:", e)

    def me(self, user="bob"):
        return "<sip:%s@%s:%d%s>" % (user, self.ip, self.port, ";transport=tcp" if self.transport == "tcp" else "")

    def expect(self, what, timeout=10):
        """The next message of this kind ("INVITE", "200 BYE", "2xx INVITE", or a list); others before it are skipped."""
        what = [what] if isinstance(what, str) else what
        end = time.time() + timeout
        while time.time() < end:
            try:
                m = self.q.get(timeout=max(0.01, end - time.time()))
            except queue.Empty:
                break
            if any(m.is_(w) for w in what):
                return m
        print("    peer: no %s within %g s" % ("/".join(what), timeout))
        return None

    def reply(self, req, code, reason, headers="", body="", tag=None, contact=True, ctype="application/sdp"):
        to = req.get("to")
        if code > 100 and ";tag=" not in to:
            tag = tag or getattr(req, "mytag", None) or fresh()
            req.mytag = tag
            to += ";tag=" + tag
        t = "SIP/2.0 %d %s\r\n" % (code, reason)
        for v in req.all("via"):
            if v.endswith(";rport") or ";rport;" in v:
                v = v.replace(";rport", ";received=%s;rport=%d" % (req.src[0], req.src[1]), 1)
            t += "Via: %s\r\n" % v
        for v in req.all("record-route"):
            t += "Record-Route: %s\r\n" % v
        t += "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %s\r\n" % (req.get("from"), to, req.get("call-id"), req.get("cseq"))
        if contact and req.method in ("INVITE", "UPDATE", "SUBSCRIBE", "REFER") and 100 < code < 300:
            t += "Contact: %s\r\n" % self.me()
        t += headers + "Server: %s\r\n" % self.agent
        if body:
            t += "Content-Type: %s\r\n" % ctype
        t += "Content-Length: %d\r\n\r\n%s" % (len(body), body)
        self.last[getattr(req, "key", None)] = t
        self.send(t, req.src, req.conn)
        return t

    # dialogs -----------------------------------------------------------------
    def dialog_in(self, inv, tag=None):
        """The dialog made by an INVITE that we received."""
        d = dict(callid=inv.get("call-id"), local=inv.get("to").split(";tag")[0] + ";tag=" + (tag or inv.mytag), remote=inv.get("from"),
                 target=inv.uri("contact"), cseq=100, routes=inv.all("record-route"), dst=inv.src, conn=inv.conn)
        return d

    def dialog_out(self, user="bob", to=None, target=None, name='"Bob"'):
        return dict(callid=fresh() + "@" + self.ip, local='%s <sip:%s@example.com>;tag=%s' % (name, user, fresh()), remote="<%s>" % (to or "sip:alice@example.com"),
                    target=target or self.contact, cseq=0, routes=[], dst=self.client[0], conn=self.client[1], user=user)

    def request(self, d, method, headers="", body="", ctype="application/sdp", cseq=None, branch=None, contact=True, send=True):
        if cseq is None:
            d["cseq"] += 1
        n = cseq or d["cseq"]
        branch = branch or "z9hG4bK" + fresh()
        t = "%s %s SIP/2.0\r\nVia: SIP/2.0/%s %s:%d;branch=%s\r\n" % (method, d["target"], self.transport.upper(), self.ip, self.port, branch)
        for r in d["routes"]:
            t += "Route: %s\r\n" % r
        t += "Max-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\n" % (d["local"], d["remote"], d["callid"], n, method)
        if contact and method not in ("BYE", "CANCEL", "ACK", "PRACK"):
            t += "Contact: %s\r\n" % self.me(d.get("user", "bob"))
        if method == "INVITE":
            t += "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, REFER, NOTIFY, UPDATE, PRACK, INFO\r\n"
        t += headers + "User-Agent: %s\r\n" % self.agent
        if body:
            t += "Content-Type: %s\r\n" % ctype
        t += "Content-Length: %d\r\n\r\n%s" % (len(body), body)
        d["branch"], d["sent"] = branch, t
        if send:
            self.send(t, d["dst"], d["conn"])
        return t

    def learn(self, d, resp):
        """Take the far tag, target and routes from a response to our INVITE."""
        d["remote"] = resp.get("to")
        if resp.get("contact"):
            d["target"] = resp.uri("contact")
        d["routes"] = list(reversed(resp.all("record-route")))
        return d

    def ack(self, d, resp, body=""):
        same = resp.status >= 300
        keep = d["remote"], d["target"]
        d["remote"] = resp.get("to")
        t = self.request(d, "ACK", body=body, cseq=resp.cseq, branch=resp.get("via").split("branch=")[1].split(";")[0] if same else None)
        if same:
            d["remote"], d["target"] = keep
        return t
