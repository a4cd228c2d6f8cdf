// Makes elements. Text is only ever set as text, so that no data can become markup.

/** An element; children are nodes, texts, or lists of them, and null is left out. */
export function element(tag, properties, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

export function byId(id) {
  return document.getElementById(id);
}

/** A horizontal bar from one share of its width to another, for eyes only: its text is beside it. */
export function bar(from, to, kind = "") {
  const filled = element("i");
  filled.style.setProperty("--from", from);
  filled.style.setProperty("--to", to);
  return element("span", { class: `bar ${kind}`, "aria-hidden": "true" }, filled);
}

/** A link to a breed's card. */
export function breedLink(id, name) {
  return element("a", { href: `#breed/${encodeURIComponent(id)}` }, name);
}

/** A table with headings and rows of cells; a cell is a node, a text or a list of them. */
export function simpleTable(caption, headings, rows) {
  const heads = headings.map((heading) => element("th", { scope: "col" }, heading));
  const lines = rows.map((cells) =>
    element("tr", null, cells.map((cell, place) =>
      place === 0 ? element("th", { scope: "row" }, cell) : element("td", null, cell))));
  return element("div", { class: "table", tabindex: "0", role: "region", "aria-label": caption },
    element("table", null,
      element("caption", null, caption),
      element("thead", null, element("tr", null, heads)),
      element("tbody", null, lines)));
}

/** Terms and what is said of each; a pair without a value is left out. */
export function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return element("dl", { class: "facts" }, shown.map(([term, value]) =>
    element("div", null, element("dt", null, term), element("dd", null, value))));
}
