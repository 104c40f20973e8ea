#!/usr/bin/env python3
"""make.py: writes the recordings beside it, the same bytes every time, and what they are to give, expected.jsonl.

Each phenomenon has a recording that sets it off (NAME.fires.jsonl) and one that nearly does (NAME.quiet.jsonl). sample.jsonl, for scripts/run, goes through all of them. What is expected is written down by
hand beside each story, from the meaning of the patterns; no run of Bobo has been asked."""
import json
import os
import random
from datetime import datetime, timezone

HERE = os.path.dirname(os.path.abspath(__file__))
START = datetime(2026, 3, 2, 18, 0, tzinfo=timezone.utc)


def seconds(at):
    """'4:05' or '4:05.5' is minutes and seconds; a number is seconds."""
    if isinstance(at, str):
        minutes, rest = at.split(":")
        return int(minutes) * 60 + float(rest)
    return at


class Recording:
    """A list of messages, each at its time after START, and the complex events they are to give."""

    def __init__(self, name, seed=1):
        self.name, self.lines, self.expected = name, [], []
        self.random = random.Random(f"{name} {seed}")

    def ts(self, at):
        return int(START.timestamp() * 1000) + round(seconds(at) * 1000)

    def time(self, at):
        return datetime.fromtimestamp(self.ts(at) / 1000, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def send(self, at, topic, payload):
        self.lines.append({"ts": self.ts(at), "topic": topic, "payload": payload})

    def expect(self, at, phenomenon, pattern, key, data):
        self.expected.append({"ts": self.ts(at), "phenomenon": phenomenon, "pattern": pattern, "key": key, "data": data})

    # The devices, with the fields that they send beside the one in question.

    def zigbee(self, at, name, **fields):
        self.send(at, f"zigbee2mqtt/{name}", {
            "battery": 60 + sum(map(ord, name)) % 40, **fields, "last_seen": self.time(at),
            "linkquality": self.random.randint(60, 140)})

    def climate(self, at, room, temperature):
        self.zigbee(at, f"climate/{room}", humidity=round(self.random.uniform(38, 52), 2),
                    pressure=1013.2, temperature=temperature)

    def shelly(self, at, zone, **fields):
        self.send(at, f"shelly/{zone}/events/rpc", {
            "src": f"shellyplus1-{zone}", "dst": f"shelly/{zone}/events", "method": "NotifyStatus",
            "params": {"ts": self.ts(at) / 1000, "switch:0": {"id": 0, **fields}}})

    def bearing(self, at, machine, celsius):
        self.send(at, f"plant/machine/{machine}/bearing", {"celsius": celsius, "rpm": 1450 + self.random.randint(-8, 8), "time": self.time(at)})

    # What goes on anyway.

    def everyday(self, start, end):
        """Reports of rooms and devices where all is well, and repeated states."""
        at = seconds(start)
        while at < seconds(end):
            room = self.random.choice(["living", "bedroom", "office"])
            self.climate(at, room, round(self.random.uniform(20, 22.5), 2))
            if self.random.random() < 0.4:
                self.shelly(at + 1.3, "garden", temperature={"tC": round(self.random.uniform(40, 43), 1)})
            if self.random.random() < 0.4:
                self.bearing(at + 2.1, 1, round(self.random.uniform(44, 47), 1))
            if self.random.random() < 0.3:
                self.zigbee(at + 3.7, "fridge/cellar", contact=True)
            if self.random.random() < 0.3:
                self.zigbee(at + 4.4, "leak/garden", tamper=False, water_leak=False)
            if self.random.random() < 0.3:
                occupied = self.random.random() < 0.5
                self.zigbee(at + 5.2, "flat4/kitchen/motion", occupancy=occupied)
            at += self.random.uniform(8, 22)

    def write(self):
        self.lines.sort(key=lambda line: line["ts"])
        with open(f"{HERE}/{self.name}.jsonl", "w") as file:
            for line in self.lines:
                file.write(json.dumps(line, separators=(",", ":")) + "\n")
        self.expected.sort(key=lambda event: event["ts"])
        return {"recording": f"{self.name}.jsonl", "expect": self.expected}


# The stories. Each takes place from `at` on, in seconds, so that the sample can put them one after another.

def fire(r, at):
    r.climate(at, "kitchen", 23.4)
    r.zigbee(at + 5, "smoke/kitchen", smoke=False)
    r.climate(at + 40, "kitchen", 48.9)                       # not yet over 50
    r.climate(at + 70, "kitchen", 57.2)                       # heat: the run starts here
    r.climate(at + 80, "kitchen", 66.0)                       # one run at a time: starts none
    r.zigbee(at + 85, "smoke/hall", smoke=False)              # another room
    r.zigbee(at + 90, "smoke/kitchen", smoke=False)           # not yet
    r.zigbee(at + 110, "smoke/kitchen", smoke=True)
    r.expect(at + 110, "fire", "heat-then-smoke", "kitchen", {"room": "kitchen", "celsius": 57.2, "seconds": 40})
    r.zigbee(at + 120, "smoke/kitchen", smoke=True)           # the same fire, and no more heat: the thermometer has melted


def smouldering(r, at):
    r.zigbee(at, "smoke/bedroom", smoke=True)
    r.climate(at + 60, "bedroom", 24.0)
    r.climate(at + 200, "bedroom", 51.5)
    r.expect(at + 200, "fire", "smoke-then-heat", "bedroom", {"room": "bedroom", "celsius": 51.5, "seconds": 200})


def no_fire(r, at):
    r.climate(at, "kitchen", 52.0)                            # the oven is open …
    r.zigbee(at + 30, "smoke/hall", smoke=True)               # … and someone smokes in the hall
    r.zigbee(at + 60, "smoke/hall", smoke=False)              # that is over,
    r.climate(at + 120, "hall", 50.0)                         # and 50 is not over 50
    r.zigbee(at + 301, "smoke/kitchen", smoke=True)           # five minutes and a second after the heat
    r.zigbee(at + 330, "smoke/kitchen", smoke=False)          # burnt toast: gone before it is hot again
    r.climate(at + 360, "kitchen", 55.0)
    r.climate(at + 400, "kitchen", None)                      # the sensor could not read


def fall(r, at):
    r.zigbee(at, "flat3/bath/motion", occupancy=True)
    r.zigbee(at + 20, "flat3/bath/vibration", vibration=True, strength=41)    # steps
    r.zigbee(at + 31, "flat3/bath/vibration", vibration=True, strength=312)   # the thump
    r.zigbee(at + 33, "flat3/bath/motion", occupancy=True)                    # the fall itself
    r.zigbee(at + 34, "flat3/bath/vibration", vibration=True, strength=220)   # one run at a time
    r.zigbee(at + 123, "flat3/bath/motion", occupancy=False)
    r.zigbee(at + 200, "flat4/kitchen/motion", occupancy=True)                # the neighbour
    r.zigbee(at + 260, "flat3/bath/motion", occupancy=False)
    r.expect(at + 31 + 300, "fall", "thump-then-stillness", "flat3", {"flat": "flat3", "room": "bath"})


def help_button(r, at):
    for second in (0, 3, 6):
        r.zigbee(at + second, "flat2/wrist/button", action="single")
        r.zigbee(at + second + 0.1, "flat2/wrist/button", action="")          # zigbee2mqtt takes each action back
    r.expect(at + 6, "fall", "help-button", "flat2", {"flat": "flat2", "room": "wrist"})


def no_fall(r, at):
    r.zigbee(at, "flat3/hall/vibration", vibration=True, strength=260)        # a bag put down
    r.zigbee(at + 240, "flat3/living/motion", occupancy=True)                 # she walks about
    r.zigbee(at + 330, "flat3/living/motion", occupancy=False)
    r.zigbee(at + 400, "flat3/hall/vibration", vibration=True, strength=230)  # the door falls shut
    r.zigbee(at + 409, "flat3/hall/motion", occupancy=True)                   # within ten seconds: does not count
    r.zigbee(at + 420, "flat3/hall/door", contact=False)                      # but she goes out
    r.zigbee(at + 424, "flat3/hall/door", contact=True)
    r.zigbee(at + 500, "flat5/living/vibration", vibration=True, strength=199)
    for second in (600, 604, 611):                                            # three presses in eleven seconds
        r.zigbee(at + second, "flat2/wrist/button", action="single")


def fridge(r, at):
    r.zigbee(at, "fridge/kitchen", contact=True)
    r.zigbee(at + 20, "fridge/kitchen", contact=False)                        # milk
    r.zigbee(at + 32, "fridge/kitchen", contact=True)
    r.zigbee(at + 90, "fridge/kitchen", contact=False)                        # ice cream, and the telephone rings
    r.zigbee(at + 130, "fridge/kitchen", contact=False)                       # a battery report
    r.zigbee(at + 190, "fridge/cellar", contact=True)                         # the other one is closed
    r.expect(at + 90 + 120, "fridge-left-open", "open-for-two-minutes", "kitchen", {"fridge": "kitchen", "since": timestamp(r, at + 90)})
    r.zigbee(at + 230, "fridge/kitchen", contact=False)                       # still open: it has been said
    r.zigbee(at + 380, "fridge/kitchen", contact=True)


def fridge_used(r, at):
    r.zigbee(at, "fridge/kitchen", contact=False)                             # open since before the recording began
    r.zigbee(at + 200, "fridge/kitchen", contact=True)
    r.zigbee(at + 210, "fridge/kitchen", contact=False)
    r.zigbee(at + 325, "fridge/kitchen", contact=True)                        # 1:55
    r.zigbee(at + 326, "fridge/kitchen", contact=False)
    r.zigbee(at + 400, "fridge/kitchen", contact=None)                        # not known: changes nothing
    # Closed just in time. At 446 it would be too late: a timer fires before an event of its own moment is looked at.
    r.zigbee(at + 445.999, "fridge/kitchen", contact=True)


def leak(r, at):
    r.shelly(at, "bath", output=True, temperature={"tC": 41.5})
    r.zigbee(at + 3, "leak/bath", tamper=False, water_leak=False)
    r.zigbee(at + 50, "leak/bath", tamper=False, water_leak=False)
    r.zigbee(at + 90, "leak/bath", tamper=False, water_leak=True)
    r.expect(at + 90, "water-leak", "dry-then-wet", "bath", {"zone": "bath"})
    r.zigbee(at + 95, "leak/bath", tamper=False, water_leak=True)             # still wet
    r.shelly(at + 93, "bath", output=False)                                   # and the valve obeys


def leak_unclosed(r, at):
    r.zigbee(at, "leak/boiler", tamper=False, water_leak=False)
    r.zigbee(at + 60, "leak/boiler", tamper=False, water_leak=True)
    r.expect(at + 60, "water-leak", "dry-then-wet", "boiler", {"zone": "boiler"})
    r.shelly(at + 70, "boiler", temperature={"tC": 44.0})                     # says nothing of the valve
    r.shelly(at + 75, "boiler", output=True)                                  # says that it is open
    r.shelly(at + 80, "bath", output=False)                                   # another zone's
    r.expect(at + 90, "valve-stays-open", "no-closing-after-leak", "boiler", {"zone": "boiler", "leak": timestamp(r, at + 60)})
    r.shelly(at + 100, "boiler", output=False)                                # too late


def no_leak(r, at):
    r.zigbee(at, "leak/bath", tamper=False, water_leak=True)                  # wet since before the recording began
    r.zigbee(at + 100, "leak/bath", tamper=False, water_leak=False)
    r.zigbee(at + 160, "leak/bath", tamper=True, water_leak=False)            # someone takes it up …
    r.zigbee(at + 165, "leak/bath", tamper=True, water_leak=True)             # … with wet hands
    r.zigbee(at + 200, "leak/garden", tamper=False, water_leak=None)


def overheating(r, at, step=30):
    """From 58.0 to 81.4, 2.6 degrees at a time, with a reading that repeats and one that dips."""
    readings = [58.0, 60.6, 63.2, 63.2, 65.8, 65.1, 68.4, 71.0, 73.6, 76.2, 78.8, 81.4]
    for n, celsius in enumerate(readings):
        r.bearing(at + n * step, 2, celsius)
    # Starts with 60.6; 63.2, 65.8, 68.4, 71.0, 73.6, 76.2, 78.8 are on the way; 10 steps from start to end.
    rising = [63.2, 65.8, 68.4, 71.0, 73.6, 76.2, 78.8]
    r.expect(at + 11 * step, "overheating", "steady-rise", "2", {
        "machine": "2", "from": 60.6, "to": 81.4, "readings": 9, "average": sum(rising) / 7,
        "degrees_per_minute": (81.4 - 60.6) * 60 / (10 * step)})
    r.bearing(at + 12 * step, 2, 82.0)                                        # still hot: it has been said
    r.bearing(at + 13 * step, 2, 74.0)


def no_overheating(r, at):
    for n, celsius in enumerate([61.0, 64.0, 67.0, 64.5, 71.0, 79.0, 76.9]):  # falls by more than 2, twice
        r.bearing(at + n * 30, 2, celsius)
    for n, celsius in enumerate([66.0, 81.0, 66.0]):                          # a jump: a loose wire
        r.bearing(at + 300 + n * 10, 3, celsius)
    for n, celsius in enumerate([60.0, 65.0, 70.0, 75.0, 79.0]):              # slow: half an hour is over before 81
        r.bearing(at + 400 + n * 400, 4, celsius)
    r.bearing(at + 400 + 2200, 4, 81.0)


def intrusion(r, at):
    r.zigbee(at, "keypad/hall", action="arm_all_zones", action_code=None)
    r.zigbee(at + 20, "door/front", contact=False)                            # they leave
    r.zigbee(at + 25, "door/front", contact=True)
    r.zigbee(at + 300, "motion/hall", occupancy=False)
    r.zigbee(at + 420, "door/back", contact=False)
    r.zigbee(at + 424, "motion/kitchen", occupancy=False)
    r.zigbee(at + 431, "motion/hall", occupancy=True)
    r.zigbee(at + 440, "motion/hall", occupancy=True)
    r.expect(at + 461, "intrusion", "through-the-door", None, {"by": "zigbee2mqtt/door/back"})
    # The run of by-force has been waiting since the alarm was armed, and goes on to wait.


def broken_glass(r, at):
    r.zigbee(at, "glass/living", vibration=False, tamper=False)
    r.zigbee(at + 2, "glass/living", vibration=True, tamper=False)
    r.expect(at + 2, "intrusion", "by-force", None, {"by": "zigbee2mqtt/glass/living"})
    r.zigbee(at + 4, "glass/living", vibration=True, tamper=False)            # the run has completed, and none has begun


def no_intrusion(r, at):
    r.zigbee(at, "door/back", contact=False)                                  # not armed
    r.zigbee(at + 5, "motion/hall", occupancy=True)
    r.zigbee(at + 100, "keypad/hall", action="arm_all_zones", action_code=None)
    r.zigbee(at + 101, "keypad/hall", action="", action_code=None)
    r.zigbee(at + 130, "door/front", contact=False)                           # they leave
    r.zigbee(at + 150, "motion/hall", occupancy=True)                         # the sensor still sees them
    r.zigbee(at + 600, "door/front", contact=False)                           # and they come home
    r.zigbee(at + 606, "motion/hall", occupancy=True)
    r.zigbee(at + 630, "keypad/hall", action="disarm", action_code="1234")
    r.zigbee(at + 700, "glass/living", vibration=True, tamper=False)          # a ball, when nothing is armed
    r.zigbee(at + 710, "siren", tamper=True)


def timestamp(r, at):
    """A timestamp as CEL's string() writes it: RFC 3339, without a fraction where there is none."""
    return r.time(at).replace(".000Z", "Z")


def recordings():
    def one(name, end, *stories):
        r = Recording(name)
        r.everyday(0, end)
        for at, story in stories:
            story(r, seconds(at))
        return r

    yield one("fire.fires", "12:00", ("1:00", fire), ("6:00", smouldering))
    yield one("fire.quiet", "9:00", ("1:00", no_fire))
    yield one("fall.fires", "10:00", ("1:00", fall), ("8:00", help_button))
    yield one("fall.quiet", "16:00", ("1:00", no_fall))
    yield one("fridge-left-open.fires", "9:00", ("1:00", fridge))
    yield one("fridge-left-open.quiet", "10:00", ("1:00", fridge_used))
    yield one("water-leak.fires", "6:00", ("1:00", leak))
    yield one("water-leak.quiet", "6:00", ("1:00", no_leak))
    yield one("valve-stays-open.fires", "5:00", ("1:00", leak_unclosed))
    yield one("valve-stays-open.quiet", "5:00", ("1:00", leak))   # a leak, but its valve closes
    yield one("overheating.fires", "9:00", ("1:00", overheating))
    yield one("overheating.quiet", "46:00", ("1:00", no_overheating))
    yield one("intrusion.fires", "11:00", ("1:00", intrusion), ("10:00", broken_glass))
    yield one("intrusion.quiet", "14:00", ("1:00", no_intrusion))
    yield one("sample", "29:00", ("1:00", fridge), ("3:00", overheating), ("9:30", leak), ("12:00", leak_unclosed),
              ("14:00", fall), ("20:00", intrusion), ("26:00", fire))


if __name__ == "__main__":
    with open(f"{HERE}/expected.jsonl", "w") as file:
        for recording in recordings():
            file.write(json.dumps(recording.write()) + "\n")
