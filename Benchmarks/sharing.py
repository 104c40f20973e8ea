#!/usr/bin/env python3
"""sharing.py --bobo PATH resync|rate|spread|loop|away|death ...: what it costs real gateways on a real broker to share their runs.

resync  a gateway is killed (SIGKILL); 10,000 runs are active and a million have ended when it returns. How long until it has the runs, and
        all of it.
rate    three gateways, 5,000 run changes a second: how long a change takes until a peer has acknowledged it, and bytes and CPU a change.
spread  one event moves 10,000 runs: bytes a run to a peer.
loop    a loop takes 10,000 events, 1,000 a second: bytes an event to a peer.
away    a peer is away. The periods are a tenth of the defaults and it is away for a minute, so that as many offers are made as in ten
        minutes. What goes to its inbox meanwhile, and what the broker keeps more than before.
death   from a gateway's death to the first event of its partitions that another reads: once the broker sends the will, and where it
        notices nothing (SIGSTOP)."""
import argparse
import collections
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import rig

KEYS = """phenomenon: keys
patterns:
  - name: keys
    input: [plant/+/k/+]
    key: levels[3]
    singleton: true
    blocks:
      - followed_by: payload.do == "on"
      - {followed_by: payload.do == "level", loop: true}
      - followed_by: payload.do == "off"
"""
SHORT = """phenomenon: short
patterns:
  - name: short
    input: [plant/+/alarm]
    blocks: [{followed_by: 'true'}]
emit: {qos: 0}
"""
SPREAD = """phenomenon: spread
patterns:
  - name: spread
    input: [plant/+/spread]
    blocks:
      - followed_by: payload.do == "start"
      - followed_by: payload.do == "go"
      - followed_by: payload.do == "stop"
  - name: loop
    input: [plant/+/loop]
    blocks:
      - followed_by: payload.do == "first"
      - {followed_by: payload.do == "more", loop: true}
      - followed_by: payload.do == "last"
"""


class Site:
    """Gateways on a broker, and who hears what they say: topic, time and length of all, and the text of the figures."""

    def __init__(self, options, patterns, names=("gw-a", "gw-b", "gw-c"), partitions=("plant/1/#", "plant/2/#", "plant/3/#"), more="", peers=""):
        self.folder = rig.folder()
        self.broker = rig.Broker(self.folder)
        with open(f"{self.broker.folder}/mosquitto.conf", "a") as file:
            file.write("sys_interval 1\n")
        self.broker.start()
        self.gateways, self.names = {}, names
        for name in names:
            others = [other for other in names if other != name]
            text = f"instance: {name}\npatterns: patterns\nstats_interval: 100ms\n{more}"
            if others:
                text += f"peers:\n  ids: [{', '.join(others)}]\n{peers}partitions: {{filters: [{', '.join(partitions)}]}}\n"
            gateway = rig.Gateway(options.bobo, f"{self.folder}/{name}", self.broker.port, text, patterns[0])
            for number, pattern in enumerate(patterns[1:]):
                with open(f"{gateway.folder}/patterns/{number}.yaml", "w") as file:
                    file.write(pattern)
            self.gateways[name] = gateway
        self.bytes, self.messages, self.figures, self.seen = collections.Counter(), collections.Counter(), {}, []
        self.listener = self.listen(["bobo/peer/+"], "%t %l", self.count)
        self.watcher = self.listen(["bobo/stats/+", "bobo/events/+", "$SYS/broker/store/messages/bytes"], "%t %p", self.take)
        self.player = rig.compiled("player", self.folder)

    def listen(self, topics, form, act):
        process = subprocess.Popen(["mosquitto_sub", "-p", str(self.broker.port), "-V", "5", "-q", "0", "-F", form] + [w for t in topics for w in ("-t", t)],
                                   stdout=subprocess.PIPE, text=True)
        threading.Thread(target=lambda: [act(line) for line in process.stdout], daemon=True).start()
        return process

    def count(self, line):
        topic, length = line.rsplit(" ", 1)
        self.bytes[topic[10:]] += int(length)
        self.messages[topic[10:]] += 1

    def take(self, line):
        topic, payload = line.split(" ", 1)
        if topic.startswith("bobo/stats/"):
            self.figures[topic[11:]] = json.loads(payload)
        elif topic.startswith("$SYS"):
            self.stored = int(payload)
        else:
            self.seen.append((time.time(), topic, payload))

    def start(self):
        starters = [threading.Thread(target=gateway.start) for gateway in self.gateways.values()]
        [starter.start() for starter in starters]
        [starter.join() for starter in starters]
        self.wait(lambda: all(sum(peer["live"] for peer in f.get("peers", {}).values()) == len(self.names) - 1 and
                              (len(self.names) == 1 or all(f["partitions"].values()))
                              for f in (self.figures.get(name, {"peers": {"?": {"live": False}}, "partitions": {}}) for name in self.names)))
        time.sleep(1)   # what is said at the start is over then

    def wait(self, is_it, timeout=600):
        end = time.time() + timeout
        while not is_it():
            if time.time() > end:
                sys.exit(f"waited in vain: {self.figures}")
            time.sleep(0.01)

    def play(self, lines):
        process = subprocess.Popen([self.player, str(self.broker.port)], stdin=subprocess.PIPE, text=True)
        process.stdin.writelines(lines)
        process.stdin.close()
        if process.wait() != 0:
            sys.exit("the player failed")

    def active(self, count, names=None):
        self.wait(lambda: all(name in self.figures and self.figures[name]["runs"]["active"] == count and all(not p["live"] or p["stash"] == 0 for p in self.figures[name].get("peers", {}).values())
                              for name in names or self.names))

    def cpu(self):
        """Seconds of CPU of each gateway so far."""
        ticks = os.sysconf("SC_CLK_TCK")
        fields = {name: open(f"/proc/{g.process.pid}/stat").read().rsplit(")", 1)[1].split() for name, g in self.gateways.items()
                  if g.process.poll() is None}
        return {name: (int(f[11]) + int(f[12])) / ticks for name, f in fields.items()}

    def said(self, name, text):
        """When a gateway has said so last, in seconds since 1970."""
        lines = [line for line in open(self.gateways[name].said) if re.search(text, line)]
        if not lines:
            return None
        stamp = re.match(r"(\S+T\S+?)Z", lines[-1]).group(1)
        from datetime import datetime, timezone
        return datetime.fromisoformat(stamp).replace(tzinfo=timezone.utc).timestamp()

    def end(self):
        for process in [self.listener, self.watcher] + [g.process for g in self.gateways.values()]:
            if process and process.poll() is None:
                if process in [g.process for g in self.gateways.values()]:
                    process.send_signal(signal.SIGCONT)
                process.kill()
        self.broker.stop()
        shutil.rmtree(self.folder)


def line(at, topic, payload):
    return f"{int(at * 1e6)} {topic} {json.dumps(payload)}\n"


def resync(options):
    site = Site(options, [KEYS, SHORT], names=("gw-a", "gw-b"), partitions=("plant/1/#",))
    try:
        site.start()
        site.play(line(1 + n / 5000, f"plant/1/k/{n}", {"do": "on", "unit": "C"}) for n in range(options.runs))
        site.active(options.runs)
        site.gateways["gw-b"].kill()
        start = time.time()
        site.play(line(1 + n / options.fill, "plant/1/alarm", {"n": n}) for n in range(options.ids))
        site.wait(lambda: site.figures["gw-a"]["runs"]["completed"] >= options.ids and site.figures["gw-a"]["queue"] == 0)
        print(f"{options.ids} runs completed in {time.time() - start:.0f} s; now the other returns")
        site.wait(lambda: site.figures["gw-a"]["messages"]["per_second"] == 0)
        site.figures.pop("gw-b")
        before, cpu = site.bytes["gw-b"], site.cpu()["gw-a"]
        runs = None
        starter = threading.Thread(target=site.gateways["gw-b"].start)
        began = time.time()
        starter.start()
        while site.said("gw-b", "the full state of gw-a is here") is None or site.said("gw-b", "the full state of gw-a is here") < began:
            if runs is None and site.figures.get("gw-b", {}).get("runs", {}).get("active") == options.runs:
                runs = site.figures["gw-b"]["ts"] / 1000
            if time.time() - began > 120:
                sys.exit("no full state within 120 s")
            time.sleep(0.02)
        starter.join()
        joined, all_ = site.said("gw-b", "gw-a is there"), site.said("gw-b", "the full state of gw-a is here")
        runs = min(runs or all_, all_)
        text = [l for l in open(site.gateways["gw-b"].said) if "the full state of gw-a is here" in l][-1]
        print(text.strip())
        site.wait(lambda: site.figures.get("gw-b", {}).get("runs", {}).get("active") == options.runs, 10)
        time.sleep(1)
        print(f"from joining: the runs after {runs - joined:.2f} s (seen in figures every 0.1 s), all after {all_ - joined:.2f} s; "
              f"from the start of the process: {runs - began:.2f} s and {all_ - began:.2f} s; {(site.bytes['gw-b'] - before) / 1e6:.1f} MB; "
              f"CPU {site.cpu()['gw-a'] - cpu:.2f} s of the sender, {site.cpu()['gw-b']:.2f} s of the receiver")
        return runs - joined < 1 and all_ - joined < 5
    finally:
        site.end()


def changes(seconds, rate, keys=1000):
    """Runs of so many keys begin, and go on: each message is a change of one run."""
    lines = [line(1 + n / rate, f"plant/{n % 3 + 1}/k/{n}", {"do": "on"}) for n in range(keys)]
    begin = 3 + keys / rate
    return lines + [line(begin + n / rate, f"plant/{n % keys % 3 + 1}/k/{n % keys}", {"do": "level", "level": 71.5, "unit": "C", "n": n}) for n in range(int(rate * seconds))]


def rate(options):
    count = int(options.rate * options.seconds)
    site = Site(options, [KEYS])
    try:
        site.start()
        cpu, bytes_, messages = site.cpu(), sum(site.bytes.values()), sum(site.messages.values())
        begin = time.time()
        site.play(changes(options.seconds, options.rate))
        took = time.time() - begin
        site.active(1000)
        delays = {f"{a}>{b}": p["delay"] for a, f in site.figures.items() for b, p in f["peers"].items() if "delay" in p}
        used = {name: seconds - cpu[name] for name, seconds in site.cpu().items()}
        sent = sum(site.bytes.values()) - bytes_
        print(f"{count} changes in {took:.1f} s; {sent / count / 2:.0f} bytes a change to a peer, {count * 2 / (sum(site.messages.values()) - messages):.1f} changes a message")
        for pair, delay in sorted(delays.items()):
            print(f"  {pair}: from change to acknowledgment, of {delay['changes']} changes: median {delay['median'] * 1000:.1f} ms, 99% {delay['p99'] * 1000:.1f} ms, most {delay['most'] * 1000:.0f} ms")
        received = {name: f["messages"]["events"] for name, f in site.figures.items()}
        print(f"  CPU {sum(used.values()) / count * 1e6:.1f} µs a change, all three together ({ {n: round(s, 1) for n, s in used.items()} } s); events read {received}")
    finally:
        site.end()
    lone = Site(options, [KEYS], names=("gw-a",))
    try:
        lone.start()
        before = lone.cpu()["gw-a"]
        lone.play(changes(options.seconds, options.rate))
        lone.active(1000)
        alone = lone.cpu()["gw-a"] - before
        print(f"  a lone gateway: {alone / count * 1e6:.1f} µs a change; so sharing costs {(sum(used.values()) - alone) / count * 1e6:.1f} µs a change, of three gateways together")
    finally:
        lone.end()
    return all(delay["p99"] < 0.1 for delay in delays.values()) and took < options.seconds + 8


def spread(options):
    site = Site(options, [SPREAD], partitions=("plant/1/#",))
    try:
        site.start()
        site.play(line(1 + n / 5000, "plant/1/spread", {"do": "start", "n": n}) for n in range(options.runs))
        site.active(options.runs)
        time.sleep(1)
        before, cpu = dict(site.bytes), site.cpu()
        site.play([line(1, "plant/1/spread", {"do": "go"})])
        site.wait(lambda: sum(site.bytes.values()) - sum(before.values()) > 20 * options.runs)
        time.sleep(2)
        used = sum(site.cpu().values()) - sum(cpu.values())
        most = max(site.bytes[name] - before.get(name, 0) for name in site.names)
        print(f"one event moves {options.runs} runs: {most / options.runs:.1f} bytes a run to a peer; CPU {used * 1e6 / options.runs:.1f} µs a run, of all gateways together, 3 s of rest with it")
        return most / options.runs < 100
    finally:
        site.end()


def loop(options):
    site = Site(options, [SPREAD], partitions=("plant/1/#",))
    try:
        site.start()
        site.play([line(1, "plant/1/loop", {"do": "first"})])
        site.active(1)
        time.sleep(1)
        before = dict(site.bytes)
        site.play(line(1 + n / 1000, "plant/1/loop", {"do": "more", "level": 71.5, "n": n}) for n in range(10_000))
        time.sleep(2)
        most = max(site.bytes[name] - before.get(name, 0) for name in site.names)
        print(f"a loop of 10,000 events: {most / 10_000:.0f} bytes an event to a peer")
        return most / 10_000 < 400
    finally:
        site.end()


def away(options):
    site = Site(options, [KEYS], peers="  ping_after: 3s\n  resync_after: 6s\n  ping_interval: 500ms\n  resync_interval: 1s\n  stash_interval: 500ms\n")
    try:
        site.start()
        site.play(changes(2, 1000))
        site.active(1000)
        right = True
        for way in ["killed", "stopped (SIGSTOP)"]:
            time.sleep(2)
            memory = {name: site.gateways[name].resident() for name in site.names[:2]}
            stored, before = site.stored, (site.bytes["gw-c"], site.messages["gw-c"])
            if way == "killed":
                site.gateways["gw-c"].kill()
            else:
                site.gateways["gw-c"].process.send_signal(signal.SIGSTOP)
            begin = time.time()
            site.play(line(1 + n / 10, f"plant/{n % 3 + 1}/k/{n % 1000}", {"do": "level", "n": n}) for n in range(580))
            time.sleep(max(0, begin + 60 - time.time()))
            sent, count = site.bytes["gw-c"] - before[0], site.messages["gw-c"] - before[1]
            grown = {name: site.gateways[name].resident() - memory[name] for name in memory}
            print(f"a peer away, {way}, for 60 s with a tenth of the periods, 10 changes a second: {sent / 1000:.0f} kB in {count} messages to it from both others; "
                  f"the broker keeps {(site.stored - stored) / 1000:.0f} kB more; memory of the others grew by {grown} KiB, their own runs' with it")
            right = right and sent < 200_000   # of two senders
            if way == "killed":
                site.figures.pop("gw-c")
                site.gateways["gw-c"].start()
                site.active(1000)
        return right
    finally:
        site.end()


def death(options):
    right = True
    for way, bound in [("killed", 2), ("stopped (SIGSTOP)", 3 + 1)]:
        site = Site(options, [SHORT], peers="  ping_after: 1s\n  resync_after: 3s\n  ping_interval: 500ms\n")
        try:
            site.start()
            victim = site.names[1]
            mine = [name for name, readers in site.figures["gw-a"]["partitions"].items() if readers == [victim]]
            while not mine:
                victim = site.figures["gw-a"]["partitions"]["plant/1/#"][0]
                mine = [name for name, readers in site.figures["gw-a"]["partitions"].items() if readers == [victim]]
            process = site.gateways[victim].process
            process.kill() if way == "killed" else process.send_signal(signal.SIGSTOP)
            died, n = time.time(), 0
            site.seen.clear()
            player = subprocess.Popen([site.player, str(site.broker.port)], stdin=subprocess.PIPE, text=True)
            player.stdin.writelines(line(n / 100, f"{name[:-2]}/alarm", {"n": n}) for n in range(1000) for name in mine)
            player.stdin.close()
            found = {}
            while len(found) < len(mine) and time.time() - died < 15:
                for at, _, payload in list(site.seen):
                    match = re.search(r'"topic":"(plant/\d)', payload)
                    if match and f'"gateway":"{victim}"' not in payload:
                        found.setdefault(match.group(1), at - died)
                time.sleep(0.01)
            player.wait()
            most = max(found.values(), default=99) if len(found) == len(mine) else 99
            print(f"{way}: {len(mine)} partitions, read by another after {most:.2f} s at most" + ("" if way == "killed" else " (resync_after 3 s)"))
            right = right and most < bound
        finally:
            site.end()
    return right


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("measure", choices=["resync", "rate", "spread", "loop", "away", "death"], nargs="+")
    parser.add_argument("--bobo", required=True)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--ids", type=int, default=1_000_000)
    parser.add_argument("--fill", type=int, default=10_000, help="messages a second that fill up the ids")
    parser.add_argument("--rate", type=float, default=5000)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    failed = [measure for measure in options.measure if not globals()[measure](options)]
    print("FAILED: " + ", ".join(failed) if failed else "passed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
