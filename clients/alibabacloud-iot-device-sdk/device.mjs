// A device of an Alibaba instance by the vendor's SDK for Node.js, as it comes: what `skyproof certify alibaba` is
// shown. Reads the environment that `skyproof certify` gives; ends at SIGTERM.
import iot from 'alibabacloud-iot-device-sdk';

const { env } = process;
const [productKey, deviceName] = [env.ALI_PRODUCT_KEY, env.ALI_DEVICE_NAME];
const device = iot.device({
  productKey,
  deviceName,
  deviceSecret: env.ALI_DEVICE_SECRET,
  brokerUrl: `mqtts://${env.SKYPROOF_HOST}:${env.SKYPROOF_PORT}`,
});
const own = (rest) => `/${productKey}/${deviceName}/user/${rest}`;

device.on('connect', () => device.subscribe(own('get'), { qos: 1 }));
device.on('error', () => {});
device.onProps(() => {});

let sent = 0;
const telemetry = setInterval(() => {
  if (!device.connected) return;
  sent += 1;
  device.publish(own('update'), JSON.stringify({ n: sent }), { qos: 1 });
  device.postProps({ celsius: 21.5 }, () => {});
}, 500);

process.on('SIGTERM', () => {
  clearInterval(telemetry);
  device.end(false, () => process.exit(0));
});
