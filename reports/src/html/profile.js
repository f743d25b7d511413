// The client's profile card: what it does on the wire by itself.

function profileCard() {
  const it = RUN.profile;
  if (!it || it.conversations === 0) return [];
  const seen = (list) => list.map(({ value, times }, n) => [n > 0 && ", ", h("code", {}, value), times > 1 && ` × ${times}`]);
  const size = (one) => one && `${one.bytes} B: ${one.text}`;
  const traits = [
    ["Connections", `${it.connections}, at most ${it.connections_most} in a scenario; ${it.connects} sent CONNECT, ${it.accepted} were let in`],
    ["Transport", [seen(it.transports), " ", seen(it.tls_versions)]],
    ["Server name", seen(it.sni)],
    ["Certificates shown", seen(it.certificates)],
    ["MQTT", seen(it.mqtt)],
    ["Client id", seen(it.client_ids)],
    ["Username", seen(it.usernames)],
    ["API version", seen(it.api_versions)],
    ["Keep-alive, s", seen(it.keep_alive_s)],
    ["Session", seen(it.sessions)],
    ["Password", seen(it.passwords)],
    ["Will", seen(it.wills)],
    ["Publishes at QoS", seen(it.publish_qos)],
    ["Subscribes at QoS", seen(it.subscribe_qos)],
    ["Largest packet", size(it.largest)],
    ["Smallest packet", size(it.smallest)],
  ].filter(([, value]) => value && value.length > 0);
  return [
    h("h2", { id: "profile" }, "The client on the wire"),
    h("section", { class: "card profile" },
      h("dl", { class: "traits" }, traits.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
      it.topics.length > 0 && topicTable(it.topics),
      it.backoffs.length > 0 && h("div", { class: "plots" }, it.backoffs.map(backoffPlot))),
  ];
}

function topicTable(topics) {
  return h("div", { class: "wide", tabindex: "0" }, h("table", {},
    h("thead", {}, h("tr", {}, ["", "topic or filter", "QoS", "times"].map((head) => h("th", { scope: "col" }, head)))),
    h("tbody", {}, topics.map(({ verb, topic, qos, times }) => h("tr", {},
      h("td", {}, verb), h("td", {}, h("code", {}, topic)), h("td", {}, qos.join(", ")), h("td", {}, String(times)))))));
}

const PLOT = { width: 360, height: 150, left: 44, top: 16, bottom: 34 };

/** The gaps between attempts as columns, and the fitted growth as a line over them. */
function backoffPlot({ name, gaps_ms: gaps, class: kind, base_ms: base, factor }) {
  const { width, height, left, top, bottom } = PLOT;
  const grows = kind !== "linear";
  const fitted = gaps.map((_, n) => base * factor ** n);
  const most = Math.max(1, ...gaps, ...(grows ? fitted : []));
  const [floor, step] = [height - bottom, (width - left) / Math.max(gaps.length, 4)];
  const x = (n) => left + step * (n + 0.5);
  const y = (ms) => floor - (ms / most) * (floor - top);
  const s = (ms) => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const words = kind.replaceAll("-", " ");
  const sparse = Math.ceil(gaps.length / 12);
  const columns = gaps.map((gap, n) => [
    h("rect", { class: "column", x: x(n) - step * 0.3, y: y(gap), width: step * 0.6, height: Math.max(1, floor - y(gap)), rx: 2 }),
    n % sparse === 0 && h("text", { x: x(n), y: y(gap) - 4, "text-anchor": "middle" }, s(gap)),
    n % sparse === 0 && h("text", { x: x(n), y: floor + 14, "text-anchor": "middle" }, String(n + 2)),
  ]);
  const line = fitted.map((ms, n) => `${n ? "L" : "M"}${x(n).toFixed(1)} ${y(ms).toFixed(1)}`).join(" ");
  const said = `Gaps before attempts 2 to ${gaps.length + 1}: ${gaps.map(s).join(", ")}.`;
  return h("figure", { class: "plot", style: "margin: 0" },
    h("figcaption", {}, h("h3", {}, `Back-off: ${words}`),
      h("p", { class: "muted" }, `${name}; fitted: begins with ${s(base)}, each ${factor.toFixed(2)} times the one before`)),
    h("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": said },
      h("line", { class: "axis", x1: left, x2: width, y1: floor, y2: floor }),
      h("text", { x: 0, y: top + 4 }, s(most)), h("text", { x: 0, y: floor }, "0 s"),
      h("text", { x: (left + width) / 2, y: height - 4, "text-anchor": "middle" }, "before attempt"),
      columns, grows && h("path", { class: "fit", d: line })));
}
