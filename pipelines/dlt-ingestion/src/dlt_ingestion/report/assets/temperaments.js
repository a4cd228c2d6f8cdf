// Temperaments of the breeds shown, the most frequent first; each is a button that filters.

import { element, byId, bar } from "./dom.js";
import { count, inOrder, number } from "./format.js";
import { toggleTemperament } from "./filters.js";

const FIRST = 12;
const listed = { all: false, found: [], wanted: "" };

function frequencies(found) {
  const counts = new Map();
  for (const { words } of found) for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || inOrder(a, b));
}

function frequencyLine([word, breedsOfIt], most) {
  const press = () => {
    toggleTemperament(word);
    [...byId("temperaments").querySelectorAll("button")].find((button) => button.dataset.word === word)?.focus();
  };
  return element("li", null, element("button", {
    type: "button", class: "frequency", "data-word": word, "aria-pressed": String(listed.wanted === word),
    "aria-label": `${word}: ${count(breedsOfIt, "breed")}`, onclick: press,
  }, element("span", null, word), bar(0, breedsOfIt / most), element("span", { class: "figure" }, number(breedsOfIt))));
}

function drawTemperaments() {
  const all = frequencies(listed.found);
  const most = all[0]?.[1] ?? 1;
  byId("temperaments").replaceChildren(...all.slice(0, listed.all ? all.length : FIRST).map((entry) => frequencyLine(entry, most)));
  const button = byId("temperaments-all");
  button.hidden = all.length <= FIRST;
  button.textContent = listed.all ? "Show the most frequent only" : `Show all ${count(all.length, "temperament")}`;
}

/** Shows the temperaments of these breeds; `wanted` is the one that is filtered by. */
export function showTemperaments(found, wanted) {
  listed.found = found;
  listed.wanted = wanted;
  drawTemperaments();
}

export function startTemperaments() {
  byId("temperaments-all").addEventListener("click", () => {
    listed.all = !listed.all;
    drawTemperaments();
  });
}
