#!/usr/bin/env python3
"""chaos.py --bobo PATH [--fault none|kill|pause|broker-stop|broker-kill] [--copies 1|2] [--no-partitions] ...

Several gateways share the sensors of a plant: a machine reports load, mill and seal, in this order, on topics of different partitions, again
and again. Each round of a machine is to come to one complex event, whose history holds that round's three messages and no others.
Meanwhile, every so often, one gateway is killed (SIGKILL) and started again, or stopped (SIGSTOP) for a while, or the broker is.
What is missing, false (made of messages that do not belong together) and repeated is counted, and whether a RESYNC was sent once all
gateways were ready."""
import argparse
import collections
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import rig

THREE = """phenomenon: cycle
patterns:
  - name: three
    key: levels[2]
    within: 60s
    blocks:
      - {followed_by: {on: plant/load/+}, group: a}
      - {followed_by: {on: plant/mill/+}, group: b}
      - {followed_by: {on: plant/seal/+}, group: c}
"""
EMIT = """emit:
  data: '{"machine": key, "rounds": [a[0].payload.round, b[0].payload.round, c[0].payload.round]}'
"""
ACTIONS = """actions:
  - publish: {topic: "plant-actions/${key}", payload: {round: "${a[0].payload.round}"}, qos: 1}
"""
PATTERNS = {"plain": THREE + EMIT + ACTIONS, "complex": THREE + EMIT + ACTIONS,
            "absent": THREE + "      - {absent: {on: plant/out/+}, for: 300ms}\n" + EMIT}
# Beside `complex`: a pattern on the complex events of the first.
SECOND = """phenomenon: echo
patterns:
  - name: each
    input: [bobo/events/cycle]
    blocks:
      - followed_by: payload.data.phenomenon == "cycle"
emit:
  data: payload.data.data
"""


def configuration(name, names, options):
    others = ", ".join(other for other in names if other != name)
    text = f"instance: {name}\npatterns: patterns\nsensors:\n"
    for sensor in ["load", "mill", "seal", "out"]:
        text += f"  - filter: plant/{sensor}/+\n    event_id: string(payload.seq)\n"
        if options.timestamps:
            text += "    timestamp: unix_millis(payload.at)\n"
    text += f"peers:\n  ids: [{others}]\n  ping_after: {options.ping_after}\n  resync_after: {options.resync_after}\n  remember: {{age: {options.remember_age}}}\n"
    if options.partitions:
        text += f"partitions:\n  filters: [plant/load/#, plant/mill/#, plant/seal/#, plant/out/#]\n  copies: {options.copies}\n"
    return text + f"stats_interval: 1s\n"


def schedule(options):
    """Lines for the player, and the rounds that are to be seen."""
    machines = int(options.rate / 3 * options.period) or 1
    lines, expected, seq = [], [], 0
    base = time.time() + 1
    for machine in range(machines):
        offset = options.period * machine / machines
        for number in range(int(options.seconds / options.period)):
            start = offset + number * options.period
            expected.append((f"m{machine}", number))
            for place, sensor in enumerate(["load", "mill", "seal"]):
                seq += 1
                lines.append((start + place * options.gap, f"plant/{sensor}/m{machine}", f'{{"round":{number},"seq":{seq},"at":{int((base + start + place * options.gap) * 1000)}}}'))
    lines.sort()
    return [f"{int((at + 1) * 1e6)} {topic} {payload}\n" for at, topic, payload in lines], expected


class Watcher:
    """What comes out, as mosquitto_sub sees it, with a session of its own."""

    def __init__(self, port):
        self.process = subprocess.Popen(
            ["mosquitto_sub", "-p", str(port), "-V", "5", "-i", "chaos-watcher", "-c", "-x", "3600", "-q", "1", "-F", "%t\t%U\t%p",
             "-t", "bobo/events/+", "-t", "plant-actions/+", "-t", "bobo/stats/+"], stdout=subprocess.PIPE, text=True)
        self.events, self.actions, self.statistics, self.last = [], [], {}, time.time()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            topic, at, payload = line.rstrip("\n").split("\t", 2)
            if topic.startswith("bobo/stats/"):
                self.statistics[topic[11:]] = json.loads(payload)
                continue
            (self.events if topic.startswith("bobo/events/") else self.actions).append((topic, float(at), payload))
            self.last = time.time()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bobo", required=True)
    parser.add_argument("--gateways", type=int, default=3)
    parser.add_argument("--fault", choices=["none", "kill", "pause", "broker-stop", "broker-kill"], default="none")
    parser.add_argument("--every", type=float, default=10, help="seconds between faults")
    parser.add_argument("--down", type=float, default=1, help="seconds from a stop to the start, or of a pause")
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--no-partitions", dest="partitions", action="store_false")
    parser.add_argument("--pattern", choices=sorted(PATTERNS), default="plain")
    parser.add_argument("--rate", type=float, default=1000, help="messages a second")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--gap", type=float, default=0.1, help="seconds between a round's messages")
    parser.add_argument("--period", type=float, default=2, help="seconds from a machine's round to its next")
    parser.add_argument("--timestamps", action="store_true", help="the sensors give the time, so that a reader's lag does not count up to catch_up")
    parser.add_argument("--ping-after", default="30s")
    parser.add_argument("--resync-after", default="60s")
    parser.add_argument("--remember-age", default="10m")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    rng = random.Random(options.seed)

    folder = rig.folder()
    broker = rig.Broker(folder)
    broker.start()
    names = [f"gw-{letter}" for letter in "abcdefgh"[:options.gateways]]
    gateways = {}
    for name in names:
        gateways[name] = rig.Gateway(options.bobo, f"{folder}/{name}", broker.port, configuration(name, names, options), PATTERNS[options.pattern])
        if options.pattern == "complex":
            with open(f"{gateways[name].folder}/patterns/echo.yaml", "w") as file:
                file.write(SECOND)
    watcher = player = None
    try:
        starters = [threading.Thread(target=gateway.start) for gateway in gateways.values()]
        [starter.start() for starter in starters]
        [starter.join() for starter in starters]
        watcher = Watcher(broker.port)
        time.sleep(8)   # so that all are ready and have divided; then the measure begins
        marks = {name: os.path.getsize(gateway.said) for name, gateway in gateways.items()}
        lines, expected = schedule(options)
        player = subprocess.Popen([rig.compiled("player", folder), str(broker.port)], stdin=subprocess.PIPE, text=True)
        threading.Thread(target=lambda: (player.stdin.writelines(lines), player.stdin.close()), daemon=True).start()
        started, faults, spans = time.time(), 0, []
        while player.poll() is None:
            time.sleep(0.05)
            if options.fault != "none" and time.time() - started >= options.every * (faults + 1) and time.time() - started < options.seconds - 2:
                faults += 1
                begin = time.time()
                strike(options, rng, gateways, broker)
                # In seconds of the schedule; what is under way when it begins, and what it leaves to be taken after it.
                spans.append((begin - started - 1 - 3 * options.gap, time.time() - started - 1 + (6 if "broker" in options.fault else 1.5)))
        if player.returncode != 0:
            sys.exit(f"the player ended with {player.returncode}")
        while time.time() - watcher.last < 15 and time.time() - started < options.seconds + 180:
            time.sleep(0.2)
        stats = dict(watcher.statistics)
        for gateway in gateways.values():
            gateway.stop()
        right = report(options, watcher, expected, gateways, marks, stats, faults, spans)
        print("passed" if right else "FAILED")
        sys.exit(0 if right else 1)
    finally:
        for process in [player, watcher and watcher.process] + [gateway.process for gateway in gateways.values()]:
            if process and process.poll() is None:
                process.kill()
        broker.stop()
        if options.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder)


def strike(options, rng, gateways, broker):
    gateway = gateways[rng.choice(sorted(gateways))]
    if options.fault == "kill":
        gateway.kill()
        time.sleep(options.down)   # the fault itself: how long it lasts
        gateway.start()
    elif options.fault == "pause":
        gateway.process.send_signal(signal.SIGSTOP)
        time.sleep(options.down)
        gateway.process.send_signal(signal.SIGCONT)
    elif options.fault == "broker-stop":
        broker.stop()
        time.sleep(options.down)
        broker.start()
    else:
        broker.process.kill()
        broker.process.wait()
        time.sleep(options.down)
        broker.start()


def report(options, watcher, expected, gateways, marks, stats, faults, spans):
    seen, false, ids, repeats, changed = {}, [], {}, 0, 0
    by_gateway, echoes, latencies = collections.Counter(), collections.Counter(), []
    for topic, at, payload in watcher.events:
        event = json.loads(payload)
        data = event["data"]["data"]
        by_gateway[event["gateway"]] += 1
        if topic == "bobo/events/echo":
            echoes[(data["machine"], data["rounds"][0])] += 1
            continue
        rounds = data["rounds"]
        one = (data["machine"], rounds[0])
        if event["id"] in ids:
            repeats += 1
            changed += ids[event["id"]] != (data["machine"], *rounds)
            continue
        ids[event["id"]] = (data["machine"], *rounds)
        if len(set(rounds)) != 1:
            false.append((data["machine"], rounds))
        else:
            seen[one] = seen.get(one, 0) + 1
            latencies.append(at - event["data"]["history"]["c"][0]["ts"] / 1000)
    missing = sorted(set(expected) - seen.keys())
    extra = sorted(seen.keys() - set(expected)) + [one for one, count in seen.items() if count > 1]
    latencies.sort()
    machines = int(options.rate / 3 * options.period) or 1
    def near(machine, number):
        """Whether the round was under way around a fault."""
        at = options.period * int(machine[1:]) / machines + number * options.period
        return any(begin <= at <= end for begin, end in spans)
    late = [one for one in missing if near(*one)]
    mixed = [one for one in false if any(near(one[0], number) for number in one[1])]
    print(f"{options.gateways} gateways, copies {options.copies}, partitions {options.partitions}, {options.rate:.0f} messages/s for {options.seconds:.0f} s, "
          f"gap {options.gap * 1000:.0f} ms, {faults} faults ({options.fault})")
    print(f"expected {len(expected)}, seen {len(seen)}, missing {len(missing)} {missing[:5]}, false {len(false)} {false[:5]}, extra {len(extra)} {extra[:5]}, "
          f"repeats {repeats} ({changed} with another history)")
    print(f"published by {dict(by_gateway)}; actions {len(watcher.actions)}, distinct {len({(t, p) for t, _, p in watcher.actions})}")
    if spans:
        print(f"of these around a fault, whose messages waited and came late or in a burst: {len(late)} missing, {len(mixed)} false; "
              f"elsewhere {len(missing) - len(late)} missing, {len(false) - len(mixed)} false")
    if latencies:
        print(f"from the last message's ts to the complex event: median {latencies[len(latencies) // 2] * 1000:.1f} ms, 99% {latencies[len(latencies) * 99 // 100] * 1000:.1f} ms, "
              f"most {latencies[-1] * 1000:.0f} ms")
    resyncs = 0
    for name, gateway in gateways.items():
        with open(gateway.said) as file:
            file.seek(marks[name])
            text = file.read()
        resyncs += len(re.findall("sending .* the full state", text))
        for line in [line for line in text.splitlines() if re.search(r"warning|error", line, re.IGNORECASE)][:8]:
            print(f"  {name}: {line}")
        print(f"  {name}: partitions {stats.get(name, {}).get('partitions')} runs {stats.get(name, {}).get('runs')}")
    print(f"RESYNCs once all were ready: {resyncs}")
    right = not extra and len(missing) == len(late) and len(false) == len(mixed) if options.fault != "none" else not (missing or false or extra)
    if options.copies == 2 and options.fault in ("kill", "pause"):
        right = right and not missing and not false
    if options.pattern == "complex":
        print(f"echoes: {len(echoes)} of {len(expected)}, twice {sum(1 for count in echoes.values() if count > 1)}")
        right = right and len(echoes) == len(expected)
    if options.fault == "none":
        right = right and not repeats and not resyncs
        if options.pattern != "absent":
            right = right and len(watcher.actions) == len(expected)
    return right


if __name__ == "__main__":
    main()
