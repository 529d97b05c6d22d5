"""The scenarios. Each is a function of the context (record.Ctx) and belongs to a name and the client's stack."""
import time
import net, peer
from clients import Baresip, Linphone, Twinkle, Sipp
from peer import sdp

ALL = []
STACKS = {"baresip": Baresip, "linphonec": Linphone, "twinkle": Twinkle}


def scenario(name, *stacks, cause=None):
    def deco(fn):
        for s in stacks:
            ALL.append((name, s, (lambda c, s=s: fn(c, STACKS[s])) if s in STACKS else fn, cause, " ".join((fn.__doc__ or "").split())))
        return fn
    return deco


ALL3 = ("baresip", "linphonec", "twinkle")


def registered(c, S, **k):
    """A phone registered at the scripted peer."""
    p = c.peer(auth=("alice", "secret"))
    ph = c.phone(S, **k)
    p.registered.wait(8)
    time.sleep(0.5)
    return p, ph


def outgoing(p, ph, body, ring=0.6, talk=1.0):
    """The phone calls, the scripted peer answers."""
    ph.call("bob")
    inv = p.expect("INVITE")
    p.reply(inv, 100, "Trying")
    p.reply(inv, 180, "Ringing")
    time.sleep(ring)
    p.reply(inv, 200, "OK", body=body)
    p.expect("ACK")
    time.sleep(talk)
    return p.dialog_in(inv)


def incoming(p, ph, body, headers="", talk=1.0, d=None):
    """The scripted peer calls, the phone answers."""
    d = d or p.dialog_out()
    p.request(d, "INVITE", body=body, headers=headers)
    p.expect("180 INVITE")
    time.sleep(0.5)
    ph.answer()
    ok = p.expect("200 INVITE")
    p.learn(d, ok)
    p.ack(d, ok)
    time.sleep(talk)
    return d


def answer(p, what, body, talk=1.5):
    """Answer the phone's re-INVITE or UPDATE."""
    m = p.expect(what)
    p.reply(m, 200, "OK", body=body)
    if what == "INVITE":
        p.expect("ACK")
    time.sleep(talk)
    return m


def reinvite(p, d, body, talk=1.5, headers=""):
    p.request(d, "INVITE", body=body, headers=headers)
    r = p.expect(["2xx INVITE", "4xx INVITE", "5xx INVITE"])
    p.ack(d, r)
    time.sleep(talk)
    return r


def bye(p, d):
    p.request(d, "BYE")
    p.expect("200 BYE")
    time.sleep(0.5)


def hangup(p, ph):
    ph.hangup()
    b = p.expect("BYE")
    p.reply(b, 200, "OK")
    time.sleep(0.5)


def answered_pcma(version, **k):
    return sdp(audio="8 101", version=version, **k)


# --- registration ----------------------------------------------------------
@scenario("register-ok", *ALL3)
def _(c, S):
    """401, 200, a refresh, unregister at the end; the registrar (kamailio) grants what was asked"""
    c.kamailio()
    c.phone(S, expires=20)
    time.sleep(24)


@scenario("register-wrong-password", *ALL3, cause="wrong-password")
def _(c, S):
    """the password is wrong: 401 again for the request with credentials"""
    c.kamailio()
    c.phone(S, password="wrong")
    time.sleep(5)


@scenario("register-unreachable", *ALL3, cause="registrar-unreachable")
def _(c, S):
    """nobody answers: the peer swallows everything"""
    p = c.peer(net.REGISTRAR)
    p.drop = lambda m: True
    c.phone(S)
    time.sleep(36)


@scenario("call-basic", *ALL3)
def _(c, S):
    """407, 200, talk, BYE by the phone; a real far end (baresip) behind the proxy (kamailio)"""
    c.kamailio()
    far = c.phone(Baresip, ns="far", user="bob", port=5070)
    me = c.phone(S)
    time.sleep(2)
    me.call("bob")
    far.p.wait("Incoming call", 6)
    time.sleep(1)
    far.answer()
    time.sleep(3)
    me.hangup()
    time.sleep(1.5)


@scenario("resume-answer-foreign-codec", "baresip", cause="no-common-codec")
def _(c, S):
    """hold and resume by the phone; the answer to the resume names a codec that the re-INVITE did not offer"""
    hold_and_change(c, S)


@scenario("hold-by-client-codec-change", "linphonec", "twinkle")
def _(c, S):
    """hold and resume by the phone; the answer to the resume picks another codec"""
    hold_and_change(c, S)


def hold_and_change(c, S):
    p, ph = registered(c, S)
    outgoing(p, ph, sdp(audio="0 101"))
    ph.hold()
    answer(p, "INVITE", sdp(audio="0 101", version=2, direction="recvonly"), 2)
    ph.resume()
    answer(p, "INVITE", sdp(audio="8 101", version=3), 2)
    hangup(p, ph)


@scenario("hold-by-client", *ALL3)
def _(c, S):
    """hold and resume by the phone; a real far end behind the proxy"""
    c.kamailio()
    far = c.phone(Linphone if S is Baresip else Baresip, ns="far", user="bob", port=5070, codecs=["pcmu", "pcma"])
    me = c.phone(S)
    time.sleep(2)
    me.call("bob")
    far.p.wait("Incoming call|is contacting you|incoming call", 6)
    time.sleep(0.7)
    far.answer()
    time.sleep(2)
    me.hold()
    time.sleep(2)
    me.resume()
    time.sleep(2)
    me.hangup()
    time.sleep(1)


@scenario("midcall-unroutable", "baresip", cause="midcall-unroutable")
def _(c, S):
    """the far end's Contact (a GRUU) cannot be routed by the proxy: our ACK is lost, its 200 repeated; hold, resume and BYE get 478; at the end the far end hangs up"""
    c.kamailio()
    far = c.phone(Linphone, ns="far", user="bob", port=5070, codecs=["pcmu", "pcma"], opts={"sip": ""})
    me = c.phone(S)
    time.sleep(2)
    me.call("bob")
    far.p.wait("is contacting you", 6)
    time.sleep(0.7)
    far.answer()
    time.sleep(2)
    me.hold()
    time.sleep(2)
    me.resume()
    time.sleep(2)
    me.hangup()
    time.sleep(1)


@scenario("call-not-acceptable-here", *ALL3, cause="no-common-codec")
def _(c, S):
    """incoming call whose only codec the phone does not have: 488 by the phone"""
    p, ph = registered(c, S)
    d = p.dialog_out()
    p.request(d, "INVITE", body=sdp(audio="18").replace("G729/8000", "G728/8000").replace("AVP 18", "AVP 15").replace(":18 ", ":15 "))
    r = p.expect(["4xx INVITE", "6xx INVITE", "180 INVITE"])
    if r.status == 180:
        ph.answer()
        r = p.expect(["4xx INVITE", "6xx INVITE", "2xx INVITE"])
    p.ack(d, r)
    time.sleep(1)


@scenario("call-rejected-488", *ALL3, cause="not-acceptable-here")
def _(c, S):
    """the far end refuses the offer"""
    p, ph = registered(c, S)
    ph.call("bob")
    inv = p.expect("INVITE")
    p.reply(inv, 100, "Trying")
    time.sleep(0.2)
    p.reply(inv, 488, "Not Acceptable Here", 'Warning: 304 198.51.100.20 "Media type not available"\r\n')
    p.expect("ACK")
    time.sleep(1)


# --- registration refused --------------------------------------------------
def refusing(c, S, code, reason, headers="", wait=3, then_ok=False, **k):
    """A registrar that refuses (once, when then_ok)."""
    p = c.peer()
    n = [0]

    def handle(m):
        n[0] += 1
        if then_ok and n[0] > 1:
            p.ok_register(m)
        else:
            p.reply(m, code, reason, headers)
    p._register = handle
    ph = c.phone(S, **k)
    time.sleep(wait)
    return p, ph


@scenario("register-interval-too-brief", *ALL3, cause="interval-too-brief")
def _(c, S):
    """423 with Min-Expires 600 for what the phone asks; some phones try again with it"""
    p = c.peer()

    def handle(m):
        e = int((m.get("expires") or (m.get("contact").split("expires=") + ["3600"])[1].split(";")[0]))
        p.ok_register(m) if e == 0 or e >= 600 else p.reply(m, 423, "Interval Too Brief", "Min-Expires: 600\r\n")
    p._register = handle
    c.phone(S, expires=60)
    time.sleep(3)


@scenario("register-forbidden", *ALL3, cause="forbidden")
def _(c, S):
    """403 for the request with credentials"""
    p = c.peer(auth=("alice", "secret"))
    p.ok_register = lambda m: p.reply(m, 403, "Forbidden")
    c.phone(S)
    time.sleep(3)


@scenario("register-not-found", "baresip", "linphonec", cause="unknown-user")
def _(c, S):
    """404: the registrar does not know the user"""
    refusing(c, S, 404, "Not Found")


@scenario("register-unavailable", *ALL3, cause="service-unavailable")
def _(c, S):
    """503 with Retry-After 5; the registrar is well again later"""
    p, ph = refusing(c, S, 503, "Service Unavailable", "Retry-After: 5\r\n", wait=3)
    p._register = p.ok_register
    time.sleep(12)


# --- calls ------------------------------------------------------------------
@scenario("call-incoming", *ALL3)
def _(c, S):
    """incoming call, BYE by the peer"""
    p, ph = registered(c, S)
    bye(p, incoming(p, ph, sdp(audio="8 0 101"), talk=2))


@scenario("call-incoming-offerless", *ALL3)
def _(c, S):
    """INVITE without SDP: the phone offers in its 200, the ACK has the answer"""
    p, ph = registered(c, S)
    d = p.dialog_out()
    p.request(d, "INVITE")
    p.expect("180 INVITE")
    time.sleep(0.5)
    ph.answer()
    ok = p.expect("200 INVITE")
    p.learn(d, ok)
    p.ack(d, ok, sdp(audio="8 101"))
    time.sleep(2)
    hangup(p, ph)


def refused(name, code, reason, cause, headers="", ring=True, stacks=ALL3):
    @scenario(name, *stacks, cause=cause)
    def f(c, S):
        p, ph = registered(c, S)
        ph.call("bob")
        inv = p.expect("INVITE")
        p.reply(inv, 100, "Trying")
        if ring:
            p.reply(inv, 180, "Ringing")
            time.sleep(1)
        p.reply(inv, code, reason, headers)
        p.expect("ACK")
        time.sleep(1)
    ALL[:] = [(n, s, fn, ca, "the far end answers %d %s" % (code, reason) if n == name else no) for n, s, fn, ca, no in ALL]


refused("call-busy", 486, "Busy Here", "busy")
refused("call-declined", 603, "Decline", "declined", stacks=("baresip", "twinkle"))
refused("call-no-answer", 480, "Temporarily Unavailable", "no-answer", 'Reason: Q.850;cause=19;text="No answer from user"\r\n', stacks=("baresip", "linphonec"))
refused("call-timeout", 408, "Request Timeout", "no-answer", stacks=("linphonec", "twinkle"))
refused("call-not-found", 404, "Not Found", "unknown-number", 'Reason: Q.850;cause=1;text="Unallocated number"\r\n', ring=False)
refused("call-server-error", 503, "Service Unavailable", "service-unavailable", "Retry-After: 30\r\n", ring=False, stacks=("baresip",))


@scenario("call-cancelled-by-client", *ALL3)
def _(c, S):
    """the phone gives up while it rings: CANCEL, 487"""
    p, ph = registered(c, S)
    ph.call("bob")
    inv = p.expect("INVITE")
    p.reply(inv, 100, "Trying")
    p.reply(inv, 180, "Ringing")
    time.sleep(1.5)
    ph.hangup()
    ca = p.expect("CANCEL")
    p.reply(ca, 200, "OK", tag=inv.mytag)
    p.reply(inv, 487, "Request Terminated")
    p.expect("ACK")
    time.sleep(1)


def cancelled(c, S, headers):
    p, ph = registered(c, S)
    d = p.dialog_out()
    p.request(d, "INVITE", body=sdp(audio="8 0 101"))
    b = d["branch"]
    p.expect("180 INVITE")
    time.sleep(1.5)
    p.request(d, "CANCEL", headers=headers, cseq=d["cseq"], branch=b)
    r = p.expect("487 INVITE")
    p.request(d, "INVITE", send=False, cseq=d["cseq"], branch=b)
    p.ack(d, r)
    time.sleep(1)


@scenario("call-cancelled-by-caller", *ALL3)
def _(c, S):
    """incoming call, the caller gives up"""
    cancelled(c, S, "")


@scenario("call-answered-elsewhere", "baresip", "linphonec")
def _(c, S):
    """incoming call, another phone took it: CANCEL with Reason SIP 200"""
    cancelled(c, S, 'Reason: SIP;cause=200;text="Call completed elsewhere"\r\n')


@scenario("call-rejected-by-client", *ALL3)
def _(c, S):
    """incoming call, the user refuses it"""
    p, ph = registered(c, S)
    d = p.dialog_out()
    p.request(d, "INVITE", body=sdp(audio="8 0 101"))
    p.expect("180 INVITE")
    time.sleep(1)
    ph.reject()
    r = p.expect(["4xx INVITE", "6xx INVITE"])
    p.ack(d, r)
    time.sleep(1)


@scenario("call-unanswered-invite", "baresip", "linphonec", "twinkle", cause="no-response")
def _(c, S):
    """the INVITE gets no answer at all: repeated until the phone gives up"""
    p, ph = registered(c, S)
    p.drop = lambda m: m.method == "INVITE"
    ph.call("bob")
    time.sleep(34)


@scenario("call-ack-lost", *ALL3)
def _(c, S):
    """our ACK is lost on the way: the far end repeats its 200, then it arrives"""
    p, ph = registered(c, S)
    ph.call("bob")
    inv = p.expect("INVITE")
    p.reply(inv, 180, "Ringing")
    time.sleep(0.5)
    ok = p.reply(inv, 200, "OK", body=sdp(audio="0 101"))
    for w in (0.5, 1.0, 2.0):
        time.sleep(w)
        p.send(ok, inv.src)
    time.sleep(1)
    hangup(p, ph)


@scenario("call-ack-missing", "baresip", "linphonec", "twinkle", cause="ack-missing")
def _(c, S):
    """incoming call: the ACK for the phone's 200 never comes, the 200 is repeated; the caller hangs up after 6 s"""
    p, ph = registered(c, S)
    d = p.dialog_out()
    p.request(d, "INVITE", body=sdp(audio="8 0 101"))
    p.expect("180 INVITE")
    ph.answer()
    p.learn(d, p.expect("200 INVITE"))
    time.sleep(6)
    bye(p, d)


# --- hold, codec, refresh ------------------------------------------------------
def hold_by_peer(name, note, off, on=None, stacks=ALL3):
    @scenario(name, *stacks)
    def f(c, S):
        p, ph = registered(c, S)
        d = outgoing(p, ph, sdp(audio="8 101"))
        reinvite(p, d, sdp(audio="8 101", version=2, **off), 2)
        reinvite(p, d, sdp(audio="8 101", version=3, **(on or {})), 1.5)
        hangup(p, ph)
    ALL[:] = [(n, s, fn, ca, note if n == name else no) for n, s, fn, ca, no in ALL]


hold_by_peer("hold-by-peer", "the far end holds with sendonly and resumes with sendrecv", dict(direction="sendonly"), dict(direction="sendrecv"))
hold_by_peer("hold-inactive-by-peer", "the far end holds with inactive; resumes without any attribute", dict(direction="inactive"))
hold_by_peer("hold-old-style-by-peer", "the far end holds with c=0.0.0.0 and no attribute", dict(c="0.0.0.0"))


@scenario("hold-old-style-by-client", "twinkle")
def _(c, S):
    """the phone holds the way of RFC 2543 (c=0.0.0.0)"""
    p, ph = registered(c, S, opts={"profile": {"hold_variant": "rfc2543"}})
    outgoing(p, ph, sdp(audio="8 101"))
    ph.hold()
    answer(p, "INVITE", sdp(audio="8 101", version=2), 2)
    ph.resume()
    answer(p, "INVITE", sdp(audio="8 101", version=3), 1)
    hangup(p, ph)


@scenario("hold-both-in-turn", *ALL3)
def _(c, S):
    """the phone holds, then the far end holds too (inactive), the far end lets go, then the phone"""
    p, ph = registered(c, S)
    d = outgoing(p, ph, sdp(audio="8 101"))
    ph.hold()
    answer(p, "INVITE", sdp(audio="8 101", version=2, direction="recvonly"), 1.5)
    reinvite(p, d, sdp(audio="8 101", version=3, direction="inactive"), 1.5)
    reinvite(p, d, sdp(audio="8 101", version=4, direction="recvonly"), 1.5)
    ph.resume()
    answer(p, "INVITE", sdp(audio="8 101", version=5), 1)
    hangup(p, ph)


@scenario("hold-never-lifted", "baresip", "linphonec")
def _(c, S):
    """the phone holds and hangs up on hold"""
    p, ph = registered(c, S)
    d = incoming(p, ph, sdp(audio="0 101"))
    ph.hold()
    answer(p, "INVITE", sdp(audio="0 101", version=2, direction="recvonly"), 1.5)
    bye(p, d)


@scenario("codec-change-by-peer", *ALL3)
def _(c, S):
    """re-INVITE of the far end offers another codec only, later the first again"""
    p, ph = registered(c, S)
    d = incoming(p, ph, sdp(audio="8 0 101"))
    reinvite(p, d, sdp(audio="0 101", version=2))
    reinvite(p, d, sdp(audio="8 101", version=3))
    bye(p, d)


@scenario("session-refresh-reinvite", *ALL3)
def _(c, S):
    """the far end refreshes the session with a re-INVITE of unchanged SDP"""
    p, ph = registered(c, S)
    d = outgoing(p, ph, sdp(audio="8 101"))
    for _ in range(2):
        reinvite(p, d, sdp(audio="8 101"), headers="Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n")
    hangup(p, ph)


@scenario("update-hold-and-refresh", "linphonec")
def _(c, S):
    """the far end refreshes with UPDATE without SDP, holds and resumes with UPDATE"""
    p, ph = registered(c, S)
    d = incoming(p, ph, sdp(audio="8 101"))
    for body in ("", sdp(audio="8 101", version=2, direction="sendonly"), sdp(audio="8 101", version=3, direction="sendrecv")):
        p.request(d, "UPDATE", body=body)
        p.expect(["2xx UPDATE", "4xx UPDATE", "5xx UPDATE"])
        time.sleep(1.5)
    bye(p, d)


@scenario("reinvite-refused", *ALL3, cause="hold-refused")
def _(c, S):
    """the phone wants to hold, the far end refuses the re-INVITE with 488"""
    p, ph = registered(c, S)
    outgoing(p, ph, sdp(audio="8 101"))
    ph.hold()
    m = p.expect("INVITE")
    p.reply(m, 488, "Not Acceptable Here")
    p.expect("ACK")
    time.sleep(1.5)
    hangup(p, ph)


@scenario("reinvite-glare", *ALL3)
def _(c, S):
    """both send a re-INVITE at once: 491 each way; some phones try again"""
    p, ph = registered(c, S)
    d = outgoing(p, ph, sdp(audio="8 101"))
    ph.hold()
    m = p.expect("INVITE")
    p.request(d, "INVITE", body=sdp(audio="8 101", version=2, direction="sendonly"))
    p.reply(m, 491, "Request Pending")
    r = p.expect(["4xx INVITE", "2xx INVITE", "5xx INVITE"], 3)
    if r:
        p.ack(d, r)
    m = p.expect("INVITE", 6)
    if m:
        p.reply(m, 200, "OK", body=sdp(audio="8 101", version=3, direction="recvonly"))
        p.expect("ACK")
    time.sleep(1.5)
    hangup(p, ph)


# --- early media, forks, redirection ---------------------------------------------
@scenario("early-media", "baresip", "linphonec", "twinkle")
def _(c, S):
    """183 with SDP (not reliable), then 200 with the same SDP"""
    p, ph = registered(c, S)
    ph.call("bob")
    inv = p.expect("INVITE")
    p.reply(inv, 100, "Trying")
    p.reply(inv, 183, "Session Progress", body=sdp(audio="8 101"))
    time.sleep(1.5)
    p.reply(inv, 200, "OK", body=sdp(audio="8 101"))
    p.expect("ACK")
    time.sleep(1.5)
    hangup(p, ph)


@scenario("early-media-100rel", "linphonec", "twinkle")
def _(c, S):
    """reliable 183 with SDP and PRACK, reliable 180, then 200 without SDP"""
    k = {"opts": {"sip": "supported=replaces, outbound, gruu, 100rel\n"}} if S is Linphone else {}
    p, ph = registered(c, S, **k)
    ph.call("bob")
    inv = p.expect("INVITE")
    p.reply(inv, 100, "Trying")
    for i, (code, why, body) in enumerate([(183, "Session Progress", sdp(audio="8 101")), (180, "Ringing", "")]):
        p.reply(inv, code, why, "Require: 100rel\r\nRSeq: %d\r\n" % (100 + i), body)
        pr = p.expect("PRACK", 3)
        if pr:
            p.reply(pr, 200, "OK")
        time.sleep(0.5)
    p.reply(inv, 200, "OK", body="" if S is Twinkle else "")
    p.expect("ACK")
    time.sleep(1.5)
    hangup(p, ph)


@scenario("forked-early-dialogs", *ALL3)
def _(c, S):
    """two far ends ring: 183 with SDP of one, 180 of the other, the second answers"""
    p, ph = registered(c, S)
    ph.call("bob")
    inv = p.expect("INVITE")
    p.reply(inv, 100, "Trying")
    t1, t2 = peer.fresh(), peer.fresh()
    p.reply(inv, 183, "Session Progress", tag=t1, body=sdp(audio="8 101", port=41000, user="one"))
    time.sleep(0.4)
    inv.mytag = None
    p.reply(inv, 180, "Ringing", tag=t2)
    time.sleep(1)
    inv.mytag = None
    p.reply(inv, 200, "OK", tag=t2, body=sdp(audio="0 101", port=42000, user="two"))
    inv.mytag = t2
    p.expect("ACK")
    time.sleep(1.5)
    hangup(p, ph)


@scenario("redirected", *ALL3)
def _(c, S):
    """302 to another number, the phone follows it"""
    p, ph = registered(c, S)
    ph.call("bob")
    inv = p.expect("INVITE")
    p.reply(inv, 302, "Moved Temporarily", "Contact: <sip:carol@198.51.100.20:5060>\r\n", contact=False)
    p.expect("ACK")
    inv = p.expect("INVITE", 4)
    if inv:
        p.reply(inv, 180, "Ringing")
        time.sleep(0.7)
        p.reply(inv, 200, "OK", body=sdp(audio="8 101"))
        p.expect("ACK")
        time.sleep(1.5)
        hangup(p, ph)


# --- transfer ---------------------------------------------------------------------
def notify(p, d, frag, state="active;expires=60", event="refer"):
    p.request(d, "NOTIFY", "Event: %s\r\nSubscription-State: %s\r\n" % (event, state), frag + "\r\n", "message/sipfrag;version=2.0")
    return p.expect(["2xx NOTIFY", "4xx NOTIFY"], 4)


def blind(c, S, final):
    p, ph = registered(c, S)
    d = outgoing(p, ph, sdp(audio="8 101"))
    ph.transfer("carol")
    held = False
    while True:
        m = p.expect(["REFER", "INVITE"], 6)
        if m is None or m.method == "REFER":
            break
        p.reply(m, 200, "OK", body=sdp(audio="8 101", version=2, direction="recvonly"))
        p.expect("ACK")
    p.reply(m, 202, "Accepted")
    notify(p, d, "SIP/2.0 100 Trying")
    time.sleep(1)
    notify(p, d, final, "terminated;reason=noresource")
    b = p.expect(["BYE", "INVITE"], 3)
    if b and b.method == "BYE":
        p.reply(b, 200, "OK")
    elif b:
        p.reply(b, 200, "OK", body=sdp(audio="8 101", version=3))
        p.expect("ACK")
    if not b or b.method != "BYE":
        time.sleep(1)
        hangup(p, ph) if "200" not in final else bye(p, d)
    time.sleep(1)


@scenario("transfer-blind", *ALL3)
def _(c, S):
    """the phone transfers with REFER; the NOTIFYs say 100 and 200"""
    blind(c, S, "SIP/2.0 200 OK")


@scenario("transfer-blind-failed", *ALL3, cause="transfer-failed")
def _(c, S):
    """the phone transfers with REFER; the NOTIFYs say 100 and 486"""
    blind(c, S, "SIP/2.0 486 Busy Here")


@scenario("transfer-by-peer", *ALL3)
def _(c, S):
    """the far end sends the phone a REFER; the phone calls the target and reports"""
    p, ph = registered(c, S)
    d = outgoing(p, ph, sdp(audio="8 101"))
    p.request(d, "REFER", "Refer-To: <sip:carol@198.51.100.20>\r\nReferred-By: <sip:bob@example.com>\r\n")
    p.expect(["2xx REFER", "4xx REFER"])
    inv = None
    for _ in range(6):
        m = p.expect(["INVITE", "NOTIFY"], 5)
        if m is None:
            break
        if m.method == "NOTIFY":
            p.reply(m, 200, "OK")
        elif ";tag=" in m.get("to"):
            p.reply(m, 200, "OK", body=sdp(audio="8 101", version=2, direction="recvonly"))
        else:
            p.reply(m, 180, "Ringing")
            time.sleep(0.5)
            p.reply(m, 200, "OK", body=sdp(audio="0 101", port=41000, user="carol"))
            inv = m
            break
    end = time.time() + 3
    while time.time() < end:
        m = p.expect(["NOTIFY", "BYE", "ACK"], 1.5)
        if m and m.method != "ACK":
            p.reply(m, 200, "OK")
    p.request(d, "BYE")
    time.sleep(1)
    if inv:
        bye(p, p.dialog_in(inv))
    time.sleep(0.5)
