// The top of the page: the verdict, who was certified, how to repeat it, and what a reader has to know first.

function summary() {
  const { client, clause_tally: clauses } = RUN;
  const verdict = RUN.exit_code === 0 ? "pass" : { 1: "fail", 5: "inconclusive" }[RUN.exit_code] ?? "error";
  const title = client ? [client.name, client.version].filter(Boolean).join(" ") : `skyproof ${RUN.suite}`;
  const counts = OUTCOMES.map((outcome) => [outcome, count((scenario) => scenario.outcome === outcome)]);
  const bars = [bar(plural(RUN.scenarios.length, "scenario"), counts)];
  const looked = clauses.kept + clauses.broken + clauses.never_shown;
  if (looked > 0) {
    bars.unshift(bar(plural(looked, "clause"), [
      ["fail", clauses.broken, "broken"], ["pass", clauses.kept, "kept"], ["skip", clauses.never_shown, "never shown"],
    ]));
  }
  return h("header", { class: `card head ${verdict}` },
    h("p", { class: "muted" }, `skyproof ${RUN.version} · ${RUN.suite}`),
    h("div", { class: "title" }, h("h1", {}, title), pill(verdict, RUN.verdict, "loud")),
    h("div", { class: "bars" }, bars),
    facts("facts", [
      ["Command", client && h("code", {}, client.command.join(" "))],
      ["SHA-256", client && client.sha256.map(({ file, sha256 }) =>
        h("div", {}, h("code", {}, sha256), ` ${file}`))],
      ["Declares", client && (client.capabilities.join(", ") || "nothing")],
      ["Driven as", client && drivenAs(client)],
      ["Platform", client && `${client.platform}, seed ${client.seed}`],
      ["Run", `${RUN.at.replace("T", " ").replace(/\.\d+Z$/, " UTC")}, took ${duration(RUN.real_ms)}`],
      ["Run it again", again() && command(again())],
    ]));
}

/** A bar of counts in their colours, with the words below. */
function bar(name, counts) {
  const there = counts.filter(([, n]) => n > 0);
  return h("div", { class: "bar" },
    h("h3", {}, name),
    h("div", { class: "track", "aria-hidden": "true" },
      there.map(([outcome, n]) => h("i", { class: tone(outcome), style: `flex: ${n}` }))),
    h("div", { class: "legend" }, there.map(([outcome, n, words]) =>
      h("span", {}, h("b", { class: tone(outcome) }, `${SIGNS[tone(outcome)]} ${n}`), ` ${words ?? outcome.replace("-", " ")}`))));
}

function drivenAs({ mode, lane, warp }) {
  const faster = warp > 1 ? `, ${warp} times as fast as real time` : "";
  return `${mode === "adapter" ? "adapter" : "black box"}, ${lane} lane${faster}`;
}

/** The command of the whole run: that of a scenario without its place. */
function again() {
  const [scenario] = RUN.scenarios;
  const place = scenario && ["--only", "--at"].map((option) => ` ${option} ${placeOf(scenario)}`);
  const named = place?.find((words) => scenario.repeat.includes(words));
  return named && scenario.repeat.replace(named, "");
}

/** Suspect checks first: what they say of a client is in doubt. */
function remarks() {
  const suspects = RUN.scenarios.filter(({ tags, outcome }) =>
    tags.includes("suspect") && ["fail", "error", "inconclusive"].includes(outcome));
  const troubled = RUN.troubles > 0 && `${plural(RUN.troubles, "scenario")} met trouble of the harness or of the client's process: look there before you trust the rest.`;
  return [
    ...suspects.map((scenario) => note("fail", "Suspect check, which fails for every client known; doubt it first: ",
      h("a", { href: `#at=${encodeURIComponent(placeOf(scenario))}` }, scenario.name))),
    troubled && note("error", troubled),
    ...RUN.remarks.map((text) => note("warn", text)),
  ];
}

function note(kind, ...words) {
  return h("p", { class: `card note ${kind}`, role: "note" }, words);
}

function count(matches) {
  return RUN.scenarios.filter(matches).length;
}
