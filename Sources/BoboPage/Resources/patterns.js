// The patterns with their runs: a list, and one of them drawn as its blocks with the runs that wait at each.
import { ago, brief, byId, drawing, element, number, setText } from "./elements.js";
import { way } from "./happenings.js";

const SHOWN = 120; // Rows: more are found by name.
const ORDERED_FOR = 4000; // Milliseconds that the order of the list stays, so that one can click.

let patterns = [];
let rows = new Map();
let chosen = null;
let orderedAt = 0;
let block = null;

const total = (pattern) => pattern.runs.reduce((sum, count) => sum + count, 0);
const isSame = (one, other) => one && other && one.phenomenon === other.phenomenon && one.pattern === other.pattern;

export function showPatterns(list) {
  patterns = list;
  orderedAt = 0;
  const before = chosen;
  chosen = patterns.find((pattern) => isSame(pattern, before)) ?? [...patterns].sort((one, other) => total(other) - total(one))[0] ?? null;
  setText(byId("pattern-count"), number(patterns.length));
  order();
  showDetail();
}

export function showRuns(changes) {
  for (const [index, runs] of changes) {
    if (patterns[index]) patterns[index].runs = runs;
  }
  if (Date.now() - orderedAt > ORDERED_FOR && !byId("pattern-list").matches(":hover, :focus-within")) order();
  for (const [pattern, row] of rows) fill(row, pattern);
  count();
}

function order() {
  orderedAt = Date.now();
  const wanted = byId("pattern-search").value.trim().toLowerCase();
  const found = patterns.filter((pattern) => `${pattern.phenomenon} ${pattern.pattern}`.toLowerCase().includes(wanted));
  // The sort is stable: those with as many runs stay in the order of their names.
  const shown = found.sort((one, other) => total(other) - total(one)).slice(0, SHOWN);
  if (chosen && found.includes(chosen) && !shown.includes(chosen)) shown.push(chosen);
  const kept = rows;
  rows = new Map();
  for (const pattern of shown) {
    const row = kept.get(pattern) ?? makeRow(pattern);
    fill(row, pattern);
    rows.set(pattern, row);
  }
  const more = found.length - shown.length;
  byId("pattern-list").replaceChildren(
    ...[...rows.values()].map((row) => row.item),
    more > 0 ? element("li", { class: "muted more" }, `and ${number(more)} more: find them by name`) : "",
  );
}

function makeRow(pattern) {
  const active = element("b");
  const bar = element("span", { class: "bar" }, ...pattern.runs.map(() => element("i")));
  const button = element("button", { type: "button", onclick: () => choose(pattern) }, element("span", { class: "name" }, element("span", {}, pattern.phenomenon), element("small", { class: "muted" }, pattern.pattern)), bar, active);
  return { item: element("li", {}, button), button, active, bar };
}

function fill(row, pattern) {
  const sum = total(pattern);
  setText(row.active, sum > 0 ? number(sum) : "");
  row.button.setAttribute("aria-current", pattern === chosen);
  const most = Math.max(...pattern.runs, 1);
  pattern.runs.forEach((runs, index) => {
    const bar = row.bar.children[index];
    if (!bar) return;
    bar.style.height = `${runs > 0 ? 3 + Math.round((runs / most) * 13) : 2}px`;
    bar.classList.toggle("some", runs > 0);
  });
}

function choose(pattern) {
  chosen = pattern;
  block = null;
  for (const [other, row] of rows) fill(row, other);
  showDetail();
}

// MARK: One pattern

let shown = null;

async function showDetail() {
  const detail = byId("pattern-detail");
  if (!chosen) {
    shown = null;
    return detail.replaceChildren(element("p", { class: "muted" }, "There are no patterns."));
  }
  const pattern = chosen;
  const width = Math.max(280, Math.min(1100, detail.clientWidth - 2 || 700));
  const answer = await fetch(`/api/picture?${new URLSearchParams({ phenomenon: pattern.phenomenon, pattern: pattern.pattern, width })}`);
  if (!answer.ok || pattern !== chosen) return;
  const picture = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
  const blocks = [...picture.querySelectorAll(".bobo-block")].map(countable);
  const runs = element("div", { class: "runs" });
  detail.replaceChildren(element("div", { class: "picture" }, document.adoptNode(picture)), runs);
  shown = { pattern, blocks, runs };
  count();
  if (block !== null) showRunsAt(block);
}

// A block gets a badge that says how many runs wait there, and shows them when it is clicked.
function countable(group) {
  const [from, to] = group.dataset.blocks.split("-").map(Number);
  const card = group.querySelector(".card");
  const right = Number(card.getAttribute("x")) + Number(card.getAttribute("width"));
  const top = Number(card.getAttribute("y"));
  const pill = drawing("rect", { class: "badge", y: top - 11, height: 22, rx: 11 });
  const text = drawing("text", { class: "badge-text", y: top + 4, "text-anchor": "middle" });
  group.append(drawing("g", { class: "badge-group" }, pill, text));
  group.setAttribute("tabindex", "0");
  group.setAttribute("role", "button");
  const open = () => showRunsAt(from, to);
  group.addEventListener("click", open);
  group.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") open();
  });
  return { group, from, to, right, pill, text };
}

function count() {
  if (!shown) return;
  for (const { group, from, to, right, pill, text } of shown.blocks) {
    const runs = shown.pattern.runs.slice(from, to + 1).reduce((sum, count) => sum + count, 0);
    group.classList.toggle("waits", runs > 0);
    const label = number(runs);
    const width = Math.max(26, 14 + label.length * 8);
    pill.setAttribute("width", width);
    // Beside the block's number, on the edge of its card.
    pill.setAttribute("x", right - width - 26);
    text.setAttribute("x", right - width / 2 - 26);
    setText(text, label);
  }
}

async function showRunsAt(from, to = from) {
  const pattern = chosen;
  block = from;
  for (const { group, from: first } of shown.blocks) group.classList.toggle("chosen", first === from);
  const lists = await Promise.all(
    Array.from({ length: Math.min(to - from + 1, 8) }, async (_, index) => {
      const answer = await fetch(`/api/runs?${new URLSearchParams({ phenomenon: pattern.phenomenon, pattern: pattern.pattern, block: from + index })}`);
      return answer.ok ? answer.json() : [];
    }),
  );
  if (pattern !== chosen || !shown) return;
  const runs = lists.flat().slice(0, 50);
  const now = Date.now();
  shown.runs.replaceChildren(
    element("h3", {}, runs.length === 0 ? "No run waits here now" : `${runs.length === 50 ? "The first 50 runs" : runs.length === 1 ? "One run" : `${runs.length} runs`} that wait here`, element("button", { type: "button", class: "plain", onclick: () => showRunsAt(from, to) }, "look again")),
    ...runs.map((run) =>
      element("details", { open: runs.length === 1 }, element("summary", {}, element("span", { class: "key" }, run.key === null ? "no key" : brief(run.key, 80)), element("span", { class: "muted" }, `${number(run.events.length)}${run.is_cut ? "+" : ""} ${run.events.length === 1 ? "event" : "events"}, began ${ago(run.begin, now)}`)), way(run.events)),
    ),
  );
}

byId("pattern-search").addEventListener("input", order);
let resized = null;
addEventListener("resize", () => {
  clearTimeout(resized);
  resized = setTimeout(showDetail, 250);
});
