// The head of the page, and the figures of this gateway.
import { byId, bytes, element, number, setText, span, sparkline } from "./elements.js";

const tiles = {};
let last = null;
let rate = null;

function tile(name, label, isDrawn) {
  const value = element("b");
  const note = element("span", { class: "muted note" });
  const spark = isDrawn ? sparkline() : null;
  const made = element("div", { class: "card tile" }, element("h2", {}, label), value, note, spark?.picture);
  byId("tiles").append(made);
  tiles[name] = { made, value, note, spark };
}

function set(name, value, note, level = "") {
  const tile = tiles[name];
  setText(tile.value, value);
  setText(tile.note, note);
  tile.made.className = `card tile ${level}`;
}

export function showConnection(problem) {
  document.body.classList.toggle("lost", problem !== null);
  if (problem) showState(problem, "bad");
}

function showState(text, level) {
  const state = byId("state");
  setText(state, text);
  state.className = `pill ${level}`;
}

export function showFigures({ gateway, figures }, isNew) {
  if (Object.keys(tiles).length === 0) {
    tile("messages", "Messages a second", true);
    tile("runs", "Active runs", true);
    tile("completed", "Complex events", false);
    tile("losses", "Late and dropped", false);
    tile("waiting", "Waiting", false);
  }
  if (isNew) {
    last = null;
    rate = null;
    Object.values(tiles).forEach((tile) => tile.spark?.clear());
  }
  setText(byId("instance"), gateway.instance);
  document.title = `${gateway.instance} · Bobo`;
  setText(byId("about"), `up for ${span(Math.floor(gateway.uptime))} · ${bytes(figures.memory)} · Bobo ${gateway.version}`);
  showState(gateway.not_ready ?? "ready", gateway.not_ready ? "bad" : "good");

  if (last && gateway.date > last.date) {
    const now = ((figures.received - last.received) * 1000) / (gateway.date - last.date);
    rate = rate === null ? now : rate * 0.6 + now * 0.4;
    tiles.messages.spark.add(now);
  }
  last = { date: gateway.date, received: figures.received };
  tiles.runs.spark.add(figures.active);
  set("messages", rate === null ? "–" : number(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate)), `${number(figures.received)} in all, on ${number(figures.topics)} topics`);
  set("runs", number(figures.active), `${number(figures.started)} started · ${number(figures.halted)} halted`);
  set("completed", number(figures.completed), `${number(figures.resting)} keys rest · ${number(figures.timers)} timers`);
  const losses = figures.late + figures.dropped + figures.refused;
  set("losses", number(losses), `${number(figures.late)} late · ${number(figures.dropped)} dropped · ${number(figures.refused)} refused`, losses > 0 ? "warn" : "");
  set("waiting", number(figures.queue + figures.waiting), `${number(figures.queue)} to be read · ${number(figures.waiting)} to be published`, figures.queue > 10000 ? "warn" : "");
}
