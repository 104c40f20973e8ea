// All gateways of the prefix, the peers' state as this one sees it, and what it warns of.
import { ago, byId, element, number, span } from "./elements.js";

const PERIODS = {
  sync: "in sync",
  ping: "is asked whether it is there",
  resync: "is sent the full state",
};

function fact(label, value) {
  return element("div", {}, element("dt", {}, label), element("dd", {}, value));
}

function card(line, peer, partitions, isSelf, now) {
  const stats = line.stats;
  const isOnline = isSelf || (line.online ?? peer?.live ?? now - line.heard < 30000);
  const level = !isOnline ? "bad" : peer && !(peer.live && peer.period === "sync") ? "warn" : "good";
  const state = isSelf ? "this gateway" : !isOnline ? "offline" : peer ? PERIODS[peer.period] : "online";
  const facts = [];
  if (stats?.messages) facts.push(fact("messages/s", number(Math.round(stats.messages.per_second ?? 0))));
  if (stats?.runs) facts.push(fact("active runs", number(stats.runs.active)));
  if (stats) facts.push(fact("published", number(stats.events_published)));
  if (peer) {
    facts.push(fact("last answer", peer.since === null ? "none yet" : peer.since < 1.5 ? "now" : `${span(Math.round(peer.since))} ago`));
    facts.push(fact("unsent", number(peer.stash)));
    if (peer.clock_difference !== null && Math.abs(peer.clock_difference) >= 0.5) facts.push(fact("clock", `${peer.clock_difference > 0 ? "+" : ""}${peer.clock_difference} s`));
  }
  return element(
    "article",
    { class: `card gateway ${level}` },
    element("h3", {}, element("i", { class: "dot" }), line.instance),
    element("p", { class: "muted" }, state),
    element("dl", {}, ...facts),
    partitions.length > 0 ? element("p", { class: "chips" }, "reads ", ...partitions.map((name) => element("code", {}, name))) : "",
  );
}

export function showGateways({ gateway, gateways, peers }) {
  const section = byId("gateways");
  const byName = new Map(gateways.map((line) => [line.instance, line]));
  if (!byName.has(gateway.instance)) byName.set(gateway.instance, { instance: gateway.instance, online: true, heard: gateway.date, stats: null });
  for (const peer of peers?.peers ?? []) {
    if (!byName.has(peer.peer)) byName.set(peer.peer, { instance: peer.peer, online: null, heard: 0, stats: null });
  }
  section.hidden = byName.size < 2;
  if (section.hidden) return;
  const known = new Map((peers?.peers ?? []).map((peer) => [peer.peer, peer]));
  const names = [...byName.keys()].sort();
  const reads = (name) => Object.entries(peers?.partitions ?? {}).filter(([, readers]) => readers.includes(name)).map(([filter]) => filter);
  const unread = Object.entries(peers?.partitions ?? {}).filter(([, readers]) => readers.length === 0).map(([filter]) => filter);
  const cards = names.map((name) => card(byName.get(name), known.get(name), reads(name), name === gateway.instance, gateway.date));
  if (unread.length > 0) {
    cards.push(element("article", { class: "card gateway bad" }, element("h3", {}, element("i", { class: "dot" }), "read by nobody"), element("p", { class: "chips" }, ...unread.map((name) => element("code", {}, name)))));
  }
  section.replaceChildren(...cards);
}

export function showWarnings(warnings) {
  const section = byId("warnings");
  section.hidden = warnings.length === 0;
  const isOpen = section.querySelector("details")?.open ?? false;
  const now = Date.now();
  const line = (warning) => element("li", {}, element("span", {}, warning.text), element("small", { class: "muted" }, `${warning.count > 1 ? `${number(warning.count)} times, last ` : ""}${ago(warning.last, now)}`));
  const [first, ...more] = warnings;
  section.replaceChildren(
    first ? element("ul", { class: "warnings" }, line(first)) : "",
    more.length > 0 ? element("details", { open: isOpen }, element("summary", {}, `${more.length} more`), element("ul", { class: "warnings" }, ...more.map(line))) : "",
  );
}
