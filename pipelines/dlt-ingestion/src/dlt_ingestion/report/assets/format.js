// How numbers, times and lists are written: one form each, units and the zone always said.

const NUMBER = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const PERCENT = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });
const TIME = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
});
const DATE = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC", weekday: "long", day: "numeric", month: "long", year: "numeric",
});
const LIST = new Intl.ListFormat("en", { type: "conjunction" });
const ORDER = new Intl.Collator("en", { numeric: true });
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A text as it is searched: "Löwchen" is found by "lowchen". */
export function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Compares two texts as a dictionary would. */
export function inOrder(one, other) {
  return ORDER.compare(one, other);
}

export function number(value) {
  return value === null || value === undefined ? "not known" : NUMBER.format(value);
}

export function percent(part, whole) {
  return whole === 0 ? "none" : PERCENT.format(part / whole);
}

/** A count with its noun: "1 breed", "72 breeds". */
export function count(value, one, many = `${one}s`) {
  return `${NUMBER.format(value)} ${value === 1 ? one : many}`;
}

/** A range with its unit, or null where nothing is known. */
export function range(lowest, highest, unit) {
  if (lowest === null && highest === null) return null;
  if (lowest === null) return `up to ${NUMBER.format(highest)} ${unit}`;
  if (highest === null) return `from ${NUMBER.format(lowest)} ${unit}`;
  if (lowest === highest) return `${NUMBER.format(lowest)} ${unit}`;
  return `${NUMBER.format(lowest)} to ${NUMBER.format(highest)} ${unit}`;
}

export function time(iso) {
  return iso === null || iso === undefined ? "not known" : `${TIME.format(new Date(iso))} UTC`;
}

export function date(iso) {
  return `${DATE.format(new Date(iso))} (UTC)`;
}

/** A span of milliseconds in its largest sensible unit: "4.2 seconds", "3 days". */
export function span(milliseconds) {
  const steps = [[MINUTE, SECOND, "second"], [HOUR, MINUTE, "minute"], [2 * DAY, HOUR, "hour"]];
  const [, size, unit] = steps.find(([below]) => milliseconds < below) ?? [0, DAY, "day"];
  const amount = milliseconds / size;
  return count(amount < 10 && size < DAY ? Math.round(amount * 10) / 10 : Math.round(amount), unit);
}

export function bytes(value) {
  if (value === null || value === undefined) return null;
  if (value < 10_000) return count(value, "byte");
  return value < 1e6 ? `${NUMBER.format(value / 1e3)} kilobytes` : `${NUMBER.format(value / 1e6)} megabytes`;
}

export function list(words) {
  return LIST.format(words);
}

/** A column's or field's name as words. */
export function words(name) {
  const known = {
    breed_id: "identifier", name: "name", breed_group: "group", origin: "origin", country_codes: "countries",
    temperament_raw: "temperament", life_span_raw: "life span", weight_metric_raw: "weight (kilograms)",
    weight_imperial_raw: "weight (pounds)", height_metric_raw: "height (centimetres)",
    height_imperial_raw: "height (inches)", image_url: "image", flagged_values: "flagged values",
    "weight.metric": "weight (kilograms)", "weight.imperial": "weight (pounds)",
    "height.metric": "height (centimetres)", "height.imperial": "height (inches)",
  };
  return known[name] ?? name.replaceAll("_", " ").replaceAll(".", ", ");
}
