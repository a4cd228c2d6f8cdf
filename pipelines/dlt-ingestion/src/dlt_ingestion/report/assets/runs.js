// The runs: how fresh the tables are, and how each run went.

import { element, byId, bar, facts, simpleTable } from "./dom.js";
import { answersByRun, now, report, runs, runsById } from "./data.js";
import { bytes, count, DAY, number, span, time } from "./format.js";
import { later, publishedInWords } from "./changes.js";

const STEP = 25;
const GRACE = 0.5 * DAY;
const SAID = {
  published: "Published", unchanged: "Nothing changed", superseded: "Newer content was there",
  failed: "Failed", interrupted: "Interrupted", running: "Under way",
};
const GOOD = new Set(["published", "unchanged"]);

const listing = { shown: STEP };

export function isGood(run) {
  return GOOD.has(run.status);
}

/** How old the last successful look at the source is, against the schedule. */
export function freshness() {
  const good = runs.find(isGood);
  if (!good) return { state: "never", good: null };
  const due = report.expected_every_days * DAY;
  const age = now() - Date.parse(good.finished_at ?? good.started_at);
  return { state: age <= due + GRACE ? "fresh" : age <= 3 * due ? "late" : "old", age, good, due };
}

export function freshnessInWords() {
  const { state, age, good, due } = freshness();
  const schedule = `A run is due every ${count(report.expected_every_days, "day")}`;
  if (state === "never") return `No run has succeeded yet. ${schedule}.`;
  const ended = good.finished_at ?? good.started_at;
  const last = `The last successful run ended ${span(age)} ago, ${time(ended)}.`;
  const next = time(new Date(Date.parse(ended) + due).toISOString());
  if (state === "fresh") return `${last} ${schedule}, the next one by ${next}.`;
  return `${last} ${schedule}: one was due by ${next}, and none has succeeded since.`;
}

function seconds(run) {
  return run.finished_at === null ? null : (Date.parse(run.finished_at) - Date.parse(run.started_at)) / 1000;
}

function outcomeInWords(run) {
  if (run.status === "published") return publishedInWords(run);
  if (run.status === "unchanged") return `${count(run.breeds_read ?? 0, "breed")} read, the same as before`;
  if (run.status === "running") return "It has not ended yet, or ended without a word";
  return run.error_message ?? "";
}

function audits(run) {
  if (run.audits.length === 0) return null;
  const said = (audit) => (audit.passed ? "passed" : audit.waived ? "failed, and accepted by a person" : "failed");
  return simpleTable("Audits", ["Audit", "Measured", "Allowed", "Result"], run.audits.map((audit) =>
    [audit.name.replaceAll("_", " "), number(audit.measured), audit.allowed, said(audit)]));
}

function answersOf(run) {
  const found = answersByRun.get(run.run_id) ?? [];
  if (found.length === 0) return null;
  return simpleTable("Answers of the API", ["Page", "Received", "Status", "Size", "Address"], found.map((answer) =>
    [number(answer.page + 1), time(answer.fetched_at), String(answer.http_status), bytes(answer.size_bytes), answer.url]));
}

function spent(value) {
  return value === null ? null : span(value * 1000);
}

function detail(run) {
  return element("div", { class: "detail" },
    facts([
      ["Run", element("code", null, run.run_id)],
      ["Kind", run.kind === "run" ? "reads the API" : run.kind],
      ["Of run", run.source_run_id],
      ["Started", time(run.started_at)],
      ["Ended", run.finished_at ? time(run.finished_at) : "not known"],
      ["Error", run.error_class && [element("strong", null, run.error_class), ": ", run.error_message]],
      ["Read", run.breeds_read === null ? null : `${count(run.breeds_read, "breed")}, ${count(run.pages ?? 0, "page")}, `
        + `${count(run.requests ?? 0, "request")}, ${bytes(run.bytes_read)}`],
      ["Flagged", run.values_flagged === null ? null : count(run.values_flagged, "value")],
      ["Time to read", spent(run.read_seconds)],
      ["Time to stage", spent(run.load_seconds)],
      ["From", run.source_url],
      ["Fewer breeds accepted", run.accepted_shrink ? "yes" : null],
      ["Code", run.code_version],
      ["Image", run.image_digest],
      ["Execution", run.execution && `${run.execution}, attempt ${number((run.attempt ?? 0) + 1)}`],
    ]),
    audits(run), answersOf(run));
}

function runLine(run, longest) {
  const took = seconds(run);
  const kind = isGood(run) ? "good" : run.status === "running" || run.status === "superseded" ? "" : "bad";
  const summary = [
    element("span", { class: "when" }, time(run.started_at)),
    element("span", { class: `chip ${kind}` }, SAID[run.status]),
    element("span", { class: "took" }, element("span", { class: "figure" }, took === null ? "" : span(took * 1000)),
      bar(0, (took ?? 0) / longest)),
    element("span", { class: "outcome" }, outcomeInWords(run)),
  ];
  return element("li", null, later(summary, () => detail(run), { id: `run-${run.run_id}`, class: "panel" }));
}

function drawRuns() {
  const shown = runs.slice(0, listing.shown);
  const longest = Math.max(0.1, ...shown.map((run) => seconds(run) ?? 0));
  byId("runs-list").replaceChildren(...shown.map((run) => runLine(run, longest)));
  byId("runs-more").hidden = listing.shown >= runs.length;
}

export function showRuns() {
  const { state } = freshness();
  byId("freshness").replaceChildren(
    element("p", { class: `note ${state === "fresh" ? "good" : "bad"}` }, freshnessInWords()),
    element("p", { class: "soft" }, `${count(runs.length, "run")} recorded`
      + `${report.cut.includes("runs") ? " and on this page; the table ingestion_runs has the earlier ones" : ""}.`));
  drawRuns();
}

/** Opens a run's details; false where the page has no such run. */
export function openRun(id) {
  if (!runsById.has(id)) return false;
  listing.shown = Math.max(listing.shown, runs.findIndex((run) => run.run_id === id) + 1);
  drawRuns();
  const details = byId(`run-${id}`);
  details.open = true;
  details.querySelector("summary").focus();
  details.scrollIntoView({ block: "center" });
  return true;
}

export function startRuns() {
  byId("runs-more").addEventListener("click", () => {
    const next = runs[listing.shown];
    listing.shown += STEP;
    drawRuns();
    byId(`run-${next.run_id}`).querySelector("summary").focus();
  });
}
