#!/usr/bin/env python3
"""office.py --bobo PATH [--events FILE]: five patterns (office/*.yaml) on a week of a real office, a sample a minute, and
the same computed straight from the lists of readings, knowing nothing of runs and blocks: moment, key and data of each
complex event. Skipped where the recording is not there. Ends with 'N passed, N failed'."""
import argparse
import json
import math
import os
import subprocess
import sys
from datetime import datetime, timezone

HERE = os.path.dirname(os.path.abspath(__file__))
MINUTE = 60_000


def readings(path):
    """{sensor: [(ts, place in the file, value)]}"""
    sensors = {}
    with open(path) as file:
        for place, line in enumerate(file):
            event = json.loads(line)
            payload = event["payload"]
            value = next(iter(payload.values())) if isinstance(payload, dict) else payload
            sensors.setdefault(event["topic"].split("/")[2], []).append((event["ts"], place, value))
    return sensors


def stale_air(s):
    co2, occupied = s["co2"], s["occupied"]
    for before, (ts, place, ppm) in zip(co2, co2[1:]):
        if before[2] <= 1000 < ppm:
            end = ts + 15 * MINUTE
            low = any(v <= 1000 for t, p, v in co2 if p > place and t < end)
            empty = any(not v for t, p, v in occupied if p > place and t < end)
            if not low and not empty and end <= co2[-1][0]:
                yield end, "room1", {"ppm": ppm}


def light_left_on(s):
    light, occupied = s["light"], s["occupied"]
    for before, (ts, place, now) in zip(occupied, occupied[1:]):
        if before[2] and not now:
            end = ts + 10 * MINUTE
            dark = any(v < 100 for t, p, v in light if p > place and t < end)
            back = any(v for t, p, v in occupied if p > place and t < end)
            if not dark and not back and end <= occupied[-1][0]:
                left = datetime.fromtimestamp(ts / 1000, timezone.utc).isoformat().replace("+00:00", "Z")
                yield end, "room1", {"left": left}


def warming(s):
    temperature = s["temperature"]
    for i, (ts, _, start) in enumerate(temperature):
        for later, _, end in temperature[i + 1:]:
            if later > ts + 60 * MINUTE:
                break
            if end >= start + 1.0:
                yield later, "room1", {"from": start, "to": end}
                break


def session(s):
    begin = None
    for ts, place, occupied in s["occupied"]:
        if occupied and begin is None:
            begin = place
        if not occupied and begin is not None:
            ppm = [v for _, p, v in s["co2"] if begin < p < place]
            yield ts, "room1", {"readings": len(ppm), "average": sum(ppm) / len(ppm) if ppm else 0.0}
            begin = None


def stuck(s):
    for sensor in ("temperature", "humidity", "co2"):
        values = s[sensor]
        for i in range(len(values) - 9):
            if len({v for _, _, v in values[i:i + 10]}) == 1:
                yield values[i + 9][0], sensor, None


CALCULATIONS = {"stale-air": stale_air, "light-left-on": light_left_on, "warming": warming, "session": session, "stuck": stuck}


def replay(bobo, phenomenon, events):
    done = subprocess.run([bobo, "replay", "--patterns", f"{HERE}/office/{phenomenon}.yaml", "--events", events],
                          cwd=HERE, capture_output=True, timeout=600)
    if done.returncode != 0:
        sys.exit(f"bobo ended with {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def found(output):
    for line in output.splitlines():
        event = json.loads(line)
        ts = round(datetime.fromisoformat(event["time"].replace("Z", "+00:00")).timestamp() * 1000)
        yield ts, event["data"]["key"], event["data"]["data"]


def same(a, b):
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return math.isclose(a, b, rel_tol=1e-12)
    return a == b


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bobo", help="the bobo executable; without it the expected counts alone are printed")
    parser.add_argument("--events", default=os.path.join(HERE, "..", "..", "..", "shared", "data", "office.jsonl"))
    options = parser.parse_args()
    if not os.path.exists(options.events):
        print(f"skipped: there is no {os.path.normpath(options.events)}")
        return
    events, sensors, failed = os.path.abspath(options.events), readings(options.events), 0
    order = lambda e: (e[0], str(e[1]), json.dumps(e[2], sort_keys=True))
    for phenomenon, calculate in CALCULATIONS.items():
        expected = sorted(calculate(sensors), key=order)
        assert expected, f"{phenomenon}: nothing is expected, which would show nothing"
        if not options.bobo:
            print(f"{phenomenon}: {len(expected)} expected, the first {expected[0]}")
            continue
        bobo = os.path.abspath(options.bobo)
        output = replay(bobo, phenomenon, events)
        actual = sorted(found(output), key=order)
        wrong = [(a, e) for a, e in zip(actual, expected) if not same(a[2], e[2]) or a[:2] != e[:2]]
        again = replay(bobo, phenomenon, events) == output
        if wrong or len(actual) != len(expected) or not again:
            failed += 1
            print(f"{phenomenon}: FAILED: {len(actual)} complex events, {len(expected)} expected; "
                  f"{'the same' if again else 'OTHER'} bytes a second time")
            for a, e in wrong[:3]:
                print(f"  bobo {a}, expected {e}")
        else:
            print(f"{phenomenon}: {len(actual)} complex events as expected; the same bytes a second time")
    if options.bobo:
        print(f"{len(CALCULATIONS) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
