#!/usr/bin/env python3
"""shape.py --bobo PATH [--events N] [--workloads FILE]: how the cost of an event grows with what is waiting, as ratios in one run:
runs piled up (w3-10000 to w3-100), patterns on topics of their own (w2-10000 to w2-1), a loop's history ten times longer. The cost is
user CPU of `bobo replay`, less that of a replay of no events, divided by the events; the median of five. w2 and w3 come from the
workloads.py given; without it only the loop is measured."""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys

import rig

LOOP = {"phenomenon": "loop", "patterns": [{"name": "loop", "singleton": True, "blocks": [
    {"followed_by": 'payload.type == "S"', "group": "start"},
    {"followed_by": 'payload.type == "R"', "group": "run", "loop": True},
    {"followed_by": 'payload.type == "E"', "group": "end"}]}]}


def write_loop(folder, length, events):
    name = f"{folder}/loop-{length}"
    os.makedirs(f"{name}/patterns")
    with open(f"{name}/patterns/loop.yaml", "w") as file:
        json.dump(LOOP, file)
    with open(f"{name}/events.jsonl", "w") as file:
        for i in range(events):
            place = i % (length + 2)
            kind = "S" if place == 0 else "E" if place == length + 1 else "R"
            file.write(f'{{"ts":{1764000000000 + i},"topic":"sensors/x","payload":{{"type":"{kind}","seq":{i}}}}}\n')


def user_seconds(bobo, patterns, events):
    process = subprocess.Popen([bobo, "replay", "--patterns", patterns, "--events", events, "--output", "/dev/null"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"bobo ended with {process.returncode}: {said.decode()[-500:]}")
    return usage.ru_utime


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bobo", required=True)
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--workloads", default=os.path.join(here, "..", "..", "shared", "bench", "workloads.py"))
    options = parser.parse_args()
    bobo, folder = os.path.abspath(options.bobo), rig.folder()
    try:
        measures = [("loop-1000", "loop-100", 1.5)]
        write_loop(folder, 100, options.events)
        write_loop(folder, 1000, options.events)
        if os.path.exists(options.workloads):
            subprocess.run([sys.executable, options.workloads, folder, str(options.events)], check=True)
            measures += [("w3-10000", "w3-100", 1.5), ("w2-10000", "w2-1", 2.0)]
        else:
            print(f"skipped w2 and w3: there is no {os.path.normpath(options.workloads)}")
        empty = f"{folder}/empty.jsonl"
        open(empty, "w").close()

        costs = {name: [] for pair in measures for name in pair[:2]}
        for _ in range(5):   # in turn, so that a busy moment of the machine falls on all
            for name in costs:
                patterns = f"{folder}/{name}/patterns"
                costs[name].append(user_seconds(bobo, patterns, f"{folder}/{name}/events.jsonl") - user_seconds(bobo, patterns, empty))
        cost = {name: statistics.median(seconds) / options.events * 1e6 for name, seconds in costs.items()}
        failed = False
        for large, small, limit in measures:
            ratio = cost[large] / cost[small]
            failed |= ratio > limit
            print(f"{large} {cost[large]:.2f} us an event, {small} {cost[small]:.2f} us: {ratio:.2f} (at most {limit})")
        sys.exit(1 if failed else 0)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
