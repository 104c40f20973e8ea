"""Programs and what they cost."""
import os
import statistics
import subprocess
import sys


class Cost:
    """CPU seconds, user and system; the highest resident memory in KiB; what was said."""

    def __init__(self, seconds, resident, output):
        self.seconds, self.resident, self.output = seconds, resident, output


def run(command, cpu, **more):
    """What a program costs, on one CPU where one is named; its output is what it says on both of its streams."""
    pinned = (["taskset", "-c", str(cpu)] if cpu is not None else []) + command
    process = subprocess.Popen(pinned, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}: {output[-800:]}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss, output)


class Replay:
    """`bobo replay` of a workload, its complex events to a file that is thrown away."""

    def __init__(self, bobo, cpu, repeat, scratch):
        self.bobo, self.cpu, self.repeat, self.scratch = bobo, cpu, repeat, scratch
        self.known = {}

    def once(self, workload, events):
        return run([self.bobo, "replay", "--patterns", workload.patterns, "--events", events, "--output", f"{self.scratch}/out"], self.cpu)

    def cost(self, workload):
        """CPU microseconds an event, less what the start and the events before cost: each time both, one after the other, since
        the machine may be faster or slower a minute later."""
        if workload.name not in self.known:
            seconds = [self.once(workload, workload.events).seconds - self.once(workload, workload.before).seconds for _ in range(self.repeat)]
            self.known[workload.name] = max(statistics.median(seconds), 0) / workload.count * 1e6
        return self.known[workload.name]
