"""A server to be loaded, and what it says of itself."""

import http.client
import json
import socket
import threading
import time

import processes


class Server:
    def __init__(self, binary, data, environment, log):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = probe.getsockname()
        listen = "%s:%d" % self.address
        command = [str(binary), "serve", "--data", str(data), "--listen", listen]
        self.process = processes.start(command, env=environment, stderr=log)
        self.memory = []
        self.wait_until_ready()
        threading.Thread(target=self._watch, daemon=True).start()

    def wait_until_ready(self):
        for _ in range(600):
            try:
                if self.get("/health")["components"]["model"]["status"] == "ok":
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise RuntimeError("the server does not get ready")

    def request(self, method, path, body=None):
        connection = http.client.HTTPConnection(*self.address, timeout=60)
        headers = {"Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body) if body else None, headers)
        return connection.getresponse().read()

    def get(self, path):
        return json.loads(self.request("GET", path))

    def post(self, path, body):
        return json.loads(self.request("POST", path, body))["data"]

    def metrics(self):
        """{name with labels: value}."""
        lines = self.request("GET", "/metrics").decode().splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    def _watch(self):
        """Resident memory, and the part of it that is no file's, every second."""
        start = time.monotonic()
        while self.process.poll() is None:
            try:
                with open(f"/proc/{self.process.pid}/status") as lines:
                    fields = dict(line.split(":", 1) for line in lines)
                sizes = [int(fields[key].split()[0]) // 1024 for key in ("VmRSS", "RssAnon")]
                self.memory.append((round(time.monotonic() - start, 1), *sizes))
            except (OSError, KeyError):
                return
            time.sleep(1)

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=60)
