"""Clients that search one after another, each over its own connection."""

import http.client
import json
import os
import threading
import time
from collections import Counter

BOUNDARY = "boundary-of-the-bench"


def body_of(picture):
    """A form with a picture. A tail that readers pass over makes it another file, so that nothing
    is answered from memory."""
    head = (
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"query.tif\"\r\n"
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    return head + picture + os.urandom(16) + tail


class Load:
    """So many clients at once, for so many seconds."""

    def __init__(self, address, pictures, clients, seconds):
        self.address, self.pictures, self.seconds = address, pictures, seconds
        self.clients = clients
        self.lock = threading.Lock()
        self.latencies, self.statuses, self.faults = [], Counter(), []

    def run(self):
        self.until = time.monotonic() + self.seconds
        threads = [threading.Thread(target=self._client, args=(n,)) for n in range(self.clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self

    def _client(self, number):
        connection = None
        turn = number * 7919
        while time.monotonic() < self.until:
            body = body_of(self.pictures[turn % len(self.pictures)])
            turn += 1
            start = time.monotonic()
            try:
                connection = connection or http.client.HTTPConnection(*self.address, timeout=60)
                connection.request(
                    "POST",
                    "/api/search",
                    body,
                    {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
                )
                answer = connection.getresponse()
                text = answer.read()
            except OSError as error:
                self._fault(f"{type(error).__name__}: {error}")
                connection = None
                continue
            took = time.monotonic() - start
            self._count(answer, text, took)
            if answer.status in (429, 503):
                time.sleep(float(answer.headers.get("Retry-After") or 1))

    def _count(self, answer, text, took):
        with self.lock:
            self.statuses[answer.status] += 1
            if answer.status == 200:
                self.latencies.append(took)
                if not json.loads(text)["data"]["query_token"]:
                    self.faults.append("an answer without a token")
            elif answer.status not in (429, 503):
                self.faults.append(f"{answer.status}: {text[:200]}")
            elif not answer.headers.get("Retry-After"):
                self.faults.append(f"{answer.status} without Retry-After")

    def _fault(self, text):
        with self.lock:
            self.faults.append(text)

    def summary(self):
        ordered = sorted(self.latencies)
        at = lambda share: round(1000 * ordered[int(share * (len(ordered) - 1))], 1)
        return {
            "clients": self.clients,
            "seconds": self.seconds,
            "statuses": dict(sorted(self.statuses.items())),
            "answers_a_second": round(len(ordered) / self.seconds, 1),
            "p50_ms": at(0.50) if ordered else None,
            "p99_ms": at(0.99) if ordered else None,
            "worst_ms": at(1.0) if ordered else None,
            "faults": len(self.faults),
            "first_faults": self.faults[:5],
        }
