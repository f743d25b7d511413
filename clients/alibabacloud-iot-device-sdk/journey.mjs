// Alibaba Cloud's device SDK for Node.js through everything that it does, on an instance of Alibaba Cloud
// IoT Platform. It trusts whom NODE_EXTRA_CA_CERTS names, and sends no server name.
import iot from 'alibabacloud-iot-device-sdk';
import { once } from 'node:events';
import {
  Inbox, api, broken, expect, facts, has, instance, refused, same, step, thingFacts, within,
} from '../common/journey.mjs';

const [{ product_key: productKey }] = instance.products;
const places = {
  tls: `mqtts://${facts.host}:${facts.mqtt_port}`,
  plain: `mqtt://${facts.host}:${facts.tcp_port}`,
  tlsAmongPlain: `mqtts://${facts.host}:${facts.tcp_port}`,
  websocket: `wss://${facts.host}:${facts.wss_port}/mqtt`,
};
const encoded = (text) => Buffer.from(text).toString('base64');

// A device by the SDK, by default over TLS. What it gets lies in `inbox`.
function device(deviceName, options = {}) {
  const { device_secret: deviceSecret } = thingFacts(deviceName);
  const triple = { productKey, deviceName, deviceSecret };
  const made = iot.device({ ...triple, brokerUrl: places.tls, ...options });
  made.inbox = new Inbox();
  made.on('message', (topic, payload) => made.inbox.put({ topic, text: payload.toString() }));
  return made;
}

// The same, connected.
async function up(...asked) {
  const made = device(...asked);
  await within(once(made, 'connect'), 'no CONNACK');
  made.on('error', () => {});
  return made;
}

const down = (it) => within(new Promise((resolve) => { it.end(false, resolve); }), 'no end');

// Waits for a callback of the SDK; gives what it was called with.
function called(does) {
  return within(new Promise((resolve) => { does((...told) => resolve(told)); }), 'no callback');
}

async function acknowledged(does) {
  const [error] = await called(does);
  if (error) throw error;
}

// The first message of this topic.
async function message(it, topic) {
  let next;
  do next = await it.inbox.take(); while (next.topic !== topic);
  return next.text;
}

const custom = (rest, name = 'sensor') => `/${productKey}/${name}/user/${rest}`;
const system = (rest, name = 'sensor') => `/sys/${productKey}/${name}/${rest}`;
const whom = { ProductKey: productKey, DeviceName: 'sensor' };
const pub = (name, text) => api('Pub', {
  ProductKey: productKey, TopicFullName: custom('get', name), MessageContent: encoded(text), Qos: '1',
});

let sensor;

await step('connects by a secret of its own, over TLS and without a server name', async () => {
  sensor = await up('sensor');
  const { text } = await expect({ kind: 'connect', device: 'sensor' });
  has(text, 'securemode=2,signmethod=hmacsha1,timestamp=');
  has(text, 'lan=NodeJS,_v=1.2.8|');
  has((await expect({ kind: 'open' })).input.text, 'TLS');
  // It subscribes to as many topics of the system.
  await expect({ kind: 'subscribe', device: 'sensor', count: 16 });
  same((await api('GetDeviceStatus', whom)).Data.Status, 'ONLINE');
});

await step('a message to the business server, acknowledged', async () => {
  await acknowledged((cb) => sensor.publish(custom('update'), '{"celsius": 21}', { qos: 1 }, cb));
  await expect({ kind: 'event', topic: custom('update'), body: '{"celsius": 21}' });
});

await step('a message from the business server', async () => {
  await acknowledged((cb) => sensor.subscribe(custom('get'), { qos: 1 }, cb));
  await pub('sensor', 'hello');
  same(await message(sensor, custom('get')), 'hello');
});

await step('a property, and the reply to it', async () => {
  const [reply] = await called((cb) => sensor.postProps({ celsius: 21.5, power: 1 }, cb));
  same([reply.code, reply.data], [200, {}]);
  const { Data } = await api('QueryDevicePropertyStatus', whom);
  const reported = Data.List.PropertyStatusInfo.map((it) => [it.Identifier, it.Value]);
  same(Object.fromEntries(reported), { celsius: '21.5', power: '1' });
});

await step('an event, and the reply to it', async () => {
  const [reply] = await called((cb) => sensor.postEvent('overheated', { celsius: 90 }, cb));
  same(reply.code, 200);
});

await step('a property is set', async () => {
  const set = called((cb) => sensor.onProps(cb));
  await api('SetDeviceProperty', { Items: '{"power": 0}', ...whom });
  const [{ id, params }] = await set;
  same(params, { power: 0 });
  // The reply is left to the application.
  sensor.publish(system('thing/service/property/set_reply'), JSON.stringify({ id, code: 200, data: {} }));
  await expect({ kind: 'publish', topic: system('thing/service/property/set_reply') });
});

await step('a service is called, and answers later', async () => {
  const invoked = called((cb) => sensor.onService('reboot', cb));
  await expect({ kind: 'subscribe', device: 'sensor' });
  await api('InvokeThingService', { Identifier: 'reboot', Args: '{"in_s": 5}', ...whom });
  const [{ id, params }, reply] = await invoked;
  same(params, { in_s: 5 });
  reply({ id, code: 200, data: { done: 1 } });
  const body_json = { id, code: 200, data: { done: 1 } };
  await expect({ kind: 'publish', topic: system('thing/service/reboot_reply'), body_json });
});

await step('a synchronous service: the call is answered with what the device says', async () => {
  const invoked = called((cb) => sensor.onService('measure', cb));
  const answer = api('InvokeThingService', { Identifier: 'measure', Args: '{"times": 2}', ...whom });
  const [{ id, params }, reply] = await invoked;
  same(params, { times: 2 });
  reply({ id, code: 200, data: { celsius: 20 } }, 'sync');
  same(JSON.parse((await answer).Data.Result), { celsius: 20 });
});

await step('RRPC on the topics of the system', async () => {
  const answer = api('RRpc', { RequestBase64Byte: encoded('now?'), Timeout: '8000', ...whom });
  let asked;
  do asked = await sensor.inbox.take(); while (asked.text !== 'now?');
  has(asked.topic, system('rrpc/request/'));
  sensor.publish(asked.topic.replace('/request/', '/response/'), 'yes');
  const { RrpcCode, PayloadBase64Byte } = await answer;
  same([RrpcCode, PayloadBase64Byte], ['SUCCESS', encoded('yes')]);
});

await step('a shadow: reported, read, wished for, deleted', async () => {
  const told = new Inbox();
  sensor.onShadow(told.put);
  sensor.postShadow({ color: 'red' });
  same((await told.take()).payload.status, 'success');
  sensor.getShadow();
  const { payload, version } = await told.take();
  same(payload.state.reported, { color: 'red' });
  const wish = { method: 'update', state: { desired: { color: 'green' } }, version: version + 1 };
  await api('UpdateDeviceShadow', { ShadowMessage: JSON.stringify(wish), ...whom });
  const control = await told.take();
  same([control.method, control.payload.state.desired], ['control', { color: 'green' }]);
  // Milliseconds are versions: these grow by themselves.
  sensor.deleteShadow('color');
  same((await told.take()).payload.status, 'success');
});

await step('tags, and the replies to them', async () => {
  const tags = [{ attrKey: 'floor', attrValue: '7' }];
  const [posted] = await called((cb) => sensor.postTags(tags, cb));
  const [deleted] = await called((cb) => sensor.deleteTags(['floor'], cb));
  same([posted.code, deleted.code], [200, 200]);
});

await step('the time of the cloud, by a topic', async () => {
  const ntp = `/ext/ntp/${productKey}/sensor`;
  await acknowledged((cb) => sensor.subscribe(`${ntp}/response`, cb));
  sensor.publish(`${ntp}/request`, '{"deviceSendTime": "1571724098000"}');
  const told = JSON.parse(await message(sensor, `${ntp}/response`));
  same(String(told.deviceSendTime), '1571724098000');
});

await step('a second connection of the same device ends the first, which comes back', async () => {
  const ended = once(sensor, 'close');
  const newer = await up('sensor');
  await within(ended, 'no close');
  same(refused(await expect({ kind: 'refusal', device: 'sensor' })), 'ALI-OPEN-050');
  // Either comes back for ever, so that one has to give up.
  const back = once(sensor, 'connect');
  newer.mqttClient.end(true);
  await within(back, 'no CONNACK');
  await acknowledged((cb) => sensor.publish(custom('update'), 'again', { qos: 1 }, cb));
});

await step('a kept session gets what came meanwhile', async () => {
  await down(sensor);
  await expect({ kind: 'close', device: 'sensor' });
  await pub('sensor', 'kept');
  sensor = await up('sensor');
  same(await message(sensor, custom('get')), 'kept');
  await down(sensor);
});

for (const [what, place, carrier] of [
  ['without TLS', 'plain', 'TCP'],
  ['over TLS on the port that also goes without', 'tlsAmongPlain', 'TLS'],
  ['over WebSocket', 'websocket', 'WebSocket'],
]) {
  await step(what, async () => {
    const pump = await up('pump', { brokerUrl: places[place] });
    has((await expect({ kind: 'open' })).input.text, carrier);
    await acknowledged((cb) => pump.publish(custom('update', 'pump'), 'x', { qos: 1 }, cb));
    await down(pump);
  });
}

// A connection that is refused, by this rule.
async function turnedAway(rule, options) {
  const stranger = device('valve', options);
  const [[error]] = await within(once(stranger, 'error'), 'no error');
  stranger.mqttClient.end(true);
  same(error.code, 4);
  same(refused(await expect({ kind: 'refusal' })), rule);
}

await step('a wrong secret is refused', () => turnedAway('ALI-OPEN-003', { deviceSecret: 'wrong' }));

await step('a signAlgorithm is announced, and SHA-1 is what signs all the same', async () => {
  await turnedAway('ALI-OPEN-003', { signAlgorithm: 'md5' });
  await turnedAway('ALI-OPEN-003', { signAlgorithm: 'sha256' });
});

// The connection without TLS is the journey's doing.
await step('what it breaks is known', async () => {
  same(await broken(), ['ALI-OPEN-003', 'ALI-SEC-012']);
});
process.exit(0);
