// The report's data, read once from the page: rows with names instead of positions, and indexes.

import { folded } from "./format.js";

function rowsOf({ columns, rows }) {
  return rows.map((row) => Object.fromEntries(row.map((value, place) => [columns[place], value])));
}

function grouped(rows, key) {
  const groups = new Map();
  for (const row of rows) {
    if (groups.has(row[key])) groups.get(row[key]).push(row);
    else groups.set(row[key], [row]);
  }
  return groups;
}

function middle(lowest, highest) {
  if (lowest === null || highest === null) return lowest ?? highest;
  return (lowest + highest) / 2;
}

function split(text) {
  return text ? text.split(", ").map((word) => word.trim()).filter(Boolean) : [];
}

function completed(breed) {
  breed.weight = middle(breed.weight_min_kg, breed.weight_max_kg);
  breed.height = middle(breed.height_min_cm, breed.height_max_cm);
  breed.life = middle(breed.life_span_min_years, breed.life_span_max_years);
  breed.origins = split(breed.origin);
  breed.words = split(breed.temperaments);
  breed.searched = [breed.name, breed.breed_group, breed.origin, breed.temperaments]
    .filter(Boolean).map(folded).join(" ");
  return breed;
}

const raw = JSON.parse(document.getElementById("data").textContent);

export const report = raw;
export const breeds = rowsOf(raw.breeds).map(completed);
export const breedsById = new Map(breeds.map((breed) => [breed.breed_id, breed]));
export const issues = rowsOf(raw.issues);
export const issuesByBreed = grouped(issues, "breed_id");
const answers = rowsOf(raw.answers);
export const answersByRun = grouped(answers, "run_id");
// The first time that an answer came is when its content was stored.
export const answerByHash = new Map(answers.toReversed().map((answer) => [answer.sha256, answer]));
const changes = raw.changes.map(([breed_id, name, change, run_id, at, columns]) => ({
  breed_id, name, change, run_id, at,
  columns: columns.map(([column, before, after]) => ({ column, before, after })),
}));
export const changesByRun = grouped(changes, "run_id");
export const changesByBreed = grouped(changes, "breed_id");
export const runs = raw.runs;
export const runsById = new Map(runs.map((run) => [run.run_id, run]));
export const publishedRun = runsById.get(raw.published_run_id) ?? null;

/** The present, in milliseconds; never before the page was written (a rehearsal's clock may be ahead). */
export function now() {
  return Math.max(Date.now(), Date.parse(raw.written_at));
}
