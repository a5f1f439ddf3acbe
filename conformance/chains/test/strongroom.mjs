// What the tests share: the commands of strongroom, run as a person would run them, and
// the keys of the test words as other software derives them.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { execFile } from 'node:child_process';
import { ethers } from 'ethers';

function variable(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: these tests are run by conformance/chains/run.mjs`);
  return value;
}

export const wallet = 'chains';
export const words = fs.readFileSync(variable('CHAINS_WORDS'), 'utf8').trim();

/** Exit statuses: what the rules do not allow, and a key that is not there or does not fit. */
export const DENIED = 4;
export const UNKNOWN = 5;

/** Runs one command to its end. */
function run(args) {
  return new Promise((resolve) => {
    execFile(variable('STRONGROOM'), args, { encoding: 'utf8', maxBuffer: 1 << 24 }, (err, stdout, stderr) => {
      resolve({ status: err ? err.code : 0, stdout, stderr });
    });
  });
}

/** Runs a command that must succeed, with --json, and gives what it answers. */
export async function answer(...args) {
  const { status, stdout, stderr } = await run([...args, '--json']);
  assert.equal(status, 0, `strongroom ${args.join(' ')}: status ${status}\n${stderr}`);
  return JSON.parse(stdout);
}

let files = 0;

/** Writes text or bytes into a new file and gives its path. */
export function file(content) {
  const name = path.join(variable('CHAINS_FILES'), `${process.pid}-${files += 1}`);
  fs.writeFileSync(name, content, { mode: 0o600 });
  return name;
}

const publics = (keys) => keys?.map((k) => k.public);
const flag = (name, value) => (value === undefined ? [] : [name, value]);
const flags = ({ keys = [], form, testnet } = {}) => [...keys.flatMap((k) => ['--key', k]), ...flag('--form', form), ...(testnet ? ['--testnet'] : [])];

/** A key of the wallet: along the chain's own path, or another one. */
export async function derived(chain, { path: along, index = 0, testnet } = {}) {
  const key = await answer('key', 'derive', wallet, '--chain', chain, '--index', String(index), ...flag('--path', along), ...flags({ testnet }));
  // The wallet may have made the key for another chain, which it then names.
  const { addresses } = await answer('chain', 'address', '--chain', chain, '--public-key', hexOf(key), ...flags({ testnet }));
  return { ...key, hex: hexOf(key), address: addresses[0].address };
}

/** A key that was drawn at random. */
export async function drawn(chain) {
  return withAddress(await answer('key', 'new', wallet, '--chain', chain, '--random'));
}

/** A private key that a library made, brought into the wallet. */
export async function imported(chain, text) {
  return withAddress(await answer('key', 'import', wallet, '--chain', chain, '--key-file', file(text)));
}

function withAddress(key) {
  const [address] = Object.values(key.addresses);
  return { ...key, address, hex: hexOf(key) };
}

const hexOf = (key) => key.public.split(':')[1];

/** The address in another form. */
export async function addressAs(chain, format, key, { testnet } = {}) {
  const { addresses } = await answer('chain', 'address', '--chain', chain, '--public-key', key.hex, '--format', format, ...flags({ testnet }));
  return addresses[0].address;
}

/** A key of the words on the chain's own path, with its path and extended public key. */
export async function addressOfWords(chain, { testnet, index }) {
  const { addresses } = await answer('chain', 'address', '--chain', chain, '--mnemonic-file', variable('CHAINS_WORDS'), '--index', String(index), ...flags({ testnet }));
  return addresses[0];
}

/** What "tx decode" says about a file. */
export function decoded(chain, content, { keys, testnet } = {}) {
  return answer('tx', 'decode', '--chain', chain, ...flags({ keys: publics(keys), testnet }), file(content));
}

/** Signs the transaction of a file, and gives result, effects, warnings and record. */
export function signing(chain, content, { keys, form, testnet } = {}) {
  return answer('tx', 'sign', '--wallet', wallet, '--chain', chain, ...flags({ keys: publics(keys), form, testnet }), file(content));
}

/**
 * Decodes a transaction and signs it. Each of the wanted effects must be among those
 * that decoding shows, nothing may be opaque, and signing must have the same effects.
 * Gives what is signed, as the command writes it.
 */
export async function signed(chain, content, { effects, keys, form, testnet }) {
  const preview = await decoded(chain, content, { keys, testnet });
  for (const want of effects) hasEffect(preview.effects, want);
  assert.deepEqual(preview.effects.filter((e) => e.kind === 'opaque'), []);
  const done = await signing(chain, content, { keys, form, testnet });
  assert.deepEqual(done.effects, preview.effects);
  return done.result;
}

/** What "tx sign" tells a person on standard error. */
export async function told(chain, content, { keys }) {
  const { status, stderr } = await run(['tx', 'sign', '--wallet', wallet, '--chain', chain, ...flags({ keys: publics(keys) }), file(content)]);
  assert.equal(status, 0, stderr);
  return stderr;
}

/** Checks that one of the effects has all members of what is wanted. */
export function hasEffect(effects, want) {
  const fits = (effect) => Object.entries(want).every(([name, value]) => (value instanceof RegExp ? value.test(effect[name] ?? '') : effect[name] === value));
  assert.ok(effects.some(fits), `no effect ${JSON.stringify(want, (_, v) => (v instanceof RegExp ? String(v) : v))} in\n${effects.map((e) => JSON.stringify(e)).join('\n')}`);
}

/** Checks that signing a transaction is refused with an exit status and a text. */
export async function refused(chain, content, text, { status = 1, keys, form, testnet } = {}) {
  const args = ['tx', 'sign', '--wallet', wallet, '--chain', chain, ...flags({ keys: publics(keys), form, testnet }), file(content)];
  const done = await run(args);
  assert.equal(done.status, status, `status ${done.status} of ${args.join(' ')}\n${done.stdout}${done.stderr}`);
  assert.equal(done.stdout, '');
  assert.match(done.stderr, text);
}

/** Signs a message and gives the signature, as the command writes it. */
export async function signedMessage(chain, message, { key, form, testnet }) {
  const done = await answer('message', 'sign', '--wallet', wallet, '--chain', chain, ...flags({ keys: [key.public], form, testnet }), file(message));
  hasEffect(done.effects, { kind: 'message' });
  return done.result;
}

/** Checks that signing a message is refused. */
export async function refusedMessage(chain, message, text, { status = 1, key, form } = {}) {
  const done = await run(['message', 'sign', '--wallet', wallet, '--chain', chain, ...flags({ keys: [key.public], form }), file(message)]);
  assert.equal(done.status, status, `status ${done.status}\n${done.stdout}${done.stderr}`);
  assert.equal(done.stdout, '');
  assert.match(done.stderr, text);
}

/** The key of the words on a path of BIP-32, as ethers derives it. */
export const bip32 = (along) => ethers.HDNodeWallet.fromPhrase(words, '', along);

/** The Ed25519 seed of the words on a path of SLIP-10, whose steps are all hardened. */
export function slip10(along) {
  const hmac = (key, data) => crypto.createHmac('sha512', key).update(data).digest();
  let node = hmac('ed25519 seed', crypto.pbkdf2Sync(words.normalize('NFKD'), 'mnemonic', 2048, 64, 'sha512'));
  for (const step of along.split('/').slice(1)) {
    assert.match(step, /^\d+'$/);
    const number = Buffer.alloc(4);
    number.writeUInt32BE(0x80000000 + parseInt(step, 10));
    node = hmac(node.subarray(32), Buffer.concat([Buffer.of(0), node.subarray(0, 32), number]));
  }
  return node.subarray(0, 32);
}

export const hex = (bytes) => Buffer.from(bytes).toString('hex');
export const bytes = (text) => Uint8Array.from(Buffer.from(text, 'hex'));
export const base64 = (data) => Buffer.from(data).toString('base64');
export const sha256 = (...data) => crypto.createHash('sha256').update(Buffer.concat(data.map((d) => Buffer.from(d)))).digest();

/** JSON of an object with large numbers, which become decimal text. */
export const json = (value) => JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? v.toString() : v));
