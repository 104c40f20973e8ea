"""Patterns and events to measure with. The same seed gives the same bytes."""
import json
import os
import random

START = 1_764_000_000_000


class Workload:
    """A folder with patterns/ and events.jsonl; `prepare` of the events come first and are not what is measured."""

    def __init__(self, root, name, patterns, events, prepare=0):
        self.folder, self.name, self.prepare = f"{root}/{name}", name, prepare
        self.patterns, self.events = f"{self.folder}/patterns", f"{self.folder}/events.jsonl"
        self.before = f"{self.folder}/before.jsonl"
        self.count = 0
        os.makedirs(self.patterns, exist_ok=True)
        with open(f"{self.patterns}/{name}.yaml", "w") as file:
            json.dump({"phenomenon": name, "patterns": patterns}, file, indent=1)
        with open(self.events, "w") as file, open(self.before, "w") as before:
            for time, (topic, payload) in enumerate(events):
                line = f'{{"ts":{START + time},"topic":"{topic}","payload":{payload}}}\n'
                file.write(line)
                if time < prepare:
                    before.write(line)
                else:
                    self.count += 1


def block(condition, group, contiguity="followed_by", **more):
    return {contiguity: condition, "group": group, **more}


def w1(root, count, seed):
    """A sequence of three by a device's key, within a minute; a tenth of the events matter to each block."""
    chance = random.Random(seed)

    def events():
        for i in range(count):
            device = chance.randrange(1000)
            yield (f"sensors/room{device % 50}/state",
                   f'{{"device":"dev-{device:04d}","type":"{chance.choice("ABCDEFGHIJ")}","value":{chance.randrange(100)},'
                   f'"seq":{i},"unit":"C","battery":97}}')
    return Workload(root, "w1", [{"name": "abc", "key": "payload.device", "within": "60s", "blocks": [
        block('payload.type == "A" && payload.value > 50', "a"), block('payload.type == "B"', "b"),
        block('payload.type == "C"', "c")]}], events())


def w2(root, count, seed, patterns):
    """As many patterns as topics, each of two thresholds on its own."""
    chance = random.Random(seed)
    events = ((f"sensors/d{chance.randrange(patterns)}/temperature", f'{{"celsius":{chance.randrange(1000) / 10}}}') for _ in range(count))
    return Workload(root, f"w2-{patterns}", [{"name": f"p{j}", "input": [f"sensors/d{j}/temperature"], "blocks": [
        block(f"payload.celsius > {90 + j % 9}.5", "high"), block(f"payload.celsius < {1 + j % 9}.5", "low")]} for j in range(patterns)], events)


def w3(root, count, _, depth):
    """Runs pile up till one event completes them all."""
    events = (("sensors/x", f'{{"type":"{"B" if i % depth == depth - 1 else "A"}","seq":{i}}}') for i in range(count))
    return Workload(root, f"w3-{depth}", [{"name": "ab", "blocks": [
        block('payload.type == "A"', "a"), block('payload.type == "B"', "b")]}], events)


def waiting(root, count, _, depth):
    """So many runs wait; the events that are measured concern none of them."""
    events = (("sensors/x", f'{{"type":"{"A" if i < depth else "X"}","seq":{i}}}') for i in range(depth + count))
    return Workload(root, f"waiting-{depth}", [{"name": "ab", "blocks": [
        block('payload.type == "A"', "a"), block('payload.type == "B"', "b")]}], events, prepare=depth)


def joined(root, count, seed, depth):
    """So many runs wait, each for an event that says what its first one said; of the events that are measured each other one ends a run, and the next begins another."""
    chance = random.Random(seed)

    def events():
        waiting = list(range(depth))
        for number in waiting:
            yield "doors/in", f'{{"type":"in","badge":"b-{number:07d}"}}'
        for i in range(count // 2):
            place = chance.randrange(depth)
            yield "doors/out", f'{{"type":"out","badge":"b-{waiting[place]:07d}"}}'
            waiting[place] = depth + i
            yield "doors/in", f'{{"type":"in","badge":"b-{depth + i:07d}"}}'
    return Workload(root, f"joined-{depth}", [{"name": "stay", "max_runs": max(100_000, 2 * depth), "blocks": [
        block('payload.type == "in"', "entry"), block('payload.type == "out" && payload.badge == first.payload.badge', "exit")]}], events(), prepare=depth)


def w4(root, count, seed):
    """A loop by machine, ended by a condition on the average of all it holds."""
    chance = random.Random(seed)
    events = ((f"sensors/m{chance.randrange(200)}/power", f'{{"watts":{chance.randrange(3000)},"on":{"true" if chance.randrange(5) else "false"}}}')
              for _ in range(count))
    return Workload(root, "w4", [{"name": "cycle", "key": "topic", "singleton": True, "within": "1h", "blocks": [
        block("payload.on && payload.watts > 2500", "start"), block("payload.on && payload.watts > 500", "run", loop=True),
        block("!payload.on && size(run) >= 5 && avg(run.map(e, e.payload.watts)) > 1500", "stop")]}], events)


def loop(root, count, seed, length):
    """One loop of that length at a time; each event asks for the average of all before it."""
    chance = random.Random(seed)

    def events():
        for i in range(count):
            place = i % (length + 2)
            kind = "S" if place == 0 else "E" if place == length + 1 else "R"
            yield "sensors/x", f'{{"type":"{kind}","watts":{chance.randrange(3000)}}}'
    return Workload(root, f"loop-{length}", [{"name": "loop", "singleton": True, "blocks": [
        block('payload.type == "S"', "start"), block('payload.type == "R"', "run", loop=True),
        block('payload.type == "E" && size(run) > 5 && avg(run.map(e, e.payload.watts)) > 500', "end")]}], events())


def w5(root, count, seed, patterns):
    """Thresholds of that many patterns, all on one topic."""
    chance = random.Random(seed)
    events = (("plant/pressure", f'{{"sensor":"s{chance.randrange(500)}","bar":{chance.randrange(10_000) / 10}}}') for _ in range(count))
    return Workload(root, f"w5-{patterns}", [{"name": f"t{j}", "input": ["plant/pressure"], "singleton": True, "blocks": [
        block(f'payload.sensor == "s{j % 500}" && payload.bar > {900 + j % 97}.0', "over"),
        block(f'payload.sensor == "s{j % 500}" && payload.bar < {5 + j % 7}.0', "under")]} for j in range(patterns)], events)


def keys(root, count, seed, live):
    """A run of each of so many keys waits; each event that is measured is of one of them, and moves nothing."""
    chance = random.Random(seed)

    def events():
        for i in range(live):
            yield "sensors/x", f'{{"device":"dev-{i:07d}","type":"A"}}'
        for i in range(count):
            yield "sensors/x", f'{{"device":"dev-{chance.randrange(live):07d}","type":"X"}}'
    return Workload(root, f"keys-{live}", [{"name": "ab", "key": "payload.device", "singleton": True, "max_runs": max(live, 100_000), "blocks": [
        block('payload.type == "A"', "a"), block('payload.type == "B"', "b")]}], events(), prepare=live)


def one_key(root, count, _, live):
    """As many runs as of `keys`, of the same events, but all of one key."""
    events = (("sensors/x", f'{{"device":"dev-{i:07d}","type":"A"}}') for i in range(live + count))
    return Workload(root, f"one-key-{live}", [{"name": "ab", "key": "payload.type", "max_runs": max(live, 100_000), "blocks": [
        block('payload.type == "A" && payload.device != ""', "a"), block('payload.type == "B"', "b")]}], events, prepare=live)
