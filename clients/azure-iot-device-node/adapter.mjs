// adapter.mjs: the Azure SDK for Node.js takes orders. It dials 8883 and 443 alone, and cannot be told whom
// to trust when it registers at a DPS.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import sdk from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';

const { version } = createRequire(import.meta.url)('azure-iot-device/package.json');
const client = { name: 'azure-iot-device', version, language: 'javascript' };
const capabilities = [
  'auth.sas_key', 'auth.x509', 'transport.ws', 'hub.d2c', 'hub.c2d', 'hub.c2d_settle', 'hub.twin',
  'hub.methods',
];
// Whatever a library logs goes to standard error: standard output is for the protocol alone.
console.log = console.info = console.debug = console.error;
const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const event = (name, conn, more) => tell({ event: name, conn, t: performance.now(), ...more });

let requires = [];
let methods = [];
const conns = new Map();
// Messages and method calls that wait for what becomes of them.
const waiting = new Map();
let count = 0;
const keep = (thing) => (waiting.set(`${++count}`, thing), `${count}`);

const never = { shouldRetry: () => false, nextRetryTimeout: () => -1 };

class Failure extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

class Unsupported extends Error {}

// The SDK wraps what happened once or twice.
function kindOf(error) {
  const text = `${error} ${error.transportObj ?? ''} ${error.transportObj?.code ?? ''} ${error.code ?? ''}`;
  if (error.kind) return error.kind;
  if (/certificate|ALTNAME|SELF_SIGNED|UNABLE_TO|issuer|altnames/i.test(text)) return 'tls';
  if (/ECONN|ENOTFOUND|EHOST/.test(text)) return 'network';
  if (error.name === 'UnauthorizedError') return 'auth';
  return /Timeout/i.test(text) ? 'timeout' : 'internal';
}

async function open({ conn, endpoint: to }) {
  const ws = to.transport === 'ws';
  if (to.port !== (ws ? 443 : 8883)) throw new Failure('usage', `no way to port ${to.port}`);
  const { ca_pem: ca, client_cert_pem: cert, client_key_pem: key } = to.tls;
  const { identity: who, auth } = to;
  const name = ws ? 'MqttWs' : 'Mqtt';
  if (to.dialect !== 'azure-iothub' || !(auth.sas_key || auth.x509)) throw new Unsupported('open');
  const given = { host: to.host, deviceId: who.device_id, gatewayHostName: to.addr, x509: { cert, key } };
  const device = auth.x509
    ? sdk.Client.fromAuthenticationProvider(new sdk.X509AuthenticationProvider(given), mqtt[name])
    : sdk.Client.fromConnectionString(
        `HostName=${to.host};DeviceId=${who.device_id};SharedAccessKey=${auth.sas_key};`
          + `GatewayHostName=${to.addr}`, mqtt[name]);
  await device.setOptions({ ca, ...(to.keepalive_s && { keepalive: to.keepalive_s }) });
  if (to.retry === 'none') device.setRetryPolicy(never);
  device.on('error', (error) => console.error(error));
  await device.open();
  conns.set(conn, device);
  event('connected', conn);
  device.on('disconnect', (error) => event('disconnected', conn, { by: 'peer', reason: `${error}` }));
  await listen(conn, device);
}

async function listen(conn, device) {
  if (requires.includes('hub.c2d')) {
    device.on('message', (it) => event('message', conn, {
      kind: 'c2d', message: keep(it), payload_b64: it.data.toString('base64'),
    }));
  }
  if (requires.includes('hub.twin')) {
    device.twin = await device.getTwin();
    device.twin.on('properties.desired', (patch) =>
      event('desired', conn, { version: patch.$version, patch }));
  }
  for (const method of methods) {
    device.onDeviceMethod(method, (request, response) => event('method', conn, {
      call: keep(response), name: request.methodName, payload: request.payload,
    }));
  }
  // The SDK does not tell when it has subscribed; what is asked after that is answered after that.
  if (requires.some((it) => it !== 'hub.d2c')) await device.getTwin();
}

async function close({ conn }) {
  const device = conns.get(conn);
  conns.delete(conn);
  if (!device) return;
  device.removeAllListeners('disconnect');
  await device.close();
  event('disconnected', conn, { by: 'us' });
}

const ops = {
  hello: () => ({ protocol: 1, client, capabilities, reuse: true }),
  begin: (args) => { ({ requires, methods = [] } = args); },
  open,
  close,
  async telemetry({ conn, payload, payload_b64: base64, properties }) {
    const message = new sdk.Message(base64 ? Buffer.from(base64, 'base64') : payload);
    for (const [name, value] of Object.entries(properties)) message.properties.add(name, value);
    await conns.get(conn).sendEvent(message);
  },
  async c2d_settle({ conn, message, outcome }) {
    await conns.get(conn)[outcome](waiting.get(message));
  },
  async twin_get({ conn }) {
    const { desired, reported } = (await conns.get(conn).getTwin()).properties;
    return { twin: JSON.parse(JSON.stringify({ desired, reported })) };
  },
  twin_report: ({ conn, patch }) => new Promise((resolve, reject) => {
    const { reported } = conns.get(conn).twin.properties;
    reported.update(patch, (error) => (error ? reject(error) : resolve()));
  }),
  method_reply: async ({ call, status, payload }) => { await waiting.get(call).send(status, payload); },
  async end() {
    for (const conn of [...conns.keys()]) await close({ conn });
  },
  bye: () => {},
};

async function answer({ id, op, args }) {
  const missing = (args.requires ?? []).filter((it) => !capabilities.includes(it));
  if (missing.length || !Object.hasOwn(ops, op)) {
    return { id, unsupported: { what: missing.join(', ') || op } };
  }
  try {
    return { id, ok: (await ops[op](args)) ?? {} };
  } catch (error) {
    if (error instanceof Unsupported) return { id, unsupported: { what: error.message } };
    return { id, error: { kind: kindOf(error), message: `${error}`, detail: `${error.stack}`.slice(0, 1000) } };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  let request;
  try {
    request = JSON.parse(line);
  } catch {
    tell({ id: null, error: { kind: 'protocol', message: 'this is no request' } });
    continue;
  }
  tell(await answer(request));
  if (request.op === 'bye') break;
}
process.exit(0);
