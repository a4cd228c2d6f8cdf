// What a person must know before the rest: an empty, failed or old warehouse, said in words.

import { element, byId } from "./dom.js";
import { breeds, now, publishedRun, report, runs } from "./data.js";
import { count, DAY, span, time } from "./format.js";
import { freshness, freshnessInWords, isGood } from "./runs.js";

function note(kind, ...content) {
  return element("p", { class: `note ${kind}` }, content);
}

function failure(run) {
  const how = run.status === "interrupted" ? "was interrupted" : "failed";
  const message = run.error_message ? `: ${run.error_message}` : ".";
  return [`The last run, ${time(run.started_at)}, `, element("strong", null, how), message, " "];
}

function whatIsShown() {
  if (!publishedRun) return "Nothing has been published yet, so the tables are empty.";
  return `The tables are whole and as published ${time(publishedRun.published_at)}.`;
}

function found() {
  if (runs.length === 0) {
    return [note("bad", "This warehouse is empty: no run is recorded yet. A run (", element("code", null, "dlt-ingestion run"),
      ", or the job in Cloud Run) fills it; write this page again after it.")];
  }
  const notes = [];
  const ended = runs.find((run) => run.status !== "running");
  if (ended && !isGood(ended) && ended.status !== "superseded") notes.push(note("bad", failure(ended), whatIsShown()));
  else if (!publishedRun) notes.push(note("bad", `No run has ended yet. ${whatIsShown()}`));
  const { state } = freshness();
  if (state === "late" || state === "old") {
    notes.push(note("bad", element("strong", null, state === "old" ? "These data are very old. " : "These data are late. "), freshnessInWords()));
  }
  const age = now() - Date.parse(report.written_at);
  if (age > report.expected_every_days * DAY) {
    notes.push(note("", `This page itself was written ${span(age)} ago: later runs are not on it.`));
  }
  if (report.sample) notes.push(note("", "This is the sample that comes with the project, not The Dog API."));
  return notes;
}

export function showNotes() {
  byId("notes").replaceChildren(...found());
  byId("summary").textContent = publishedRun
    ? `${count(breeds.length, "breed")}, published ${time(publishedRun.published_at)}`
    : "Nothing is published yet";
  byId("written").textContent =
    `Written ${time(report.written_at)} from ${report.warehouse} by dlt-ingestion ${report.code_version}.`;
}
