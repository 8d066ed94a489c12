"""Servers of other programs on loopback: started, killed, held still, ended."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

MILVUS_PORT = 29530
# The exit code that says that nothing was tried: another's server does not come up (EX_TEMPFAIL).
NOT_TRIED = 75
BUCKET = "bucket"
S3_KEYS = {"access": "key", "secret": "secretsecret"}


def wait(what, is_done, seconds=60):
    """Seconds until it is done."""
    began = time.time()
    while not is_done():
        if time.time() - began > seconds:
            sys.exit(f"waited {seconds} s for {what}")
        time.sleep(0.2)
    return time.time() - began


def get(url, method="GET", body=None, timeout=60):
    """Status, JSON and headers of an answer; status 0 where there is none."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, content(answer), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, content(error), error.headers
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return 0, None, {}


def content(answer):
    """What it holds if that is JSON."""
    text = answer.read()
    is_json = "json" in (answer.headers.get("content-type") or "")
    return json.loads(text) if is_json and text else None


class Server:
    """A process with all its children."""

    process = None

    def send(self, which):
        if self.process:
            os.killpg(self.process.pid, which)

    def kill(self, how=signal.SIGKILL):
        if self.process:
            self.send(signal.SIGCONT)
            self.send(how)
            self.process.wait()
            self.process = None

    def hold(self):
        """It takes connections and answers nothing, as where a network is cut."""
        self.send(signal.SIGSTOP)

    def let_go(self):
        self.send(signal.SIGCONT)

    def spawn(self, command, log, environment=None):
        log = open(log, "ab")
        # A session of its own: some are wrappers, whose children would survive them.
        self.process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)

    def fail(self, why, log):
        with open(log, errors="replace") as text:
            print(f"{why}; its log ends:\n" + text.read()[-4000:], file=sys.stderr)
        sys.exit(NOT_TRIED)


class Milvus(Server):
    """A Milvus with its data in a folder."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def start(self):
        """Starts it, and again where it hangs: after kills, one start in some does."""
        for _ in range(3):
            self.launch()
            began = time.time()
            while time.time() - began < 60:
                if self.answers():
                    return
                time.sleep(0.2)
            print("Milvus does not come up: it is started again")
            self.kill()
        self.fail("Milvus does not come up", f"{self.folder}.log")

    def launch(self):
        self.spawn([self.program, "--data", str(self.folder), "--proxy-port", str(MILVUS_PORT)], f"{self.folder}.log")

    def answers(self):
        # After a kill it may end once more, while the leases of its former life last; what looks
        # after it in production (systemd, a container's restart policy) starts it again.
        if self.process.poll() is not None:
            self.launch()
        return get(f"http://127.0.0.1:{MILVUS_PORT}/v1/vector/collections")[0] == 200


class SeaweedFs(Server):
    """A server that speaks S3, with one bucket in a folder."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        folder.mkdir(exist_ok=True)
        # It takes what is next to a busy port unless told otherwise.
        names = ["s3", "s3.grpc", "master", "master.grpc", "volume", "volume.grpc", "filer", "filer.grpc",
                 "admin", "admin.grpc", "metrics"]
        taken = [socket.socket() for _ in names]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        self.ports = {name: one.getsockname()[1] for name, one in zip(names, taken)}
        for one in taken:
            one.close()

    def environment(self):
        """What leads our program here."""
        return {
            "LOOKALIKE_S3_ENDPOINT": f"http://127.0.0.1:{self.ports['s3']}",
            "LOOKALIKE_S3_BUCKET": BUCKET,
            "LOOKALIKE_S3_ACCESS_KEY": S3_KEYS["access"],
            "LOOKALIKE_S3_SECRET_KEY": S3_KEYS["secret"],
        }

    def start(self):
        ports = {"s3.port": "s3", "s3.port.grpc": "s3.grpc", "master.port": "master",
                 "master.port.grpc": "master.grpc", "volume.port": "volume", "volume.port.grpc": "volume.grpc",
                 "filer.port": "filer", "filer.port.grpc": "filer.grpc", "admin.port": "admin",
                 "admin.port.grpc": "admin.grpc", "metricsPort": "metrics"}
        flags = [f"-{flag}={self.ports[name]}" for flag, name in ports.items()]
        keys = {"AWS_ACCESS_KEY_ID": S3_KEYS["access"], "AWS_SECRET_ACCESS_KEY": S3_KEYS["secret"]}
        self.spawn([self.program, "mini", f"-dir={self.folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
                    "-s3.port.iceberg=0", "-s3.port.lance=0", "-admin.ui=false", "-webdav=false", *flags],
                   f"{self.folder}.log", {**os.environ, **keys})
        wait("SeaweedFS", lambda: get(self.environment()["LOOKALIKE_S3_ENDPOINT"])[0] != 0)
        # Its volumes come up after it answers.
        wait("a bucket of SeaweedFS", self.has_bucket)

    def has_bucket(self):
        shell = [self.program, "shell", "-master", f"127.0.0.1:{self.ports['master']}.{self.ports['master.grpc']}"]
        order = f"s3.bucket.create -name {BUCKET}\ns3.bucket.list\n"
        try:
            done = subprocess.run(shell, input=order, capture_output=True, text=True, timeout=20)
        except subprocess.TimeoutExpired:
            return False
        return any(line.split()[:1] == [BUCKET] for line in done.stdout.splitlines())
