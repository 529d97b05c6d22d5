"""Network namespaces joined by veth pairs, packet capture and processes inside them.

client side  "cli": 192.0.2.10                      (the phone under record)
network side "srv": 198.51.100.20, .30 and .40      (registrar, scripted far ends; routes)
"far", "far2":      203.0.113.30 and .42            (real phones as far ends)
Needs root, iproute2 and tcpdump. Nothing leaves the machine. Every wait is bounded.
"""
import ctypes, os, re, signal, socket, subprocess, threading, time

CLIENT = "192.0.2.10"
REGISTRAR, PEER, THIRD = "198.51.100.20", "198.51.100.30", "198.51.100.40"
NS = os.environ.get("NS", "")        # a suffix, so that several recorders can run beside each other
LIBC = ctypes.CDLL(None, use_errno=True)
_ns_lock = threading.Lock()


def sh(cmd, check=True):
    return subprocess.run(cmd, shell=True, check=check, capture_output=True, text=True)


def setup():
    if "cli" + NS in sh("ip netns list").stdout.split():
        return
    for n in ("cli", "srv", "far", "far2"):          # names of their own, no DNS
        n += NS
        os.makedirs("/etc/netns/" + n, exist_ok=True)
        open("/etc/netns/%s/hosts" % n, "w").write("127.0.0.1 localhost\n%s example.com\n" % REGISTRAR)
        open("/etc/netns/%s/resolv.conf" % n, "w").write("nameserver 127.0.0.1\n")
        sh("ip netns add " + n)
        sh("ip -n %s link set lo up" % n)
    srv = "srv" + NS
    for a in (REGISTRAR, PEER, THIRD):
        sh("ip -n %s addr add %s/32 dev lo" % (srv, a))
    for n, a, gw, bits in (("cli", CLIENT, "192.0.2.1", 24), ("far", "203.0.113.30", "203.0.113.29", 29), ("far2", "203.0.113.42", "203.0.113.41", 29)):
        dev = {"cli": "vc"}.get(n, "v" + n)
        for c in ["ip link add %s%s type veth peer name w%s%s" % (dev, NS, n, NS), "ip link set %s%s netns %s%s name %s" % (dev, NS, n, NS, dev),
                  "ip link set w%s%s netns %s" % (n, NS, srv), "ip -n %s%s addr add %s/%d dev %s" % (n, NS, a, bits, dev),
                  "ip -n %s addr add %s/%d dev w%s%s" % (srv, gw, bits, n, NS), "ip -n %s%s link set %s mtu 9000 up" % (n, NS, dev),
                  "ip -n %s link set w%s%s mtu 9000 up" % (srv, n, NS), "ip -n %s%s route add default via %s" % (n, NS, gw)]:
            sh(c)
    sh("ip netns exec %s sysctl -q -w net.ipv4.ip_forward=1" % srv)
    time.sleep(2)


def ns_socket(ns, kind=socket.SOCK_DGRAM):
    """A socket that lives in the namespace `ns` (this thread goes there for a moment)."""
    with _ns_lock:
        back = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open("/var/run/netns/" + ns + NS, os.O_RDONLY)
        try:
            if LIBC.setns(there, 0x40000000):
                raise OSError("setns")
            s = socket.socket(socket.AF_INET, kind)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            return s
        finally:
            LIBC.setns(back, 0x40000000)
            os.close(back), os.close(there)


class Proc:
    """A program in a namespace; its output is collected and can be waited for."""

    def __init__(self, ns, argv, env=None, cwd=None):
        self.out, self.mark = "", 0
        self.p = subprocess.Popen(["ip", "netns", "exec", ns + NS] + argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, env=dict(os.environ, **(env or {})), cwd=cwd,
                                  start_new_session=True)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while True:
            b = os.read(self.p.stdout.fileno(), 65536)
            if not b:
                return
            self.out += b.decode("utf-8", "replace")

    def write(self, line):
        self.p.stdin.write((line + "\n").encode())
        self.p.stdin.flush()

    def wait(self, pattern, timeout=8):
        """Wait for a pattern in the output after the last match."""
        end = time.time() + timeout
        while time.time() < end:
            m = re.search(pattern, self.out[self.mark:])
            if m:
                self.mark += m.end()
                return True
            time.sleep(0.05)
        print("    no %r in the output of %s" % (pattern, self.p.args[4]))
        return False

    def stop(self, grace=2):
        try:
            self.p.wait(grace)
        except subprocess.TimeoutExpired:
            for s in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(self.p.pid, s)
                    self.p.wait(2)
                    break
                except (subprocess.TimeoutExpired, ProcessLookupError):
                    pass


class Capture:
    def __init__(self, path):
        self.path = path
        # -i vc: the client's own interface; media ports lie outside the range
        self.p = subprocess.Popen(["ip", "netns", "exec", "cli" + NS, "tcpdump", "-i", "vc", "-U", "-s0", "-w", path, "portrange 5060-5089"],
                                  stderr=subprocess.PIPE)
        self.p.stderr.readline()
        time.sleep(0.3)

    def stop(self):
        time.sleep(0.3)
        self.p.terminate()
        self.p.wait()
