#!/usr/bin/env python3
"""differential.py --bobo PATH [--cases N] [--seed S] [--only CASE]: random pattern sets on random events, once through
`bobo replay` and once through the real BoboCEP 1.2.2, run for run: which runs complete, at which event, in which order,
with which events in which group. Ends with 'N passed, N failed', and exit status 1 where any has failed; the files of
those that failed stay in .build/differential/SEED-CASE. Tests/Differential/run has BoboCEP installed."""
import argparse
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import datetime

import bobocep_runs
import cases

KEPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".build", "differential")


def write(case, folder):
    os.makedirs(f"{folder}/patterns", exist_ok=True)
    for phenomenon in case.phenomena:
        with open(f"{folder}/patterns/{phenomenon['phenomenon']}.yaml", "w") as file:   # JSON is valid YAML
            json.dump(cases.plain(phenomenon), file, indent=1)
    with open(f"{folder}/events.jsonl", "w") as file:
        file.writelines(json.dumps(line) + "\n" for line in case.events)


def milliseconds(time):
    return round(datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp() * 1000)


def bobo_runs(bobo, folder):
    done = subprocess.run([bobo, "replay", "--patterns", "patterns", "--events", "events.jsonl", "--output", "-"],
                          cwd=folder, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise RuntimeError(f"bobo ended with {done.returncode}: {done.stderr.strip()}")
    results = []
    for line in done.stdout.splitlines():
        event = json.loads(line)
        data = event["data"]
        history = {group: [int(e["payload"]["seq"]) for e in events] for group, events in data["history"].items()}
        results.append((milliseconds(event["time"]), data["phenomenon"], data["pattern"], history))
    return results


def one(arguments):
    """(case number, None or what is wrong, what the case was made of)"""
    bobo, seed, number = arguments
    case = cases.Case(f"{seed}-{number}")
    made = Counter()
    folder = tempfile.mkdtemp(prefix="bobo-differential-")
    try:
        write(case, folder)
        expected, halted = bobocep_runs.completed_runs(case)
        made["completed"], made["halted"] = len(expected), halted
        made["cases with a completed run"] = bool(expected)
        finished = {(phenomenon, pattern) for _, phenomenon, pattern, _ in expected}
        for phenomenon in case.phenomena:
            for pattern in phenomenon["patterns"]:
                if (phenomenon["phenomenon"], pattern["name"]) in finished:
                    parts = [next(iter(b)) for b in pattern["blocks"]] + [k for b in pattern["blocks"] for k in b if k in ("loop", "optional", "times", "group")]
                    parts += [k for k in ("singleton", "preconditions", "haltconditions") if k in pattern]
                    made.update(f"patterns completed with {part}" for part in set(parts))
        found = bobo_runs(bobo, folder) if bobo else expected
        if found == expected:
            return number, None, made
        place = next((i for i, (a, b) in enumerate(zip(found, expected)) if a != b), min(len(found), len(expected)))
        wrong = (f"{len(found)} runs, BoboCEP has {len(expected)}; the first that differs is number {place}:\n"
                 f"  Bobo    {found[place:place + 1]}\n  BoboCEP {expected[place:place + 1]}")
        with open(f"{folder}/bobocep.jsonl", "w") as file:
            file.writelines(json.dumps(run) + "\n" for run in expected)
    except (RuntimeError, OSError, ValueError, KeyError, subprocess.TimeoutExpired, bobocep_runs.PredicateFailed) as error:
        wrong = f"{type(error).__name__}: {error}"
    finally:
        kept = f"{KEPT}/{seed}-{number}"
        if "wrong" in locals():
            shutil.rmtree(kept, ignore_errors=True)
            os.makedirs(KEPT, exist_ok=True)
            shutil.move(folder, kept)
        else:
            shutil.rmtree(folder)
    return number, f"{wrong}\n  files: {os.path.relpath(kept)}", made


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bobo", help="the bobo executable; without it BoboCEP runs alone")
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", type=int, help="only the case of this number")
    options = parser.parse_args()
    bobo = os.path.abspath(options.bobo) if options.bobo else None
    numbers = [options.only] if options.only is not None else range(options.cases)
    failed, made = 0, Counter()
    with multiprocessing.Pool() as pool:
        for number, wrong, parts in pool.imap(one, ((bobo, options.seed, n) for n in numbers), chunksize=4):
            made.update(parts)
            if wrong:
                failed += 1
                print(f"case {number} of seed {options.seed}: {wrong}", flush=True)
    for part, count in sorted(made.items()):
        print(f"{count:8} {part}")
    print(f"{len(numbers) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
