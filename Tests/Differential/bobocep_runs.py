"""What the real BoboCEP (1.2.2) makes of a case: its completed runs in the order that Bobo's output has."""
from bobocep.cep.action.handler import BoboActionHandlerBlocking
from bobocep.cep.engine.decider.pubsub import BoboDeciderSubscriber
from bobocep.cep.event import BoboEventSimple
from bobocep.cep.phenom import BoboPatternBuilder, BoboPhenomenon
from bobocep.setup import BoboSetupSimple


class PredicateFailed(Exception):
    """The generator's fault: its predicates are to be such that none ever fails."""


def compiled(predicate, failures):
    names = {"group": lambda h, name: h.group(name), "at": lambda e: e.timestamp,
             "every": lambda h: sorted(h.all_events(), key=lambda e: e.timestamp)}
    function = eval(f"lambda e, h, p: {predicate.as_python()}", names)

    def call(event, history):
        try:
            return bool(function(event, history, event.data["payload"]))
        except Exception as error:   # BoboCEP would swallow it
            failures.append(f"{predicate.as_python()}: {error!r}")
            return False
    return call


def built(pattern, failures):
    builder = BoboPatternBuilder(pattern["name"], singleton=pattern.get("singleton", False))
    for block in pattern["blocks"]:
        operator, value = next(iter(block.items()))
        value = [compiled(p, failures) for p in value] if isinstance(value, list) else compiled(value, failures)
        options = {k: block[k] for k in ("group", "times", "loop", "optional") if k in block}
        getattr(builder, operator)(value, **options)
    for predicate in pattern.get("preconditions", []):
        builder.precondition(compiled(predicate, failures))
    for predicate in pattern.get("haltconditions", []):
        builder.haltcondition(compiled(predicate, failures))
    return builder.generate()


class Completed(BoboDeciderSubscriber):
    def __init__(self):
        self.runs, self.halted = [], 0

    def on_decider_update(self, completed, halted, updated, local):
        self.runs += completed
        self.halted += len(halted)


def completed_runs(case):
    """[(ts of the completing event, phenomenon, pattern, {group: [seq, …]}), …], and the number of halted runs."""
    failures, place = [], {}
    phenomena = []
    for phenomenon in case.phenomena:
        patterns = [built(pattern, failures) for pattern in phenomenon["patterns"]]
        place |= {(phenomenon["phenomenon"], p.name): n for n, p in enumerate(patterns)}
        phenomena.append(BoboPhenomenon(name=phenomenon["phenomenon"], patterns=patterns))
    engine = BoboSetupSimple(phenomena=phenomena, handler=BoboActionHandlerBlocking()).generate()
    spy = Completed()
    engine.decider.subscribe(spy)
    results = []
    for line in case.events:
        engine.receiver.add_data(BoboEventSimple(event_id=str(line["payload"]["seq"]), timestamp=line["ts"], data=line))
        engine.receiver.update()
        engine.decider.update()
        # Only simple events are compared: what the producer would make of the runs is left in its queue.
        found = []
        for run in spy.runs:
            history = {group: [e.data["payload"]["seq"] for e in events] for group, events in run.history.events.items()}
            found.append((line["ts"], run.phenomenon_name, run.pattern_name, history))
        # Of runs that one event completes: by phenomenon, then pattern in the file's order, then start of the run.
        found.sort(key=lambda f: (f[1], place[f[1], f[2]], min(min(seqs) for seqs in f[3].values())))
        results += found
        spy.runs = []
    if failures:
        raise PredicateFailed("\n".join(failures))
    return results, spy.halted
