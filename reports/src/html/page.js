// The page itself: its parts, and the filters, whose state is the address's fragment: #clause=HUB-D2C-016&outcome=fail,warn

const RUN = JSON.parse(document.getElementById("report").textContent);
const SENTENCES = new Map([
  ...RUN.scenarios.flatMap((scenario) => (scenario.judged ?? []).map((one) => [one.clause, one.says])),
  ...RUN.clauses.flatMap(({ clauses }) => clauses.map((one) => [one.id, one.says])),
]);
const FOLDS = RUN.scenarios.map(scenarioFold);
const AREAS = [...new Set(FOLDS.flatMap(({ scenario }) => [...clausesOf(scenario)].map(areaOf)))].sort();

const search = h("input", { type: "search", placeholder: "Search names, sentences, packets …", "aria-label": "Search scenarios", input: () => leave({ q: search.value }) });
const areas = h("select", { "aria-label": "Area", change: () => leave({ area: areas.value }) },
  h("option", { value: "" }, "every area"), AREAS.map((name) => h("option", { value: name }, name)));
const chips = OUTCOMES.map((outcome) => [outcome, count((scenario) => scenario.outcome === outcome)])
  .filter(([, n]) => n > 0)
  .map(([outcome, n]) => h("button", {
    type: "button", class: `chip ${tone(outcome)}`, "data-outcome": outcome, "aria-pressed": "false",
    click: () => toggle(outcome),
  }, h("span", { "aria-hidden": "true" }, `${SIGNS[tone(outcome)]} `), `${outcome.replace("-", " ")} ${n}`));
const shown = h("span", { role: "status" });
const chosen = h("span", { class: "chips" });

/** What the fragment asks for. */
function asked() {
  const words = new URLSearchParams(location.hash.slice(1));
  return {
    q: words.get("q") ?? "", area: words.get("area") ?? "", clause: words.get("clause") ?? "", at: words.get("at") ?? "",
    outcome: (words.get("outcome") ?? "").split(",").filter(Boolean),
  };
}

/** Changes a part of the filter and keeps the rest. */
function leave(change) {
  const { outcome, ...rest } = { ...asked(), ...change };
  const words = Object.entries({ ...rest, outcome: outcome.join(",") }).filter(([, value]) => value);
  history.replaceState(null, "", `#${new URLSearchParams(words)}`);
  filter();
}

function toggle(outcome) {
  const before = asked().outcome;
  leave({ outcome: before.includes(outcome) ? before.filter((one) => one !== outcome) : [...before, outcome] });
}

/** Everything of a scenario that can be searched. */
function haystack(fold) {
  const { scenario } = fold;
  fold.text ??= [
    scenario.name, scenario.feature, placeOf(scenario), scenario.reason, scenario.trouble, ...scenario.tags,
    ...clausesOf(scenario), ...Object.values(scenario.failure ?? {}),
    ...(scenario.steps ?? []).map(({ keyword, text }) => keyword + text),
    ...(scenario.conversation?.said ?? []).map(({ text }) => text),
  ].join("\n").toLowerCase();
  return fold.text;
}

function matches(fold, { q, area, clause, at, outcome }) {
  const { scenario } = fold;
  const clauses = [...clausesOf(scenario)];
  return (outcome.length === 0 || outcome.includes(scenario.outcome))
    && (!area || clauses.some((id) => areaOf(id) === area))
    && (!clause || clauses.includes(clause))
    && (!at || placeOf(scenario) === at)
    && q.toLowerCase().split(/\s+/).every((word) => haystack(fold).includes(word));
}

function filter() {
  const wanted = asked();
  const found = FOLDS.filter((fold) => {
    const matching = matches(fold, wanted);
    fold.fold.hidden = !matching;
    return matching;
  });
  for (const feature of document.querySelectorAll(".feature")) {
    feature.hidden = !feature.querySelector(".scenario:not([hidden])");
  }
  for (const chip of chips) chip.setAttribute("aria-pressed", String(wanted.outcome.includes(chip.dataset.outcome)));
  if (document.activeElement !== search) search.value = wanted.q;
  areas.value = wanted.area;
  shown.textContent = `${found.length} of ${plural(FOLDS.length, "scenario")}`;
  chosen.replaceChildren(...["clause", "at"].filter((name) => wanted[name]).map((name) =>
    h("button", { type: "button", class: "chip", "aria-pressed": "true", click: () => leave({ [name]: "" }) },
      wanted[name], h("span", { "aria-hidden": "true" }, " ✕"), h("span", { class: "unseen" }, ": show all again"))));
  choose(wanted.clause);
  if (found.length === 1) found[0].fold.open = true;
  return found;
}

/** The scenarios, by feature. */
function features() {
  const byPath = Map.groupBy(FOLDS, ({ scenario }) => scenario.path);
  return [...byPath].map(([path, folds]) => h("section", { class: "feature" },
    h("h3", {}, folds[0].scenario.feature, h("span", { class: "muted mono" }, path)),
    folds.map(({ fold }) => fold)));
}

document.getElementById("page").append(...[
  summary(), remarks(), clauseMatrix(),
  h("h2", { id: "scenarios" }, "Scenarios"),
  h("div", { class: "filters", role: "search" }, search,
    h("div", { class: "chips" }, chips, AREAS.length > 1 && areas),
    h("div", { class: "found" }, shown, chosen)),
  features(), profileCard(),
  h("footer", {}, `Told by skyproof ${RUN.version}. `, h("code", {}, "skyproof explain CLAUSE"), " tells where a clause comes from."),
].flat(9).filter(Boolean));

filter();
if (!location.hash) {
  const worst = FOLDS.find(({ scenario }) => scenario.outcome === "fail");
  if (worst) worst.fold.open = true;
}
addEventListener("hashchange", () => {
  if (filter().length > 0) document.getElementById("scenarios").scrollIntoView();
});
addEventListener("beforeprint", () => {
  for (const { draw } of FOLDS) draw();
  for (const fold of document.querySelectorAll("details")) fold.open = true;
});
