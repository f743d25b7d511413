// journey.mjs tcp|websocket: MQTT.js as a device that knows no SDK: every topic of the hub and of the
// DPS by hand.
import { setTimeout as pass } from 'node:timers/promises';
import mqtt from 'mqtt';
import {
  Inbox, ask, broken, ca, deviceFacts, dps, expect, facts, has, hub, refused, same, step, within,
} from '../common/journey.mjs';

const transport = process.argv[2];
const url = {
  tcp: `mqtts://${facts.host}:${facts.mqtt_port}`,
  websocket: `wss://${facts.host}:${facts.wss_port}/$iothub/websocket`,
}[transport];
const ID = 'sensor';
const EVENTS = `devices/${ID}/messages/events/`;
const C2D = `devices/${ID}/messages/devicebound/#`;
const METHODS = '$iothub/methods/POST/#';
const TWIN = ['$iothub/twin/res/#', '$iothub/twin/PATCH/properties/desired/#'];
const own = deviceFacts(ID);

// A connection of the client with this id; what the cloud sends lies in `inbox`.
async function connected(clientId, { username, password }, options = {}) {
  const asked = { clientId, username, password, protocolVersion: 4, ca, ...options };
  const client = await within(mqtt.connectAsync(url, asked, false), 'no connection');
  client.inbox = new Inbox();
  client.on('message', (topic, payload, packet) => {
    client.inbox.put({ topic, text: payload.toString(), qos: packet.qos });
  });
  return client;
}

await step('a token that was tampered with is refused with CONNACK 5', async () => {
  const password = own.password.replace('se=', 'se=1');
  const error = await connected(ID, { ...own, password }).catch((it) => it);
  same([error.code, error.message], [5, 'Connection refused: Not authorized']);
  same(refused(await expect({ kind: 'refusal' })), 'HUB-OPEN-002');
});

let device;
await step(`connects over ${transport} with a SAS token`, async () => {
  // It comes back at once after a cut, and keeps its session.
  device = await connected(ID, own, { clean: false, reconnectPeriod: 1 });
  await expect({ device: ID, kind: 'connect' });
  const over = transport === 'tcp' ? 'over TLS' : 'over WebSocket';
  has((await expect({ kind: 'open' })).input.text, over);
});

await step('telemetry with properties', async () => {
  const bag = '%24.ct=application%2Fjson&%24.mid=m1&room=living%20room&empty=';
  await within(device.publishAsync(`${EVENTS}${bag}`, '[1]', { qos: 1 }), 'no PUBACK');
  const properties = { 'content-type': 'application/json', 'message-id': 'm1' };
  Object.assign(properties, { room: 'living room', empty: '' });
  await expect({ device: ID, kind: 'telemetry', body: '[1]', properties });
});

await step('subscribes to all in one packet, QoS 1 granted', async () => {
  const granted = await device.subscribeAsync([C2D, METHODS, ...TWIN], { qos: 1 });
  same(granted.map((it) => it.qos), [1, 1, 1, 1]);
  await expect({ device: ID, kind: 'subscribe' });
});

await step('a topic filter of its own ends the connection, and it comes back', async () => {
  const error = await device.subscribeAsync('my/own/#', { qos: 1 }).catch((it) => it);
  same(error.message, 'Connection closed');
  same(refused(await expect({ device: ID, kind: 'refusal' })), 'HUB-SUB-003');
  has((await expect({ device: ID, kind: 'connect' })).text, 'session-present=1');
});

await step('a cloud-to-device message', async () => {
  const properties = { a: 'b c', empty: '', none: null };
  await ask('POST', 'c2d', { device: ID, body: 'open', properties, ack: 'full' });
  const { topic, text, qos } = await device.inbox.take();
  same([text, qos], ['open', 1]);
  has(topic, `&%24.to=%2Fdevices%2F${ID}%2Fmessages%2FdeviceBound&iothub-ack=full`);
  has(topic, '&a=b%20c&empty=&none');
  await expect({ device: ID, kind: 'feedback' });
});

await step('reads its twin', async () => {
  await device.publishAsync('$iothub/twin/GET/?$rid=1', '');
  const { topic, text } = await device.inbox.take();
  same(topic, '$iothub/twin/res/200/?$rid=1');
  same(JSON.parse(text).desired.interval_s, 30);
  await expect({ device: ID, topic: '$iothub/twin/res/200/#' });
});

await step('reports to its twin', async () => {
  const topic = '$iothub/twin/PATCH/properties/reported/?$rid=2';
  await device.publishAsync(topic, '{"celsius": 21}', { qos: 1 });
  has((await device.inbox.take()).topic, '$iothub/twin/res/204/?$rid=2&$version=');
  same((await ask('GET', `twins/${ID}`)).properties.reported.celsius, 21);
});

await step('hears of desired properties', async () => {
  await ask('PATCH', `twins/${ID}`, { properties: { desired: { interval_s: 5 } } });
  const { topic, text } = await device.inbox.take();
  const notice = JSON.parse(text);
  same(notice.interval_s, 5);
  same(topic, `$iothub/twin/PATCH/properties/desired/?$version=${notice.$version}`);
});

await step('answers a method', async () => {
  const call = { device: ID, methodName: 'reboot', payload: { hard: true } };
  const answered = ask('POST', 'method', call);
  const { topic, text } = await device.inbox.take();
  has(topic, '$iothub/methods/POST/reboot/?$rid=');
  same(JSON.parse(text), { hard: true });
  await device.publishAsync(`$iothub/methods/res/201/?${topic.split('?')[1]}`, '{"in_s": 3}');
  same(await answered, { status: 201, payload: { in_s: 3 } });
});

await step('comes back after a cut, with what it had subscribed to', async () => {
  await ask('DELETE', `devices/${ID}/connection`);
  has((await expect({ device: ID, kind: 'connect' })).text, 'session-present=1');
  await ask('POST', 'c2d', { device: ID, body: 'still there?' });
  same((await device.inbox.take()).text, 'still there?');
  await device.publishAsync('$iothub/twin/GET/?$rid=3', '');
  same((await device.inbox.take()).topic, '$iothub/twin/res/200/?$rid=3');
});

await step('says goodbye', async () => {
  await device.endAsync();
  await expect({ device: ID, kind: 'close' });
});

await step('registers at the DPS, and polls until it is assigned to a hub', async () => {
  const id = 'by-key';
  const client = await connected(id, dps.enrollments.find((it) => it.registration_id === id));
  await client.subscribeAsync('$dps/registrations/res/#', { qos: 1 });
  const request = async (topic, body) => {
    await client.publishAsync(`$dps/registrations/${topic}`, body, { qos: 1 });
    return client.inbox.take();
  };
  const body = JSON.stringify({ registrationId: id });
  let answer = await request('PUT/iotdps-register/?$rid=0', body);
  for (let rid = 1; answer.topic.startsWith('$dps/registrations/res/202/'); rid += 1) {
    const { operationId } = JSON.parse(answer.text);
    // What a device owes to the DPS: it lets this time pass before it asks again.
    await pass(1000 * answer.topic.split('&retry-after=')[1]);
    const poll = `GET/iotdps-get-operationstatus/?$rid=${rid}&operationId=${operationId}`;
    answer = await request(poll, '');
  }
  has(answer.topic, '$dps/registrations/res/200/?$rid=');
  const { assignedHub, deviceId } = JSON.parse(answer.text).registrationState;
  same([assignedHub, deviceId], [hub.host, id]);
  has((await ask('GET', 'devices')).map((it) => it.deviceId), id);
  await client.endAsync();
});

await step('breaks no rule unexpectedly', async () => {
  // The token, and the topic filter.
  same(await broken(), ['HUB-LIMIT-005', 'HUB-OPEN-002', 'HUB-SUB-003']);
});
process.exit();
