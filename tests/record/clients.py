"""Drivers for the real phones: baresip, linphonec, twinkle-console, and sipp with a scenario file.

One interface: start(), call(), answer(), hangup(), hold(), resume(), transfer(), quit(); `own_log()` gives the
stack's own log of the run. Sound comes from a file or an ALSA null device.
"""
import glob, json, os, re, shutil, time
import net

HOSTS = {"cli": net.CLIENT, "far": "203.0.113.30", "far2": "203.0.113.42"}


class Phone:
    name = ""

    def __init__(self, ns="cli", user="alice", password="secret", port=5062, transport="udp", register=True, expires=300,
                 codecs=None, proxy=net.REGISTRAR, domain="example.com", opts=None, video=False):
        self.ns, self.user, self.password, self.port, self.transport = ns, user, password, port, transport
        self.register, self.expires, self.codecs, self.proxy, self.domain = register, expires, codecs, proxy, domain
        self.opts, self.video = opts or {}, video
        self.home = "/tmp/phone-%s%s-%s" % (ns, net.NS, self.name)
        shutil.rmtree(self.home, ignore_errors=True)
        os.makedirs(self.home)
        with open(self.home + "/asound.conf", "w") as f:
            f.write("pcm.!default { type null }\nctl.!default { type null }\n")
        self.env = {"HOME": self.home, "ALSA_CONFIG_PATH": self.home + "/asound.conf"}

    def uri(self, who):
        return who if who.startswith("sip:") else "sip:%s@%s" % (who, self.domain)

    def own_log(self):
        return self.p.out


class Baresip(Phone):
    name = "baresip"

    def start(self):
        ip = HOSTS[self.ns]
        mods = "g711 g722 opus gsm ausine aubridge".split() + (["vp8", "fakevideo"] if self.video else [])
        with open(self.home + "/config", "w") as f:
            f.write("sip_listen %s:%d\nsip_trans_def %s\naudio_player aubridge,nil\naudio_source aubridge,nil\naudio_alert aubridge,nil\n"
                    "call_max_calls 4\nrtp_ports 20000-20100\nmodule_path /usr/lib/baresip/modules\nctrl_tcp_listen 127.0.0.1:4444\n" % (ip, self.port, self.transport))
            f.write("call_local_timeout %d\n" % self.opts.get("call_timeout", 120))
            f.write("video_source fakevideo,nil\nvideo_display fakevideo,nil\n" if self.video else "")
            for m in mods:
                f.write("module %s.so\n" % m)
            f.write("module_tmp account.so\nmodule_app menu.so\nmodule_app ctrl_tcp.so\n")
            if self.opts.get("mwi"):
                f.write("module_app mwi.so\n")
        with open(self.home + "/accounts", "w") as f:
            f.write('"Alice" <sip:%s@%s;transport=%s>;auth_user=%s;auth_pass=%s;outbound="sip:%s;transport=%s";regint=%d;answermode=%s;mwi=%s%s\n' % (
                self.user, self.domain, self.transport, self.user, self.password, self.proxy, self.transport, self.expires if self.register else 0,
                self.opts.get("answermode", "manual"), "yes" if self.opts.get("mwi") else "no",
                ";audio_codecs=" + ",".join(self.codecs) if self.codecs else ""))
        open(self.home + "/contacts", "w").close()
        self.p = net.Proc(self.ns, ["stdbuf", "-o0", "baresip", "-4", "-s", "-v", "-f", self.home], self.env, self.home)
        self.p.wait("baresip is ready", 6)
        self.c = net.ns_socket(self.ns, 1)
        for _ in range(20):
            try:
                self.c.connect(("127.0.0.1", 4444))
                break
            except OSError:
                time.sleep(0.1)
        return self

    def cmd(self, command, params=""):
        j = json.dumps({"command": command, "params": params})
        self.c.sendall(("%d:%s," % (len(j), j)).encode())
        time.sleep(0.2)

    def call(self, who):
        self.cmd("dial", self.uri(who))

    def answer(self):
        self.cmd("accept")

    def hangup(self):
        self.cmd("hangup")

    reject = hangup

    def hold(self):
        self.cmd("hold")

    def resume(self):
        self.cmd("resume")

    def transfer(self, who):
        self.cmd("transfer", self.uri(who))

    def quit(self):
        try:
            self.cmd("quit")
        except OSError:
            pass
        self.p.stop(6)


class Linphone(Phone):
    name = "linphonec"
    MIME = {"pcmu": ("PCMU", 8000), "pcma": ("PCMA", 8000), "g722": ("G722", 8000), "opus": ("opus", 48000), "speex": ("speex", 16000), "gsm": ("GSM", 8000)}

    def start(self):
        os.makedirs(self.home + "/.local/share/linphone")
        t = ";transport=tcp" if self.transport == "tcp" else ""
        o = self.opts
        rc = "[sip]\nsip_port=%d\nsip_tcp_port=%d\nsip_tls_port=0\nsip_random_port=0\nguess_hostname=1\nuse_ipv6=0\ninc_timeout=%d\nregister_only_when_network_is_up=0\nkeepalive_period=100000\n" % (
            self.port if self.transport == "udp" else 0, self.port if self.transport == "tcp" else 0, o.get("inc_timeout", 30))
        rc += o.get("sip", "supported=replaces, outbound\n" if self.ns != "cli" else "") + "default_proxy=0\n"
        rc += "[net]\nmtu=0\n[rtp]\naudio_rtp_port=7078\nvideo_rtp_port=9078\n[misc]\nlog_collection_upload_server_url=\n"
        rc += "[auth_info_0]\nusername=%s\nuserid=%s\npasswd=%s\nrealm=example.com\ndomain=example.com\n" % (self.user, self.user, self.password)
        rc += "[proxy_0]\nreg_proxy=<sip:%s:5060%s>\nreg_route=<sip:%s:5060%s;lr>\nreg_identity=sip:%s@%s\nreg_expires=%d\nreg_sendregister=%d\npublish=0\ndial_escape_plus=0\n" % (
            self.proxy, t, self.proxy, t, self.user, self.domain, self.expires, int(self.register))
        for i, c in enumerate(self.codecs or []):
            rc += "[audio_codec_%d]\nmime=%s\nrate=%d\nchannels=1\nenabled=1\n" % ((i,) + self.MIME[c])
        open(self.home + "/.linphonerc", "w").write(rc + o.get("rc", ""))
        self.log = self.home + "/linphone.log"
        self.p = net.Proc(self.ns, ["stdbuf", "-o0", "linphonec", "-d", "6", "-l", self.log, "-c", self.home + "/.linphonerc"] + (["-V"] if self.video else []), self.env, self.home)
        self.p.wait("linphonec>", 8)
        self.p.write("soundcard use files")
        if self.codecs:       # everything else off
            self.p.write("codec list")
            time.sleep(0.6)
            for i, mime, rate in re.findall(r"(\d+): (\S+) \((\d+)\) enabled", self.p.out):
                if (mime, int(rate)) not in [self.MIME[c] for c in self.codecs]:
                    self.p.write("codec disable " + i)
        time.sleep(0.6)
        return self

    def call(self, who):
        self.p.write("call " + self.uri(who))

    def answer(self):
        self.p.write("answer")

    def hangup(self):
        self.p.write("terminate")

    reject = hangup

    def hold(self):
        self.p.write("pause")

    def resume(self):
        self.p.write("resume")

    def transfer(self, who):
        self.p.write("transfer " + self.uri(who))

    def own_log(self):
        return open(self.log, errors="replace").read() if os.path.exists(self.log) else self.p.out

    def quit(self):
        self.p.write("terminate all") if self.opts.get("hang") else None
        if self.register:
            self.p.write("unregister")
            time.sleep(1)
        self.p.write("quit")
        self.p.stop(6)


class Twinkle(Phone):
    name = "twinkle"

    def start(self):
        d = self.home + "/.twinkle"
        os.makedirs(d)
        ip, o = HOSTS[self.ns], self.opts
        sysf = dict(dev_ringtone="alsa:default", dev_speaker="alsa:default", dev_mic="alsa:default", validate_audio_dev="no", log_max_size=50,
                    log_show_sip="yes", log_show_debug="no", log_show_memory="no", log_show_stun="no", sip_port=self.port, rtp_port=8000,
                    play_ringtone="no", play_ringback="no", start_user_profile="alice", start_user_host=ip, sip_max_udp_size=65535, call_waiting="yes")
        open(d + "/twinkle.sys", "w").write("".join("%s=%s\n" % x for x in sysf.items()))
        prof = dict(user_name=self.user, user_domain=self.domain, user_display="Alice", auth_realm="", auth_name=self.user, auth_pass=self.password,
                    outbound_proxy=self.proxy, all_requests_to_proxy="yes", registrar=self.proxy, registration_time=self.expires,
                    register_at_startup="yes" if self.register else "no", codecs=",".join(self.codecs or ["g711a", "g711u", "gsm"]), ptime=20,
                    dtmf_transport="auto", hold_variant="rfc3264", allow_redirection="yes", ask_user_to_redirect="no", ask_user_to_refer="no", allow_refer="yes",
                    ext_100rel="supported", sip_transport=self.transport, sip_transport_udp_threshold=65535, timer_noanswer=30, 
                    enable_nat_keepalive="no", mwi_sollicited="no", pres_publish_startup="no", persistent_tcp="no")
        prof.update(o.get("profile", {}))
        open(d + "/alice.cfg", "w").write("".join("%s=%s\n" % x for x in prof.items()))
        self.p = net.Proc(self.ns, ["stdbuf", "-o0", "twinkle-console", "alice.cfg"], self.env, self.home)
        time.sleep(2)
        return self

    def call(self, who):
        self.p.write("call " + self.uri(who))

    def answer(self):
        self.p.write("answer")

    def hangup(self):
        self.p.write("bye")

    def reject(self):
        self.p.write("reject")

    def hold(self):
        self.p.write("hold")

    def resume(self):
        self.p.write("retrieve")

    def transfer(self, who):
        self.p.write("transfer " + self.uri(who))

    def own_log(self):
        return "".join(open(f, errors="replace").read() for f in sorted(glob.glob(self.home + "/.twinkle/twinkle.log*"), reverse=True))

    def quit(self):
        if self.register:
            self.p.write("deregister")
            time.sleep(1)
        self.p.write("quit")
        self.p.stop(6)


class Sipp:
    """sipp as the client; `xml` is the scenario, `own_log` the -trace_msg file."""
    name = "sipp"

    def __init__(self, xml, remote=net.REGISTRAR, port=5062, transport="udp", args=()):
        self.home = "/tmp/phone-cli%s-sipp" % net.NS
        shutil.rmtree(self.home, ignore_errors=True)
        os.makedirs(self.home)
        open(self.home + "/s.xml", "w").write(xml)
        self.argv = ["sipp", remote + ":5060", "-sf", "s.xml", "-i", net.CLIENT, "-p", str(port), "-m", "1", "-trace_msg", "-message_file", "msg.log",
                     "-trace_err", "-error_file", "err.log", "-nostdin", "-timeout", "60", "-s", "bob", "-au", "alice", "-ap", "secret", "-t", "t1" if transport == "tcp" else "u1"] + list(args)

    def start(self):
        self.p = net.Proc("cli", self.argv, {"TERM": "dumb"}, self.home)
        return self

    def own_log(self):
        return open(self.home + "/msg.log", errors="replace").read()

    def quit(self):
        self.p.stop(40)
        e = self.home + "/err.log"
        if os.path.exists(e) and os.path.getsize(e):
            print("    sipp:", open(e).read()[:300])
