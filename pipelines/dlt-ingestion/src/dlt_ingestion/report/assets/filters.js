// Which breeds are shown: the form's state, and what it means.

import { element, byId } from "./dom.js";
import { breeds } from "./data.js";
import { count, folded, inOrder, number } from "./format.js";

/** Sizes by the middle of the weight, in kilograms: from, below. */
const SIZES = [
  ["toy", "Toy: under 5 kg", 0, 5],
  ["small", "Small: 5 to 10 kg", 5, 10],
  ["medium", "Medium: 10 to 25 kg", 10, 25],
  ["large", "Large: 25 to 45 kg", 25, 45],
  ["giant", "Giant: 45 kg and more", 45, Infinity],
  ["unknown", "Weight not known", null, null],
];
const NONE = "\u0000none";

function fits(breed, wanted) {
  const { text, group, origin, temperament, size } = wanted;
  if (text && !folded(text).split(/\s+/).every((word) => breed.searched.includes(word))) return false;
  if (group && (breed.breed_group ?? NONE) !== group) return false;
  if (origin && !(breed.origins.length ? breed.origins : [NONE]).includes(origin)) return false;
  if (temperament && !breed.words.includes(temperament)) return false;
  return !size || sizeOf(breed) === size;
}

function sizeOf({ weight }) {
  if (weight === null) return "unknown";
  return SIZES.find(([, , from, below]) => weight >= from && weight < below)[0];
}

function countEach(valuesOf) {
  const counts = new Map();
  for (const breed of breeds) for (const value of valuesOf(breed)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function fill(name, all, counts, shownAs = (value) => value) {
  const select = byId("filters").elements[name];
  const sorted = [...counts].sort(([a], [b]) => (a === NONE) - (b === NONE) || inOrder(a, b));
  select.replaceChildren(
    element("option", { value: "" }, all),
    ...sorted.map(([value, breedsOfIt]) => element("option", { value }, `${shownAs(value)} (${number(breedsOfIt)})`)));
}

/** Sets the form up; `show` gets the breeds that fit, and what is wanted, at each change. */
export function startFilters(show) {
  const form = byId("filters");
  const named = (value) => (value === NONE ? "Not known" : value);
  fill("group", "All", countEach((breed) => [breed.breed_group ?? NONE]), named);
  fill("origin", "All", countEach((breed) => (breed.origins.length ? breed.origins : [NONE])), named);
  fill("temperament", "All", countEach((breed) => breed.words));
  const sizes = countEach((breed) => [sizeOf(breed)]);
  form.elements.size.replaceChildren(
    element("option", { value: "" }, "All"),
    ...SIZES.filter(([size]) => sizes.has(size))
      .map(([size, said]) => element("option", { value: size }, `${said} (${number(sizes.get(size))})`)));
  const update = () => {
    const wanted = Object.fromEntries(new FormData(form));
    wanted.text = wanted.text.trim();
    const found = breeds.filter((breed) => fits(breed, wanted));
    byId("found").textContent = found.length === breeds.length
      ? `All ${count(breeds.length, "breed")}`
      : `${count(found.length, "breed")} of ${number(breeds.length)}`;
    show(found, wanted);
  };
  form.addEventListener("input", update);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(update));
  update();
}

/** Filters by a temperament, or no longer where it was the one. */
export function toggleTemperament(word) {
  const select = byId("filters").elements.temperament;
  select.value = select.value === word ? "" : word;
  select.dispatchEvent(new Event("input", { bubbles: true }));
}
