#!/usr/bin/env python3
"""endurance.py --bobo PATH [--messages N] [--rate R] [--fault none|broker|gateway] [--keep]

Publishes N messages at QoS 1 while the gateway runs, with a fault at 40 %: the broker is stopped (SIGTERM, sessions kept) and
started again, or the gateway is killed (SIGKILL) and started again. Every message makes a complex event. What the broker has
acknowledged to the publisher must come out: no message without its complex event, and one id for each, however often it comes.
With --fault none, resident memory at the end must lie within 10 % of that at a tenth of the way."""
import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import rig


def lines_so_far(path):
    return int(subprocess.run(["wc", "-l", path], capture_output=True, text=True).stdout.split()[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bobo", required=True)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--rate", type=float, default=0, help="messages a second; 0: as fast as they are acknowledged")
    parser.add_argument("--fault", choices=["none", "broker", "gateway"], default="none")
    parser.add_argument("--down", type=float, default=3, help="seconds between stop and start")
    parser.add_argument("--keep", action="store_true", help="keep the folder with logs and results")
    options = parser.parse_args()

    folder = rig.folder()
    output = f"{folder}/events"
    broker = rig.Broker(folder)
    broker.start()
    gateway = rig.Gateway(options.bobo, folder, broker.port)
    processes = []
    try:
        subscriber = subprocess.Popen([rig.compiled("subscriber", folder), str(broker.port), "bobo/events/#", output], stdout=subprocess.PIPE, text=True)
        processes.append(subscriber)
        assert subscriber.stdout.readline() == "ready\n", "the subscriber has not subscribed"
        gateway.start()
        started = time.time()
        publisher = subprocess.Popen([rig.compiled("publisher", folder), str(broker.port), str(options.messages), str(options.rate)], stdout=subprocess.PIPE, text=True)
        processes.append(publisher)
        early = None
        done_fault = options.fault == "none"
        for line in publisher.stdout:
            acknowledged = int(line)
            if early is None and acknowledged >= options.messages // 10 and options.fault != "gateway":
                early = gateway.resident()
            if not done_fault and acknowledged >= options.messages * 4 // 10:
                done_fault = True
                print(f"{acknowledged} acknowledged, {lines_so_far(output)} complex events: "
                      f"{'stopping the broker' if options.fault == 'broker' else 'killing the gateway'} for {options.down} s", flush=True)
                if options.fault == "broker":
                    broker.stop()
                    time.sleep(options.down)   # the fault itself: how long it lasts
                    broker.start()
                else:
                    gateway.kill()
                    time.sleep(options.down)
                    gateway.start()
        if publisher.wait() != 0:
            sys.exit(f"the publisher ended with {publisher.returncode}")
        published = time.time()
        print(f"{options.messages} acknowledged in {published - started:.1f} s", flush=True)

        # Until all have come, or nothing has for 30 s.
        last, since = -1, time.time()
        while (count := lines_so_far(output)) < options.messages or count != last:
            if count != last:
                last, since = count, time.time()
            elif time.time() - since > 30:
                break
            time.sleep(0.5)
        print(f"all complex events after {since - started:.1f} s", flush=True)
        late = gateway.resident() if gateway.process.poll() is None else None
        gateway.stop()
        subscriber.send_signal(signal.SIGTERM)
        subscriber.wait(30)

        ids, repeats, changed, unread = {}, 0, 0, 0
        with open(output) as file:
            for line in file:
                seq, _, name = line.rstrip("\n").partition(" ")
                if seq == "?":
                    unread += 1
                elif seq in ids:
                    repeats += 1
                    changed += ids[seq] != name
                else:
                    ids[seq] = name
        missing = sorted(set(map(str, range(options.messages))) - ids.keys(), key=int)
        distinct = len(set(ids.values()))
        print(f"expected {options.messages}, messages with a complex event {len(ids)}, distinct ids {distinct}, missing {len(missing)} {missing[:5]}, "
              f"repeats {repeats}, repeats under another id {changed}, unreadable {unread}")
        right = len(ids) == options.messages == distinct and not missing and not changed and not unread
        if early is not None and options.fault == "none":
            growth = late / early - 1
            print(f"resident memory {early} KiB at {options.messages // 10}, {late} KiB at the end: {growth:+.1%}")
            right = right and growth <= 0.10
        print("What the gateway said of it (warnings and errors):")
        with open(gateway.said) as file:
            for line in [line for line in file if re.search(r"warning|error|reconnect|lost|again", line, re.IGNORECASE)][:20]:
                print("  " + line.rstrip())
        print("passed" if right else "FAILED")
        sys.exit(0 if right else 1)
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
        if gateway.process and gateway.process.poll() is None:
            gateway.kill()
        broker.stop()
        if options.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
