// module.mjs tcp|websocket: the Azure SDK for Node.js as a module of a device.
import sdk from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';
import {
  Inbox, ask, broken, ca, deviceFacts, expect, has, hub, same, step,
} from '../common/journey.mjs';

const protocol = { tcp: mqtt.Mqtt, websocket: mqtt.MqttWs }[process.argv[2]];
const [ID, TWIN] = ['sensor/filter', 'twins/sensor%2Ffilter'];
const string = deviceFacts(ID).gateway_connection_string;
const client = sdk.ModuleClient.fromConnectionString(string, protocol);

await step('HUB-MODULE-002 connects as device/module', async () => {
  await client.setOptions({ ca });
  await client.open();
  const connect = (await expect({ device: ID, kind: 'connect' })).input.text;
  has(connect, ` clean=0 keep-alive=180 id=${ID} user=${hub.host}/${ID}/?api-version=2021-04-12&`);
});

await step('HUB-MODULE-005 sends telemetry to a topic of its own', async () => {
  await client.sendEvent(new sdk.Message('21.5'));
  const topic = 'devices/sensor/modules/filter/messages/events/#';
  await expect({ device: ID, kind: 'telemetry', body: '21.5', topic });
});

let twin;
await step('HUB-MODULE-008 reads its twin, and reports to it', async () => {
  twin = await client.getTwin();
  same(twin.properties.desired, { interval_s: 30, $version: 1 });
  await new Promise((resolve, reject) => {
    const reported = (error) => (error ? reject(error) : resolve());
    twin.properties.reported.update({ celsius: 21.5 }, reported);
  });
  same((await ask('GET', TWIN)).properties.reported.celsius, 21.5);
});

await step('HUB-MODULE-009 hears of desired properties', async () => {
  const patches = new Inbox();
  twin.on('properties.desired', patches.put);
  // The SDK tells a new listener at once what it knows.
  same((await patches.take()).interval_s, 30);
  await expect({ device: ID, kind: 'subscribe' });
  await ask('PATCH', TWIN, { properties: { desired: { interval_s: 5 } } });
  same(await patches.take(), { interval_s: 5, $version: 2 });
});

await step('answers a method', async () => {
  client.onMethod('reset', (request, response) => response.send(201, request.payload));
  await expect({ device: ID, kind: 'subscribe' });
  const call = { device: ID, methodName: 'reset', payload: { hard: true } };
  same(await ask('POST', 'method', call), { status: 201, payload: { hard: true } });
});

await step('says goodbye', async () => {
  await client.close();
  await expect({ device: ID, kind: 'close' });
});

await step('breaks no rule unexpectedly', async () => same(await broken(), []));
process.exit();
