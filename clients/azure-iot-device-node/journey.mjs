// journey.mjs tcp|websocket DEVICE: the Azure SDK for Node.js as a device of a hub.
import sdk from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';
import {
  Inbox, ask, broken, ca, certificate, deviceFacts, expect, facts, has, hub, refused, same, step,
} from '../common/journey.mjs';

const [transport, ID] = process.argv.slice(2);
const protocol = { tcp: mqtt.Mqtt, websocket: mqtt.MqttWs }[transport];
const { authentication, gateway_connection_string: string, primary_key: key } = deviceFacts(ID);
const hasKey = authentication === 'sas';

// A client with these options.
async function made(options = {}, connectionString = string) {
  const client = hasKey
    ? sdk.Client.fromConnectionString(connectionString, protocol)
    : sdk.Client.fromAuthenticationProvider(byCertificate(), protocol);
  await client.setOptions({ ca, ...options });
  return client;
}

// A connection string would not do: the SDK drops its GatewayHostName when it says `x509=true`.
function byCertificate() {
  const where = { host: hub.host, gatewayHostName: facts.host };
  return new sdk.X509AuthenticationProvider({ ...where, deviceId: ID, x509: certificate(ID) });
}

if (hasKey) {
  await step('a wrong key is refused', async () => {
    const wrong = Buffer.from(key, 'base64').reverse().toString('base64');
    const stranger = await made({}, string.replace(key, wrong));
    const error = await stranger.open().catch((it) => it);
    same(error.name, 'UnauthorizedError');
    same(refused(await expect({ kind: 'refusal' })), 'HUB-OPEN-002');
  });
}

const client = await made();
let connect;

await step(`connects over ${transport} by ${authentication}`, async () => {
  await client.open();
  connect = (await expect({ device: ID, kind: 'connect' })).input.text;
  has(connect, 'DeviceClientType=azure-iot-device%2F1.18.4%20(node%20');
});

const [rule, over] = transport === 'tcp' ? ['011', 'TLS'] : ['012', 'WebSocket'];
await step(`HUB-SDK-${rule} the parameter ${protocol.name} opens ${over}`, async () => {
  has((await expect({ kind: 'open', since: 0 })).input.text, `over ${over}`);
});
await step('HUB-SDK-005 CleanSession 0', () => has(connect, ' clean=0 '));
await step('HUB-KEEPALIVE-002 keep-alive 180 s', () => has(connect, ' keep-alive=180 '));
await step('HUB-CONN-005 api-version 2021-04-12', () => has(connect, '/?api-version=2021-04-12&'));

await step('HUB-SDK-006 sends telemetry with properties, at QoS 1', async () => {
  const message = new sdk.Message('{"celsius": 21.5}');
  Object.assign(message, { messageId: 'm-1', correlationId: 'c 1' });
  Object.assign(message, { contentType: 'application/json', contentEncoding: 'utf-8' });
  const custom = { room: 'living room', empty: '', path: 'a/b?c=d&e' };
  for (const [name, value] of Object.entries(custom)) message.properties.add(name, value);
  await client.sendEvent(message);
  const properties = {
    'message-id': 'm-1',
    'correlation-id': 'c 1',
    'content-type': 'application/json',
    'content-encoding': 'utf-8',
    ...custom,
  };
  const sent = { device: ID, kind: 'telemetry', body: '{"celsius": 21.5}', properties };
  has((await expect(sent)).input.text, ' PUBLISH q1 ');
});

const messages = new Inbox();
await step('HUB-SDK-006 receives a cloud-to-device message, at QoS 1', async () => {
  client.on('message', messages.put);
  const subscribed = await expect({ device: ID, kind: 'subscribe' });
  has(subscribed.input.text, `[devices/${ID}/messages/devicebound/# q1]`);
  const properties = { room: 'living room', empty: '', flag: null, path: 'a/b?c=d&e' };
  const order = { device: ID, body: 'open', properties, ack: 'full', messageId: 'm 2' };
  await ask('POST', 'c2d', { ...order, contentType: 'text/plain' });
  const message = await messages.take();
  const got = [message.data.toString(), message.messageId, message.contentType];
  same(got, ['open', 'm 2', 'text/plain']);
  const received = message.properties.propertyList.map((it) => [it.key, it.value]);
  // The SDK has no null: it makes a text of what is not there.
  const expected = { 'iothub-ack': 'full', ...properties, flag: 'undefined' };
  same(Object.fromEntries(received), expected);
  await client.complete(message);
  await expect({ device: ID, kind: 'feedback' });
});

let twin;
await step('reads its twin', async () => {
  twin = await client.getTwin();
  same(twin.properties.desired, { interval_s: 30, $version: 1 });
  await expect({ device: ID, topic: '$iothub/twin/res/200/#' });
});

await step('reports to its twin', async () => {
  const patch = { celsius: 21.5, door: { open: true } };
  await new Promise((resolve, reject) => {
    twin.properties.reported.update(patch, (error) => (error ? reject(error) : resolve()));
  });
  await expect({ device: ID, topic: '$iothub/twin/res/204/#' });
  const { reported } = (await ask('GET', `twins/${ID}`)).properties;
  same([reported.celsius, reported.door], [21.5, { open: true }]);
});

await step('hears of desired properties', async () => {
  const patches = new Inbox();
  twin.on('properties.desired', patches.put);
  // The SDK tells a new listener at once what it knows.
  same((await patches.take()).interval_s, 30);
  await expect({ device: ID, kind: 'subscribe' });
  const patch = { interval_s: 5, mode: { eco: true } };
  await ask('PATCH', `twins/${ID}`, { properties: { desired: patch } });
  same(await patches.take(), { ...patch, $version: 2 });
  await expect({ topic: '$iothub/twin/PATCH/properties/desired/#', body_json: patch });
});

await step('answers a method', async () => {
  const requests = new Inbox();
  client.onDeviceMethod('reboot', (request, response) => {
    requests.put([request.methodName, request.payload]);
    response.send(201, { in_s: 3 });
  });
  await expect({ device: ID, kind: 'subscribe' });
  const call = { device: ID, methodName: 'reboot', payload: { hard: true } };
  same(await ask('POST', 'method', call), { status: 201, payload: { in_s: 3 } });
  same(await requests.take(), ['reboot', { hard: true }]);
  await expect({ device: ID, topic: '$iothub/methods/res/201/#' });
});

// It is there again, with what it had subscribed to.
async function isBack() {
  has((await expect({ device: ID, kind: 'connect' })).text, 'session-present=1');
  await ask('POST', 'c2d', { device: ID, body: 'still there?' });
  same((await messages.take()).data.toString(), 'still there?');
  await client.sendEvent(new sdk.Message('still here'));
  await expect({ device: ID, kind: 'telemetry', body: 'still here' });
}

await step('comes back by itself after an orderly close', async () => {
  // A client that listens to nothing takes the connection away, and does not come back itself.
  const rival = await made({ keepalive: 30 });
  await rival.open();
  // What the vendor's page denies: HUB-KEEPALIVE-007.
  has((await expect({ device: ID, kind: 'connect' })).input.text, ' keep-alive=30 ');
  await expect({ device: ID, kind: 'connect', count: 2 });
  await isBack();
});

if (transport === 'tcp') {
  await step('tells the application of a reset, which brings it back', async () => {
    const lost = new Inbox();
    client.once('disconnect', lost.put);
    await ask('DELETE', `devices/${ID}/connection`);
    has(String((await lost.take()).transportObj), 'ECONNRESET');
    await client.open();
    await isBack();
  });
} else {
  await step('comes back by itself after a reset', async () => {
    await ask('DELETE', `devices/${ID}/connection`);
    await isBack();
  });
}

await step('says goodbye', async () => {
  await client.close();
  await expect({ device: ID, kind: 'close' });
});

if (hasKey) {
  await step('renews its token by a new connection', async () => {
    // A token for 60 s, made anew 59 s before its end.
    const tokens = sdk.SharedAccessKeyAuthenticationProvider.fromConnectionString(string, 60, 59);
    const renewing = sdk.Client.fromAuthenticationProvider(tokens, protocol);
    await renewing.setOptions({ ca });
    await renewing.open();
    await expect({ device: ID, kind: 'connect', count: 2 });
    await renewing.sendEvent(new sdk.Message('renewed'));
    await expect({ device: ID, kind: 'telemetry', body: 'renewed' });
    await renewing.close();
  });
}

await step('breaks no rule unexpectedly', async () => {
  // The rival's arrival, the wrong key, and what the SDK omits: to read the twin again by itself.
  const expected = ['HUB-CONN-011', ...(hasKey ? ['HUB-OPEN-002'] : []), 'HUB-TWIN-039'];
  same(await broken(), expected);
});
process.exit();
