"""A gateway on a broker: how much it takes and what a message costs it, beside a plain subscriber; its memory; how soon it is up."""
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import rig  # noqa: E402

SEQUENCE = {"phenomenon": "w1", "patterns": [{"name": "abc", "input": ["sensors/+/state"], "key": "payload.device", "within": "60s", "blocks": [
    {"followed_by": 'payload.type == "A" && payload.value > 50', "group": "a"}, {"followed_by": 'payload.type == "B"', "group": "b"},
    {"followed_by": 'payload.type == "C"', "group": "c"}]}]}
CONFIGURATION = "instance: speed\npatterns: patterns\nstats_interval: 1s\nsensors:\n  - filter: sensors/#\n    qos: {qos}\n"


def compiled(name, folder):
    subprocess.run(["gcc", "-O2", "-D_GNU_SOURCE", "-Wall", "-Wno-unused-parameter", "-o", f"{folder}/{name}", f"{HERE}/{name}.c", "-lmosquitto"], check=True)
    return f"{folder}/{name}"


def cpu_seconds(process):
    """Of all its threads, user and system, since its start."""
    fields = open(f"/proc/{process}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Setting:
    """A broker, the C programs and a folder, gone at the end."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="bobo-benchmark-")
        self.broker = rig.Broker(self.folder)
        self.broker.start()
        self.running = []
        return self

    def __exit__(self, *_):
        for process in self.running:
            process.kill()
            process.wait()
        self.broker.stop()
        shutil.rmtree(self.folder)

    def start(self, command, **more):
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, text=True, **more)
        self.running.append(process)
        return process

    def flood(self, qos):
        program = compiled("flood", self.folder)
        for seed in (1, 2):
            self.start([program, str(self.broker.port), str(qos), str(seed)])

    def gateway(self, bobo, patterns, qos=0):
        """Of patterns as JSON, which is YAML."""
        gateway = rig.Gateway(bobo, self.folder, self.broker.port, CONFIGURATION.format(qos=qos), json.dumps(patterns))
        gateway.start()
        self.running.append(gateway.process)
        return gateway


def bare(qos, seconds):
    """Messages/s, and CPU microseconds a message, of the plain subscriber between two publishers that give all they have."""
    with Setting() as setting:
        process = setting.start([compiled("bare", setting.folder), str(setting.broker.port), str(qos)], stdout=subprocess.PIPE)
        setting.flood(qos)
        seen = []
        for line in process.stdout:
            count, cpu = line.split()
            if int(count) > 0:
                seen.append((time.monotonic(), int(count), float(cpu)))
            if seen and seen[-1][0] > seen[0][0] + seconds:
                break
        seen = [one for one in seen if one[0] > seen[0][0] + seconds / 4]
        messages = seen[-1][1] - seen[0][1]
        return messages / (seen[-1][0] - seen[0][0]), (seen[-1][2] - seen[0][2]) / messages * 1e6


def gateway(bobo, qos, seconds):
    """The same of a gateway with one pattern, by its own figures."""
    with Setting() as setting:
        gateway = setting.gateway(bobo, SEQUENCE, qos)
        figures = setting.start(["mosquitto_sub", "-p", str(setting.broker.port), "-t", "bobo/stats/speed"], stdout=subprocess.PIPE)
        setting.flood(qos)
        seen = []
        for line in figures.stdout:
            count = json.loads(line)["messages"]["received"]
            if count > 0:
                seen.append((time.monotonic(), count, cpu_seconds(gateway.process.pid)))
            if seen and seen[-1][0] > seen[0][0] + seconds:
                break
        seen = [one for one in seen if one[0] > seen[0][0] + seconds / 4]
        messages = seen[-1][1] - seen[0][1]
        return messages / (seen[-1][0] - seen[0][0]), (seen[-1][2] - seen[0][2]) / messages * 1e6


def latency(bobo, rate, seconds):
    """Milliseconds from publishing to the complex event's arrival, broker and network included: what `latency` says of the
    gateway, and of a program that only publishes each message again."""
    def measured(setting):
        return subprocess.run([rig.compiled("latency", setting.folder), str(setting.broker.port), "bobo/events/#", str(rate * seconds), str(rate), "0"],
                              stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    with Setting() as setting:
        # The pattern and topics of the program are those of the other benchmarks.
        gateway = rig.Gateway(bobo, setting.folder, setting.broker.port)
        gateway.start()
        setting.running.append(gateway.process)
        own = measured(setting)
    with Setting() as setting:
        echo = setting.start([compiled("echo", setting.folder), str(setting.broker.port)], stdout=subprocess.PIPE)
        echo.stdout.readline()
        return own, measured(setting)


def thresholds(count):
    return {"phenomenon": "many", "patterns": [{"name": f"p{i}", "input": [f"sensors/room{i % 50}/state"], "blocks": [
        {"followed_by": f'payload.device == "dev-{i % 1000:04d}" && payload.value >= 0', "group": "seen"}]} for i in range(count)]}


def resident(bobo, patterns):
    """KiB at rest with these patterns."""
    with Setting() as setting:
        gateway = setting.gateway(bobo, patterns)
        # What only the start needed is given back a second or two after it.
        time.sleep(5)
        return gateway.resident()


def resident_with_runs(bobo, count):
    """KiB at rest with so many runs of w3 that wait."""
    patterns = {"phenomenon": "w3", "patterns": [{"name": "ab", "blocks": [
        {"followed_by": 'payload.type == "A"', "group": "a"}, {"followed_by": 'payload.type == "B"', "group": "b"}]}]}
    with Setting() as setting:
        gateway = setting.gateway(bobo, patterns, 1)
        figures = setting.start(["mosquitto_sub", "-p", str(setting.broker.port), "-t", "bobo/stats/speed"], stdout=subprocess.PIPE)
        # mosquitto_pub ends too early where it has more messages than there are message identifiers.
        for first in range(0, count, 20_000):
            lines = "".join(f'{{"type":"A","seq":{i}}}\n' for i in range(first, min(first + 20_000, count)))
            subprocess.run(["mosquitto_pub", "-p", str(setting.broker.port), "-t", "sensors/x", "-q", "1", "-l"], input=lines, text=True, check=True)
        for line in figures.stdout:
            if json.loads(line)["messages"]["received"] >= count:
                break
        time.sleep(5)
        return gateway.resident()


def start_seconds(bobo, count, repeat):
    """From the start of the process, with so many patterns, to the first complex event of a message that keeps coming."""
    took = []
    with Setting() as setting:
        gateway = rig.Gateway(bobo, setting.folder, setting.broker.port, CONFIGURATION.format(qos=0), json.dumps(thresholds(count)))
        message = ["mosquitto_pub", "-p", str(setting.broker.port), "-t", "sensors/room1/state", "-l"]
        sensor = setting.start(["bash", "-c", "while echo '{\"device\":\"dev-0001\",\"value\":1}'; do sleep 0.002; done | " + " ".join(message)], process_group=0)
        try:
            for _ in range(repeat):
                waiting = setting.start(["mosquitto_sub", "-p", str(setting.broker.port), "-t", "bobo/events/#", "-C", "1", "-W", "60"], stdout=subprocess.PIPE)
                time.sleep(0.5)
                begun = time.monotonic()
                process = setting.start([gateway.bobo, "run", "--broker", f"mqtt://127.0.0.1:{setting.broker.port}"], cwd=gateway.folder,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                # Not wait(60), which looks only each 50 ms.
                if not waiting.stdout.readline():
                    sys.exit("there was no complex event within a minute")
                took.append(time.monotonic() - begun)
                process.kill()
                process.wait()
        finally:
            os.killpg(sensor.pid, 9)
    return statistics.median(took)
