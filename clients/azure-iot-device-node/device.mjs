// A device as an application of the Azure SDK for Node.js has it: what `skyproof certify` is shown. Reads the
// environment that the vendor's samples read; ends at SIGTERM.
import { readFileSync } from 'node:fs';
import sdk from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';

const client = sdk.Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, mqtt.Mqtt);
let sent = 0;
let timer;
let twin;

async function send() {
  const message = new sdk.Message(JSON.stringify({ n: sent }));
  message.contentType = 'application/json';
  message.contentEncoding = 'utf-8';
  message.properties.add('n', String(sent));
  sent += 1;
  await client.sendEvent(message).catch((error) => console.log(`not sent: ${error}`));
  timer = setTimeout(send, 500);
}

// What the SDK leaves to the application: to open again once it has given up, and to read the twin again.
async function open() {
  clearTimeout(timer);
  try {
    await client.open();
    const first = twin === undefined;
    twin = await client.getTwin();
    if (first) {
      twin.on('properties.desired', (desired) => {
        twin.properties.reported.update({ seen: desired.$version }, () => {});
      });
      client.onDeviceMethod('reboot', (_, response) => response.send(200, { done: true }, () => {}));
      client.on('message', (message) => client.complete(message, () => {}));
    }
    await send();
  } catch (error) {
    console.log(`not open: ${error}`);
    setTimeout(open, 1000);
  }
}

client.on('disconnect', () => setTimeout(open, 1000));
client.on('error', (error) => console.log(`error: ${error}`));
process.on('SIGTERM', () => client.close(() => process.exit(0)));
await client.setOptions({ ca: readFileSync(process.env.SKYPROOF_CA_FILE, 'utf8') });
await open();
