"""bobocep_speed.py NAME EVENTS COUNT: a line `result COUNT MATCHES CPU-SECONDS` for BoboCEP over events that are ready as Python objects. It has no
keys and no `within`: these stand in w1's predicates and its haltcondition."""
import json
import sys
import time
from itertools import islice

from bobocep.cep.action.handler import BoboActionHandlerBlocking
from bobocep.cep.engine.decider.pubsub import BoboDeciderSubscriber
from bobocep.cep.event import BoboEventSimple
from bobocep.cep.phenom import BoboPatternBuilder, BoboPhenomenon
from bobocep.setup import BoboSetupSimple

name, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])


def payload(event):
    return event.data["payload"]


def simple(event, kind):
    return isinstance(event, BoboEventSimple) and payload(event)["type"] == kind


builder = BoboPatternBuilder(name, singleton=False)
if name == "w1":
    def same(event, history):
        return payload(event)["device"] == payload(history.group("a")[0])["device"]
    builder.followed_by(lambda e, h: simple(e, "A") and payload(e)["value"] > 50, group="a")
    builder.followed_by(lambda e, h: simple(e, "B") and same(e, h), group="b")
    builder.followed_by(lambda e, h: simple(e, "C") and same(e, h), group="c")
    builder.haltcondition(lambda e, h: isinstance(e, BoboEventSimple) and e.data["ts"] - h.group("a")[0].data["ts"] > 60000)
else:
    builder.followed_by(lambda e, h: simple(e, "A"), group="a")
    builder.followed_by(lambda e, h: simple(e, "B"), group="b")

engine = BoboSetupSimple(phenomena=[BoboPhenomenon(name="found", patterns=[builder.generate()])],
                         handler=BoboActionHandlerBlocking()).generate()


class Counting(BoboDeciderSubscriber):
    completed = 0

    def on_decider_update(self, completed, halted, updated, local):
        self.completed += len(completed)


counting = Counting()
engine.decider.subscribe(counting)
with open(path) as file:
    events = [json.loads(line) for line in islice(file, count)]
start = time.process_time()
for event in events:
    engine.receiver.add_data(event)
    engine.receiver.update()
    engine.decider.update()
print("result", len(events), counting.completed, time.process_time() - start)
