// What Node.js journeys share: the running mock as `skyproof up --json` told it, its admin API, and
// steps that are told one line each, `ok …` or `FAIL …`. The first step that fails ends the journey.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

// How long anything may take, in seconds of real time.
export const WAIT_S = 20;

// What `skyproof up --json` told: one line of JSON.
export const facts = JSON.parse(readFileSync(process.env.SKYPROOF_FACTS, 'utf8'));
export const hub = facts.hubs[0];
export const dps = facts.provisioning[0];
export const instance = facts.instances[0];
export const ca = readFileSync(facts.ca_file, 'utf8');

let since = 0;

// What the mock says of a device: keys, names, token.
export const deviceFacts = (id) => hub.devices.find((it) => it.id === id);

// What the mock says of a device of an Alibaba product: names, secret, signature.
export const thingFacts = (name) =>
  instance.products[0].devices.find((it) => it.device_name === name);

// An operation of the vendor's API; gives what a call that was served is answered with.
export async function api(operation, parameters) {
  const answer = await ask('POST', `tenants/${instance.id}/${operation}`, parameters);
  assert.ok(answer.Success, `${operation}: ${JSON.stringify(answer)}`);
  return answer;
}

// A certificate that was made for this run, and its key, as PEM text.
export function certificate(name) {
  const file = `${process.env.SKYPROOF_CERTS}/${name}`;
  const read = (ending) => readFileSync(`${file}.${ending}`, 'utf8');
  return { cert: read('pem'), key: read('key.pem') };
}

// One request to the admin API; gives the answer's JSON.
export async function ask(method, path, body) {
  const answer = await fetch(`${facts.admin_url}/_skyproof/${path}`, {
    method,
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(2000 * WAIT_S),
  });
  const told = await answer.json();
  if (!answer.ok) {
    const { near_misses: near = [], ...problem } = told;
    const misses = near.slice(0, 2).map((it) => `\n${it.misses}: ${it.step.text}`);
    const asked = `${method} ${path} ${JSON.stringify(body)}`;
    throw new Error(`${asked}: ${JSON.stringify(problem)}${misses.join('')}`);
  }
  return told;
}

// Waits for something in the journal that came since the step began; gives the entry.
export async function expect(criteria) {
  const { matched } = await ask('POST', 'expect', { within_s: WAIT_S, since, ...criteria });
  return matched.at(-1);
}

// Tells whether what is done went well.
export async function step(name, does) {
  try {
    since = (await ask('GET', 'health')).steps;
    await does();
  } catch (error) {
    console.log(`FAIL ${name}: ${String(error).split('\n')[0]}`);
    console.error(error);
    // A client may hang on to a connection: it is not waited for.
    process.exit(1);
  }
  console.log(`ok ${name}`);
}

// The rules that the journal saw broken, sorted, each once.
export async function broken() {
  const journal = await ask('GET', 'journal');
  const rules = journal.flatMap((it) => it.judged).filter((it) => !it.holds);
  return [...new Set(rules.map((it) => it.rule))].sort();
}

// What a client's callbacks bring, to be taken with a bound.
export class Inbox {
  #waiting = [];
  #here = [];

  put = (item) => {
    const next = this.#waiting.shift();
    if (next) next(item);
    else this.#here.push(item);
  };

  take() {
    if (this.#here.length > 0) return Promise.resolve(this.#here.shift());
    const coming = new Promise((resolve) => this.#waiting.push(resolve));
    return within(coming, 'nothing came');
  }
}

// What is promised, with a bound.
export function within(promise, otherwise) {
  let bound;
  const late = new Promise((_, reject) => {
    bound = setTimeout(() => reject(new Error(`${otherwise} within ${WAIT_S} s`)), 1000 * WAIT_S);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(bound));
}

// Fails unless both are equal, deeply.
export const same = (found, expected) => assert.deepEqual(found, expected);

// Fails unless the text, or list, contains the part.
export function has(found, part) {
  const [all, wanted] = [found, part].map((it) => JSON.stringify(it));
  assert.ok(found.includes(part), `found ${all}, expected ${wanted} in it`);
}

// The rule by which the mock turned something away.
export const refused = (entry) => entry.refusal.rule;
