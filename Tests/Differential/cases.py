"""Random pattern sets and event streams, each predicate both as CEL text and as Python text of the same meaning.

Python text is over `p` (the payload), `e` (the event), `h` (BoboCEP's history), `group(h, name)` and `every(h)` (the
accepted events, oldest first) and `at(e)` (its time in ms). No predicate ever fails: what a history may lack is asked for
before it is read, and every event has every field. So BoboCEP's rule for exceptions, which is not Bobo's, is never met."""
import random

T0 = 1_764_000_000_000
GROUPS = ["a", "b", "c"]
TOPICS = ["t/one", "t/two"]
TYPES = "ABCD"


class Predicate:
    def __init__(self, cel, python, on=None):
        self.cel, self.python, self.on = cel, python, on

    def as_yaml(self):
        return {"on": self.on, "where": self.cel} if self.on else self.cel

    def as_python(self):
        if not self.on:
            return self.python
        topics = [self.on] if isinstance(self.on, str) else self.on
        return f"(e.data['topic'] in {[t for t in TOPICS if t in topics or 't/+' in topics]!r}) and ({self.python})"


class Case:
    """One pattern set and one stream of events: `phenomena` as the pattern files have them, with Predicate objects."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        r = self.random
        self.phenomena = [
            {"phenomenon": f"p{i}", "patterns": [self.pattern(f"q{j}") for j in range(r.choice([1, 1, 2, 3]))]}
            for i in range(r.choice([1, 1, 2, 3]))]
        self.events = self.stream(r.randint(20, 80))

    # Events

    def stream(self, count):
        r, ts, lines = self.random, T0, []
        types = r.choices(TYPES, k=r.randint(2, 4)) if r.random() < 0.3 else TYPES
        for seq in range(count):
            ts += r.choice([1, 40, 700, 1000, 2500])
            lines.append({"ts": ts, "topic": r.choice(TOPICS), "payload": {
                "seq": seq, "type": r.choice(types), "v": r.randint(0, 9), "w": r.choice([0, 0.5, 1.25, 2]),
                "tags": r.sample(["x", "y", "z"], r.randint(0, 3)), "on": r.random() < 0.5}})
        return lines

    # Patterns

    def pattern(self, name):
        r = self.random
        length = r.choice([1, 2, 2, 3, 3, 3, 4, 4, 5, 6])
        groups = [r.choice([None] + GROUPS) for _ in range(length)]
        used = sorted({g for g in groups if g})
        blocks = [self.block(groups[i], used, first=i == 0, last=i == length - 1) for i in range(length)]
        pattern = {"name": name, "blocks": blocks, "max_runs": 1_000_000}
        if r.random() < 0.35:
            pattern["singleton"] = True
        if r.random() < 0.2:
            pattern["preconditions"] = [self.rarely_false(used) for _ in range(r.randint(1, 2))]
        if r.random() < 0.3:
            pattern["haltconditions"] = [self.rarely_true(used) for _ in range(r.randint(1, 2))]
        if any(p.on for p in predicates(pattern)):
            pattern["input"] = r.choice([["t/+"], ["#"], TOPICS])   # else only the topics that its `on` name
        elif r.random() < 0.3:
            pattern["input"] = ["t/#"]
        return pattern

    def block(self, group, used, first, last):
        r = self.random
        plain = ["next", "followed_by", "followed_by", "followed_by", "followed_by_any"]
        operator = r.choice(plain if first or last else plain + ["not_next", "not_followed_by", "not_followed_by_any"])
        # Most predicates are made to match often, or nothing would ever complete.
        make = lambda: self.predicate(used, depth=r.choice([0, 0, 1, 2]))
        value = [make() for _ in range(r.randint(1, 3))] if operator.endswith("_any") else make()
        block = {operator: value}
        if group:
            block["group"] = group
        if r.random() < 0.25:
            block["times"] = r.randint(1, 3)
        if not first and not last and not operator.startswith("not_"):
            choice = r.random()
            if choice < 0.25:
                block["loop"] = True
            elif choice < 0.5 and operator != "next":
                block["optional"] = True
        return block

    # Predicates

    def predicate(self, used, depth):
        p = self.expression(used, depth)
        if self.random.random() < 0.12:
            p.on = self.random.choice([TOPICS[0], TOPICS[1], "t/+", [TOPICS[1], TOPICS[0]]])
        return p

    def expression(self, used, depth):
        r = self.random
        if depth == 0:
            return self.of_event() if r.random() < 0.5 else self.of_history(used)
        left, right = self.expression(used, depth - 1), self.expression(used, depth - 1)
        kind = r.choice(["and", "or", "or", "not", "if"])
        if kind == "and":
            return Predicate(f"({left.cel}) && ({right.cel})", f"({left.python}) and ({right.python})")
        if kind == "or":
            return Predicate(f"({left.cel}) || ({right.cel})", f"({left.python}) or ({right.python})")
        if kind == "not":
            return Predicate(f"!({left.cel})", f"not ({left.python})")
        other = self.expression(used, 0)
        return Predicate(f"({other.cel}) ? ({left.cel}) : ({right.cel})",
                         f"({left.python}) if ({other.python}) else ({right.python})")

    def of_event(self):
        r = self.random
        n, t, compare = r.randint(0, 9), r.choice(TYPES), r.choice(["<", "<=", ">", ">=", "==", "!="])
        some = sorted(r.sample(TYPES, 2))
        return Predicate(*r.choice([
            (f'payload.type == "{t}"', f"p['type'] == '{t}'"),
            (f'payload.type != "{t}"', f"p['type'] != '{t}'"),
            (f'payload.type in ["{some[0]}", "{some[1]}"]', f"p['type'] in {some!r}"),
            (f"payload.v {compare} {n}", f"p['v'] {compare} {n}"),
            (f"payload.v + payload.w {compare} {n}.5", f"p['v'] + p['w'] {compare} {n}.5"),
            (f"payload.v % 2 == {n % 2}", f"p['v'] % 2 == {n % 2}"),
            (f"payload.w * 4 {compare} payload.v", f"p['w'] * 4 {compare} p['v']"),
            ('"x" in payload.tags', "'x' in p['tags']"),
            ('payload.tags.exists(t, t == "y" || t == "z")', "any(t in 'yz' for t in p['tags'])"),
            (f"size(payload.tags) {compare} {n % 4}", f"len(p['tags']) {compare} {n % 4}"),
            (f'topic == "{TOPICS[n % 2]}"', f"e.data['topic'] == '{TOPICS[n % 2]}'"),
            (f'levels[1].startsWith("t")', "e.data['topic'].split('/')[1].startswith('t')"),
            ("payload.on", "p['on']"),
            (f'kind == "simple" && payload.type + "!" == "{t}!"', f"p['type'] == '{t}'"),
        ]))

    def of_history(self, used):
        r = self.random
        n, t, compare = r.randint(0, 9), r.choice(TYPES), r.choice(["<", "<=", ">", ">=", "==", "!="])
        choices = [
            (f"size(history) {compare} {1 + n % 5}", f"len(every(h)) {compare} {1 + n % 5}"),
            (f"size(history) == 0 || payload.v {compare} last.payload.v", f"h.size() == 0 or p['v'] {compare} h.last().data['payload']['v']"),
            (f"size(history) > 0 && payload.v {compare} first.payload.v", f"h.size() > 0 and p['v'] {compare} h.first().data['payload']['v']"),
            ("size(history) == 0 || payload.type != last.payload.type", "h.size() == 0 or p['type'] != h.last().data['payload']['type']"),
            (f'history.all(x, x.payload.type != "{t}")', f"all(x.data['payload']['type'] != '{t}' for x in every(h))"),
            (f'!history.exists(x, x.payload.v == {n} && x.payload.on)', f"not any(x.data['payload']['v'] == {n} and x.data['payload']['on'] for x in every(h))"),
            (f"sum(history.map(x, x.payload.v)) {compare} {2 * n + 4}", f"sum(x.data['payload']['v'] for x in every(h)) {compare} {2 * n + 4}"),
            (f'size(history) == 0 || ts - first.ts < duration("{n + 1}s")', f"h.size() == 0 or at(e) - at(h.first()) < {n + 1}000"),
            (f"history.filter(x, x.payload.on).size() {compare} {n % 3}", f"len([x for x in every(h) if x.data['payload']['on']]) {compare} {n % 3}"),
        ]
        for g in used:
            choices += [
                (f"size({g}) == 0 || payload.v {compare} {g}[0].payload.v", f"len(group(h, '{g}')) == 0 or p['v'] {compare} group(h, '{g}')[0].data['payload']['v']"),
                (f"size({g}) > 0 && payload.v {compare} {g}[size({g}) - 1].payload.v", f"len(group(h, '{g}')) > 0 and p['v'] {compare} group(h, '{g}')[-1].data['payload']['v']"),
                (f"size({g}) {compare} {n % 4}", f"len(group(h, '{g}')) {compare} {n % 4}"),
                (f"size({g}) > 0 && avg({g}.map(x, x.payload.v)) > {n}.0", f"len(group(h, '{g}')) > 0 and sum(x.data['payload']['v'] for x in group(h, '{g}')) / len(group(h, '{g}')) > {n}.0"),
                (f"{g}.exists(x, x.payload.type == payload.type)", f"any(x.data['payload']['type'] == p['type'] for x in group(h, '{g}'))"),
                (f"{g}.all(x, x.ts < ts && x.topic == topic)", f"all(at(x) < at(e) and x.data['topic'] == e.data['topic'] for x in group(h, '{g}'))"),
            ]
        if len(used) > 1:
            g, o = r.sample(used, 2)
            choices += [(f"size({g}) <= size({o})", f"len(group(h, '{g}')) <= len(group(h, '{o}'))")] * 2
        return Predicate(*r.choice(choices))

    def rarely_true(self, used):
        n, g = self.random.randint(0, 9), self.random.choice(used + [None])
        choices = [Predicate(f'payload.v == {n} && payload.type == "B"', f"p['v'] == {n} and p['type'] == 'B'"),
                   Predicate(f"size(history) > {2 + n % 4}", f"h.size() > {2 + n % 4}"),
                   Predicate("last.payload.v == 9 && payload.v == 0", "h.last().data['payload']['v'] == 9 and p['v'] == 0"),
                   Predicate("payload.on && payload.w > 1.5", "p['on'] and p['w'] > 1.5", on=self.random.choice(TOPICS)),
                   Predicate(f'ts - first.ts > duration("{4 + n}s")', f"at(e) - at(h.first()) > {4 + n}000")]
        if g:
            choices.append(Predicate(f"size({g}) > 0 && payload.v > {g}[0].payload.v + {n % 4 + 4}",
                                     f"len(group(h, '{g}')) > 0 and p['v'] > group(h, '{g}')[0].data['payload']['v'] + {n % 4 + 4}"))
        return self.random.choice(choices)

    def rarely_false(self, used):
        p = self.rarely_true(used)
        negated = Predicate(f"!({p.cel})", f"not ({p.python})")
        if p.on:
            return Predicate(f'topic != "{p.on}" || !({p.cel})', f"e.data['topic'] != '{p.on}' or not ({p.python})")
        return negated


def predicates(pattern):
    """All predicates of a pattern, in its order."""
    for block in pattern["blocks"]:
        value = next(iter(block.values()))
        yield from value if isinstance(value, list) else [value]
    yield from pattern.get("preconditions", [])
    yield from pattern.get("haltconditions", [])


def plain(value):
    """The pattern set as the pattern file has it."""
    if isinstance(value, Predicate):
        return value.as_yaml()
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value
