// event_grid.mjs tcp|websocket: MQTT.js as MQTT 5 clients of a namespace. The mock's clock is held.
import { createSign } from 'node:crypto';
import { once } from 'node:events';
import mqtt from 'mqtt';
import {
  Inbox, ask, ca, certificate, expect, facts, has, refused, same, step, within,
} from '../common/journey.mjs';

const transport = process.argv[2];
const url = {
  tcp: `mqtts://${facts.host}:${facts.mqtt_port}`,
  websocket: `wss://${facts.host}:${facts.wss_port}/mqtt`,
}[transport];
// Whoever dials an address can still name the host: this is what tells a namespace among other tenants.
const servername = facts.namespaces[0].host;

// A connection of this client, in the session of its own name unless it is told otherwise; what comes lies
// in `inbox`, and CONNACK in `connack`.
async function connected(username, options = {}, proof = certificate(username)) {
  const client = mqtt.connect(url, {
    clientId: username, username, protocolVersion: 5, keepalive: 600, reconnectPeriod: 0, ca,
    servername, wsOptions: { servername }, ...proof, ...options,
  });
  client.inbox = new Inbox();
  client.on('message', (topic, payload, { properties = {}, qos }) => {
    client.inbox.put({ topic, text: payload.toString(), qos, properties });
  });
  const failed = once(client, 'error').then(([error]) => { throw error; });
  failed.catch(() => {});
  [client.connack] = await within(Promise.race([once(client, 'connect'), failed]), 'no CONNACK');
  client.on('error', () => {});
  return client;
}

// Publishes at QoS 1, with these properties.
function tell(client, topic, body, properties = {}) {
  return within(client.publishAsync(topic, body, { qos: 1, properties }), 'no PUBACK');
}

async function listen(client, filter, options = {}) {
  const [granted] = await within(client.subscribeAsync(filter, { qos: 1, ...options }), 'no SUBACK');
  return granted.qos;
}

// A token of the namespace's issuer that is good for so long.
async function token(name, life_s, claims) {
  const now_s = Math.floor(Date.parse((await ask('GET', 'health')).now) / 1000);
  const encode = (it) => Buffer.from(JSON.stringify(it)).toString('base64url');
  const head = encode({ typ: 'JWT', alg: 'RS256', kid: 'key-1' });
  const about = { iss: 'issuer', sub: name, aud: servername, nbf: now_s, exp: now_s + life_s };
  const signed = `${head}.${encode({ ...about, ...claims })}`;
  const signature = createSign('RSA-SHA256').update(signed).sign(certificate('issuer').key);
  return Buffer.from(`${signed}.${signature.toString('base64url')}`);
}

const pass = (s) => ask('POST', 'advance', { by_s: s });
const error = (promise) => promise.then(() => null, (it) => it);

let machine;
let operator;
await step(`connects over ${transport} to the host that it names, and is told the limits`, async () => {
  machine = await connected('machine-1');
  operator = await connected('console');
  const { maximumQoS, maximumPacketSize, topicAliasMaximum } = operator.connack.properties;
  same([maximumQoS, maximumPacketSize, topicAliasMaximum], [1, 524288, 10]);
  const { text } = (await expect({ kind: 'open' })).input;
  has(text, `to ${servername}`);
  has(text, transport === 'tcp' ? 'over TLS' : 'over WebSocket');
});

await step('telemetry with all the properties that a message may have', async () => {
  same(await listen(operator, 'machines/+/telemetry'), 1);
  const properties = {
    contentType: 'application/json', payloadFormatIndicator: true, userProperties: { room: ['7', '8'] },
  };
  await tell(machine, 'machines/machine-1/telemetry', '{"celsius": 21}', properties);
  const { topic, text, properties: found } = await operator.inbox.take();
  same([topic, text], ['machines/machine-1/telemetry', '{"celsius": 21}']);
  same([found.contentType, found.payloadFormatIndicator], ['application/json', true]);
  same({ ...found.userProperties }, { room: ['7', '8'] });
});

await step('an order with response topic and correlation data, and its answer', async () => {
  same(await listen(machine, 'machines/machine-1/orders/#'), 1);
  same(await listen(operator, 'machines/+/answers/#'), 1);
  const responseTopic = 'machines/machine-1/answers/unlock';
  const correlationData = Buffer.from([0, 7]);
  await tell(operator, 'machines/machine-1/orders/unlock', 'now', { responseTopic, correlationData });
  const { properties: asked } = await machine.inbox.take();
  same(asked.responseTopic, responseTopic);
  await tell(machine, asked.responseTopic, 'done', { correlationData: asked.correlationData });
  const { text, properties: answered } = await operator.inbox.take();
  same([text, [...answered.correlationData]], ['done', [0, 7]]);
});

await step('a notice to all', async () => {
  const other = await connected('machine-2');
  same(await Promise.all([machine, other].map((it) => listen(it, 'notices/#'))), [1, 1]);
  await tell(operator, 'notices/weather', 'storm');
  const heard = await Promise.all([machine, other].map((it) => it.inbox.take()));
  same(heard.map((it) => it.text), ['storm', 'storm']);
  await other.endAsync();
});

await step('a lost connection: its will, and what waited for its session', async () => {
  same(await listen(operator, 'machines/+/lost'), 1);
  const other = await connected('machine-2', {
    clean: false,
    properties: { sessionExpiryInterval: 60 },
    will: {
      topic: 'machines/machine-2/lost', payload: 'gone', qos: 1, properties: { willDelayInterval: 30 },
    },
  });
  same(await listen(other, 'machines/machine-2/orders/#'), 1);
  other.stream.destroy();
  await expect({ device: 'machine-2', kind: 'close' });
  await tell(operator, 'machines/machine-2/orders/a', 'kept');
  await tell(operator, 'machines/machine-2/orders/b', 'late', { messageExpiryInterval: 10 });
  await tell(operator, 'machines/machine-2/orders/c', 'soon', { messageExpiryInterval: 100 });
  await pass(30);
  same((await operator.inbox.take()).text, 'gone');
  const back = once(other, 'connect');
  other.reconnect();
  const [connack] = await within(back, 'no CONNACK');
  same(connack.sessionPresent, true);
  const [kept, soon] = [await other.inbox.take(), await other.inbox.take()];
  same([kept.text, soon.text, soon.properties.messageExpiryInterval], ['kept', 'soon', 70]);
  await other.endAsync();
});

await step('a session is gone when its interval is over', async () => {
  await pass(60);
  const other = await connected('machine-2', { clean: false });
  same(other.connack.sessionPresent, false);
  await other.endAsync();
});

await step('a client that gives its topics aliases by itself', async () => {
  const other = await connected('machine-2', { autoAssignTopicAlias: true });
  for (const body of ['first', 'second']) {
    await tell(other, 'machines/machine-2/telemetry', body);
    const { topic, text } = await operator.inbox.take();
    same([topic, text], ['machines/machine-2/telemetry', body]);
  }
  await expect({ device: 'machine-2', kind: 'publish', body: 'second' });
  await other.endAsync();
});

await step('a publish to a topic of others is acknowledged with 0x87', async () => {
  same((await error(tell(machine, 'machines/machine-2/telemetry', 'x'))).code, 0x87);
  same(refused(await expect({ kind: 'refusal' })), 'EG-OPEN-071');
});

for (const [filter, options, code, rule] of [
  ['machines/machine-2/telemetry', {}, 0x87, 'EG-OPEN-073'],
  ['$share/all/notices/#', {}, 0x9e, 'EG-V5-100'],
]) {
  await step(`a subscription is refused with 0x${code.toString(16)}: ${rule}`, async () => {
    const told = once(machine, 'packetreceive');
    await error(listen(machine, filter, options));
    const [suback] = await told;
    same([suback.cmd, suback.granted], ['suback', [code]]);
    same(refused(await expect({ kind: 'refusal' })), rule);
  });
}

for (const [what, act, code, rule] of [
  ['a subscription identifier', (it) => listen(it, 'notices/#', { properties: { subscriptionIdentifier: 1 } }),
    0xa1, 'EG-V5-103'],
  ['a newer connection', async () => (await connected('machine-1')).endAsync(), 0x8e, 'EG-OPEN-070'],
]) {
  await step(`${what} ends a connection with 0x${code.toString(16)}`, async () => {
    await machine.endAsync();
    machine = await connected('machine-1');
    const told = once(machine, 'disconnect');
    error(act(machine));
    const [{ reasonCode }] = await within(told, 'no DISCONNECT');
    same(reasonCode, code);
    same(refused(await expect({ kind: 'refusal' })), rule);
  });
}

await step('a token is proof without a certificate, and its claims are attributes', async () => {
  const signedIn = async (claims) => {
    const authenticationData = await token('machine-3', 60, claims);
    const properties = { authenticationMethod: 'CUSTOM-JWT', authenticationData };
    return connected('machine-3', { properties }, {});
  };
  const robot = await signedIn({ kind: 'machine' });
  same(robot.connack.properties.authenticationMethod, 'CUSTOM-JWT');
  await tell(robot, 'machines/machine-3/telemetry', 'x');
  same((await operator.inbox.take()).topic, 'machines/machine-3/telemetry');
  const told = once(robot, 'disconnect');
  await pass(60);
  same((await within(told, 'no DISCONNECT'))[0].reasonCode, 0x87);
  same(refused(await expect({ kind: 'refusal' })), 'EG-OPEN-017');
  same((await error(signedIn({ iss: 'another' }))).code, 0x87);
});

await step('a session too many is refused with 0x97, and one of another client with 0x87', async () => {
  const two = await Promise.all(['one', 'two'].map((it) => connected('machine-2', { clientId: it })));
  same((await error(connected('machine-2', { clientId: 'three' }))).code, 0x97);
  same((await error(connected('machine-1', { clientId: 'one' }))).code, 0x87);
  const { matched } = await ask('POST', 'expect', { kind: 'refusal', device: 'one' });
  same(refused(matched.at(-1)), 'EG-SESSION-001');
  await Promise.all([...two, operator].map((it) => it.endAsync()));
});
process.exit();
