#!/usr/bin/env python3
"""reload.py --bobo PATH [--patterns N] [--rate R] [--seconds S]

A gateway with N pattern files (1,000), each for one of the topics that R messages a second (10,000) come on at QoS 1, each message
one complex event. Every few seconds all files are written anew, changed. The gateway says how long it took to read them and how
long it stood still to change over; no message may be without its complex event. Prints the medians, and ends with an error where
one is missing."""
import argparse
import os
import re
import shutil
import signal
import statistics
import subprocess
import time

import rig

CONFIGURATION = "instance: reload\npatterns: patterns\n"


def write(folder, count, round):
    """Each written beside its place, then put there, so that none is ever read half."""
    for number in range(count):
        path = f"{folder}/p{number}.yaml"
        with open(path + ".new", "w") as file:
            file.write(f"""phenomenon: p{number}
description: Round {round}
patterns:
  - name: each
    input: [sensors/room{number}/temp]
    max_runs: {1000 + round}
    blocks:
      - followed_by: payload.seq >= {number % 7 - 7} && payload.seq < 100000000000
        group: reading
emit:
  data: '{{"seq": reading[0].payload.seq}}'
""")
        os.rename(path + ".new", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bobo", required=True)
    parser.add_argument("--patterns", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=40)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    folder, processes = rig.folder(), []
    output = f"{folder}/events"
    broker = rig.Broker(folder)
    broker.start()
    gateway = rig.Gateway(options.bobo, folder, broker.port, configuration=CONFIGURATION)
    patterns = f"{gateway.folder}/patterns"
    try:
        os.remove(f"{patterns}/reading.yaml")
        write(patterns, options.patterns, 0)
        subscriber = subprocess.Popen([rig.compiled("subscriber", folder), str(broker.port), "bobo/events/#", output], stdout=subprocess.PIPE, text=True)
        processes.append(subscriber)
        assert subscriber.stdout.readline() == "ready\n", "the subscriber has not subscribed"
        gateway.start()
        total = options.rate * options.seconds
        publisher = subprocess.Popen([rig.compiled("publisher", folder), str(broker.port), str(total), str(options.rate)], stdout=subprocess.DEVNULL)
        processes.append(publisher)
        round, began = 0, time.time()
        while publisher.poll() is None:
            round += 1
            write(patterns, options.patterns, round)
            time.sleep(6)
        took = time.time() - began
        # What is still under way comes within a few seconds.
        seen, known = -1, 0
        while seen != known or known < total:
            if seen == known and time.time() - began > took + 60:
                break
            time.sleep(2)
            seen, known = known, len({line.split()[0] for line in open(output)})
            if known >= total:
                break
        subscriber.send_signal(signal.SIGTERM)
        subscriber.wait(30)
        said = open(gateway.said).read()
        found = re.findall(r"read anew.*?change=(\d+) ms.*?reading=(\d+) ms", said)
        changes, readings = [int(c) for c, _ in found], [int(r) for _, r in found]
        distinct = len({line.split()[0] for line in open(output)})
        print(f"{options.patterns} patterns, {total} messages in {took:.0f} s ({total / took:.0f}/s), {len(found)} reloads")
        if not found:
            print(f"{said.count('read anew')} reloads, without a word on how long they took")
        else:
            print(f"reading the files: median {statistics.median(readings)} ms, most {max(readings)} ms")
            print(f"changing over, while nothing is taken: median {statistics.median(changes)} ms, most {max(changes)} ms")
        print(f"{total - distinct} messages without their complex event")
        if distinct != total or "read anew" not in said:
            raise SystemExit(1)
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
        gateway.stop()
        broker.stop()
        if options.keep:
            print(folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
