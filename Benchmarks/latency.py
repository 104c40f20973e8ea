#!/usr/bin/env python3
"""latency.py --bobo PATH [--rate 1000] [--seconds 10] [--qos 0]: how long it takes from publishing a message until its complex event
arrives at a subscriber, through mosquitto and the gateway, in one run on this machine."""
import argparse
import shutil
import subprocess
import sys

import rig


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bobo", required=True)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--qos", type=int, default=0)
    options = parser.parse_args()
    folder = rig.folder()
    broker = rig.Broker(folder)
    broker.start()
    gateway = rig.Gateway(options.bobo, folder, broker.port)
    try:
        gateway.start()
        done = subprocess.run([rig.compiled("latency", folder), str(broker.port), "bobo/events/#", str(options.rate * options.seconds), str(options.rate), str(options.qos)])
        gateway.stop()
        sys.exit(done.returncode)
    finally:
        if gateway.process and gateway.process.poll() is None:
            gateway.kill()
        broker.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
