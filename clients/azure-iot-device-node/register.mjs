// A registration as an application of the Azure SDK for Node.js has it: what `skyproof certify dps` is shown.
// Reads the environment that the vendor's samples read; ends at SIGTERM.
import { readFileSync } from 'node:fs';
import provisioning from 'azure-iot-provisioning-device';
import { Mqtt } from 'azure-iot-provisioning-device-mqtt';
import { SymmetricKeySecurityClient } from 'azure-iot-security-symmetric-key';
import { X509Security } from 'azure-iot-security-x509';

const {
  PROVISIONING_HOST: host,
  PROVISIONING_IDSCOPE: scope,
  PROVISIONING_REGISTRATION_ID: id,
  PROVISIONING_SYMMETRIC_KEY: key,
  X509_CERT_FILE: cert,
  X509_KEY_FILE: certKey,
} = process.env;

async function register() {
  const security = key
    ? new SymmetricKeySecurityClient(id, key)
    : new X509Security(id, { cert: readFileSync(cert, 'utf8'), key: readFileSync(certKey, 'utf8') });
  const client = provisioning.ProvisioningDeviceClient.create(host, scope, new Mqtt(), security);
  await client.register();
}

function again(error) {
  console.log(`not registered: ${error}`);
  // What is wrong with the request itself stays wrong.
  if (error.result?.errorCode < 429000) return;
  setTimeout(() => register().catch(again), 2000);
}

process.on('SIGTERM', () => process.exit(0));
// The SDK throws outside of its promise when a connection fails before it is up (1.9.1, mqtt.js:133).
process.on('uncaughtException', again);
setInterval(() => {}, 1000); // Stays alive once it is registered.
register().catch(again);
