// Weight against life span as a scatter plot (Chart.js) that answers to the pointer and to keys.

import { byId, breedLink } from "./dom.js";
import { breeds } from "./data.js";
import { count, inOrder, range } from "./format.js";

const MOST_NAMED = 6;
const STEPS = {
  ArrowLeft: ["byWeight", -1], ArrowRight: ["byWeight", 1], ArrowDown: ["byLife", -1], ArrowUp: ["byLife", 1],
  PageDown: ["byWeight", -10], PageUp: ["byWeight", 10], Home: ["byWeight", -Infinity], End: ["byWeight", Infinity],
};

const plot = { chart: null, byWeight: [], byLife: [], chosen: null };

function pointOf(breed) {
  return { x: breed.weight, y: breed.life, breed };
}

function hasPoint(breed) {
  return breed.weight !== null && breed.life !== null;
}

/** A breed in words, with the figures that place it. */
function said(breed) {
  const weight = range(breed.weight_min_kg, breed.weight_max_kg, "kg");
  const life = range(breed.life_span_min_years, breed.life_span_max_years, "years");
  return `${breed.name}: ${weight}, ${life}`;
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function axis(title) {
  return {
    type: "linear",
    grace: "5%",
    title: { display: true, text: title, color: colour("--soft") },
    ticks: { color: colour("--soft") },
    grid: { color: colour("--line") },
    border: { color: colour("--line") },
  };
}

function tooltipLines(items) {
  const lines = items.slice(0, MOST_NAMED).map(({ raw: { breed } }) => said(breed));
  return items.length > MOST_NAMED ? [...lines, `and ${items.length - MOST_NAMED} more`] : lines;
}

function options() {
  return {
    animation: false,
    parsing: false,
    normalized: true,
    maintainAspectRatio: false,
    interaction: { mode: "nearest", intersect: true },
    scales: { x: { ...axis("Weight, kilograms"), min: 0 }, y: axis("Life span, years") },
    plugins: {
      legend: { display: false },
      tooltip: {
        displayColors: false,
        filter: ({ datasetIndex }) => datasetIndex === 0,
        callbacks: { title: () => "", label: () => "", beforeBody: tooltipLines },
      },
    },
    onClick: (_, hit) => open(hit.filter(({ datasetIndex }) => datasetIndex === 0).map(({ index }) => plot.byWeight[index])),
  };
}

function datasets() {
  const style = { pointRadius: 5, pointHoverRadius: 8, pointHitRadius: 4, pointHoverBorderWidth: 2 };
  return [
    { ...style, data: [], pointBackgroundColor: colour("--point"), pointBorderColor: colour("--point-edge"),
      pointHoverBackgroundColor: colour("--accent"), pointHoverBorderColor: colour("--text") },
    { ...style, data: [], pointRadius: 3, pointHitRadius: 0, pointHoverRadius: 3, pointBorderWidth: 0,
      pointBackgroundColor: colour("--point-off") },
  ];
}

function open(hit) {
  if (hit.length === 1) location.hash = breedLink(hit[0].breed_id, "").hash;
  else if (hit.length > 1) tell(`${count(hit.length, "breed")} at this point: `, hit);
}

function tell(text, links = []) {
  const nodes = links.flatMap((breed, place) => [place ? ", " : "", breedLink(breed.breed_id, breed.name)]);
  byId("scatter-said").replaceChildren(text, ...nodes);
}

function choose(breed) {
  plot.chosen = breed;
  const active = breed ? [{ datasetIndex: 0, index: plot.byWeight.indexOf(breed) }] : [];
  plot.chart.setActiveElements(active);
  const { x, y } = active.length ? plot.chart.getDatasetMeta(0).data[active[0].index] : { x: 0, y: 0 };
  plot.chart.tooltip.setActiveElements(active, { x, y });
  plot.chart.render();
  tell(breed ? `${said(breed)}. Press Enter to open it.` : "");
}

function step(key) {
  const [order, by] = STEPS[key];
  const row = plot[order];
  if (row.length === 0) return;
  const at = plot.chosen === null ? (by > 0 ? -1 : row.length) : row.indexOf(plot.chosen);
  choose(row[Math.min(row.length - 1, Math.max(0, at + by))]);
}

function pressed(event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key in STEPS) step(event.key);
  else if (event.key === "Enter" && plot.chosen) open([plot.chosen]);
  else if (event.key === "Escape") choose(null);
  else return;
  event.preventDefault();
}

function build() {
  const canvas = byId("scatter").querySelector("canvas");
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  plot.chart?.destroy();
  plot.chart = new Chart(canvas, { type: "scatter", data: { datasets: datasets() }, options: options() });
}

function fillPoints(found) {
  const here = new Set(found);
  const [fitting, others] = plot.chart.data.datasets;
  plot.byWeight = found.filter(hasPoint).sort((a, b) => a.weight - b.weight || a.life - b.life || inOrder(a.name, b.name));
  plot.byLife = plot.byWeight.toSorted((a, b) => a.life - b.life || a.weight - b.weight || inOrder(a.name, b.name));
  fitting.data = plot.byWeight.map(pointOf);
  others.data = breeds.filter((breed) => !here.has(breed) && hasPoint(breed)).map(pointOf);
  plot.chart.update("none");
}

/** Draws these breeds, and the others faintly; those without weight or life span are counted in words. */
export function showPoints(found) {
  if (plot.chart === null) return;
  fillPoints(found);
  plot.chosen = null;
  const missing = found.length - plot.byWeight.length;
  tell(missing ? `${count(missing, "breed")} without a known weight or life span ${missing === 1 ? "has" : "have"} no point.` : "");
}

/** Paper is white, whatever the screen is: a canvas is printed in the colours that it has. */
function onPaper(is, redraw) {
  document.documentElement.classList.toggle("paper", is);
  redraw();
}

/** Makes the plot. `found` gives the breeds to show, again whenever colours change. */
export function startScatter(found) {
  const redraw = () => {
    build();
    showPoints(found());
  };
  byId("scatter").addEventListener("keydown", pressed);
  byId("scatter").addEventListener("blur", () => plot.chosen && choose(null));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  addEventListener("beforeprint", () => onPaper(true, redraw));
  addEventListener("afterprint", () => onPaper(false, redraw));
  redraw();
}
