// One scenario, folded. What is inside is drawn when it is opened first: a run may have thousands.

function scenarioFold(scenario) {
  const { outcome } = scenario;
  const summary = h("summary", {},
    pill(outcome),
    h("span", { class: "name" }, scenario.name),
    scenario.trouble && pill("error", "trouble"),
    scenario.attempts > 1 && pill("warn", `${scenario.attempts} attempts`));
  const fold = h("details", { class: `card fold scenario ${tone(outcome)}`, "data-place": placeOf(scenario) }, summary);
  const draw = () => {
    if (!fold.classList.contains("drawn")) fold.append(body(scenario));
    fold.classList.add("drawn");
  };
  fold.addEventListener("toggle", () => fold.open && draw());
  return { scenario, fold, draw };
}

function body(scenario) {
  const { failure, trouble, transcript = [] } = scenario;
  return h("div", { class: "body" },
    h("div", { class: "tags" },
      [...clausesOf(scenario)].sort().map((id) => clauseLink(id)),
      h("span", { class: "muted mono" }, placeOf(scenario)),
      h("span", { class: "muted" }, `took ${duration(scenario.real_ms)}`)),
    scenario.reason && h("p", {}, scenario.reason),
    failure && account(failure, tone(scenario.outcome)),
    trouble && h("section", {}, h("h3", {}, "Trouble"), h("pre", { class: "trouble" }, trouble)),
    sentences(scenario.steps ?? []),
    conversation(scenario.conversation),
    judged(scenario.judged ?? []),
    transcript.length > 0 && h("details", { class: "minor" },
      h("summary", {}, "What the cloud heard and did"),
      h("ol", { class: "trace" }, transcript.map(({ text, offending }) =>
        h("li", { class: offending && "offending" }, text)))),
    h("section", {}, h("h3", {}, "Run this again"), command(scenario.repeat)));
}

/** Requirement, expected, actual and hint. */
function account({ requirement, expected, actual, hint, step }, kind) {
  const rows = [
    ["Required", requirement, ""], ["Expected", expected, "mono"], ["Actual", actual, "mono"], ["At", step, ""],
    ["Hint", hint, ""],
  ];
  return h("section", { class: `account ${kind}` }, h("dl", {}, rows.filter(([, text]) => text).map(([name, text, look]) =>
    [h("dt", {}, name), h("dd", { class: look }, text)])));
}

function sentences(steps) {
  if (steps.length === 0) return null;
  const tones = { passed: "pass", failed: "fail", skipped: "skip", undefined: "error" };
  return h("ul", { class: "sentences", "aria-label": "Sentences" }, steps.map(({ keyword, text, came_to: came }) =>
    h("li", { class: tones[came] },
      h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[tones[came]]),
      h("span", {}, h("b", {}, keyword), text, h("span", { class: "unseen" }, ` ${came}`)))));
}

function judged(list) {
  if (list.length === 0) return null;
  return h("details", { class: "minor" },
    h("summary", {}, `${plural(list.length, "clause")} looked at`),
    h("div", {}, list.map(({ clause: id, says, level, found }) => h("div", { class: "clause" },
      pill(FOUND[found], found.replace("-", " ")),
      h("span", {}, clauseLink(id)),
      h("span", { class: "says" }, says),
      h("span", { class: "level muted" }, level)))));
}
