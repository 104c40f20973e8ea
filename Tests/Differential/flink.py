#!/usr/bin/env python3
"""flink.py --bobo PATH [--cases N] [--seed S] [--flink FOLDER]: random patterns with `within`, `times`, loops with `until`,
optional blocks, `absent` and `after_match` on random streams: the same completed runs, event for event, as Flink's CEP
library finds (apache-flink-libraries 1.20.0 of PyPI, whose source distribution holds the jars; Java 17; loops as `greedy()`).
docs/differential.md says what the two define differently, and is left out here. Downloads 230 MB once, so that it is not
part of scripts/test. Ends with 'N passed, N failed'."""
import argparse
import collections
import glob
import json
import os
import random
import subprocess
import sys
import tarfile
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CACHE = os.path.join(HERE, "..", "..", ".build", "flink-1.20.0")
PACKAGE = "apache-flink-libraries==1.20.0"
T0 = 1_764_000_000_000


def jars(folder):
    """The class path; downloaded where it is not there."""
    if folder is None:
        folder = CACHE
        if not glob.glob(f"{folder}/**/flink-cep-*.jar", recursive=True):
            os.makedirs(folder, exist_ok=True)
            subprocess.run([sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:", "-d", folder, PACKAGE], check=True)
            with tarfile.open(glob.glob(f"{folder}/*.tar.gz")[0]) as archive:
                archive.extractall(folder, [m for m in archive if "/lib/" in m.name and m.name.endswith(".jar")], filter="data")
    found = [glob.glob(f"{folder}/**/{name}-*.jar", recursive=True) for name in ("flink-cep", "flink-dist", "log4j-api")]
    if not all(found):
        sys.exit(f"there is no Flink in {folder}")
    return ":".join(os.path.abspath(paths[0]) for paths in found)


class Case:
    """One pattern and a stream. Letters overlap between blocks, so that loops and their successors compete."""

    def __init__(self, seed):
        r = self.random = random.Random(seed)
        self.letters = "ABCD" if r.random() < 0.5 else "ABCDEF"
        self.within = r.choice([0, 0, 2000, 5000, 20000])
        self.skips = r.random() < 0.5
        self.blocks = [self.block(i) for i in range(r.choice([1, 2, 2, 3, 3, 4]))]
        varies = False
        for before, block in zip(self.blocks, self.blocks[1:]):
            # Flink goes on with a loop after it was left, and so comes to a strict block again; with Bobo the first try counts.
            varies = varies or before["min"] != before["max"]
            if varies and block["op"] == "next":
                block["op"] = "followed"
            # Flink refuses what may be passed over directly behind a greedy loop or an optional block.
            if before["min"] != before["max"] and block["min"] == 0:
                block.update(min=1, max=1, until=None)
            # What both a closed greedy loop and the next block would take, Flink gives to neither.
            if before["until"]:
                block["letters"] = self.some(1, 2, besides=before["letters"])
            # One optional event cannot be greedy there: it would also be passed over where it matches.
            if before["min"] == 0 and before["max"] == 1:
                block["letters"] = self.some(1, 2, besides=before["letters"])
        last = self.blocks[-1]
        if last["min"] != last["max"]:
            last["min"] = last["max"] = r.choice([1, 1, 2])
            last["until"] = None
        if self.skips:
            for block in self.blocks:
                block["until"] = None
                if block["max"] not in (None, block["min"]) and block["min"] > 0:
                    block["max"] = block["min"]
        self.absent = None
        # Flink has silence only at the end, for so long since the run's first event: so the run has one event there.
        if len(self.blocks) == 1 and last["min"] == 1 and last["max"] == 1 and r.random() < 0.8:
            self.absent = self.some(1, 2)
            self.within = r.choice([700, 1500, 4000])
            self.skips = False
        self.events, ts = [], T0
        for seq in range(r.randint(10, 40)):
            ts += r.choice([0, 1, 300, 700, 700, 1500, 2500])
            self.events.append((seq, ts, r.choice(self.letters)))

    def some(self, least, most, besides=""):
        letters = [letter for letter in self.letters if letter not in besides]
        return "".join(sorted(self.random.sample(letters, self.random.randint(least, most))))

    def block(self, index):
        r = self.random
        block = {"op": "begin" if index == 0 else r.choice(["followed", "followed", "followed", "next"]),
                 "letters": self.some(1, 2), "min": 1, "max": 1, "until": None}
        kind = r.choice(["one", "one", "times", "range", "optional", "loop", "loop", "least"])
        if block["op"] == "next":
            return block
        if kind == "times":
            block["min"] = block["max"] = r.choice([2, 3])
        elif kind == "range":
            block["min"] = r.choice([1, 2])
            block["max"] = block["min"] + r.choice([1, 2])
        elif index > 0 and kind == "optional":
            block["min"] = 0
        elif index > 0 and kind == "loop":
            block["min"], block["max"] = 0, None
        elif kind == "least":
            block["min"], block["max"] = r.choice([1, 2]), None
        if block["max"] is None and block["min"] == 1 and r.random() < 0.6:
            block["until"] = self.some(1, 1, besides=block["letters"])
        return block

    def for_flink(self, number):
        yield f"case {number} {self.within + (0 if self.absent else bool(self.within))} {int(self.skips)}"
        for i, b in enumerate(self.blocks):
            yield f"block b{i} {b['op']} {b['letters']} {b['min']} {-1 if b['max'] is None else b['max']} {b['until'] or '-'}"
        if self.absent:
            yield f"block b{len(self.blocks)} absent {self.absent} 1 1 -"
        for seq, ts, letter in self.events:
            yield f"event {seq} {ts} {letter}"
        yield "end"

    def for_bobo(self, number):
        def matches(letters):
            return "payload.c in [" + ", ".join(f'"{letter}"' for letter in letters) + "]"
        blocks = []
        for i, b in enumerate(self.blocks):
            block = {"next" if b["op"] == "next" else "followed_by": matches(b["letters"]), "group": f"b{i}"}
            if b["max"] is None:
                block.update({"loop": True} if b["min"] == 0 else {"times": {"min": b["min"]}})
                if b["until"]:
                    block["until"] = matches(b["until"])
            elif b["min"] == b["max"]:
                block.update({"times": b["min"]} if b["min"] > 1 else {})
            elif b["min"] == 0:
                block["optional"] = True
            else:
                block["times"] = {"min": b["min"], "max": b["max"]}
            blocks.append(block)
        pattern = {"name": "q", "input": f"case/{number}", "blocks": blocks}
        if self.absent:
            blocks.append({"absent": matches(self.absent), "for": f"{self.within}ms"})
        elif self.within:
            pattern["within"] = f"{self.within}ms"
        if self.skips:
            pattern["after_match"] = "skip_past_last_event"
        return {"phenomenon": f"c{number}", "patterns": [pattern]}


def flink_runs(cases, path):
    with tempfile.TemporaryDirectory() as classes:
        subprocess.run(["javac", "-nowarn", "-Xlint:-deprecation", "-cp", path, "-d", classes, f"{HERE}/flink/FlinkRuns.java"],
                       check=True, stderr=subprocess.DEVNULL)
        text = "\n".join(line for number, case in cases.items() for line in case.for_flink(number)) + "\n"
        done = subprocess.run(["java", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", f"{classes}:{path}", "FlinkRuns"], input=text, capture_output=True,
                              text=True, timeout=900)
    if done.returncode != 0:
        sys.exit(f"java ended with {done.returncode}: {done.stderr[-2000:]}")
    runs, current = {}, None
    for line in done.stdout.splitlines():
        if line.startswith("case "):
            current = runs.setdefault(int(line[5:]), [])
        else:
            current.append(line)
    return runs


def first_of_each(runs):
    """Flink goes on with a loop also when the next block has taken an event, and completes again with more. What Bobo
    does is the first: of the runs that one event began the one that completes first, having taken
    each event as soon as it could."""
    first = {}
    for run in runs:
        blocks = [[int(seq) for seq in block.split(":")[1].split(",")] for block in run.split(" ")]
        seqs = [seq for block in blocks for seq in block]
        rank = (seqs[-1], seqs)
        begin = blocks[0][0]
        if begin not in first or rank < first[begin][0]:
            first[begin] = (rank, run)
    return [run for _, run in first.values()]


def ends(runs):
    seqs = [[int(seq) for block in run.split(" ") for seq in block.split(":")[1].split(",")] for run in runs]
    return [f"{min(run)} to {max(run)}" for run in seqs]


def is_quirk(case, run):
    """In Flink a run whose `times(m, n).greedy()` is full ends with one more event that the block would take, and one whose
    loop has taken nothing yet mostly with an event that matches its `until`."""
    blocks = {int(block.split(":")[0][1:]): [int(seq) for seq in block.split(":")[1].split(",")] for block in run.split(" ")}
    for place, block in enumerate(case.blocks):
        taken = len(blocks.get(place, []))
        if block["until"] and taken == block["min"]:
            ending = block["until"]
        elif block["max"] not in (None, block["min"], 1) and taken == block["max"]:
            ending = block["letters"]
        else:
            continue
        following = min(seq for later, seqs in blocks.items() if later > place for seq in seqs)
        if any(blocks[place][-1] < seq <= following and letter in ending for seq, _, letter in case.events):
            return True
    return False


def bobo_runs(bobo, cases):
    with tempfile.TemporaryDirectory() as folder:
        for number, case in cases.items():
            with open(f"{folder}/c{number}.json", "w") as file:
                json.dump(case.for_bobo(number), file)
        lines = sorted((ts, number, seq, letter) for number, case in cases.items() for seq, ts, letter in case.events)
        with open(f"{folder}/events.jsonl", "w") as file:
            for ts, number, seq, letter in lines:
                file.write(json.dumps({"ts": ts, "topic": f"case/{number}", "payload": {"seq": seq, "c": letter}}) + "\n")
        os.makedirs(f"{folder}/p")
        for path in glob.glob(f"{folder}/c*.json"):
            os.rename(path, f"{folder}/p/{os.path.basename(path)}")
        done = subprocess.run([bobo, "replay", "--patterns", f"{folder}/p", "--events", f"{folder}/events.jsonl", "--end", "all"],
                              cwd=folder, capture_output=True, timeout=900)
    if done.returncode != 0:
        sys.exit(f"bobo ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
    runs = {number: [] for number in cases}
    for line in done.stdout.splitlines():
        event = json.loads(line)
        groups = event["data"]["history"]
        text = " ".join(f"{name}:" + ",".join(str(e["payload"]["seq"]) for e in groups[name]) for name in sorted(groups) if groups[name])
        runs[int(event["data"]["phenomenon"][1:])].append(text)
    return runs


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bobo", required=True)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--flink", help="a folder with Flink's jars; downloaded where it is not given")
    options = parser.parse_args()
    path, passed, failed, completed = jars(options.flink), 0, 0, 0
    features = collections.Counter()
    for first in range(options.seed, options.seed + options.cases, 200):
        cases = {n: Case(n) for n in range(first, min(first + 200, options.seed + options.cases))}
        wanted, found = flink_runs(cases, path), bobo_runs(os.path.abspath(options.bobo), cases)
        for number, case in cases.items():
            if not case.skips:
                wanted[number] = [run for run in first_of_each(wanted[number]) if not is_quirk(case, run)]
                found[number] = [run for run in found[number] if not is_quirk(case, run)]
            else:
                # Of the ways that one first event goes to one last event, Flink tells any.
                wanted[number], found[number] = ends(wanted[number]), ends(found[number])
            # Of runs that one event completes, the order is each one's own.
            if sorted(wanted[number]) == sorted(found[number]):
                passed += 1
                completed += len(wanted[number])
                features.update(name for name, has in {
                    "absent": case.absent, "within": case.within and not case.absent, "skip": case.skips,
                    "times": any(b["min"] > 1 for b in case.blocks), "loop": any(b["max"] is None for b in case.blocks),
                    "until": any(b["until"] for b in case.blocks),
                    "optional": any(b["min"] == 0 and b["max"] for b in case.blocks)}.items() if has and wanted[number])
            else:
                failed += 1
                if failed <= 5:
                    print(f"case {number}: {json.dumps(case.for_bobo(number)['patterns'][0])}")
                    print("  events " + " ".join(f"{seq}{letter}@{ts - T0}" for seq, ts, letter in case.events))
                    for run in sorted((collections.Counter(wanted[number]) - collections.Counter(found[number])).elements())[:4]:
                        print(f"  only Flink: {run}")
                    for run in sorted((collections.Counter(found[number]) - collections.Counter(wanted[number])).elements())[:4]:
                        print(f"  only Bobo:  {run}")
    print(f"{completed} runs; cases with runs: {dict(features)}")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
