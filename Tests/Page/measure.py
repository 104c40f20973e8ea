#!/usr/bin/env python3
"""Tests/Page/measure.py [--bobo PATH] [--seconds N]: what the page costs. 1,000 patterns, 10,000 live runs, 5,000 messages a
second; first with no page open, then with 50, one of which never reads, then with none again, in turns, so that a machine
that others use as well does both the same wrong. Prints processor time a message, and how fast the page is there in a
real browser (chromium). --browser also keeps one page open in it while the others are."""

import argparse
import random
import select
import statistics
import threading
import time

from browser import Browser
from rig import Checks, Rig, ask, cpu, stream

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--bobo", default=".build/release/bobo")
parser.add_argument("--seconds", type=int, default=10, help="of each turn")
parser.add_argument("--turns", type=int, default=3)
parser.add_argument("--rate", type=int, default=5000)
options = parser.parse_args()
PATTERNS, KEYS, PAGES = 1000, 10, 50
checks = Checks()
rig = Rig(options.bobo)
browser = None


class Readers:
    """Pages as far as the gateway sees them: one never reads."""

    def __init__(self, port, count):
        self.connections = [stream(port) for _ in range(count)]
        self.ticks = [0] * count
        self.last = [b""] * count
        self.ended = False
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        reading = {c: i for i, c in enumerate(self.connections[1:], 1)}
        while not self.ended:
            for connection in select.select(list(reading), [], [], 0.2)[0]:
                data = connection.recv(1 << 18)
                if not data:
                    del reading[connection]
                    continue
                index = reading[connection]
                both = self.last[index][-12:] + data
                self.ticks[index] += both.count(b"event: tick\n")
                self.last[index] = data[-12:] if b"event: tick\n" not in both[-12:] else b""

    def close(self):
        self.ended = True
        self.thread.join()
        for connection in self.connections:
            connection.close()


def received(port):
    import json

    return json.loads(ask(port, "/api/state", timeout=30)[1])["figures"]


try:
    for number in range(PATTERNS):
        rig.write(
            f"patterns/machine-{number}.yaml",
            f"phenomenon: machine-{number}\npatterns:\n  - name: hot\n    input: plant/m{number}/+\n    key: levels[2]\n    singleton: true\n"
            "    blocks:\n      - followed_by: payload.v > 10\n        group: begun\n      - followed_by: payload.v > 1000\n      - followed_by: payload.v > 2000\n"
            "emit: {data: '{\"v\": begun[0].payload.v}'}\n",
        )  # fmt: skip
    process, port = rig.gateway("gw")
    random.seed(1)
    topics = [f"plant/m{m}/k{k}" for m in range(PATTERNS) for k in range(KEYS)]
    rig.play(f"{i * 100} {topic} {{\"v\":20}}\n" for i, topic in enumerate(topics)).wait()
    rig.until(lambda: received(port)["active"] == PATTERNS * KEYS, "10,000 runs")
    checks.check(True, "10,000 runs are live")
    total = options.seconds * options.turns * 2 + 20 + options.turns * 4
    # Every 250th message moves a run on, so that there is something to be seen.
    lines = (
        f"{i * 1_000_000 // options.rate} {random.choice(topics)} {{\"v\":{1500 if i % 250 == 0 else random.randint(11, 99)}}}\n"
        for i in range(options.rate * total)
    )
    player = rig.play(lines)
    time.sleep(5)

    def turn(count):
        readers = Readers(port, count) if count else None
        time.sleep(1.5)
        before, begin, messages = cpu(process), time.monotonic(), received(port)["received"]
        ticks = sum(readers.ticks) if readers else 0
        time.sleep(options.seconds)
        after, end, now = cpu(process), time.monotonic(), received(port)["received"]
        ticks = (sum(readers.ticks) - ticks) / (count - 1) / (end - begin) if readers else 0
        if readers:
            readers.close()
            time.sleep(1)
        taken = now - messages
        return (after[0] - before[0]) / taken * 1e6, (after[1] - before[1]) / taken * 1e6, taken / (end - begin), ticks

    without, with_pages = [], []
    for _ in range(options.turns):
        without.append(turn(0))
        with_pages.append(turn(PAGES))
    for name, turns in [("no page", without), (f"{PAGES} pages, one deaf", with_pages)]:
        print(f"        {name}: " + "; ".join(f"{all_:.1f} µs a message, {engine:.1f} of them the engine's thread, at {rate:.0f}/s" for all_, engine, rate, _ in turns))
    medians = [statistics.median(t[i] for t in turns) for turns in (without, with_pages) for i in (0, 1)]
    print(f"        the process: {(medians[2] / medians[0] - 1) * 100:+.1f} %, the engine's thread: {(medians[3] / medians[1] - 1) * 100:+.1f} %")
    checks.check(medians[3] / medians[1] < 1.05, "a message costs the engine's thread no more than 5 % more with 50 pages open")
    checks.check(medians[2] / medians[0] < 1.05, "and the process no more than 5 % more")
    checks.check(min(t[3] for t in with_pages) >= 2, f"each page is told at least twice a second ({min(t[3] for t in with_pages):.2f})")

    browser = Browser()
    page = browser.page()
    page.look(1440, 900)
    page.open(f"http://127.0.0.1:{port}/")
    page.until("performance.getEntriesByName('first-contentful-paint').length")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    page.until("document.querySelectorAll('#pattern-list li').length > 100")
    there = page.evaluate("performance.now()")
    checks.check(paint < 1000, f"first paint after {paint:.0f} ms; figures and patterns by {there:.0f} ms at the latest")
    changes = page.evaluate("""new Promise(done => { let n = 0; const o = new MutationObserver(() => n++);
        o.observe(document.querySelector('.tile .note'), {childList: true, characterData: true, subtree: true}); setTimeout(() => done(n), 5000); })""")
    checks.check(changes >= 10, f"the figures change {changes / 5:.1f} times a second")
    checks.check(not page.problems(), f"no error in the browser: {page.problems()}")
    checks.check(player.poll() is None, "the load lasted until the end")
finally:
    if browser:
        browser.close()
    rig.close()
checks.end()
