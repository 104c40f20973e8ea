#!/usr/bin/env python3
"""Tests/Page/look.py [--bobo PATH] [--shots FOLDER]: the page of three gateways of a plant in a real browser (chromium):
whether it shows what it should, asks nobody else for anything, and throws no error. Leaves pictures of it, wide and narrow,
light and dark, where a folder is given."""

import argparse
import random
import time

from browser import Browser
from rig import Checks, Rig

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--bobo", default=".build/debug/bobo")
parser.add_argument("--shots")
options = parser.parse_args()
checks = Checks()
rig = Rig(options.bobo)

PATTERNS = {
    "kitchen-fire": """phenomenon: kitchen-fire
description: Heat, then smoke, in one room
patterns:
  - name: heat-then-smoke
    input: [home/+/temperature, home/+/smoke]
    key: levels[1]
    within: 10m
    blocks:
      - followed_by: {on: home/+/temperature, where: payload.celsius > 55}
        group: heat
      - followed_by: {on: home/+/smoke, where: 'payload.density > heat[0].payload.baseline'}
        group: smoke
emit: {data: '{"room": key, "celsius": heat[0].payload.celsius}'}
""",
    "slow-lift": """phenomenon: slow-lift
description: The lift takes longer and longer from floor to floor
patterns:
  - name: three-slow-rides
    input: plant/lift/+/ride
    key: levels[2]
    within: 1h
    blocks:
      - followed_by: payload.seconds > 20
        group: one
      - followed_by: payload.seconds > one[0].payload.seconds
        group: two
        unless: [payload.serviced == true]
      - followed_by: payload.seconds > two[0].payload.seconds
        group: three
  - name: never-arrived
    input: plant/lift/+/ride
    key: levels[2]
    blocks:
      - followed_by: payload.seconds < 0
      - absent: 'true'
        for: 10m
emit: {data: '{"lift": key}'}
""",
    "pump-dry": """phenomenon: pump-dry
description: The pump runs while the tank is empty
patterns:
  - name: empty-then-on
    input: [plant/tank/+/level, plant/pump/+/state]
    key: levels[2]
    rest: 5m
    blocks:
      - followed_by: {on: plant/tank/+/level, where: payload < 5}
        group: empty
      - followed_by: {on: plant/pump/+/state, where: payload == 'ON'}
emit: {data: '{"pump": key, "percent": empty[0].payload}'}
""",
    "door-left-open": """phenomenon: door-left-open
patterns:
  - name: open-too-long
    input: home/+/door
    key: levels[1]
    blocks:
      - followed_by: payload == 'open'
      - absent: payload == 'closed'
        for: 8s
emit: {data: '{"door": key}'}
""",
    "typo": """phenomenon: typo
description: A pattern that reads a field that no message has
patterns:
  - name: misspelt
    input: home/+/temperature
    blocks:
      - followed_by: payload.temprature > 30
""",
}


def plant(seconds):
    """What the sensors say, a line a message."""
    random.seed(1)
    lines = []
    for step in range(seconds * 40):
        at = step * 25000
        room = random.choice(["kitchen", "hall", "cellar", "attic", "office"])
        lines.append((at, f"home/{room}/temperature", f'{{"celsius":{random.choice([19.5, 20.1, 21.4, 22, 61])},"baseline":1.5}}'))
        if step % 30 == 0:
            lines.append((at, f"home/{room}/smoke", f'{{"density":{random.choice([0.2, 0.4, 2.1])}}}'))
        if step % 7 == 0:
            lines.append((at, f"plant/lift/{random.randint(1, 4)}/ride", f'{{"seconds":{random.randint(12, 44)},"from":{random.randint(0, 9)}}}'))
        if step % 11 == 0:
            lines.append((at, f"plant/tank/{random.randint(1, 8)}/level", str(random.randint(3, 99))))
        if step % 90 == 0:
            lines.append((at, f"plant/pump/{random.randint(1, 8)}/state", "ON"))
        if step % 60 == 0:
            lines.append((at, f"home/{room}/door", random.choice(["open", "open", "closed"])))
    return [f"{at} {topic} {payload}\n" for at, topic, payload in lines]


browser = None
try:
    for name, text in PATTERNS.items():
        rig.write(f"patterns/{name}.yaml", text)
    names = ["gw-hall", "gw-office", "gw-plant"]
    ports = {}
    for name in names:
        others = ", ".join(other for other in names if other != name)
        _, ports[name] = rig.gateway(name, f"peers: {{ids: [{others}], ping_after: 5s}}\n")
    time.sleep(3)
    player = rig.play(plant(60))
    time.sleep(12)
    browser = Browser()
    page = browser.page()
    for name, width, height, dark in [
        ("wide-light", 1440, 900, False), ("wide-dark", 1440, 900, True), ("narrow-light", 390, 844, False), ("narrow-dark", 390, 844, True),
    ]:  # fmt: skip
        page.look(width, height, dark)
        page.open(f"http://127.0.0.1:{ports['gw-plant']}/")
        page.until("document.querySelectorAll('#happenings details').length > 2")
        page.until("document.querySelectorAll('.bobo-graph .bobo-block').length > 1")
        time.sleep(3)
        if name.startswith("wide"):
            page.evaluate("document.querySelectorAll('#happenings details')[1].open = true")
            page.evaluate("[...document.querySelectorAll('#pattern-list button')].find(b => b.textContent.includes('three-slow')).click()")
            page.until("document.querySelector('#pattern-detail svg title')?.textContent === 'slow-lift'")
            page.until("document.querySelector('.waits')")
            page.evaluate("document.querySelector('.waits').dispatchEvent(new MouseEvent('click', {bubbles: true}))")
            page.until("document.querySelectorAll('.runs details').length > 0")
            page.evaluate("document.querySelector('.runs details').open = true")
            time.sleep(1)
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        checks.check(overflow <= 0, f"{name}: nothing stands out at the side ({overflow})")
        if options.shots:
            page.shot(f"{options.shots}/{name}.png", whole=True)
    page.look(1440, 900)
    text = page.evaluate("document.body.innerText")
    for part in ["gw-plant", "gw-hall", "gw-office", "in sync", "kitchen-fire", "reads", "Messages a second"]:
        checks.check(part in text, f"the page shows {part}")
    before = page.evaluate("document.querySelector('.tile .note').textContent")
    page.until(f"document.querySelector('.tile .note').textContent !== {before!r}", 2)
    checks.check(True, "figures go on")
    page.evaluate("const s = document.getElementById('topic-search'); s.value = 'lift/2'; s.dispatchEvent(new Event('input'))")
    page.until("[...document.querySelectorAll('#topics tr')].every(r => r.textContent.includes('lift/2'))")
    checks.check(True, "a topic is found by its name")
    page.evaluate("const p = document.getElementById('pattern-search'); p.value = 'fire'; p.dispatchEvent(new Event('input'))")
    page.until("document.querySelectorAll('#pattern-list li').length === 1")
    checks.check(True, "a pattern is found by its name")
    reader = next(name for name in names if "temprature" in rig.log(name))
    other = browser.page()
    other.look(1440, 900, dark=True)
    other.open(f"http://127.0.0.1:{ports[reader]}/")
    other.until("document.getElementById('warnings')?.innerText?.includes('temprature')")
    checks.check(True, f"{reader}, which reads the temperatures, warns of a field that none of them has")
    if options.shots:
        other.until("document.querySelectorAll('.bobo-graph .bobo-block').length > 0")
        other.shot(f"{options.shots}/warning-dark.png")
    checks.check(page.hosts() == {f"127.0.0.1:{ports['gw-plant']}"}, f"nobody else is asked for anything: {page.hosts()}")
    checks.check(not page.problems(), f"no error in the browser: {page.problems()}")
finally:
    if browser:
        browser.close()
    rig.close()
checks.end()
