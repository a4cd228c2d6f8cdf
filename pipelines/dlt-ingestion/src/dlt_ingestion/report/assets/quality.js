// How good the data is: values that could not be read, and how many breeds have a value at all.

import { element, byId, bar, breedLink, simpleTable } from "./dom.js";
import { breeds, issues, report } from "./data.js";
import { count, inOrder, number, percent, words } from "./format.js";
import { later } from "./changes.js";

const FIRST_VALUES = 200;

function byReason() {
  const counts = new Map();
  for (const { field, reason } of issues) {
    const key = JSON.stringify([field, reason]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const found = [...counts].map(([key, values]) => [...JSON.parse(key), values]);
  const most = Math.max(1, ...found.map(([, , values]) => values));
  return found
    .sort(([a, , m], [b, , n]) => n - m || inOrder(a, b))
    .map(([field, reason, values]) =>
      [words(field), reason, [element("span", { class: "figure" }, number(values)), bar(0, values / most, "bad")]]);
}

function values(found) {
  return found.map(({ breed_id, breed_name, field, raw_text, reason }) =>
    [breedLink(breed_id, breed_name), words(field), element("code", null, raw_text), reason]);
}

function flaggedValues() {
  if (issues.length === 0) return element("p", { class: "note good" }, "Every value of the published breeds could be read.");
  const concerned = new Set(issues.map((issue) => issue.breed_id)).size;
  const headings = ["Breed", "Field", "As the API wrote it", "Why"];
  const rest = issues.slice(FIRST_VALUES);
  return [
    element("p", null, `${count(issues.length, "value")} of ${count(concerned, "breed")} could not be read. `
      + "The parsed columns are empty there; the text is kept as it came."),
    element("div", { class: "panel" },
      simpleTable("Flagged values by field and reason", ["Field", "Why", "Values"], byReason())),
    element("div", { class: "panel" },
      simpleTable("Flagged values", headings, values(issues.slice(0, FIRST_VALUES))),
      rest.length ? later(`and ${number(rest.length)} more`, () => simpleTable("More flagged values", headings, values(rest))) : null),
  ];
}

function coverage() {
  return element("div", { class: "panel" },
    simpleTable("How many breeds have a value, by column", ["Column", "What it is", "Breeds with a value"],
      report.coverage.map(({ column, description, filled }) => [
        element("code", null, column), description,
        [element("span", { class: "figure" }, `${percent(filled, breeds.length)} (${number(filled)})`), bar(0, filled / breeds.length)],
      ])));
}

export function showQuality() {
  const shown = breeds.length === 0
    ? [element("p", null, "There are no breeds, so there is nothing to judge.")]
    : [element("h3", null, "Flagged values"), flaggedValues(), element("h3", null, "Coverage"), coverage()];
  byId("quality-tables").replaceChildren(...shown.flat());
}
