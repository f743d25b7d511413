// The clause matrix: every clause that was looked at, by area; areas with a broken one are open.

function clauseMatrix() {
  if (RUN.clauses.length === 0) return [];
  return [
    h("h2", { id: "clauses" }, "Clauses"),
    h("div", { class: "areas" }, RUN.clauses.map(area)),
  ];
}

function area({ area: name, clauses }) {
  const of = (found) => clauses.filter((clause) => clause.found === found).length;
  const tally = [["broken", of("broken")], ["kept", of("kept")], ["never-shown", of("never-shown")]];
  return h("details", { class: "card fold", open: of("broken") > 0 },
    h("summary", {},
      h("span", { class: "name mono" }, name),
      h("span", { class: "tally" }, tally.filter(([, n]) => n > 0).map(([found, n]) =>
        h("span", {}, h("b", { class: FOUND[found] }, `${SIGNS[FOUND[found]]} ${n}`), ` ${found.replace("-", " ")}`)))),
    clauses.map(clause));
}

function clause({ id, says, level, found, scenarios }) {
  return h("div", { class: "clause", "data-clause": id },
    pill(FOUND[found], found.replace("-", " ")),
    h("span", {}, clauseLink(id)),
    h("span", { class: "says" }, says),
    h("span", { class: "level muted" }, level),
    h("span", { class: "where" }, h("a", { href: `#clause=${encodeURIComponent(id)}` }, plural(scenarios.length, "scenario"))));
}

/** Marks the clause that the page is filtered by. */
function choose(id) {
  for (const row of document.querySelectorAll(".clause")) {
    const chosen = row.dataset.clause === id;
    row.classList.toggle("chosen", chosen);
    if (chosen) row.closest("details").open = true;
  }
}
