"""core_speed.py NAME EVENTS COUNT: CORE (PyPI's pycer, Python 3.13) over events that are ready as its own objects, matches enumerated:
a line `result COUNT MATCHES CPU-SECONDS` a pass, the CPU of the engine's own threads alone, without the Python binding and the dispatching thread."""
import json
import os
import sys
import time
from itertools import islice

import pycer

name, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
Text, Whole = pycer.PyStringValue, pycer.PyIntValue
if name == "w1":
    fields = "device:string, type:string, value:int, seq:int, ts:int"
    query = ("SELECT * FROM S WHERE (E as a; E as b; E as c) FILTER a[type = 'A' AND value > 50] AND b[type = 'B'] AND c[type = 'C'] "
             "PARTITION BY [device] WITHIN 60000 [ts] CONSUME BY PARTITION")
else:
    fields = "type:string, seq:int, ts:int"
    query = "SELECT * FROM S WHERE (E as a; E as b) FILTER a[type = 'A'] AND b[type = 'B'] CONSUME BY ANY"
declaration = f"CREATE STREAM S {{\nEVENT E {{ {fields} }}\n}}"


def values(event):
    payload = event["payload"]
    if name == "w1":
        return [Text(payload["device"]), Text(payload["type"]), Whole(payload["value"]), Whole(payload["seq"]), Whole(event["ts"])]
    return [Text(payload["type"]), Whole(payload["seq"]), Whole(event["ts"])]


def tasks():
    return {int(task) for task in os.listdir("/proc/self/task")}


def cpu(threads):
    return sum(time.clock_gettime(~thread << 3 | 6) for thread in threads)   # Linux's CPU clock of a thread


def server():
    made = pycer.PyOfflineServer()
    return made, made.declare_stream(declaration).events_info[0].id


made, kind = server()
made.get_output()
with open(path) as file:
    events = [pycer.PyEvent(kind, values(json.loads(line))) for line in islice(file, count)]
for _ in range(3):
    made, _ = server()
    time.sleep(0.2)
    before = tasks()
    made.add_query(query)
    time.sleep(0.2)
    dispatching, *engine = sorted(tasks() - before)
    start = cpu(engine)
    time.sleep(0.5)
    polling = (cpu(engine) - start) / 0.5   # its threads poll when there is nothing to do
    start, begun = cpu(engine), time.perf_counter()
    made.send_events(events)
    last, last_at = cpu(engine), time.perf_counter()
    quiet = last_at
    while last_at - quiet < 0.3:
        time.sleep(0.02)
        now, now_at = cpu(engine), time.perf_counter()
        if now - last > polling * (now_at - last_at) + 0.001:
            quiet = now_at
        last, last_at = now, now_at
    seconds = last - start - polling * (last_at - quiet)
    print("result", len(events), made.get_output().count("\n"), seconds, flush=True)
