// Starts the page: which view the address names, and what happens when a filter changes.

import { byId } from "./dom.js";
import { startFilters } from "./filters.js";
import { showRows, startPrinting } from "./table.js";
import { showPoints, startScatter } from "./scatter.js";
import { showTemperaments, startTemperaments } from "./temperaments.js";
import { openCard, startCard } from "./card.js";
import { showChanges } from "./changes.js";
import { openRun, showRuns, startRuns } from "./runs.js";
import { showQuality } from "./quality.js";
import { showNotes } from "./notes.js";

const VIEWS = {
  breeds: { title: "Breeds", show: showBreeds },
  changes: { title: "Changes", show: showChanges },
  runs: { title: "Runs", show: showRuns },
  quality: { title: "Data quality", show: showQuality },
};

const page = { view: null, made: new Set(), found: [], returnFocus: null };

function showBreeds() {
  startTemperaments();
  startPrinting();
  startFilters((found, wanted) => {
    page.found = found;
    showRows(found);
    showTemperaments(found, wanted.temperament);
    showPoints(found);
  });
  // After the first table is on the screen.
  requestAnimationFrame(() => setTimeout(() => startScatter(() => page.found)));
}

function showView(name) {
  if (page.view === name) return;
  page.view = name;
  for (const other of Object.keys(VIEWS)) byId(`view-${other}`).hidden = other !== name;
  for (const link of document.querySelectorAll("header nav a")) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${VIEWS[name].title}: dog breeds`;
  if (page.made.has(name)) return;
  page.made.add(name);
  VIEWS[name].show();
}

/** The kind and the id in the address; a part that no encoder has written is taken as it is. */
function addressed() {
  const [kind, ...rest] = location.hash.slice(1).split("/");
  try {
    return [kind, decodeURIComponent(rest.join("/"))];
  } catch (error) {
    if (error instanceof URIError) return [kind, rest.join("/")];
    throw error;
  }
}

/** The address says what is seen: #changes, #breed/<id>, #run/<id>. */
function follow() {
  const [kind, id] = addressed();
  if (kind === "breed") {
    if (!page.view) showView("breeds");
    page.returnFocus ??= document.activeElement;
    if (openCard(id)) return;
  }
  if (byId("card").open) byId("card").close();
  if (kind === "main" && page.view) return;
  showView(kind === "run" ? "runs" : kind in VIEWS ? kind : "breeds");
  if (kind === "run") openRun(id);
  else scrollTo(0, 0);
}

function cardClosed() {
  const focus = page.returnFocus;
  page.returnFocus = null;
  if (location.hash.startsWith("#breed/")) {
    history.replaceState(null, "", `#${page.view}`);
    focus?.focus?.();
  }
}

showNotes();
startRuns();
startCard(cardClosed);
addEventListener("hashchange", follow);
follow();
performance.mark("shown");
