// Elements, words and times. Text enters the page as text nodes alone, so nothing that a client said is markup.

const SIGNS = { pass: "✓", warn: "!", fail: "✕", error: "⚠", inconclusive: "?", skip: "–" };
const FOUND = { kept: "pass", broken: "fail", "never-shown": "skip" };
const OUTCOMES = [
  "fail", "error", "inconclusive", "warn", "pass", "unsupported", "not-applicable", "informational", "not-run",
  "known-failing",
];

/** An element. Attributes that are null or false are left out; functions listen; children may be nested lists. */
function h(name, attributes, ...children) {
  const svg = ["svg", "rect", "path", "line", "text", "title"].includes(name);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key, value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The class that colours an outcome. */
function tone(outcome) {
  return outcome in SIGNS ? outcome : "skip";
}

function pill(outcome, words = outcome.replace("-", " "), loud = "") {
  const sign = h("span", { "aria-hidden": "true" }, SIGNS[tone(outcome)]);
  return h("span", { class: `pill ${tone(outcome)} ${loud}` }, sign, words);
}

/** `1.204 s`, `29:27.000`, `1:02:03.000`: as long as it has to be. */
function duration(ms) {
  const s = (ms / 1000).toFixed(3);
  if (ms < 120_000) return `${s} s`;
  const two = (n) => String(n).padStart(2, "0");
  const [whole, hours] = [Math.floor(ms / 1000), Math.floor(ms / 3_600_000)];
  const tail = `${two(whole % 60)}.${s.split(".")[1]}`;
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
}

function plural(count, word) {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** The clauses that a scenario looked at or is about. */
function clausesOf(scenario) {
  const tagged = scenario.tags.filter((tag) => /^[A-Z]+(-[A-Z0-9]+)+-\d+$/.test(tag));
  return new Set([...(scenario.judged ?? []).map((judged) => judged.clause), ...tagged]);
}

/** The area of a clause: its id without the number. */
function areaOf(clause) {
  return clause.replace(/-\d+$/, "");
}

function placeOf(scenario) {
  return `${scenario.path}:${scenario.line}`;
}

/** A link that filters by a clause; its sentence is the tooltip. */
function clauseLink(id, kind = "") {
  const says = SENTENCES.get(id);
  return h("a", { class: `tag ${kind}`, href: `#clause=${encodeURIComponent(id)}`, title: says }, id);
}

/** A command with a button that copies it. */
function command(text) {
  const shown = h("pre", {}, h("code", {}, text));
  const button = h("button", {
    type: "button",
    click: async () => {
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(shown);
        button.textContent = "Selected";
      }
    },
  }, "Copy");
  return h("div", { class: "copy" }, shown, button);
}

/** Names and values, those without a value left out. */
function facts(kind, pairs) {
  const there = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return h("dl", { class: kind }, there.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}
