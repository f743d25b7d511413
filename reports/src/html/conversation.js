// The conversation as a sequence: the client on the left, the cloud on the right, time downwards.

/** From this pause on, the time that passed gets a line of its own. */
const PAUSE_MS = 1000;

function conversation(told) {
  const { connections = [], said = [] } = told ?? {};
  if (said.length === 0) return null;
  const lanes = lanesOf(connections, said);
  const rows = [];
  let before = said[0].at_ms;
  said.forEach((one, n) => {
    if (one.at_ms - before >= PAUSE_MS) rows.push(pause(one.at_ms - before, lanes, n));
    before = one.at_ms;
    rows.push(row(one, n, lanes, told.began_ms, connections));
  });
  const sides = h("li", { class: "sides", "aria-hidden": "true" },
    h("span", { class: "at" }),
    h("span", { class: "lanes" }, lanes.cells(-1)),
    h("div", { class: "said" }, h("span", {}, "client"), h("span", {}, "cloud")));
  return h("section", {},
    h("h3", {}, "Conversation"),
    h("ol", { class: "talk" }, sides, rows),
    connections.length > 0 && connectionTable(connections));
}

function row(one, n, lanes, beganMs, connections) {
  const ends = connections.some(({ number, closed_ms: closed }) =>
    number === one.connection && closed === one.at_ms && /clos|reset|DISCONNECT/i.test(one.text));
  const kind = [one.by, one.offending && "offending", ends && "ends"].filter(Boolean).join(" ");
  const way = { client: "client to cloud", cloud: "cloud to client", nobody: "meanwhile" }[one.by];
  return h("li", { class: kind },
    h("time", { class: "at", title: new Date(beganMs + one.at_ms).toISOString() }, duration(one.at_ms)),
    h("span", { class: "lanes", "aria-hidden": "true" }, lanes.cells(n)),
    h("div", { class: "said" },
      h("div", { class: "line" },
        h("span", { class: "unseen" }, `${way}: `),
        one.connection > 0 && h("span", { class: "conn" }, `#${one.connection}`),
        one.by === "nobody" ? h("span", {}, one.text) : h("code", {}, one.text),
        one.offending && h("span", { class: "unseen" }, " (this is what the scenario fails for)"),
        (one.broke ?? []).map((id) => [" ", h("span", { class: "unseen" }, "breaks "), clauseLink(id, "broke")]),
        one.because && [" ", h("span", { class: "unseen" }, "because of "), clauseLink(one.because)]),
      one.by !== "nobody" && h("div", { class: "arrow", "aria-hidden": "true" })));
}

function pause(ms, lanes, n) {
  return h("li", { class: "gap" },
    h("span", { class: "at" }),
    h("span", { class: "lanes", "aria-hidden": "true" }, lanes.cells(n, true)),
    h("div", { class: "said" }, `${duration(ms)} later`));
}

/** A lane per connection that is open at the same time as others; a lane that is free again is used again. */
function lanesOf(connections, said) {
  const spans = connections.map(({ number }) => {
    const at = said.flatMap((one, n) => (one.connection === number ? [n] : []));
    const { closed_ms: closed } = connections.find((one) => one.number === number);
    const last = closed === undefined ? said.length - 1 : at.findLast((n) => said[n].at_ms <= closed);
    return { number, from: at[0] ?? 0, to: last ?? at.at(-1) ?? 0, open: closed === undefined };
  }).sort((a, b) => a.from - b.from);
  const lanes = [];
  for (const span of spans) {
    const free = lanes.find((lane) => lane.at(-1).to < span.from);
    if (free) free.push(span);
    else lanes.push([span]);
  }
  const cell = (span, n, between) => {
    if (!span || (between && span.from === n)) return h("i");
    const from = span.from === n ? "from" : "";
    const to = span.to === n && !span.open && !between ? "to" : "";
    return h("i", { class: `on hue${(span.number - 1) % 5} ${from} ${to}` });
  };
  return {
    cells: (n, between = false) => lanes.map((lane) =>
      cell(lane.find(({ from, to }) => from <= n && n <= to), n, between)),
  };
}

function connectionTable(connections) {
  const heads = ["#", "open", "from", "over", "server name", "client id", "keep-alive", "session", "CONNACK"];
  const line = (one) => [
    one.number,
    `${duration(one.opened_ms)} – ${one.closed_ms === undefined ? "" : duration(one.closed_ms)}`,
    one.address,
    `${one.transport} ${one.tls_version}${one.certificates ? `, ${plural(one.certificates, "certificate")}` : ""}`,
    one.sni ?? "none",
    one.connect ? one.connect.client_id || "empty" : "no CONNECT",
    one.connect ? `${one.connect.keep_alive_s} s` : "",
    one.connect ? (one.connect.clean ? "clean" : "kept") : "",
    one.connack ?? "none",
  ];
  return h("details", { class: "minor" },
    h("summary", {}, plural(connections.length, "connection")),
    h("div", { class: "wide", tabindex: "0" }, h("table", {},
      h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, connections.map((one) => h("tr", {}, line(one).map((text) => h("td", {}, text))))))));
}
