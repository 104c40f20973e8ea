// Topics with how often messages come and the last of them: the busiest, or those that are looked for.
import { ago, byId, element, number, setText } from "./elements.js";

let rows = new Map();
let found = null;

function makeRow(topic) {
  const cells = ["", "number", "number", "last", "number"].map((name) => element("td", { class: name }));
  cells[0].append(element("code", {}, topic));
  const payload = element("code");
  cells[3].append(payload);
  return { row: element("tr", {}, ...cells), cells, payload };
}

function show(lines, now) {
  const kept = rows;
  rows = new Map();
  for (const line of lines) {
    const row = kept.get(line.topic) ?? makeRow(line.topic);
    setText(row.cells[1], line.per_second === null ? "" : number(line.per_second));
    setText(row.cells[2], number(line.count));
    setText(row.payload, line.payload + (line.is_cut ? "…" : ""));
    setText(row.cells[4], ago(line.last, now));
    rows.set(line.topic, row);
  }
  byId("topics").replaceChildren(...[...rows.values()].map((row) => row.row));
}

export function showTopics({ topics, figures, gateway }) {
  setText(byId("topic-count"), number(figures.topics));
  if (!found) show(topics, gateway.date);
}

const search = byId("topic-search");
let asking = null;

async function look() {
  clearTimeout(asking);
  const wanted = search.value.trim();
  if (wanted === "") {
    found = null;
    return;
  }
  const answer = await fetch(`/api/topics?${new URLSearchParams({ search: wanted })}`);
  if (answer.ok && search.value.trim() === wanted) {
    found = await answer.json();
    show(found, Date.now());
  }
  asking = setTimeout(look, 1500);
}

search.addEventListener("input", look);
