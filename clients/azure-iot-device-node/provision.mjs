// provision.mjs tcp|websocket: the Azure SDK for Node.js registers at a DPS, by each kind of proof, and
// connects to the hub that it is assigned to.
import { createHmac } from 'node:crypto';
import sdk from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';
import provisioning from 'azure-iot-provisioning-device';
import provisioningMqtt from 'azure-iot-provisioning-device-mqtt';
import { SymmetricKeySecurityClient } from 'azure-iot-security-symmetric-key';
import { X509Security } from 'azure-iot-security-x509';
import {
  ask, broken, ca, certificate, dps, expect, facts, has, hub, refused, same, step,
} from '../common/journey.mjs';

const name = { tcp: 'Mqtt', websocket: 'MqttWs' }[process.argv[2]];

// Registers with a key or a certificate.
function register(registrationId, proof) {
  const security = proof.cert
    ? new X509Security(registrationId, proof)
    : new SymmetricKeySecurityClient(registrationId, proof);
  const transport = new provisioningMqtt[name]();
  const { ProvisioningDeviceClient } = provisioning;
  return ProvisioningDeviceClient.create(dps.host, dps.id_scope, transport, security).register();
}

// Connects to the assigned hub, whose name no DNS knows: by the mock's address as the gateway.
async function connect({ assignedHub: host, deviceId }, proof) {
  const gateway = facts.host;
  const key = `SharedAccessKey=${proof};GatewayHostName=${gateway}`;
  const given = { host, deviceId, gatewayHostName: gateway, x509: proof };
  const client = proof.cert
    ? sdk.Client.fromAuthenticationProvider(new sdk.X509AuthenticationProvider(given), mqtt[name])
    : sdk.Client.fromConnectionString(`HostName=${host};DeviceId=${deviceId};${key}`, mqtt[name]);
  await client.setOptions({ ca });
  await client.open();
  return client;
}

// A device's own key below the key of its group.
const derived = (groupKey, registrationId) =>
  createHmac('sha256', Buffer.from(groupKey, 'base64')).update(registrationId).digest('base64');

const key = dps.enrollments.find((it) => it.registration_id === 'by-key').primary_key;
const groupKey = dps.groups.find((it) => it.name === 'group-by-key').primary_key;
const proofs = {
  'by-key': key,
  'of-group-by-key': derived(groupKey, 'of-group-by-key'),
  'by-certificate': certificate('by-certificate'),
  'of-group-by-certificate': certificate('of-group-by-certificate'),
};

await step('a wrong key is refused', async () => {
  // CONNECT passes: it is the registration that is answered with 401.
  const error = await register('by-key', derived(key, 'another')).catch((it) => it);
  same(error.name, 'UnauthorizedError');
  same(refused(await expect({ kind: 'refusal' })), 'DPS-OPEN-001');
});

for (const [registrationId, proof] of Object.entries(proofs)) {
  let assigned;
  await step(`${registrationId} is assigned to a hub`, async () => {
    assigned = await register(registrationId, proof);
    const { status, assignedHub, deviceId } = assigned;
    same([status, assignedHub, deviceId], ['assigned', hub.host, registrationId]);
    const { text } = (await expect({ device: registrationId, kind: 'connect' })).input;
    has(text, ' clean=1 keep-alive=180 ');
    has(text, '/api-version=2019-03-31&ClientVersion=azure-iot-provisioning-device%2F1.9.1');
    await expect({ topic: '$dps/registrations/res/202/#' });
    await expect({ topic: '$dps/registrations/res/200/#' });
    const registered = (await ask('GET', 'devices')).map((it) => it.deviceId);
    has(registered, registrationId);
  });

  await step(`${registrationId} connects to its hub and sends`, async () => {
    const client = await connect(assigned, proof);
    await client.sendEvent(new sdk.Message(`from ${registrationId}`));
    await expect({ device: registrationId, kind: 'telemetry', body: `from ${registrationId}` });
    await client.close();
    await expect({ device: registrationId, kind: 'close' });
  });
}

await step('breaks no rule unexpectedly', async () => {
  // The wrong key, and what the SDK does: the `sr` of its token is not URL-encoded.
  same(await broken(), ['DPS-OPEN-001', 'DPS-SAS-004']);
});
process.exit();
