// The table of breeds: sorted by a press on its headings, fifty rows a page, ranges drawn as bars.

import { element, byId, bar, breedLink } from "./dom.js";
import { breeds, issuesByBreed } from "./data.js";
import { count, inOrder, number, range } from "./format.js";

const ROWS_A_PAGE = 50;
const MOST_PRINTED = 2000;
const COLUMNS = [
  { key: "name", title: "Breed", text: true, cell: nameCell },
  { key: "breed_group", title: "Group", text: true, cell: (breed) => breed.breed_group ?? "" },
  { key: "origin", title: "Origin", text: true, cell: (breed) => breed.origin ?? "" },
  rangeColumn("weight", "Weight, kilograms", "weight_min_kg", "weight_max_kg", "kg"),
  rangeColumn("height", "Height, centimetres", "height_min_cm", "height_max_cm", "cm"),
  rangeColumn("life", "Life span, years", "life_span_min_years", "life_span_max_years", "years"),
];

const shown = { rows: [], key: "name", ascending: true, page: 0 };

function rangeColumn(key, title, low, high, unit) {
  const most = Math.max(1, ...breeds.map((breed) => breed[high] ?? 0));
  return {
    key, title,
    cell: (breed) => {
      const said = range(breed[low], breed[high], unit);
      if (said === null) return element("span", { class: "unknown" }, "not known");
      const from = (breed[low] ?? 0) / most, to = (breed[high] ?? breed[low]) / most;
      return [element("span", { class: "figure" }, said), bar(from, to)];
    },
  };
}

function nameCell(breed) {
  const flagged = issuesByBreed.get(breed.breed_id)?.length ?? 0;
  return [
    breedLink(breed.breed_id, breed.name),
    flagged ? element("span", { class: "flag", title: "Values that could not be read" }, `${number(flagged)} flagged`) : null,
  ];
}

function compare(a, b, { key, text }, ascending) {
  const [one, other] = [a[key], b[key]];
  const missing = (one === null) - (other === null);
  if (missing || one === null) return missing || byName(a, b);
  const order = text ? inOrder(one, other) : one - other;
  return (ascending ? order : -order) || byName(a, b);
}

function byName(a, b) {
  return inOrder(a.name, b.name);
}

function sortBy(key) {
  shown.ascending = shown.key === key ? !shown.ascending : true;
  shown.key = key;
  showRows(shown.rows);
  byId("breeds-table").querySelector(`[data-key="${key}"]`).focus();
}

function drawHead() {
  byId("breeds-table").tHead.rows[0].replaceChildren(...COLUMNS.map(({ key, title }) => {
    const order = shown.key === key ? (shown.ascending ? "ascending" : "descending") : null;
    const arrow = order ? (shown.ascending ? " ▲" : " ▼") : "";
    return element("th", { scope: "col", "aria-sort": order, class: `column-${key}` },
      element("button", { type: "button", "data-key": key, onclick: () => sortBy(key) },
        title, element("span", { "aria-hidden": "true" }, arrow)));
  }));
}

function drawRows(rows) {
  byId("breeds-table").tBodies[0].replaceChildren(...rows.map((breed) =>
    element("tr", null, COLUMNS.map(({ key, cell, title }) =>
      element(key === "name" ? "th" : "td",
        { scope: key === "name" ? "row" : null, class: `column-${key}`, "data-title": title }, cell(breed))))));
}

function drawPages() {
  const last = Math.max(0, Math.ceil(shown.rows.length / ROWS_A_PAGE) - 1);
  const button = (said, page, off) =>
    element("button", { type: "button", "aria-disabled": off ? "true" : null, onclick: () => off || goTo(page, said) }, said);
  const from = shown.rows.length ? shown.page * ROWS_A_PAGE + 1 : 0;
  const to = Math.min(shown.rows.length, from + ROWS_A_PAGE - 1);
  byId("pages").hidden = last === 0;
  byId("pages").replaceChildren(
    button("First", 0, shown.page === 0), button("Previous", shown.page - 1, shown.page === 0),
    element("span", { role: "status" }, `${number(from)} to ${number(to)} of ${count(shown.rows.length, "breed")}`),
    button("Next", shown.page + 1, shown.page === last), button("Last", last, shown.page === last));
}

function goTo(page, pressed) {
  shown.page = page;
  draw();
  [...byId("pages").querySelectorAll("button")].find((button) => button.textContent === pressed).focus();
}

function draw() {
  drawHead();
  drawRows(shown.rows.slice(shown.page * ROWS_A_PAGE, (shown.page + 1) * ROWS_A_PAGE));
  drawPages();
}

/** Shows these breeds from the first page on, in the order that was chosen. */
export function showRows(rows) {
  const column = COLUMNS.find(({ key }) => key === shown.key);
  shown.rows = rows.toSorted((a, b) => compare(a, b, column, shown.ascending));
  shown.page = 0;
  draw();
}

/** On paper there are no pages to turn: all rows are printed, up to a limit. */
export function startPrinting() {
  addEventListener("beforeprint", () => drawRows(shown.rows.slice(0, MOST_PRINTED)));
  addEventListener("afterprint", draw);
}
