#!/usr/bin/env python3
"""house.py --bobo PATH [--houses N] [--seed S] [--hours H]: the cookbook on houses of our own (house/life.py), and the same
alarms computed straight from what each device said (house/truth.py): phenomenon, moment to the millisecond, and key. Where
there is a recorded house in ../shared/data, that calculation is checked against its truth with --recorded. Ends with
'N passed, N failed'."""
import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "house"))
from life import House  # noqa: E402
from truth import CALCULATIONS, alarms  # noqa: E402

COOKBOOK = os.path.join(HERE, "..", "..", "patterns", "cookbook")
RECORDED = os.path.join(HERE, "..", "..", "..", "shared", "data")


def raised(bobo, lines):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        file.flush()
        done = subprocess.run([bobo, "replay", "--patterns", COOKBOOK, "--events", file.name, "--end", "0s"],
                              cwd=HERE, capture_output=True, timeout=600)
    if done.returncode != 0:
        sys.exit(f"bobo ended with {done.returncode}: {done.stderr.decode()}")
    found = []
    for line in done.stdout.splitlines():
        event = json.loads(line)
        ts = round(datetime.fromisoformat(event["time"].replace("Z", "+00:00")).timestamp() * 1000)
        if event["data"]["phenomenon"] in CALCULATIONS:
            found.append((event["data"]["phenomenon"], ts, str(event["data"]["key"])))
    return sorted(found)


def difference(expected, found):
    missing, more = collections.Counter(expected), collections.Counter(found)
    return [("missing", alarm) for alarm in (missing - more).elements()] + [("more", alarm) for alarm in (more - missing).elements()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bobo", required=True)
    parser.add_argument("--houses", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hours", type=float, default=4)
    parser.add_argument("--keep", help="where to write a house that differs")
    parser.add_argument("--recorded", action="store_true")
    options = parser.parse_args()
    passed = failed = 0
    counts = collections.Counter()

    def count(name, wrong):
        nonlocal passed, failed
        passed, failed = passed + (not wrong), failed + bool(wrong)
        for kind, alarm in wrong[:10]:
            print(f"{name}: {kind} {alarm}")

    truth = os.path.join(RECORDED, "house-truth.jsonl")
    if options.recorded and os.path.exists(truth):
        with open(truth) as file:
            expected = sorted((e["phenomenon"], e["ts"], str(e["key"])) for e in map(json.loads, file))
        with open(os.path.join(RECORDED, "house.jsonl")) as file:
            count("the calculation on the recorded house", difference(expected, alarms([json.loads(line) for line in file])))
    for seed in range(options.seed, options.seed + options.houses):
        lines = House(seed, options.hours).live()
        expected = alarms(lines)
        counts.update(name for name, _, _ in expected)
        wrong = difference(expected, raised(options.bobo, lines))
        count(f"house {seed}", wrong)
        if wrong and options.keep:
            with open(options.keep, "w") as file:
                file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    for name in CALCULATIONS:
        if options.houses >= 20 and counts[name] == 0:
            print(f"{name}: no house has one, which shows nothing")
            failed += 1
    print(f"{sum(counts.values())} alarms in {options.houses} houses")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
