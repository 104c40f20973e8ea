"""A private mosquitto, gateways with pages, and what sends to them, for the tests of the page."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Rig:
    def __init__(self, bobo):
        self.bobo = os.path.abspath(bobo)
        self.folder = tempfile.mkdtemp(prefix="bobo-page-")
        self.processes = []
        self.port = free_port()
        os.environ["PATH"] += ":/usr/sbin"
        os.mkdir(self.folder + "/patterns")
        self.write("mosquitto.conf", f"listener {self.port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n")
        self.start(["mosquitto", "-c", self.folder + "/mosquitto.conf"], stderr=subprocess.DEVNULL)
        time.sleep(0.5)

    def write(self, name, text):
        with open(f"{self.folder}/{name}", "w") as file:
            file.write(text)

    def start(self, command, **more):
        process = subprocess.Popen(command, **{"stdin": subprocess.DEVNULL, **more})
        self.processes.append(process)
        return process

    def gateway(self, name, more="", page=True):
        """Starts one; returns the process and where its page is, once it is ready."""
        self.write(
            f"{name}.yaml",
            f"instance: {name}\npatterns: patterns\nbroker: {{url: 'mqtt://127.0.0.1:{self.port}'}}\nstats_interval: 1s\n"
            + ("http: {listen: '127.0.0.1:0'}\n" if page else "") + more,
        )  # fmt: skip
        errors = open(f"{self.folder}/{name}.log", "ab")
        process = self.start([self.bobo, "run", "--config", f"{name}.yaml"], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=errors)
        self.until(
            lambda: f"gateway {name} is ready" in self.log(name) or process.poll() is not None, f"{name} to be ready")
        if process.poll() is not None:
            raise AssertionError(f"{name} has ended: {self.log(name)}")
        found = re.search(r"the page is at http://127.0.0.1:(\d+)/", self.log(name))
        return process, int(found[1]) if found else None

    def log(self, name):
        with open(f"{self.folder}/{name}.log") as file:
            return file.read()

    def until(self, is_so, what, seconds=30):
        end = time.monotonic() + seconds
        while not (found := is_so()):
            if time.monotonic() > end:
                raise AssertionError(f"waited {seconds} s for {what}")
            time.sleep(0.02)
        return found

    def publish(self, topic, payload):
        subprocess.run(["mosquitto_pub", "-p", str(self.port), "-q", "1", "-t", topic, "-m", json.dumps(payload)], check=True)

    def player(self):
        """Publishes lines `<microseconds since the start> <topic> <payload>`."""
        program = self.folder + "/player"
        if not os.path.exists(program):
            subprocess.run(["gcc", "-O2", "-D_GNU_SOURCE", "-o", program, ROOT + "/Benchmarks/player.c", "-lmosquitto"], check=True)
        return program

    def play(self, lines, **more):
        """Publishes them beside, until they are all acknowledged."""
        name = f"{self.folder}/lines-{len(self.processes)}"
        with open(name, "w") as file:
            file.writelines(lines)
        return self.start([self.player(), str(self.port)], **{"stdin": open(name), "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **more})

    def close(self):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def cpu(process):
    """Seconds that the process has used, and those of its busiest thread: the one that owns the engine."""

    def seconds(path):
        with open(path) as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    threads = [seconds(f"/proc/{process.pid}/task/{task}/stat") for task in os.listdir(f"/proc/{process.pid}/task")]
    return seconds(f"/proc/{process.pid}/stat"), max(threads)


class Checks:
    def __init__(self):
        self.failed = 0

    def check(self, is_so, what):
        print(("ok      " if is_so else "FAILED  ") + what, flush=True)
        self.failed += 0 if is_so else 1

    def end(self):
        print(f"{self.failed} problems" if self.failed else "all as it should be")
        sys.exit(1 if self.failed else 0)


def ask(port, path="/", method="GET", headers=(), timeout=10):
    """One request as it is, and the status and the body of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout) as connection:
        head = "".join(f"{name}: {value}\r\n" for name, value in headers)
        connection.sendall(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{head}\r\n".encode())
        data = b""
        while chunk := connection.recv(1 << 16):
            data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    return int(head[9:12]), body


def stream(port):
    """A connection that has asked for the events."""
    connection = socket.create_connection(("127.0.0.1", port), 10)
    connection.sendall(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return connection
