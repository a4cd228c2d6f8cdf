// What runs changed, in words: a publication after the other, the newest first.

import { element, byId, breedLink } from "./dom.js";
import { breedsById, changesByRun, report, runs } from "./data.js";
import { count, date, list, number, time, words } from "./format.js";

const FIRST_ENTRIES = 40;
const FIRST_RUNS = 20;
const LONG_TEXT = 60;

function shownValue(value) {
  if (value === null || value === undefined) return "nothing";
  return typeof value === "number" ? number(value) : `“${value}”`;
}

/** The columns worth telling: the figures that were read from a text are left to the text. */
function told(columns) {
  const raw = columns.filter(({ column }) => column.endsWith("_raw") || !/_(kg|cm|years)$/.test(column));
  const shown = raw.length ? raw : columns;
  return shown.filter(({ column }) => column !== "temperaments" || !shown.some((c) => c.column === "temperament_raw"));
}

/** A change of a column: "life span from “10-12” to “10-14”". */
function changeInWords({ column, before, after }) {
  const [from, to] = [shownValue(before), shownValue(after)];
  const name = words(column);
  if (Math.max(from.length, to.length) <= LONG_TEXT) return element("li", null, `${name} from ${from} to ${to}`);
  return element("li", null, element("details", null,
    element("summary", null, `${name} was rewritten`),
    element("p", null, element("strong", null, "Before: "), from),
    element("p", null, element("strong", null, "After: "), to)));
}

export function changesInWords(columns) {
  return element("ul", null, told(columns).map(changeInWords));
}

function named({ breed_id, name }) {
  return breedsById.has(breed_id) ? breedLink(breed_id, name) : name;
}

/** The first entries of a list, and the others on demand. */
function firstAndRest(entries, kind, item) {
  const first = element("ul", { class: kind }, entries.slice(0, FIRST_ENTRIES).map(item));
  const rest = entries.slice(FIRST_ENTRIES);
  if (rest.length === 0) return first;
  return [first, later(`and ${number(rest.length)} more`, () => element("ul", { class: kind }, rest.map(item)))];
}

function names(entries) {
  return firstAndRest(entries, "names", (entry) => element("li", null, named(entry)));
}

/** Details whose content is made when they are opened first. */
export function later(summary, content, properties = {}) {
  const made = element("details", properties, element("summary", null, summary));
  made.addEventListener("toggle", () => made.append(content()), { once: true });
  return made;
}

/** What a run did to the tables, in one sentence. */
export function publishedInWords(run) {
  const parts = [
    [run.breeds_added, "added"], [run.breeds_changed, "changed"], [run.breeds_removed, "removed"],
  ].filter(([breedsOfIt]) => breedsOfIt);
  if (parts.length === 0) return "No breed was added, changed or removed";
  const said = parts.map(([breedsOfIt, done], place) =>
    `${place === 0 ? count(breedsOfIt, "breed") : number(breedsOfIt)} ${done}`);
  return `${list(said)}, ${count(run.breeds_published, "breed")} in all`;
}

function publication(run) {
  const entries = changesByRun.get(run.run_id) ?? [];
  const of = (change) => entries.filter((entry) => entry.change === change);
  const part = (title, found, shown) =>
    found.length ? [element("h4", null, `${title} (${number(found.length)})`), shown(found)] : null;
  const how = { replay: "Parsed again from stored answers. ", restore: "An earlier content was restored. " }[run.kind] ?? "";
  return element("article", { class: "panel" },
    element("h3", null, date(run.published_at)),
    element("p", null, `${how}${publishedInWords(run)}.`),
    part("Added", of("added"), names),
    part("Changed", of("changed"), (found) => firstAndRest(found, "changed", (entry) =>
      element("li", null, named(entry), changesInWords(entry.columns)))),
    part("Removed", of("removed"), names),
    element("p", { class: "soft" }, `Published ${time(run.published_at)} by run `,
      element("a", { href: `#run/${run.run_id}` }, run.run_id)));
}

function sinceThen() {
  const newest = runs.findIndex((run) => run.published_at !== null);
  const unchanged = runs.slice(0, Math.max(0, newest)).filter((run) => run.status === "unchanged");
  if (unchanged.length === 0) return null;
  const last = time(unchanged[0].finished_at);
  return element("p", null, unchanged.length === 1
    ? `Since then one run, ${last}, read the same content again and changed nothing.`
    : `Since then ${number(unchanged.length)} runs, the last one ${last}, read the same content again and changed nothing.`);
}

export function showChanges() {
  const published = runs.filter((run) => run.published_at !== null);
  const shown = published.slice(0, FIRST_RUNS).map(publication);
  const rest = published.slice(FIRST_RUNS);
  byId("changes-list").replaceChildren(...[
    published.length ? sinceThen() : element("p", null, "No run has published anything yet, so there are no changes."),
    shown,
    rest.length ? later(`${count(rest.length, "earlier publication")}`, () => element("div", null, rest.map(publication))) : null,
    report.cut.includes("changes")
      ? element("p", { class: "soft" }, "Older changes are not on this page; the table breeds_history has them all.") : null,
  ].flat().filter(Boolean));
}
