"""Houses of our own: a few hours of each kind of device, with changes about as fast as the phenomena's limits, and all that
makes recordings awkward: repeated reports, nulls, missing fields, messages cut off, retained messages, restarts that publish
every state anew, silence, clocks that are wrong, names that are no words."""
import json
import random

SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000
ROOMS = ["kitchen", "Living Room", "küche", "bad-2", "0", "null", "true", "bedroom", "office", "a.b", "home", "ON"]
LINK = {"linkquality": 97, "battery": 63, "voltage": 2889}


class House:
    def __init__(self, seed, hours):
        self.random = random.Random(seed)
        self.begin = self.random.choice([1772409600000, 1774746000000, 1792890000000]) + self.random.randrange(HOUR)
        self.span = hours * HOUR
        self.lines = []
        self.names = self.random.sample(ROOMS, 3)

    # MARK: Messages

    def say(self, at, topic, payload, retained=False):
        line = {"ts": self.begin + int(at), "topic": topic}
        line["text" if isinstance(payload, str) else "payload"] = payload
        if retained:
            line["retained"] = True
        if 0 <= at <= self.span:
            self.lines.append(line)

    def report(self, at, topic, fields, of):
        """The device's whole state, now and then without `of`, with null there, or cut off, before or after it."""
        awkward = self.random.random()
        if awkward < 0.06:
            self.say(at - self.random.randrange(3), topic, {**LINK, **fields, of: None})
        elif awkward < 0.12:
            self.say(at + 1, topic, {**LINK, **{k: v for k, v in fields.items() if k != of}})
        elif awkward < 0.18:
            text = json.dumps({**LINK, **fields})
            self.say(at + self.random.randrange(2), topic, text[:self.random.randrange(1, len(text))])
        if awkward < 0.9 or awkward > 0.97:
            self.say(at, topic, {**fields, **LINK})
        if awkward > 0.97:
            self.say(at, topic, {**fields, **LINK})

    def steps(self, mean, first=0):
        at = first + self.random.expovariate(1 / mean)
        while at < self.span:
            yield int(at)
            # Mostly as fast as the limit, sometimes much faster or slower.
            at += self.random.expovariate(1 / mean) * self.random.choice([0.05, 0.3, 1, 1, 2])

    def retain(self, topic, payload):
        if self.random.random() < 0.5:
            self.say(0, topic, payload, retained=True)

    def switching(self, topic, of, mean, true=True, false=False, also=lambda: {}, first=None):
        """A device with two states that repeats itself."""
        state = self.random.random() < 0.5
        self.retain(topic, {of: true if not state else false, **also()})
        for at in self.steps(mean):
            if self.random.random() < 0.6:
                state = not state
            self.report(at, topic, {of: true if state else false, **also()}, of)

    # MARK: The house

    def live(self):
        r = self.random
        for person in ("anna", "ben", "null")[:r.randrange(4)]:
            places = ["home", "not_home", "not_home", "work", "school"]
            self.retain(f"presence/{person}", r.choice(places))
            if r.random() < 0.8:
                for at in self.steps(40 * MINUTE):
                    self.say(at, f"presence/{person}", r.choice(places))
        for name in self.names:
            z = "zigbee2mqtt/"
            self.switching(z + f"door/{name}", "contact", 6 * MINUTE)
            self.switching(z + f"fridge/{name}", "contact", 3 * MINUTE)
            self.switching(z + f"motion/{name}", "occupancy", r.choice([4 * MINUTE, 40 * MINUTE]),
                           also=lambda: {"illuminance": r.choice([1, 5, 19, 25, 300, None])})
            if r.random() < 0.7:
                self.switching(z + f"light/{name}", "state", 2 * MINUTE, "ON", "OFF", lambda: {"brightness": 254})
            self.switching(z + f"leak/{name}", "water_leak", 20 * MINUTE)
            self.valve(name)
            self.thermometers(name)
            self.button(z + f"button/{name}")
            self.meter(f"plant/meter/{name}")
            self.conveyor(name)
            self.badges(f"access/{name}/send")
            self.numbers(f"plant/vibration/{name}", lambda v: {"rms": v, "unit": "mm/s"}, "rms",
                         [1, 2.0, 2.7, 3, 4, 4.4, 4.6, 6], 2 * MINUTE)
            self.numbers(f"{name}/boiler_data", lambda v: {"selflowtemp": 45, "curflowtemp": v}, "curflowtemp",
                         [40, 50.5, 54, 56, 59, 61, 70], MINUTE)
            self.retain(f"heartbeat/{name}", "alive")
            for at in self.steps(70 * SECOND):
                self.say(at, f"heartbeat/{name}", r.choice(["alive", "", 122, True, {"uptime": 3}, None]))
        for plug in ("washer", "washer_flat", "kettle"):
            self.numbers(f"tele/{plug}/SENSOR", lambda v: {"Time": "1970-01-01T00:00:01", "ENERGY": {"Power": v}},
                         "ENERGY", [0, 0.4, 1.7, 4, 6, 40, 90, 110, 2000], 80 * SECOND)
        for at in self.steps(HOUR):
            self.restart(at)
        self.lines.sort(key=lambda line: (not line.get("retained"), line["ts"]))
        self.lines.append({"ts": self.begin + self.span})
        return self.lines

    def restart(self, at):
        """zigbee2mqtt starts and publishes the states of all devices."""
        last = {}
        for line in sorted(self.lines, key=lambda line: line["ts"]):
            payload = line.get("payload")
            known = line["topic"].startswith("zigbee2mqtt/") and isinstance(payload, dict) and not line.get("retained")
            if known and line["ts"] <= self.begin + at and None not in payload.values():
                last[line["topic"]] = {k: v for k, v in payload.items() if k != "action"}
        self.say(at, "zigbee2mqtt/bridge/state", {"state": "online"})
        for topic, payload in last.items():
            self.say(at + 1, topic, payload)

    def numbers(self, topic, payload, of, values, mean):
        self.retain(topic, payload(self.random.choice(values)))
        for at in self.steps(mean):
            self.report(at, topic, payload(self.random.choice(values)), of)

    def valve(self, zone):
        is_open = False
        self.retain(f"shelly/{zone}/status/switch:0", {"id": 0, "output": self.random.random() < 0.5})
        for at in self.steps(8 * MINUTE):
            changed = self.random.random() < 0.6
            is_open ^= changed
            part = {"id": 0, "output": is_open} if changed else {"id": 0, "temperature": {"tC": 44.1}}
            if changed or self.random.random() < 0.5:
                self.say(at, f"shelly/{zone}/events/rpc", {"method": "NotifyStatus", "params": {"ts": 1.5, "switch:0": part}})
            self.report(at + 3, f"shelly/{zone}/status/switch:0", {"id": 0, "output": is_open}, "output")

    def thermometers(self, room):
        celsius = 20.0
        self.retain(f"zigbee2mqtt/climate/{room}", {"temperature": 35})
        for at in self.steps(2 * MINUTE):
            celsius += self.random.choice([0.3, 0.3, 0.2, 0, 0, -0.4, 0.1])
            self.report(at, f"zigbee2mqtt/climate/{room}", {"temperature": round(celsius, 2), "humidity": 46}, "temperature")
        if self.random.random() < 0.7:
            self.numbers(f"tele/{room}/SENSOR", lambda v: {"SHT3X": {"Temperature": v, "Humidity": 49.1}}, "SHT3X",
                         [19.05, 21.05, 22.05, 26.05, None], 6 * MINUTE)

    def button(self, topic):
        r = self.random
        self.retain(topic, {"action": "hold"})
        free = up = 0
        for at in self.steps(10 * SECOND if r.random() < 0.3 else MINUTE):
            at = max(at, free)
            # Clear of the limit, as the recorded houses are.
            at = up + 700 if abs(at - up - 500) < 150 else at
            for _ in range(r.choice([1, 1, 2, 2, 3, 4])):
                self.action(at, topic, "press")
                if r.random() < 0.25:
                    for _ in range(r.randrange(1, 4)):
                        at += 800
                        self.action(at, topic, "hold")
                at += r.randrange(40, 300)
                up = at
                if r.random() < 0.97:
                    self.action(at, topic, "release")
                if r.random() < 0.2:
                    self.action(at + 5, topic, "on")
                at += r.choice([r.randrange(50, 340), r.randrange(660, 900)])
                free = at

    def action(self, at, topic, action):
        self.say(at, topic, {"action": action, **LINK})
        self.say(at, topic, {"action": "", **LINK})
        if self.random.random() < 0.1:
            self.say(at, topic, self.random.choice([dict(LINK), {"action": None}, '{"action": "pre']))

    def meter(self, topic):
        seq = self.random.choice([0, 65_500, 2**53 - 20, 2**53 - 1, 2**62, -5])
        self.retain(topic, {"seq": 5})
        for at in self.steps(30 * SECOND):
            seq += self.random.choice([1] * 12 + [0, 2, 5, -3])
            if self.random.random() < 0.02:
                seq = self.random.choice([0, 2**53 - 4])
            self.report(at, topic, {"seq": seq, "value": 1200.04}, "seq")

    def conveyor(self, name):
        self.switching(f"plant/conveyor/{name}/barrier", "blocked", 12 * SECOND, also=lambda: {"count": 3})
        self.switching(f"plant/conveyor/{name}/motor", "running", MINUTE, also=lambda: {"rpm": 1436})

    def badges(self, topic):
        r = self.random
        for at in self.steps(15 * SECOND):
            if r.random() < 0.2:
                self.say(at, topic, {"type": "heartbeat", "time": 24, "access": "Always"})
            access = r.choice(["Denied"] * 4 + ["Disabled", "Always", "Admin"])
            self.report(at, topic, {"type": "access", "time": 24, "access": access, "uid": "0071234"}, "access")
