// Complex events as they come, with the events that led to them.
import { brief, byId, clock, element, number, setText, span } from "./elements.js";

const MAXIMUM = 60;
let count = 0;
const seen = new Set();

function history(data) {
  const events = [];
  for (const [group, list] of Object.entries(data.history ?? {})) {
    for (const event of list) events.push({ group, ...event });
  }
  events.sort((one, other) => one.ts - other.ts);
  return events;
}

// Events one below the other, each with its time since the first.
export function way(events) {
  const begin = events[0]?.ts ?? 0;
  return element(
    "ol",
    { class: "way" },
    ...events.map((event) =>
      element(
        "li",
        {},
        element("time", {}, event.ts === begin ? clock(event.ts) : `+${span((event.ts - begin) / 1000)}`),
        element("div", {}, event.group ? element("span", { class: "group" }, event.group) : "", element("code", { class: "topic" }, event.topic), element("code", { class: "payload" }, brief(event.payload, 400))),
      ),
    ),
  );
}

function facts(data) {
  if (data === null || data === undefined) return "";
  if (typeof data !== "object" || Array.isArray(data)) return element("p", { class: "facts" }, element("span", {}, brief(data)));
  return element("p", { class: "facts" }, ...Object.entries(data).slice(0, 8).map(([name, value]) => element("span", {}, element("i", {}, name), " ", brief(value, 60))));
}

function happening(event, isNew) {
  const data = event.data ?? {};
  const key = data.key === null || data.key === undefined ? "" : element("span", { class: "key" }, brief(data.key, 60));
  const head = element("summary", {}, element("time", { title: event.time }, clock(Date.parse(event.time))), element("b", {}, data.phenomenon), key, element("span", { class: "muted by" }, `${data.pattern} · ${event.gateway}`), facts(data.data));
  const details = element("details", {}, head);
  // What led to it is drawn when somebody wants to see it.
  details.addEventListener("toggle", () => {
    if (details.open && !details.querySelector(".way")) details.append(way(history(data)));
  });
  return element("li", { class: isNew ? "new" : "" }, details);
}

export function showHappenings(events, isWhole) {
  const list = byId("happenings");
  if (isWhole) {
    list.replaceChildren();
    seen.clear();
    count = 0;
  }
  for (const { event } of events) {
    // Two gateways may publish one event: by source and id it is the same.
    const identity = `${event.source} ${event.id}`;
    if (seen.has(identity)) continue;
    seen.add(identity);
    if (seen.size > 2000) seen.delete(seen.values().next().value);
    count += 1;
    list.querySelector(".empty")?.remove();
    list.prepend(happening(event, !isWhole));
  }
  while (list.children.length > MAXIMUM) list.lastElementChild.remove();
  if (list.children.length === 0) list.append(element("li", { class: "empty muted" }, "Nothing yet. What the patterns find is shown here as it happens."));
  setText(byId("happening-count"), count > 0 ? number(count) : "");
}
