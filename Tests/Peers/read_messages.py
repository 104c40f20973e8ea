#!/usr/bin/env python3
"""Reads a recorded session of gateways and checks each message against docs/peer-protocol.md.

A second reader of the protocol, written from that page; only Python's own library. The session is a file of JSON lines:
{"key": base64 or null, "prefix": "bobo"} first, then {"from", "to", "bytes": base64} for each message as sent.
Prints how many messages of each sort there were, and exits with 1 at the first that is wrong. With --examples it prints
one message of each sort as well.
"""
import base64
import hashlib
import hmac
import json
import re
import struct
import sys
from collections import Counter

HEX = re.compile(r"[0-9a-f]{32}\Z")
EVENT_ID = re.compile(r"([0-9a-f]{32}|[^\"\\\x00-\x1f]+-[0-9]+)\Z")


class Wrong(Exception):
    pass


def need(condition, text):
    if not condition:
        raise Wrong(text)


# Hashes


def fnv(texts, start=0x6C62272E07BB014262B821756295C58D):
    value = start
    for text in texts:
        for byte in text.encode() + b"\xff":
            value = ((value ^ byte) * 0x0000000001000000000000000000013B) % (1 << 128)
    return value


def hexadecimal(value):
    return f"{value:032x}"


# ChaCha20-Poly1305 (RFC 8439)


def chacha_block(key, counter, nonce):
    state = list(struct.unpack("<4I", b"expand 32-byte k") + struct.unpack("<8I", key) + (counter,) + struct.unpack("<3I", nonce))
    work = state[:]

    def quarter(a, b, c, d):
        for x, y, z, shift in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            work[x] = (work[x] + work[y]) & 0xFFFFFFFF
            turned = work[z] ^ work[x]
            work[z] = ((turned << shift) | (turned >> (32 - shift))) & 0xFFFFFFFF

    for _ in range(10):
        quarter(0, 4, 8, 12), quarter(1, 5, 9, 13), quarter(2, 6, 10, 14), quarter(3, 7, 11, 15)
        quarter(0, 5, 10, 15), quarter(1, 6, 11, 12), quarter(2, 7, 8, 13), quarter(3, 4, 9, 14)
    return struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(work, state)))


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for at in range(0, len(message), 16):
        total = (total + int.from_bytes(message[at : at + 16] + b"\x01", "little")) * r % ((1 << 130) - 5)
    return ((total + int.from_bytes(key[16:], "little")) % (1 << 128)).to_bytes(16, "little")


def open_sealed(key, nonce, sealed, extra):
    text, tag = sealed[:-16], sealed[-16:]

    def padded(data):
        return data + bytes(-len(data) % 16)

    mac = padded(extra) + padded(text) + struct.pack("<QQ", len(extra), len(text))
    need(hmac.compare_digest(poly1305(chacha_block(key, 0, nonce)[:32], mac), tag), "the tag is wrong")
    plain = bytearray()
    for number, at in enumerate(range(0, len(text), 64)):
        stream = chacha_block(key, number + 1, nonce)
        plain += bytes(a ^ b for a, b in zip(text[at : at + 64], stream))
    return bytes(plain)


def unseal(data, secret, prefix):
    need(data[:5] == b"BOBO\x01", "no sealed message")
    length = int.from_bytes(data[5:7], "big")
    raw = data[7 : 7 + length]
    header = json.loads(raw)
    need(set(header) == {"from", "to", "epoch", "n"}, "header")
    extract = hmac.new(bytes.fromhex(header["epoch"]), secret, hashlib.sha256).digest()
    info = header["from"].encode() + b"\0" + header["to"].encode()
    key = hmac.new(extract, info + b"\x01", hashlib.sha256).digest()
    extra = f"{prefix}/peer/{header['to']}".encode() + b"\0" + raw
    return header, open_sealed(key, bytes(4) + header["n"].to_bytes(8, "big"), data[7 + length :], extra)


# Fields


def whole(value, least=0):
    return isinstance(value, int) and not isinstance(value, bool) and (least is None or value >= least)


def is_hex(value):
    return isinstance(value, str) and HEX.match(value) is not None


def listed(value):
    return value if isinstance(value, list) else [value]


FIELDS = {
    "v": lambda v: v == 1,
    "from": lambda v: isinstance(v, str),
    "to": lambda v: isinstance(v, str),
    "epoch": is_hex,
    "seq": whole,
    "open": lambda v: isinstance(v, bool),
    "ack": lambda v: set(v) == {"epoch", "seq"} and is_hex(v["epoch"]) and whole(v["seq"]),
    "token": is_hex,
    "echo": is_hex,
    "type": lambda v: v in ("SYNC", "PING", "RESYNC"),
    "reset": lambda v: isinstance(v, bool),
    "now": lambda v: whole(v, None),
    "clock": lambda v: whole(v, None),
    "since": whole,
    "away": lambda v: isinstance(v, bool),
    "ready": lambda v: isinstance(v, bool),
    "reads": lambda v: isinstance(v, dict) and all(map(whole, v.values())),
    "config": is_hex,
    "patterns": lambda v: all(set(p) == {"phenomenon", "pattern", "version"} and is_hex(p["version"]) for p in v),
    "part": whole,
    "parts": whole,
    "digest": is_hex,
    "events": lambda v: isinstance(v, list),
    "completed": lambda v: isinstance(v, list),
    "halted": lambda v: isinstance(v, list),
    "updated": lambda v: isinstance(v, list),
    "resting": lambda v: isinstance(v, list),
    "order": lambda v: re.match(r"[chu]+\Z", v) is not None,
    "published": lambda v: all(map(is_hex, listed(v))),
    "need": lambda v: all(map(is_hex, listed(v))),
}
REQUIRED = ("v", "from", "to", "epoch", "seq", "now")
ENTRY_FIELDS = {
    "id", "phenomenon", "pattern", "version", "key", "block", "base", "base_hash", "add", "publisher", "published", "ended",
    "ts", "satisfied", "arrival",
}


def check_event(event):
    need(set(event) <= {"id", "kind", "ts", "topic", "payload", "text", "base64", "depth"}, f"event {event}")
    need(EVENT_ID.match(event["id"]), f"event id {event['id']}")
    need(event.get("kind", "simple") in ("simple", "complex", "action"), "kind")
    need(whole(event["ts"], None) and isinstance(event["topic"], str), "event")
    need(sum(name in event for name in ("payload", "text", "base64")) == 1, "payload")
    if "base64" in event:
        base64.b64decode(event["base64"], validate=True)


class Direction:
    """What one gateway has sent another in one epoch."""

    def __init__(self):
        self.last = 0
        self.under_way = {}
        # By run, the length and hash of what the receiver has been sent of it, or has sent.
        self.histories = {}
        self.patterns = []
        # The first counted message that says what the sender reads, and the last that the receiver has acknowledged.
        self.says = None
        self.acknowledged = 0


class Session:
    def __init__(self):
        self.directions = {}
        self.tokens = {}
        self.latest = {}
        self.sorts = Counter()
        self.examples = {}

    def take(self, message, raw):
        for name, value in message.items():
            need(name in FIELDS and FIELDS[name](value), f"{name}: {value}")
        for name in REQUIRED:
            need(name in message, f"{name} is missing")
        pair = (message["from"], message["to"])
        direction = self.directions.setdefault(pair + (message["epoch"],), Direction())
        self.latest[message["from"]] = message["epoch"]
        if "echo" in message:
            need(message["echo"] in self.tokens.get(pair[::-1], ()), "echo of a token that nobody gave")
        if "token" in message:
            self.tokens.setdefault(pair, set()).add(message["token"])
        ack = message.get("ack")
        if ack and ack["seq"]:
            back = self.directions.get(pair[::-1] + (ack["epoch"],))
            need(back is not None and ack["seq"] <= back.last, "ack of what was never sent")
            back.acknowledged = max(back.acknowledged, ack["seq"])
        sort = message.get("type", "SYNC")
        is_resync = sort == "RESYNC"
        need(is_resync == ("part" in message) == ("parts" in message), "part")
        if is_resync:
            need(message["part"] <= message["parts"] and (message["part"] == 0) == (message["seq"] == 0), "part")
            need(("patterns" in message) == (message["part"] <= 1), "patterns")
        runs = [(kind, entry) for kind in ("completed", "halted", "updated") for entry in message.get(kind, [])]
        need(message["seq"] > 0 or not runs and "resting" not in message, "entries in a message that is not counted")
        self.note(message, runs)
        if message["seq"]:
            again = direction.under_way.get(message["seq"])
            if again is not None:
                need(again == raw, "sent again, and not the same")
                return
            need(message["seq"] == direction.last + 1, f"seq {message['seq']} after {direction.last}")
            direction.last = message["seq"]
            direction.under_way[message["seq"]] = raw
        if is_resync and message["part"] == 1:
            direction.histories = {}
            direction.patterns = message["patterns"]
        for event in message.get("events", []):
            check_event(event)
        if "order" in message:
            for letter, kind in (("c", "completed"), ("h", "halted"), ("u", "updated")):
                need(message["order"].count(letter) == len(message.get(kind, [])), "order")
        self.check_division(message, direction)
        used = set()
        for rest in message.get("resting", []):
            self.check_rest(rest, direction, used)
        for kind, entry in runs:
            self.check_entry(kind, entry, message, direction, used)
        need(used == set(range(len(message.get("events", [])))), "an event that no entry refers to")

    def check_division(self, message, direction):
        need(("reads" in message) == ("config" in message), "reads without config")
        if "reads" not in message:
            need(direction.says is not None and direction.says <= direction.acknowledged, "reads left out too early")
        elif message["seq"] and direction.says is None:
            direction.says = message["seq"]

    def check_rest(self, rest, direction, used):
        need(set(rest) <= {"run", "phenomenon", "pattern", "version", "key", "ts", "ended", "add"}, f"rest {set(rest)}")
        need(is_hex(rest["run"]) and "key" in rest, "run, key")
        need(whole(rest["ts"], None) and whole(rest.get("ended", 0), None), "ts, ended")
        if isinstance(rest["pattern"], str):
            need(isinstance(rest["phenomenon"], str) and is_hex(rest["version"]), "names")
        else:
            need(whole(rest["pattern"]) and rest["pattern"] < len(direction.patterns), "pattern")
        used.update(place if whole(place) else place[1] for place in rest.get("add", []))

    def check_entry(self, kind, entry, message, direction, used):
        need(set(entry) <= ENTRY_FIELDS, f"entry {set(entry) - ENTRY_FIELDS}")
        ids = listed(entry["id"])
        need(ids and all(map(is_hex, ids)), "id")
        is_named = isinstance(entry["pattern"], str)
        if is_named:
            need(isinstance(entry["phenomenon"], str), "names")
        else:
            need("phenomenon" not in entry and "version" not in entry, "a pattern by its place, and its names")
            need(whole(entry["pattern"]) and entry["pattern"] < len(direction.patterns), "pattern")
        if kind != "updated":
            ended = listed(entry["ended"])
            need(len(ended) == len(ids) and all(map(whole, ended)), "ended")
            if "ts" not in entry:
                need(is_named and set(entry) == {"id", "phenomenon", "pattern", "ended"}, "a brief entry")
                return
            need(whole(entry["ts"], None), "ts")
        if is_named:
            need(is_hex(entry["version"]), "version")
        if kind == "halted":
            need("key" in entry, "key")
            return
        if kind == "completed":
            need(isinstance(entry["publisher"], str) and "block" in entry, "completed")
        satisfied = entry.get("satisfied", [])
        need(len(set(satisfied)) == len(satisfied) and all(whole(n) and n < 64 for n in satisfied), "satisfied")
        need(whole(entry.get("arrival", 0), None), "arrival")
        bases = listed(entry.get("base", 0))
        bases = bases * len(ids) if len(bases) == 1 else bases
        hashes = listed(entry["base_hash"]) if "base_hash" in entry else [hexadecimal(fnv([]))] * len(ids)
        need(len(bases) == len(hashes) == len(ids), "base")
        need(all(bases) == ("base_hash" in entry) == ("key" not in entry), "base_hash, key")
        places = [place if whole(place) else place[1] for place in entry["add"]]
        used.update(places)
        need(places or "base" in entry, "nothing of a history")
        added = [message["events"][place]["id"] for place in places]
        for run, base, start in zip(ids, bases, hashes):
            if base:
                known = direction.histories.get(run, set()) | self.sent_back(message, run)
                need((base, start) in known, f"a base that was not sent: {run}")
            history = (base + len(places), hexadecimal(fnv(added, int(start, 16))))
            direction.histories.setdefault(run, set()).add(history)

    def sent_back(self, message, run):
        """What the receiver itself has sent of a run in this pair of epochs."""
        ack = message.get("ack")
        back = self.directions.get((message["to"], message["from"], ack["epoch"])) if ack else None
        return back.histories.get(run, set()) if back else set()

    def note(self, message, runs):
        sort = message.get("type", "SYNC") + (" offer" if message.get("part") == 0 else "" if message["seq"] else " alone")
        names = [sort] + [name for name in ("reset", "token", "echo", "away", "digest", "published", "need", "order", "resting") if name in message]
        for kind, entry in runs:
            brief = " brief" if kind != "updated" and "ts" not in entry else " base" if "base" in entry else ""
            names.append(kind + brief)
            if isinstance(entry["id"], list):
                names.append("several runs")
            if isinstance(entry.get("base"), list):
                names.append("several bases")
            if kind == "updated" and "block" not in entry:
                names.append("part of a history")
        for event in message.get("events", []):
            names += [name for name in ("payload", "text", "base64") if name in event]
        for name in set(names):
            self.sorts[name] += 1
            known = self.examples.get(name)
            if known is None or len(json.dumps(message)) < len(json.dumps(known)):
                self.examples[name] = message


def main():
    path = sys.argv[1]
    session = Session()
    count = 0
    numbers = {}
    with open(path, encoding="utf-8") as file:
        head = json.loads(file.readline())
        secret = base64.b64decode(head["key"]) if head["key"] else None
        for line in file:
            record = json.loads(line)
            data = base64.b64decode(record["bytes"])
            count += 1
            try:
                raw = data
                if secret is not None:
                    header, raw = unseal(data, secret, head["prefix"])
                    place = (header["from"], header["to"], header["epoch"], header["n"])
                    need(numbers.setdefault(place, data) == data, "two messages under one nonce")
                message = json.loads(raw)
                need(message["from"] == record["from"] and message["to"] == record["to"], "from, to")
                session.take(message, raw)
            except (Wrong, KeyError, ValueError, TypeError, IndexError) as error:
                print(f"message {count}: {error!r}\n{raw[:2000]!r}", file=sys.stderr)
                return 1
    print(json.dumps({"messages": count, "sorts": dict(sorted(session.sorts.items()))}))
    if "--examples" in sys.argv:
        for name, message in sorted(session.examples.items()):
            print(f"--- {name}\n{json.dumps(message)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
