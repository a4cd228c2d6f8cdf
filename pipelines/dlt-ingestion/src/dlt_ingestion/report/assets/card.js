// A breed's card: everything that is known of it, its history, and where its row came from.

import { element, byId, facts, simpleTable } from "./dom.js";
import { answerByHash, breedsById, changesByBreed, issuesByBreed, runsById } from "./data.js";
import { bytes, number, range, time, words } from "./format.js";
import { changesInWords } from "./changes.js";

function picture(breed) {
  const placeholder = (said) => element("div", { class: "picture none", role: "img", "aria-label": said }, said);
  if (!breed.image_url?.startsWith("https://")) return placeholder("No picture is known");
  const image = element("img", {
    class: "picture", alt: `${breed.name}, a picture`, loading: "lazy", decoding: "async", src: breed.image_url,
    width: breed.image_width_pixels, height: breed.image_height_pixels, referrerpolicy: "no-referrer",
  });
  image.addEventListener("error", () => image.replaceWith(placeholder("The picture can't be loaded: no network?")));
  return image;
}

function measures(breed, name, unit) {
  const of = (sex) => range(breed[`${name}_${sex}min_${unit}`], breed[`${name}_${sex}max_${unit}`], unit);
  const sexes = [["males", of("male_")], ["females", of("female_")]].filter(([, said]) => said);
  const all = of("") ?? "not known";
  return sexes.length ? `${all} (${sexes.map(([sex, said]) => `${sex} ${said}`).join(", ")})` : all;
}

function known(breed) {
  return facts([
    ["Group", breed.breed_group],
    ["Origin", [breed.origin, breed.country_codes && `(${breed.country_codes})`].filter(Boolean).join(" ")],
    ["Weight", measures(breed, "weight", "kg")],
    ["Height", measures(breed, "height", "cm")],
    ["Life span", range(breed.life_span_min_years, breed.life_span_max_years, "years") ?? "not known"],
    ["Bred for", breed.bred_for],
    ["Perfect for", breed.perfect_for],
    ["Temperaments", breed.temperaments],
  ]);
}

function flagged(breed) {
  const found = issuesByBreed.get(breed.breed_id) ?? [];
  if (found.length === 0) return null;
  return [
    element("h3", null, "Values that could not be read"),
    simpleTable(`Flagged values of ${breed.name}`, ["Field", "As the API wrote it", "Why"],
      found.map(({ field, raw_text, reason }) => [words(field), element("code", null, raw_text), reason])),
  ];
}

function versions(breed) {
  const found = changesByBreed.get(breed.breed_id) ?? [];
  const said = { added: "Added", changed: "Changed", removed: "Removed" };
  return [
    element("h3", null, "History in these tables"),
    element("ol", { class: "versions" }, found.map((change) => element("li", null,
      element("strong", null, said[change.change]), ` ${time(change.at)}, by run `,
      element("a", { href: `#run/${change.run_id}` }, change.run_id),
      change.columns.length ? changesInWords(change.columns) : null))),
  ];
}

function provenance(breed) {
  const answer = answerByHash.get(breed.payload_sha256);
  const run = runsById.get(breed.run_id);
  return [
    element("h3", null, "Where this row came from"),
    facts([
      ["Identifier", breed.breed_id],
      ["Published", [run ? `${time(run.published_at)}, by run ` : "by run ",
        element("a", { href: `#run/${breed.run_id}` }, breed.run_id)]],
      ["Read from", answer ? `page ${number(answer.page + 1)} of ${answer.url}` : "an answer that is not stored"],
      ["Stored answer", answer && `received ${time(answer.fetched_at)}, ${bytes(answer.size_bytes)}`],
      ["SHA-256 of it", breed.payload_sha256 && element("code", null, breed.payload_sha256)],
      ["As the API wrote it", [
        ["weight", breed.weight_metric_raw ?? breed.weight_imperial_raw],
        ["height", breed.height_metric_raw ?? breed.height_imperial_raw],
        ["life span", breed.life_span_raw], ["temperament", breed.temperament_raw],
      ].filter(([, text]) => text).map(([what, text]) => element("div", null, `${what}: `, element("code", null, text)))],
    ]),
  ];
}

function content(breed) {
  const close = element("button", { type: "button", class: "quiet close", onclick: () => byId("card").close() }, "Close");
  return [
    element("div", { class: "card-head" }, element("h2", { id: "card-title", tabindex: "-1" }, breed.name), close),
    picture(breed),
    breed.description ? element("p", null, breed.description) : null,
    known(breed),
    flagged(breed),
    breed.history ? [element("h3", null, "The breed’s history"), element("p", null, breed.history)] : null,
    versions(breed),
    provenance(breed),
  ];
}

/** Opens the card; false where there is no such breed. */
export function openCard(id) {
  const breed = breedsById.get(id);
  if (!breed) return false;
  const card = byId("card");
  card.replaceChildren(...content(breed).flat(Infinity).filter(Boolean));
  if (!card.open) card.showModal();
  card.scrollTop = 0;
  byId("card-title").focus();
  return true;
}

/** `closed` is called when a person closes the card. */
export function startCard(closed) {
  const card = byId("card");
  card.addEventListener("close", closed);
  card.addEventListener("click", (event) => event.target === card && card.close());
}
