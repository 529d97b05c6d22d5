"""More scenarios: attended transfer, keep-alive, messages, video, TCP; and those for which sipp plays the client."""
import threading, time
import net, peer
from clients import Baresip, Linphone, Twinkle, Sipp
from peer import sdp
from scenarios import ALL3, answer, bye, hangup, incoming, notify, outgoing, refused, registered, reinvite, scenario
from sippxml import X


def mine(version=1, direction=None, audio="0 8 101", **k):
    """The client's SDP where sipp plays it."""
    return sdp(addr=net.CLIENT, port=6000, audio=audio, version=version, direction=direction, user="alice", **k)


# --- attended transfer ------------------------------------------------------------
REPLACES = "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, REFER, NOTIFY\r\nSupported: replaces\r\n"


def consult(c, S):
    p, ph = registered(c, S)
    ph.call("bob")
    inv = p.expect("INVITE")
    p.reply(inv, 180, "Ringing")
    time.sleep(0.5)
    p.reply(inv, 200, "OK", REPLACES, sdp(audio="8 101"))
    p.expect("ACK")
    d1 = p.dialog_in(inv)
    time.sleep(1)
    return p, ph, d1


@scenario("transfer-attended", "linphonec", "twinkle")
def _(c, S):
    """the phone holds, calls a second party, then sends REFER with Replaces; 202, NOTIFY 200"""
    p, ph, d1 = consult(c, S)
    d2, refer, stop = [], [], [False]

    def far():
        while not stop[0]:
            m = p.expect(["INVITE", "REFER", "BYE"], 0.5)
            if m is None:
                continue
            if m.method == "INVITE" and ";tag=" in m.get("to"):
                p.reply(m, 200, "OK", body=sdp(audio="8 101", version=2 if not d2 else 3, direction="recvonly" if "sendonly" in m.body else None))
            elif m.method == "INVITE":
                p.reply(m, 180, "Ringing")
                time.sleep(0.5)
                p.reply(m, 200, "OK", REPLACES, sdp(audio="8 101", port=41000, user="carol"))
                d2.append(p.dialog_in(m))
            elif m.method == "REFER":
                p.reply(m, 202, "Accepted")
                refer.append(m)
            else:
                p.reply(m, 200, "OK")
    th = threading.Thread(target=far)
    th.start()
    if S is Twinkle:
        ph.p.write("transfer -c " + ph.uri("carol"))
        time.sleep(3)
        ph.p.write("transfer -c")
    else:
        ph.p.write("pause")
        time.sleep(1)
        ph.call("carol")
        time.sleep(3)
        ph.p.write("transfer 1 --to-call 2")
    time.sleep(2)
    stop[0] = True
    th.join()
    if refer:
        on = d1 if refer[0].get("call-id") == d1["callid"] else d2[0]
        notify(p, on, "SIP/2.0 100 Trying")
        time.sleep(0.5)
        notify(p, on, "SIP/2.0 200 OK", "terminated;reason=noresource")
    for _ in range(4):
        m = p.expect(["BYE", "INVITE"], 1.5)
        if m and m.method == "BYE":
            p.reply(m, 200, "OK")
        elif m:
            p.reply(m, 200, "OK", body=sdp(audio="8 101", version=4))
    if d2:
        p.request(d2[0], "BYE")
        time.sleep(0.7)
    p.request(d1, "BYE")
    time.sleep(1)


@scenario("call-replaced-by-peer", "linphonec")
def _(c, S):
    """while in a call an INVITE with Replaces for it comes in: the phone takes the new call and ends the old one"""
    p, ph = registered(c, S)
    d = incoming(p, ph, sdp(audio="8 101"))
    tag = lambda v: v.split("tag=")[1].split(";")[0]
    e = p.dialog_out("carol", name='"Carol"')
    p.request(e, "INVITE", "Replaces: %s;to-tag=%s;from-tag=%s\r\n" % (d["callid"], tag(d["remote"]), tag(d["local"])), sdp(audio="0 101", port=41000, user="carol"))
    for _ in range(2):
        m = p.expect(["2xx INVITE", "BYE"], 5)
        if m and m.status:
            p.ack(p.learn(e, m), m)
        elif m:
            p.reply(m, 200, "OK")
    time.sleep(1.5)
    bye(p, e)


@scenario("bye-crossed", *ALL3)
def _(c, S):
    """both hang up at once"""
    p, ph = registered(c, S)
    d = outgoing(p, ph, sdp(audio="8 101"))
    ph.hangup()
    b = p.expect("BYE")
    p.request(d, "BYE")
    p.expect(["2xx BYE", "4xx BYE"], 2)
    p.reply(b, 200, "OK")
    time.sleep(1)


# --- keep-alive, messages, subscriptions ---------------------------------------------
@scenario("options-by-peer", *ALL3)
def _(c, S):
    """the network asks with OPTIONS every two seconds"""
    p, ph = registered(c, S)
    for i in range(4):
        d = p.dialog_out("ping", name='"Keepalive"')
        p.request(d, "OPTIONS")
        p.expect(["2xx OPTIONS", "4xx OPTIONS"], 2)
        time.sleep(1.5)


def options_client():
    x = X()
    for i in range(1, 9):
        x.send("OPTIONS", i, dialog=False, retrans=False, uri="sip:example.com", to="<sip:example.com>", call="ka%d" % i, frm="k%d" % i)
        x.recv(200, timeout=1700, next=i).at(i)
        x.pause(600)
    return x.xml()


@scenario("options-lost-and-recovered", "sipp", cause="keepalive-lost")
def _(c):
    """OPTIONS keep-alive: three answered, three lost, two answered"""
    p = c.peer()
    seen = []

    def drop(m):
        if m.method == "OPTIONS" and m.get("call-id") not in seen:
            seen.append(m.get("call-id"))
        return m.method == "OPTIONS" and seen.index(m.get("call-id")) in (3, 4, 5)
    p.drop = drop
    c.phone(Sipp, xml=options_client())
    time.sleep(15)


@scenario("options-lost", "sipp", cause="keepalive-lost")
def _(c):
    """OPTIONS keep-alive: three answered, then silence"""
    p = c.peer()
    seen = []

    def drop(m):
        if m.get("call-id") not in seen:
            seen.append(m.get("call-id"))
        return seen.index(m.get("call-id")) > 2
    p.drop = drop
    c.phone(Sipp, xml=options_client())
    time.sleep(18)


@scenario("message", "twinkle", "baresip")
def _(c, S):
    """a MESSAGE to the phone whose text looks like SIP; Twinkle also sends one"""
    p, ph = registered(c, S)
    if S is Twinkle:
        ph.p.write("message bob hello from the phone")
    time.sleep(1)
    d = p.dialog_out()
    p.request(d, "MESSAGE", body="SIP/2.0 200 OK is only text here\r\n", ctype="text/plain")
    p.expect(["2xx MESSAGE", "4xx MESSAGE"], 3)
    time.sleep(1)


@scenario("voice-mail-waiting", "baresip", "twinkle")
def _(c, S):
    """SUBSCRIBE message-summary by the phone, NOTIFYs with the waiting messages"""
    p = c.peer(auth=("alice", "secret"))
    p.auto = "register"
    ph = c.phone(S, opts={"mwi": True, "profile": {"mwi_user": "alice", "mwi_server": net.REGISTRAR, "mwi_sollicited": "yes", "mwi_subscription_time": 60, "mwi_vm_address": "sip:voicemail@example.com"}})
    s = p.expect("SUBSCRIBE", 15)
    if s:
        p.reply(s, 200, "OK", "Expires: 60\r\n")
        d = p.dialog_in(s)
        for i, t in enumerate(["Messages-Waiting: no\r\nVoice-Message: 0/0 (0/0)\r\n", "Messages-Waiting: yes\r\nMessage-Account: sip:alice@example.com\r\nVoice-Message: 2/1 (0/0)\r\n"]):
            p.request(d, "NOTIFY", "Event: message-summary\r\nSubscription-State: active;expires=%d\r\n" % (60 - i), t, "application/simple-message-summary")
            p.expect(["2xx NOTIFY", "4xx NOTIFY"], 3)
            time.sleep(1)

        def end():
            m = p.expect("SUBSCRIBE", 6)
            if m:
                p.reply(m, 200, "OK", "Expires: 0\r\n")
        threading.Thread(target=end, daemon=True).start()


# --- video, TCP --------------------------------------------------------------------------
VIDEO = "m=video %d RTP/AVP %s\r\na=rtpmap:%s VP8/90000\r\n"


def m_line(inv):
    return next((l.split() for l in inv.body.split("\r\n") if l.startswith("m=video")), None)


def video(c, S, accept):
    p, ph = registered(c, S, video=True)
    ph.call("bob")
    inv = p.expect("INVITE")
    v = m_line(inv)
    body = sdp(audio="8 101", video="".join("m=video %d %s %s\r\na=rtpmap:%s VP8/90000\r\n" % (40002 if accept else 0, v[2], v[3], v[3]) for _ in [0]) if v else None)
    p.reply(inv, 180, "Ringing")
    time.sleep(0.5)
    p.reply(inv, 200, "OK", body=body)
    p.expect("ACK")
    time.sleep(2)
    hangup(p, ph)


@scenario("video-rejected", "baresip", "linphonec")
def _(c, S):
    """audio and video offered, the video line refused with port 0"""
    video(c, S, False)


@scenario("video-call", "baresip", "linphonec")
def _(c, S):
    """audio and video offered and taken"""
    video(c, S, True)


@scenario("call-tcp", *ALL3)
def _(c, S):
    """registration and call over TCP"""
    c.kamailio()
    far = c.phone(Baresip, ns="far", user="bob", port=5070, codecs=["pcma", "pcmu"])
    me = c.phone(S, transport="tcp")
    time.sleep(2)
    me.call("bob")
    far.p.wait("Incoming call", 6)
    time.sleep(0.7)
    far.answer()
    time.sleep(2)
    me.hangup()
    time.sleep(1)


# --- sipp plays the client -------------------------------------------------------------------
def invite(x, body, cseq=1, headers=()):
    x.send("INVITE", cseq, body, headers, dialog=False)
    x.recv(100, True).recv(180, True).recv(200)
    return x


def run(c, x, script, wait=1, transport="udp"):
    p = c.peer(transport=transport)
    ph = c.phone(Sipp, xml=x.xml(), transport=transport)
    script(p)
    time.sleep(wait)


def take(p, body, ring=0.4):
    inv = p.expect("INVITE")
    p.reply(inv, 180, "Ringing")
    time.sleep(ring)
    p.reply(inv, 200, "OK", body=body)
    p.expect("ACK")
    return p.dialog_in(inv)


@scenario("register-and-call", "sipp")
def _(c):
    """REGISTER 401/200, INVITE 407/200, BYE by the client, unregister; kamailio, with a real far end"""
    c.kamailio()
    far = c.phone(Baresip, ns="far", user="bob", port=5070, opts={"answermode": "auto"})
    x = X()
    r = dict(dialog=False, uri="sip:example.com", call="reg", to="<sip:alice@example.com>", frm="r")
    x.send("REGISTER", 1, headers=["Expires: 120"], **r).recv(401, auth=True).send("REGISTER", 2, headers=["Expires: 120"], auth=True, **r).recv(200).pause(500)
    u = "sip:bob@example.com"
    x.send("INVITE", 1, mine(), dialog=False, uri=u).recv(100, True).recv(407, auth=True).send("ACK", 1, uri=u, branch="1")
    x.send("INVITE", 2, mine(), dialog=False, uri=u, auth=True).recv(100, True).recv(180, True)
    x.t += '<recv response="200" rrs="true"></recv>\n'
    x.send("ACK", 2, uri="[next_url]", branch="2a", headers=["[routes]"]).pause(1500)
    x.send("BYE", 3, uri="[next_url]", headers=["[routes]"]).recv(200).pause(300)
    x.send("REGISTER", 3, headers=["Expires: 0"], **r).recv(401, auth=True).send("REGISTER", 4, headers=["Expires: 0"], auth=True, **r).recv(200)
    c.phone(Sipp, xml=x.xml())
    time.sleep(6)


@scenario("update-hold-by-client", "sipp")
def _(c):
    """the client refreshes with an empty UPDATE, holds and resumes with UPDATE"""
    x = invite(X(), mine()).ack(1).pause(800)
    x.send("UPDATE", 2).recv(200).pause(500)
    x.send("UPDATE", 3, mine(2, "sendonly")).recv(200).pause(1200)
    x.send("UPDATE", 4, mine(3, "sendrecv")).recv(200).pause(500)
    x.send("BYE", 5).recv(200)

    def script(p):
        take(p, sdp(audio="8 101"))
        p.reply(p.expect("UPDATE"), 200, "OK")
        p.reply(p.expect("UPDATE"), 200, "OK", body=sdp(audio="8 101", version=2, direction="recvonly"))
        p.reply(p.expect("UPDATE"), 200, "OK", body=sdp(audio="8 101", version=3))
        p.reply(p.expect("BYE"), 200, "OK")
    run(c, x, script)


@scenario("prack-offer", "sipp")
def _(c):
    """reliable 183 with the answer, a new offer in PRACK answered in its 200 (still early), then 200"""
    x = X().send("INVITE", 1, mine(), ["Supported: 100rel"], dialog=False).recv(100, True).recv(183)
    x.send("PRACK", 2, mine(2, audio="8 101"), ["RAck: 100 1 INVITE"]).recv(200).recv(180, True).recv(200).ack(1).pause(1000).send("BYE", 3).recv(200)

    def script(p):
        inv = p.expect("INVITE")
        p.reply(inv, 100, "Trying")
        p.reply(inv, 183, "Session Progress", "Require: 100rel\r\nRSeq: 100\r\n", sdp(audio="0 101"))
        p.reply(p.expect("PRACK"), 200, "OK", body=sdp(audio="8 101", version=2))
        time.sleep(0.6)
        p.reply(inv, 180, "Ringing")
        time.sleep(0.6)
        p.reply(inv, 200, "OK")
        p.expect("ACK")
        p.reply(p.expect("BYE"), 200, "OK")
    run(c, x, script)


@scenario("offerless-by-client", "sipp")
def _(c):
    """the client's INVITE and later re-INVITE have no SDP: the 200 offers, the ACK answers; the re-INVITE's 200 offers sendonly (hold by the far end, asked for by the client)"""
    x = invite(X(), "").ack(1, body=mine(1, audio="8 101")).pause(800)
    x.send("INVITE", 2).recv(100, True).recv(200).ack(2, body=mine(2, "recvonly", audio="8 101")).pause(1200)
    x.send("INVITE", 3).recv(100, True).recv(200).ack(3, body=mine(3, audio="8 101")).pause(800)
    x.send("BYE", 4).recv(200)

    def script(p):
        take(p, sdp(audio="8 0 101"))
        for v, k in ((2, dict(direction="sendonly")), (3, {})):
            m = p.expect("INVITE")
            p.reply(m, 200, "OK", body=sdp(audio="8 0 101", version=v, **k))
            p.expect("ACK")
        p.reply(p.expect("BYE"), 200, "OK")
    run(c, x, script)


@scenario("reinvite-glare", "sipp")
def _(c):
    """the far end's re-INVITE meets the client's: 491 both ways; after a while the client's hold passes"""
    x = invite(X(), mine()).ack(1).pause(700)
    x.send("INVITE", 2, mine(2, "sendonly"), retrans=False).recv("INVITE").reply(491, "Request Pending").recv("ACK").recv(491).ack(2, False).pause(2300)
    x.send("INVITE", 3, mine(2, "sendonly")).recv(200).ack(3).pause(1000).recv("BYE").reply(200, "OK")

    def script(p):
        d = take(p, sdp(audio="8 101"))
        m = p.expect("INVITE")
        p.request(d, "INVITE", body=sdp(audio="8 101", version=2, direction="inactive"))
        p.ack(d, p.expect("491 INVITE"))
        time.sleep(0.2)
        p.reply(m, 491, "Request Pending")
        m = p.expect("INVITE")
        p.reply(m, 200, "OK", body=sdp(audio="8 101", version=2, direction="recvonly"))
        p.expect("ACK")
        time.sleep(1.2)
        bye(p, d)
    run(c, x, script)


@scenario("session-timer", "sipp")
def _(c):
    """422 with a larger Min-SE, then the client refreshes twice: re-INVITE with unchanged SDP, then UPDATE without SDP; the last UPDATE gets 481 and the client hangs up"""
    se = lambda n: ["Supported: timer", "Session-Expires: %d;refresher=uac" % n]
    x = X().send("INVITE", 1, mine(), ["Supported: timer", "Session-Expires: 60"], dialog=False).recv(100, True).recv(422).ack(1, False)
    invite(x, mine(), 2, ["Supported: timer", "Session-Expires: 1800", "Min-SE: 1800"]).ack(2).pause(900)
    x.send("INVITE", 3, mine(), se(1800)).recv(200).ack(3).pause(900)
    x.send("UPDATE", 4, headers=se(1800)).recv(200).pause(900)
    x.send("UPDATE", 5, headers=se(1800)).recv(481).pause(200).send("BYE", 6).recv(481)

    def script(p):
        inv = p.expect("INVITE")
        p.reply(inv, 422, "Session Interval Too Small", "Min-SE: 1800\r\n")
        take(p, sdp(audio="8 101"))
        m = p.expect("INVITE")
        p.reply(m, 200, "OK", "Require: timer\r\nSession-Expires: 1800;refresher=uac\r\n", sdp(audio="8 101"))
        p.reply(p.expect("UPDATE"), 200, "OK", "Session-Expires: 1800;refresher=uac\r\n")
        p.reply(p.expect("UPDATE"), 481, "Call/Transaction Does Not Exist")
        p.reply(p.expect("BYE"), 481, "Call/Transaction Does Not Exist")
    run(c, x, script)


@scenario("hold-sides-change", "sipp")
def _(c):
    """holds whose side changes: client, then both (sendonly answered with inactive), then the far end alone; resumed"""
    x = invite(X(), mine()).ack(1).pause(700)
    for n, v in ((2, "recvonly"), (3, "sendonly")):
        x.send("INVITE", n, mine(n, "sendonly")).recv(200).ack(n).pause(900)
    x.recv("INVITE").reply(200, "OK", mine(4, "recvonly")).recv("ACK").pause(400)
    x.recv("INVITE").reply(200, "OK", mine(5)).recv("ACK").pause(400)
    x.recv("BYE").reply(200, "OK")

    def script(p):
        d = take(p, sdp(audio="8 101"))
        for n, v in ((2, "recvonly"), (3, "inactive")):
            m = p.expect("INVITE")
            p.reply(m, 200, "OK", body=sdp(audio="8 101", version=n, direction=v))
            p.expect("ACK")
        time.sleep(1)
        reinvite(p, d, sdp(audio="8 101", version=4, direction="sendonly"), 1.2)
        reinvite(p, d, sdp(audio="8 101", version=5, direction="sendrecv"), 1)
        bye(p, d)
    run(c, x, script)


@scenario("call-tcp-large", "sipp")
def _(c):
    """an INVITE of several kilobytes over TCP, two media lines, one refused"""
    video = "m=video 6002 RTP/AVP 97 98\r\na=rtpmap:97 H264/90000\r\na=fmtp:97 profile-level-id=42801f;packetization-mode=1\r\na=rtpmap:98 VP8/90000\r\n"
    extra = "".join("a=candidate:%d 1 UDP %d 192.0.2.10 %d typ host\r\n" % (i, 2130706431 - i, 6000 + i) for i in range(40))
    x = invite(X(), mine(attrs=extra, video=video), headers=["X-Filler: " + "0123456789" * 60]).ack(1).pause(1000).send("BYE", 2).recv(200)

    def script(p):
        take(p, sdp(audio="0 101", video="m=video 0 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n"))
        p.reply(p.expect("BYE"), 200, "OK")
    run(c, x, script, transport="tcp")


@scenario("bye-unanswered", "sipp", cause="bye-unanswered")
def _(c):
    """the client's BYE gets no answer"""
    x = invite(X(), mine()).ack(1).pause(1000).send("BYE", 2).recv(200, timeout=4500, next=1).at(1).pause(10)

    def script(p):
        take(p, sdp(audio="8 101"))
        p.drop = lambda m: m.method == "BYE"
    run(c, x, script, 6)


@scenario("transfer-attended", "sipp")
def _(c):
    """two calls of the client (the first on hold), then REFER with Replaces in the first; NOTIFY 100, 200; the client ends the first"""
    # sipp keeps one peer tag: the consultation call is a scenario of its own and only the first is driven here
    x = invite(X(), mine()).ack(1).pause(600)
    x.send("INVITE", 2, mine(2, "sendonly")).recv(200).ack(2).pause(600)
    x.send("REFER", 3, headers=["Refer-To: <sip:carol@example.com?Replaces=consult-1%40192.0.2.10%3Bto-tag%3Dzz77%3Bfrom-tag%3Daa11>", "Referred-By: <sip:alice@example.com>"]).recv(202)
    for _ in range(2):
        x.recv("NOTIFY").reply(200, "OK")
    x.pause(300).send("BYE", 4).recv(200)

    def script(p):
        d = take(p, sdp(audio="8 101"))
        m = p.expect("INVITE")
        p.reply(m, 200, "OK", body=sdp(audio="8 101", version=2, direction="recvonly"))
        p.expect("ACK")
        p.reply(p.expect("REFER"), 202, "Accepted")
        notify(p, d, "SIP/2.0 100 Trying")
        time.sleep(0.7)
        notify(p, d, "SIP/2.0 200 OK", "terminated;reason=noresource")
        p.reply(p.expect("BYE"), 200, "OK")
    run(c, x, script)


# --- registration that changes with time, calls left open -------------------------------------
@scenario("register-refresh-lost", *ALL3, cause="registrar-unreachable")
def _(c, S):
    """registered for 20 s (the phone asked for 300), then the registrar falls silent: the refresh gets no answer"""
    p = c.peer(auth=("alice", "secret"), granted=20)
    c.phone(S)
    p.registered.wait(8)
    p.drop = lambda m: True
    time.sleep(45)


@scenario("register-recovers", *ALL3)
def _(c, S):
    """the first two sends of REGISTER are lost, the third is answered"""
    p = c.peer(auth=("alice", "secret"))
    n = [0]

    def drop(m):
        n[0] += 1
        return n[0] < 3
    p.drop = drop
    c.phone(S)
    p.registered.wait(10)
    time.sleep(2)


@scenario("call-released-with-reason", *ALL3)
def _(c, S):
    """the far end's BYE has Reason: Q.850 cause 102"""
    p, ph = registered(c, S)
    d = outgoing(p, ph, sdp(audio="8 101"), talk=2)
    p.request(d, "BYE", 'Reason: Q.850;cause=102;text="Recovery on timer expiry"\r\n')
    p.expect("200 BYE")
    time.sleep(0.5)


@scenario("two-calls", "linphonec", "twinkle")
def _(c, S):
    """a second call comes in while the first stands: the phone holds the first, talks, the second ends, the first is resumed"""
    p, ph = registered(c, S)
    d = outgoing(p, ph, sdp(audio="8 101"))
    ph.hold()
    answer(p, "INVITE", sdp(audio="8 101", version=2, direction="recvonly"), 0.5)
    e = p.dialog_out("carol", name='"Carol"')
    if S is Twinkle:
        ph.p.write("line 2")
        time.sleep(0.3)
    p.request(e, "INVITE", body=sdp(audio="0 101", port=41000, user="carol"))
    p.expect("180 INVITE")
    ph.p.write("answer 2" if S is Linphone else "answer")
    ok = p.expect("200 INVITE")
    p.ack(p.learn(e, ok), ok)
    time.sleep(1.5)
    bye(p, e)
    if S is Twinkle:
        ph.p.write("line 1")
        time.sleep(0.3)
    ph.resume()
    answer(p, "INVITE", sdp(audio="8 101", version=3), 1)
    bye(p, d)


@scenario("call-left-open", "sipp")
def _(c):
    """the recording ends while the call stands: no BYE"""
    run(c, invite(X(), mine()).ack(1).pause(1500), lambda p: take(p, sdp(audio="8 101")), 2)


@scenario("call-left-ringing", "sipp")
def _(c):
    """the recording ends while it rings"""
    x = X().send("INVITE", 1, mine(), dialog=False).recv(100, True).recv(180)

    def script(p):
        inv = p.expect("INVITE")
        p.reply(inv, 100, "Trying")
        p.reply(inv, 180, "Ringing")
    run(c, x, script)


@scenario("reinvite-unanswered", "sipp", cause="hold-unanswered")
def _(c):
    """the re-INVITE for a hold gets no answer at all, the far end then hangs up"""
    x = invite(X(), mine()).ack(1).pause(700).send("INVITE", 2, mine(2, "sendonly"), retrans=False).pause(500).send("INVITE", 2, mine(2, "sendonly"), retrans=False)
    x.recv("BYE").reply(200, "OK")

    def script(p):
        d = take(p, sdp(audio="8 101"))
        p.drop = lambda m: m.method == "INVITE"
        time.sleep(4)
        p.request(d, "BYE", 'Reason: SIP;cause=408;text="RTP timeout"\r\n')
        p.expect("200 BYE")
    run(c, x, script)


@scenario("dtmf-info", "sipp")
def _(c):
    """digits by INFO; an INFO of unknown type gets 415"""
    x = invite(X(), mine()).ack(1).pause(500)
    for n, body in ((2, "Signal=5\nDuration=160\n"), (3, "Signal=#\nDuration=160\n")):
        x.send("INFO", n, body).recv(200).pause(200)
    x.t = x.t.replace("Content-Type: application/sdp\nContent-Length: [len]\n\nSignal", "Content-Type: application/dtmf-relay\nContent-Length: [len]\n\nSignal")
    x.send("INFO", 4).recv(415).send("BYE", 5).recv(200)

    def script(p):
        take(p, sdp(audio="8 101"))
        for code, why in ((200, "OK"), (200, "OK"), (415, "Unsupported Media Type")):
            p.reply(p.expect("INFO"), code, why)
        p.reply(p.expect("BYE"), 200, "OK")
    run(c, x, script)
