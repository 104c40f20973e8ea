"""What an event costs: Bobo on workloads of growing size, beside other engines, a program written by hand for one of the
workloads, and a plain MQTT subscriber, all in one run. Costs are CPU times, which other work on the machine changes little;
the ratios are what counts. `--quick` for a look, `--write` for docs/performance.md."""
import argparse
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

import gateway
import process
import report
import workloads
from engines import Engines
from report import Row, Series

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ALL = ["w1", "w2", "w3", "w4", "w5", "loop", "keys", "waiting", "joined", "mqtt", "latency", "memory", "start"]


class Measurement:
    def __init__(self, options, scratch):
        self.options, self.scratch = options, scratch
        self.bobo = os.path.abspath(options.bobo)
        self.replay = process.Replay(self.bobo, options.cpu, options.repeat, scratch)
        self.engines = Engines(options.engines_folder, options.cpu) if options.engines else None
        self.rows, self.series = [], []

    def made(self, make, *size):
        print(f"… {make.__name__} {' '.join(map(str, size))}", file=sys.stderr, flush=True)
        return make(self.scratch, self.options.events, self.options.seed, *size)

    def add(self, *row):
        self.rows.append(Row(*row))
        print(self.rows[-1], flush=True)

    def others(self, workload, counts, goals):
        """Bobo from text, its output written, against engines that are given ready objects."""
        if not self.engines:
            return
        own = 1e6 / self.replay.cost(workload)
        for engine, count in counts.items():
            speed = self.engines.speed(engine, workload, count)
            if speed:
                self.add(f"{workload.name} from JSON Lines against {engine}", f"{own / speed:.1f} times", goals[engine], f"{own:,.0f}/s to {speed:,.0f}/s")

    def growth(self, what, make, sizes, goal, title, axis):
        """The cost with the largest number against that with the least."""
        points = []
        for size in sizes:
            workload = self.made(make, size)
            points.append((size, self.replay.cost(workload)))
            if make is not workloads.w3:
                shutil.rmtree(workload.folder)
        self.series.append(Series(axis, title, points))
        if points[0][1] > 0:
            self.add(what, f"{points[-1][1] / points[0][1]:.2f} times", goal, ", ".join(f"{size:,}: {cost:.2f} µs" for size, cost in points))

    def w1(self):
        workload = self.made(workloads.w1)
        subprocess.run(["g++", "-O3", "-march=native", "-std=c++17", "-o", f"{self.scratch}/limit", f"{os.path.dirname(__file__)}/limit.cpp", "-lsimdjson"], check=True)
        seconds = sorted(float(process.run([f"{self.scratch}/limit", workload.events], self.options.cpu).output.split()[2]) for _ in range(5))[2]
        own, limit = self.replay.cost(workload), seconds / workload.count * 1e6
        self.add("w1 from JSON Lines against a program written by hand for w1", f"{limit / own:.2f}", "0.5 or more", f"{own:.2f} µs to {limit:.2f} µs")
        self.others(workload, {"siddhi": workload.count, "flink": workload.count, "bobocep": 20_000}, {"siddhi": "8 or more", "flink": "8 or more", "bobocep": "4,000 or more"})
        self.engine_alone(workload)

    def engine_alone(self, workload):
        program = os.path.join(os.path.dirname(self.bobo), "engine-speed")
        if not os.path.exists(program):
            return
        said = process.run([program, workload.patterns, workload.events, "--parsed", "--repeat", "3"], self.options.cpu).output
        speeds = sorted(float(number) for number in re.findall(r"([0-9.]+) events/s", said.replace(",", "")))
        siddhi = self.engines.speed("siddhi", workload, workload.count) if self.engines else None
        if speeds and siddhi:
            self.add("w1, the engine alone on ready events, against siddhi", f"{speeds[len(speeds) // 2] / siddhi:.1f} times", "15 or more", f"{speeds[len(speeds) // 2]:,.0f}/s")

    def w3(self):
        self.growth("w3-10000 against w3-100", workloads.w3, [100, 1000, 10_000], "at most 1.2", "Runs that pile up and complete together", "live runs")
        if self.engines:
            workload = self.made(workloads.w3, 10_000)
            self.others(workload, {"core": workload.count, "siddhi": 20_000, "bobocep": 10_000}, {"core": "3 or more", "siddhi": "150 or more", "bobocep": "5,000 or more"})

    def waiting(self):
        self.growth("an event that concerns none of the waiting runs: 100,000 against 100", workloads.waiting, [100, 10_000, 100_000], "none set", "Runs that wait", "waiting runs")

    def joined(self):
        self.growth("an event that ends one of the waiting runs by what its history says: 100,000 against 100", workloads.joined, [100, 10_000, 100_000], "none set", "Runs found by their histories", "runs found by history")

    def w2(self):
        self.growth("w2: 10,000 patterns on topics of their own against 1", workloads.w2, [1, 100, 10_000], "at most 1.3", "Patterns on topics of their own", "patterns")

    def w4(self):
        cost = self.replay.cost(self.made(workloads.w4))
        self.add("w4: loops by machine, a condition on their average", f"{cost:.2f} µs", "none set")

    def loop(self):
        self.growth("a loop ended by its average: 10,000 long against 100", workloads.loop, [10, 100, 1000, 10_000], "at most 1.2 for 10 times", "Length of a loop with an average", "history length")

    def w5(self):
        self.growth("w5: 2,000 thresholds on one topic against 1", workloads.w5, [1, 100, 2000], "at most 3", "Thresholds on one topic", "thresholds")

    def keys(self):
        self.growth("live keys: 1,000,000 against 1,000", workloads.keys, [1000, 100_000, 1_000_000], "at most 2", "Live keys", "keys")

    def mqtt(self):
        for qos, goals in ((0, ("0.9 or more", "at most 1.3")), (1, ("1.0 or more", "at most 1.0"))):
            # One after the other, since the machine may be faster or slower a minute later.
            turns = [(gateway.bare(qos, self.options.seconds / 2), gateway.gateway(self.bobo, qos, self.options.seconds / 2)) for _ in range(3)]
            plain, own = ([statistics.median(turn[which][figure] for turn in turns) for figure in (0, 1)] for which in (0, 1))
            self.add(f"messages/s at QoS {qos} against a bare subscriber", f"{own[0] / plain[0]:.2f}", goals[0], f"{own[0]:,.0f}/s to {plain[0]:,.0f}/s")
            self.add(f"its CPU a message at QoS {qos} against the bare subscriber's", f"{own[1] / plain[1]:.2f}", goals[1], f"{own[1]:.2f} µs to {plain[1]:.2f} µs")

    def latency(self):
        own, echo = gateway.latency(self.bobo, 1000, self.options.seconds)
        added = [1000 * (float(re.search(f"{which} ([0-9.]+) ms", own)[1]) - float(re.search(f"{which} ([0-9.]+) ms", echo)[1])) for which in ("median", "99%")]
        self.add("what the gateway adds to a message's way, 1,000/s, against a program that only publishes it again", f"median {added[0]:.0f} µs, 99% {added[1]:.0f} µs",
                 "p50 under 100 µs, p99 under 1 ms", f"from publishing to arrival, broker included: {own}; without the gateway: {echo}")

    def memory(self):
        small = {"phenomenon": "one", "patterns": gateway.thresholds(1)["patterns"]}
        self.add("resident memory, idle", f"{gateway.resident(self.bobo, small) / 1024:.1f} MB", "under 25 MB")
        self.add("resident memory, 1,000 patterns", f"{gateway.resident(self.bobo, gateway.thresholds(1000)) / 1024:.1f} MB", "under 40 MB")
        self.add("resident memory, 100,000 live runs of w3", f"{gateway.resident_with_runs(self.bobo, 100_000) / 1024:.1f} MB", "under 60 MB")
        runs = workloads.waiting(self.scratch, 0, 1, 100_000)
        self.add("highest resident memory of a replay to 100,000 live runs of w3", f"{self.replay.once(runs, runs.before).resident / 1024:.1f} MB", "none set")
        apart, together = (self.growth_in_memory(make) for make in (workloads.keys, workloads.one_key))
        self.add("memory of a key beside its run", f"{apart - together:.0f} B", "at most 200 B", f"with its run of one event {apart:.0f} B; a run of one event, of one key with all the others, {together:.0f} B")

    def growth_in_memory(self, make):
        """Bytes that one more takes up, of a million."""
        few, many = (self.replay.once(one, one.before).resident for one in (make(self.scratch, 0, 1, 1000), make(self.scratch, 0, 1, 1_000_000)))
        return (many - few) * 1024 / 999_000

    def start(self):
        self.add("from start to the first complex event, 1,000 patterns", f"{gateway.start_seconds(self.bobo, 1000, self.options.repeat) * 1000:.0f} ms", "under 150 ms")


def machine():
    model = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read())
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    return f"{model.group(1) if model else platform.machine()}, {os.cpu_count()} CPUs, Linux {platform.release().split('-')[0]}, commit {commit}."


def main():
    parser = argparse.ArgumentParser(prog="scripts/benchmark", description=__doc__)
    parser.add_argument("--bobo", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--only", default=",".join(ALL), help=f"some of {','.join(ALL)}")
    parser.add_argument("--events", type=int, default=1_000_000, help="of each workload")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=5, help="the median of so many counts")
    parser.add_argument("--seconds", type=int, default=8, help="of each measure over MQTT")
    parser.add_argument("--cpu", type=int, default=os.cpu_count() - 1, help="what all that has no broker runs on")
    parser.add_argument("--no-engines", dest="engines", action="store_false", help="no other engines; they are installed into --engines-folder")
    parser.add_argument("--engines-folder", default=os.path.join(ROOT, ".build", "engines"))
    parser.add_argument("--quick", action="store_true", help="100,000 events, one pass, no other engines")
    parser.add_argument("--write", action="store_true", help="puts the outcome into docs/performance.md and docs/pictures")
    options = parser.parse_args()
    if options.quick:
        options.events, options.repeat, options.engines, options.seconds = 100_000, 1, False, 4
    chosen = options.only.split(",")
    if unknown := [name for name in chosen if name not in ALL]:
        parser.error(f"there is no measure {', '.join(unknown)}; there are {', '.join(ALL)}")
    scratch = tempfile.mkdtemp(prefix="bobo-benchmark-")
    try:
        print("| what | seen | goal | figures behind it |\n|---|---|---|---|", flush=True)
        measurement = Measurement(options, scratch)
        for name in chosen:
            getattr(measurement, name)()
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        shutil.rmtree(scratch)
    if options.write:
        page = os.path.join(ROOT, "docs", "performance.md")
        pictures = [(title, os.path.relpath(path, os.path.dirname(page))) for title, path in report.draw(measurement.series, os.path.join(ROOT, "docs", "pictures"))]
        text = open(page).read()
        begin, end = "<!-- measured -->", "<!-- end of what was measured -->"
        with open(page, "w") as file:
            file.write(text[:text.index(begin)] + begin + "\n" + report.markdown(measurement.rows, machine(), pictures) + text[text.index(end):])


main()
