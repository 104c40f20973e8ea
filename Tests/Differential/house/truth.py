"""The alarms that are right for a house's events, straight from the lists of what each device said, knowing nothing of runs
and blocks. `said` gives what counts: not retained, readable, the field there and not null."""

SECOND, MINUTE = 1000, 60_000


def number(value):
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def field(*path, of=lambda value: value):
    def read(payload):
        for name in path:
            payload = payload.get(name) if isinstance(payload, dict) else None
        return of(payload)
    return read


def boolean(value):
    return value if isinstance(value, bool) else None


def text(value):
    return value if isinstance(value, str) else None


def said(lines, prefix, suffix, read, retained=False):
    """{name: [(ts, place, value)]} of the topics prefix/name[/suffix]."""
    found = {}
    for place, line in enumerate(lines):
        topic = line.get("topic", "")
        if not topic.startswith(prefix) or not topic.endswith(suffix) or (line.get("retained") and not retained):
            continue
        name = topic[len(prefix):len(topic) - len(suffix)]
        payload = line.get("payload", line.get("text"))
        value = read(payload) if name and "/" not in name else None
        if value is not None:
            found.setdefault(name, []).append((line["ts"], place, value))
    return found


def last(values, place):
    """What was said last up to a line; None where nothing was."""
    known = None
    for _, at, value in values:
        if at > place:
            break
        known = value
    return known


def stretches(values, holds):
    """(begin, place, end) of the stretches in which what was said last holds; an end of None: until the last line."""
    begin = None
    for ts, place, value in values:
        if holds(value) and begin is None:
            begin = (ts, place)
        elif not holds(value) and begin is not None:
            yield begin[0], begin[1], ts
            begin = None
    if begin is not None:
        yield begin[0], begin[1], None


def lasting(values, holds, wait, end):
    for begin, _, over in stretches(values, holds):
        if begin + wait <= (end if over is None else over):
            yield begin + wait


def door_open_nobody_home(lines, end):
    people = said(lines, "presence/", "", text, retained=True)
    for place, values in said(lines, "zigbee2mqtt/door/", "", field("contact", of=boolean)).items():
        for ts in lasting(values, lambda closed: not closed, 5 * MINUTE, end):
            before = max(at for at, line in enumerate(lines) if line["ts"] < ts)
            if all(last(values, before) != "home" for values in people.values()):
                yield ts, place


def washing_machine_finished(lines, end):
    for device, values in said(lines, "tele/", "/SENSOR", field("ENERGY", "Power", of=number)).items():
        ran, idle = False, None
        for ts, _, watts in (values if device in ("washer", "washer_flat") else []) + [(end, None, None)]:
            if idle is not None and ts >= idle + 3 * MINUTE:
                yield idle + 3 * MINUTE, device
                ran, idle = False, None
            if watts is None:
                break
            if watts >= 5 and idle is not None:
                ran, idle = False, None
            if watts > 100:
                ran = True
            if watts < 5 and ran and idle is None:
                idle = ts


def motion_light_not_on(lines, end):
    lights = said(lines, "zigbee2mqtt/light/", "", field("state", of=text))
    dark = said(lines, "zigbee2mqtt/motion/", "", lambda p: p if isinstance(p, dict) and boolean(p.get("occupancy")) is not None else None)
    for room, values in dark.items():
        for (_, _, before), (ts, place, now) in zip(values, values[1:]):
            light = number(now.get("illuminance"))
            if before["occupancy"] or not now["occupancy"] or light is None or light >= 20 or room not in lights:
                continue
            on = [at for at, p, state in lights[room] if p > place and at < ts + 10 * SECOND and state == "ON"]
            state = last(lights[room], place)
            if state is not None and state != "ON" and not on and ts + 10 * SECOND <= end:
                yield ts + 10 * SECOND, room


def leak_after_valve_open(lines, end):
    def output(payload):
        return field("output", of=boolean)(payload)
    status = said(lines, "shelly/", "/status/switch:0", field("output", of=boolean))
    changes = said(lines, "shelly/", "/events/rpc", field("params", "switch:0", "output", of=boolean))
    for zone, wet in said(lines, "zigbee2mqtt/leak/", "", field("water_leak", of=boolean)).items():
        valve = sorted(status.get(zone, []) + changes.get(zone, []), key=lambda said: said[1])
        opened = [(ts, place) for (_, _, before), (ts, place, now) in zip(valve, valve[1:]) if now and not before]
        opened = [(ts, place) for ts, place in opened if last(wet, place) is False]
        leaks = set()
        for ts, place in opened:
            first = next(((at, p) for at, p, leak in wet if p > place and leak), None)
            if first and first[0] <= ts + 15 * MINUTE:
                leaks.add(first)
        for ts, _ in leaks:
            yield ts, zone


def temperature_rising(lines, end):
    for room, values in said(lines, "zigbee2mqtt/climate/", "", field("temperature", of=number)).items():
        row, before = 0, None
        for ts, _, celsius in values:
            row = 1 if before is None or celsius < before else row + (celsius > before)
            if row == 6 and celsius != before:
                yield ts, room
            before = celsius


def badge_failed_thrice_then_success(lines, end):
    def read(payload):
        access = field("access", of=text)(payload)
        return access if access is not None and payload.get("type") == "access" else None
    for door, values in said(lines, "access/", "/send", read).items():
        for place in range(3, len(values)):
            four = values[place - 3:place + 1]
            let_in = [access in ("Always", "Admin") for _, _, access in four]
            if let_in == [False, False, False, True] and four[3][0] - four[0][0] <= 60 * SECOND:
                yield four[3][0], door


def vibration_band_crossed_twice(lines, end):
    for machine, values in said(lines, "plant/vibration/", "", field("rms", of=number)).items():
        low, first = False, None
        for ts, _, rms in values:
            if rms > 4.5 and low:
                if first is not None and ts - first <= 10 * MINUTE:
                    yield ts, machine
                    first = None
                else:
                    first = ts
            if rms < 2.8 or rms > 4.5:
                low = rms < 2.8


def fridge_left_open(lines, end):
    for place, values in said(lines, "zigbee2mqtt/fridge/", "", field("contact", of=boolean)).items():
        for ts in lasting(values, lambda closed: not closed, 2 * MINUTE, end):
            yield ts, place


def presses(lines):
    """{button: [group of presses]}, a press being {"down", "up", "held"}."""
    raw = lambda p: p.get("action") if isinstance(p, dict) and p.get("action") in ("press", "hold", "release") else None
    for button, values in said(lines, "zigbee2mqtt/button/", "", raw).items():
        groups = []
        for ts, _, action in values:
            if action == "press":
                up = groups[-1][-1]["up"] if groups else None
                if up is None or ts - up > 500:
                    groups.append([])
                groups[-1].append({"down": ts, "up": None, "held": None})
            elif groups and action == "hold":
                groups[-1][-1]["held"] = groups[-1][-1]["held"] or ts
            elif groups:
                groups[-1][-1]["up"] = groups[-1][-1]["up"] or ts
        yield button, groups


def so_many_presses(lines, end, count):
    for button, groups in presses(lines):
        for group in groups:
            whole = all(press["up"] is not None and press["held"] is None for press in group)
            if len(group) == count and whole and group[-1]["up"] + 500 <= end:
                yield group[-1]["up"] + 500, button


def long_press(lines, end):
    for button, groups in presses(lines):
        for press in (press for group in groups for press in group if press["held"] is not None):
            yield press["held"], button


def away(lines, end):
    moves = sorted(move for values in said(lines, "zigbee2mqtt/motion/", "", field("occupancy", of=boolean)).values()
                   for move in values if move[2])
    for (ts, _, _), following in zip(moves, moves[1:] + [(end, None, None)]):
        if following[0] >= ts + 20 * MINUTE:
            yield ts + 20 * MINUTE, None


def conveyor_jam(lines, end):
    motors = said(lines, "plant/conveyor/", "/motor", field("running", of=boolean), retained=True)
    for conveyor, barrier in said(lines, "plant/conveyor/", "/barrier", field("blocked", of=boolean)).items():
        motor = motors.get(conveyor, [])
        both = sorted(barrier + [said for said in motor if not lines[said[1]].get("retained")], key=lambda said: said[1])
        state = [(ts, place, bool(last(barrier, place) and last(motor, place))) for ts, place, _ in both]
        for ts in lasting(state, lambda jammed: jammed, 15 * SECOND, end):
            yield ts, conveyor


def heartbeat_lost(lines, end):
    for device, values in said(lines, "heartbeat/", "", lambda payload: True).items():
        for (ts, _, _), following in zip(values, values[1:] + [(end, None, None)]):
            if following[0] >= ts + 2 * MINUTE:
                yield ts + 2 * MINUTE, device


def sequence_gap(lines, end):
    for meter, values in said(lines, "plant/meter/", "", field("seq", of=number)).items():
        for (_, _, before), (ts, _, seq) in zip(values, values[1:]):
            if seq > before + 1:
                yield ts, meter


def hot_with_hysteresis(lines, end):
    for pump, values in said(lines, "", "/boiler_data", field("curflowtemp", of=number)).items():
        told = False
        for ts, _, celsius in values:
            if celsius > 60 and not told:
                yield ts, pump
            told = celsius > 60 or told and celsius >= 55


def sensors_disagree(lines, end):
    others = said(lines, "tele/", "/SENSOR", field("SHT3X", "Temperature", of=number))
    for room, one in said(lines, "zigbee2mqtt/climate/", "", field("temperature", of=number)).items():
        other = others.get(room, [])
        apart = []
        for ts, place, _ in sorted(one + other, key=lambda said: said[1]):
            pair = last(one, place), last(other, place)
            apart.append((ts, place, None not in pair and abs(pair[0] - pair[1]) > 3))
        for ts in lasting(apart, lambda apart: apart, 10 * MINUTE, end):
            yield ts, room


CALCULATIONS = {
    "door-open-nobody-home": door_open_nobody_home, "washing-machine-finished": washing_machine_finished,
    "motion-light-not-on": motion_light_not_on, "leak-after-valve-open": leak_after_valve_open,
    "temperature-rising": temperature_rising, "badge-failed-thrice-then-success": badge_failed_thrice_then_success,
    "vibration-band-crossed-twice": vibration_band_crossed_twice, "fridge-left-open": fridge_left_open,
    "single-press": lambda lines, end: so_many_presses(lines, end, 1),
    "double-press": lambda lines, end: so_many_presses(lines, end, 2), "long-press": long_press, "away": away,
    "conveyor-jam": conveyor_jam, "heartbeat-lost": heartbeat_lost, "sequence-gap": sequence_gap,
    "hot-with-hysteresis": hot_with_hysteresis, "sensors-disagree": sensors_disagree,
}


def alarms(lines):
    """[(phenomenon, ts, key)] in order."""
    end = lines[-1]["ts"]
    return sorted((name, ts, str(key)) for name, calculate in CALCULATIONS.items() for ts, key in calculate(lines, end))
