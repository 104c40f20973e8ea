"""A private mosquitto, a gateway, and the C programs, for the benchmarks beside it."""
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))

# One complex event for each message: a pattern of one block. `seq` tells them apart, and names each event for good, so that a
# message that is delivered again is known again.
PATTERN = """phenomenon: reading
patterns:
  - name: each
    input: [sensors/+/temp]
    blocks:
      - followed_by: payload.seq >= 0
emit:
  data: '{"seq": payload.seq}'
"""
CONFIGURATION = """instance: endurance
patterns: patterns
sensors:
  - filter: sensors/+/temp
    event_id: string(payload.seq)
"""


def free_port():
    """A port that nobody uses, below those that the system gives to connections, so that none of theirs takes it."""
    while True:
        with socket.socket() as s:
            port = random.randrange(10_000, 32_000)
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def compiled(name, folder):
    subprocess.run(["gcc", "-O2", "-D_GNU_SOURCE", "-Wall", "-Wno-unused-parameter", "-o", f"{folder}/{name}", f"{HERE}/{name}.c", "-lmosquitto"], check=True)
    return f"{folder}/{name}"


class Broker:
    """mosquitto with sessions on disk, no limit on what waits, and nobody else."""

    def __init__(self, folder):
        self.folder, self.port, self.process = f"{folder}/broker", free_port(), None
        os.makedirs(self.folder)
        with open(f"{self.folder}/mosquitto.conf", "w") as file:
            file.write(f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {self.folder}/\n"
                       "max_queued_messages 0\nmax_inflight_messages 1000\nset_tcp_nodelay true\n"
                       + ("user root\n" if os.getuid() == 0 else ""))

    def start(self):
        program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin") or "mosquitto"
        self.process = subprocess.Popen([program, "-c", f"{self.folder}/mosquitto.conf"], stdout=subprocess.DEVNULL,
                                        stderr=open(f"{self.folder}/log", "a"))
        for _ in range(600):   # a broker that reads a large store back takes a while to listen
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError(f"mosquitto ended: {open(self.folder + '/log').read()[-500:]}")
                time.sleep(0.1)
        raise RuntimeError("mosquitto does not listen")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(120)


class Gateway:
    """`bobo run`, with what it says kept in a file; start() returns once it is ready."""

    def __init__(self, bobo, folder, port, configuration=CONFIGURATION, pattern=PATTERN):
        os.makedirs(folder, exist_ok=True)
        self.bobo, self.folder, self.port, self.process = os.path.abspath(bobo), f"{folder}/gateway", port, None
        self.said = f"{self.folder}/log"
        os.makedirs(f"{self.folder}/patterns")
        with open(f"{self.folder}/patterns/reading.yaml", "w") as file:
            file.write(pattern)
        with open(f"{self.folder}/bobo.yaml", "w") as file:
            file.write(configuration)

    def start(self):
        self.process = subprocess.Popen([self.bobo, "run", "--broker", f"mqtt://127.0.0.1:{self.port}"], cwd=self.folder,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        ready = threading.Event()
        threading.Thread(target=self._read, args=(self.process.stderr, ready), daemon=True).start()
        if not ready.wait(60):
            self.process.kill()
            raise RuntimeError(f"the gateway is not ready:\n{open(self.said).read()[-2000:]}")

    def _read(self, stream, ready):
        with open(self.said, "a", buffering=1) as file:
            for line in stream:
                file.write(line)
                if re.search(r"\bready\b", line):
                    ready.set()

    def resident(self):
        """Resident memory in KiB."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(r"VmRSS:\s*(\d+)", file.read()).group(1))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise RuntimeError("the gateway did not stop within 30 s of SIGTERM")


def folder():
    return tempfile.mkdtemp(prefix="bobo-benchmark-")
