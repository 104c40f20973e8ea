#!/usr/bin/env python3
"""Tests/Page/hostile.py [--bobo PATH] [--requests N] [--seed N]: random requests, right and wrong ones, against the page's
server, while others send slowly, send without end, or never read. Nothing but 2xx to what is right and 4xx to what is not;
the gateway's way from a sensor's message to a complex event takes as long as without them."""

import argparse
import json
import os
import random
import select
import socket
import statistics
import subprocess
import threading
import time

from rig import Checks, Rig, ask, stream

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--bobo", default=".build/debug/bobo")
parser.add_argument("--requests", type=int, default=4000)
parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
options = parser.parse_args()
print(f"seed {options.seed}")
random.seed(options.seed)
checks = Checks()
rig = Rig(options.bobo)

WORDS = ["api", "state", "events", "runs", "picture", "topics", "metrics", "..", ".", "", "%2e%2e", "%00", "page.js", "etc", "passwd", "%", "%zz", "é", "\x7f", "a" * 3000, "{}", "login", "*", "\\", "?", "#", ";x=1"]
NAMES = ["phenomenon", "pattern", "block", "search", "width", "", "a", "%00"]
VALUES = ["each", "x", "-1", "99999999999999999999", "NaN", "", "%ff", "%00", "' OR 1=1", "<script>", "a" * 5000, "..%2f..", "\r\nX: y", "é", "1e9", "+"]
METHODS = ["GET"] * 6 + ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT", "get", "PRI", "G T", "", "\x00", "A" * 300]
HEADERS = ["Host: localhost", "Host: evil.example", "Host:", "Content-Length: 5", "Content-Length: -1", "Content-Length: 99999999999999999999", "Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Expect: 100-continue", "Upgrade: websocket", "Connection: Upgrade", "Cookie: " + "a=b; " * 400, "Range: bytes=0-1", "Authorization: Bearer x", "X" * 9000 + ": 1", "no colon", " folded: 1", "X: \x00", "X: \xff", "Accept: */*"]


def request():
    """Anything from nearly right to noise."""
    if random.random() < 0.05:
        return os.urandom(random.randrange(1, 4000))
    path = "/" + "/".join(random.choice(WORDS) for _ in range(random.randrange(1, 4))) if random.random() < 0.6 else random.choice(["/", "/api/state", "/api/runs", "/api/picture", "/api/topics", "/api/patterns", "/metrics", "/healthz"])
    if random.random() < 0.6:
        path += "?" + "&".join(f"{random.choice(NAMES)}={random.choice(VALUES)}" for _ in range(random.randrange(4)))
    version = random.choice(["HTTP/1.1"] * 8 + ["HTTP/1.0", "HTTP/2.0", "HTTP/0.9", "HTTP", ""])
    lines = [f"{random.choice(METHODS)} {path} {version}"]
    if random.random() < 0.8:
        lines.append("Host: localhost")
    lines += [random.choice(HEADERS) for _ in range(random.randrange(4))]
    body = random.choice(["", "", "12345", "5\r\n12345\r\n0\r\n\r\n", "zz\r\n", "x" * 10000])
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode("utf-8", "surrogateescape")


def answer(data, port):
    """The status; 0 where the connection was closed without an answer; None where nothing came."""
    with socket.create_connection(("127.0.0.1", port), 15) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        received = b""
        end = time.monotonic() + 15
        while b"\r\n" not in received:
            left = end - time.monotonic()
            if left <= 0 or not select.select([connection], [], [], left)[0]:
                return None
            try:
                chunk = connection.recv(1 << 16)
            except ConnectionResetError:
                return 0
            if not chunk:
                return 0
            received += chunk
        return int(received[9:12])


class Latency:
    """How long events take, one every 20 ms, heard by a client of its own."""

    def __init__(self):
        self.program = rig.folder + "/latency"
        self.sent, self.times = {}, {}
        self.hearing = rig.start(["mosquitto_sub", "-p", str(rig.port), "-t", "bobo/events/each", "-F", "%p"], stdout=subprocess.PIPE, text=True, bufsize=1)
        self.telling = rig.start(["mosquitto_pub", "-p", str(rig.port), "-q", "1", "-t", "home/a", "-l"], stdin=subprocess.PIPE, text=True, bufsize=1)
        self.number = 0
        threading.Thread(target=self.hear, daemon=True).start()
        time.sleep(0.5)

    def hear(self):
        for line in self.hearing.stdout:
            number = json.loads(line)["data"]["data"]["n"]
            self.times[number] = time.monotonic() - self.sent[number]

    def measure(self, seconds):
        first = self.number
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.number += 1
            self.sent[self.number] = time.monotonic()
            self.telling.stdin.write(f'{{"n":{self.number}}}\n')
            time.sleep(0.02)
        rig.until(lambda: len(self.times) == self.number, "the last event", 20)
        times = sorted(self.times[n] * 1000 for n in range(first + 1, self.number + 1))
        return statistics.median(times), times[int(len(times) * 0.99)]


def attack(port, stop):
    """Until it is to stop: slow ones, endless ones, deaf ones, and connections that come and go."""
    slow, deaf, last = [], [], 0
    while not stop.is_set():
        try:
            while len(slow) < 150:
                connection = socket.create_connection(("127.0.0.1", port), 5)
                connection.sendall(b"GET /api/state HTTP/1.1\r\nHost: local")
                slow.append(connection)
            while len(deaf) < 20:
                deaf.append(stream(port))
            endless = socket.create_connection(("127.0.0.1", port), 5)
            endless.settimeout(2)
            endless.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * (10 << 20))
            endless.close()
        except OSError:
            pass
        for connection in list(slow):
            try:
                connection.sendall(b"h")
            except OSError:
                slow.remove(connection)
                connection.close()
        time.sleep(0.2)
    for connection in slow + deaf:
        connection.close()


try:
    rig.write("patterns/each.yaml", "phenomenon: each\npatterns:\n  - {name: each, input: home/a, blocks: [{followed_by: payload.n > 0}]}\nemit: {data: payload}\n")
    process, port = rig.gateway("gw")
    latency = Latency()
    latency.measure(2)
    calm = latency.measure(8)
    counts = {}
    for number in range(options.requests):
        data = request()
        status = answer(data, port)
        counts[status] = counts.get(status, 0) + 1
        if status is None or status >= 500 or status and status < 200 or status and 300 <= status < 400:
            checks.check(False, f"{status} to {data[:300]!r}")
        if checks.failed > 10:
            break
    print(f"        {options.requests} requests: " + ", ".join(f"{n} times {s or 'closed'}" for s, n in sorted(counts.items(), key=str)))
    checks.check(process.poll() is None, "the gateway lives")
    checks.check(min(counts.get(status, 0) for status in (200, 400, 404)) > options.requests // 100, "right ones are answered, wrong ones refused")
    stop = threading.Event()
    attacker = threading.Thread(target=attack, args=(port, stop))
    attacker.start()
    time.sleep(2)
    stormy = latency.measure(15)
    stop.set()
    attacker.join()
    print(f"        from a message to its complex event: {calm[0]:.2f} ms (99 of 100 within {calm[1]:.2f} ms); under attack {stormy[0]:.2f} ms ({stormy[1]:.2f} ms)")
    checks.check(stormy[0] < calm[0] * 1.5 + 1, "under attack events take as long")
    rig.until(lambda: ask(port, "/healthz")[0] == 200, "an answer after the attack")
    with open(f"/proc/{process.pid}/status") as file:
        memory = next(int(line.split()[1]) // 1024 for line in file if line.startswith("VmRSS"))
    checks.check(memory < 300, f"the gateway takes {memory} MiB after it")
finally:
    rig.close()
checks.end()
