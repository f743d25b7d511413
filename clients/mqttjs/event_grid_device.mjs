// A client of an Event Grid namespace that is nothing but MQTT.js over MQTT 5: what `skyproof certify
// event-grid` is shown. Reads the environment that `skyproof certify` gives; ends at SIGTERM.

import { readFileSync } from "node:fs";
import mqtt from "mqtt";

const told = process.env;
const me = told.MQTT_CLIENT_ID;
const client = mqtt.connect({
  protocol: "mqtts",
  host: told.MQTT_HOST_NAME,
  port: Number(told.MQTT_TCP_PORT),
  protocolVersion: 5,
  clientId: me,
  username: told.MQTT_USERNAME,
  ca: readFileSync(told.MQTT_CA_FILE),
  cert: readFileSync(told.MQTT_CERT_FILE),
  key: readFileSync(told.MQTT_KEY_FILE),
  clean: false,
  keepalive: 60,
  reconnectPeriod: 1000,
  // Without this it takes any refusal for final, even one for now.
  reconnectOnConnackError: true,
  properties: { sessionExpiryInterval: 600 },
});

client.on("connect", (connack) => {
  if (!connack.sessionPresent) {
    client.subscribe([`clients/${me}/commands/#`, "alerts/#"], { qos: 1 });
  }
});

client.on("message", (_topic, _payload, packet) => {
  const { responseTopic, correlationData } = packet.properties ?? {};
  if (responseTopic) {
    client.publish(responseTopic, '{"done":true}', { qos: 1, properties: { correlationData } });
  }
});

// Whoever listens to errors is not ended by them.
client.on("error", (error) => console.error(error.message));

let sent = 0;
const telemetry = setInterval(() => {
  if (client.connected) {
    client.publish(`clients/${me}/telemetry`, JSON.stringify({ n: sent }), {
      qos: 1,
      properties: { contentType: "application/json", messageExpiryInterval: 60 },
    });
    sent += 1;
  }
}, 500);

process.on("SIGTERM", () => {
  clearInterval(telemetry);
  client.end(false, {}, () => process.exit(0));
});
