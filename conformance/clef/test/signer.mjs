// Starts one clef for a test file, on a copy of the recorded configuration directory, and
// is the UI that it asks: a program that the test tells what to approve.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const fixture = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'testdata', 'golden', 'clef', 'config-fixture');

export const CHAIN_ID = 1337;
export const MASTER_PASSWORD = 'master-password-1';

/** The accounts of the fixture, in the order of their files' names. Only the vault's password of the first is right. */
export const accounts = [
  { address: '0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826', key: '0xc85ef7d79691fe79573b1a7064c19c1a9819ebdbd1faaab1a8ec92344438aaf4', password: 'golden-password-1' },
  { address: '0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A', key: `0x${'11'.repeat(32)}`, password: 'golden-password-2' },
  { address: '0x081B48A50679FC4Dfbe1dB8e56307F0aeDd7b84a', key: `0x${'33'.repeat(31)}34`, password: 'golden-password-3' },
];

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 30_000;

/** The signer's question about something it cannot know; any JSON-RPC error is a refusal to answer. */
class Refusal extends Error {}

/**
 * The UI. Without orders it approves what it is asked, unchanged, and types the passwords of the fixture.
 * `asked` has all requests and notifications so far, as {method, params} with the one object they carry.
 */
class UI {
  asked = [];
  #orders = [];

  /** Answers the next request of a method in another way: with a result, or what a function makes of the parameter. */
  next(method, answer) { this.#orders.push({ method, answer }); }

  /** Denies the next request of a method. */
  deny(method) { this.next(method, method === 'ui_approveListing' ? { accounts: null } : (params) => ({ ...params.transaction && { transaction: params.transaction }, approved: false })); }

  /** What was asked since the last call, by methods; the test has then looked at it. */
  take() { return this.asked.splice(0); }

  answer(method, params) {
    const i = this.#orders.findIndex((o) => o.method === method);
    if (i >= 0) {
      const [{ answer }] = this.#orders.splice(i, 1);
      return typeof answer === 'function' ? answer(params) : answer;
    }
    switch (method) {
      case 'ui_approveTx': return { transaction: params.transaction, approved: true };
      case 'ui_approveSignData':
      case 'ui_approveNewAccount': return { approved: true };
      case 'ui_approveListing': return { accounts: params.accounts };
      case 'ui_onInputRequired': return { text: passwordFor(params) };
      default: throw new Refusal(`the UI of the tests does not know ${method}`);
    }
  }
}

function passwordFor({ title, prompt, isPassword }) {
  assert.equal(isPassword, true, `${title}: not asked as a password`);
  if (title === 'Master Password') return MASTER_PASSWORD;
  const account = accounts.find((a) => prompt.endsWith(` account ${a.address}`));
  if (account) return account.password;
  if (title === 'New account password') return 'new-account-password-1';
  throw new Refusal(`the UI of the tests has no password for: ${prompt}`);
}

/**
 * Starts clef and waits until it says that it has started. The result has the addresses of its two doors, the UI,
 * the folder it works in, and a function that ends it, which throws if anything was wrong about that.
 */
export async function startSigner({ chainId = CHAIN_ID, flags = [], rules = false } = {}) {
  const binary = process.env.CLEF;
  assert.ok(binary, 'CLEF is not set: these tests are run by conformance/clef/run.mjs');
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'strongroom-clef-'));
  const files = { keystore: path.join(dir, 'keystore'), config: path.join(dir, 'config'), rules: path.join(dir, 'rules.js') };
  for (const name of ['keystore', 'config', 'rules.js']) fs.cpSync(path.join(fixture, name), path.join(dir, name), { recursive: true });
  fs.chmodSync(files.config, 0o700);
  fs.chmodSync(path.join(files.config, 'masterseed.json'), 0o400);
  const child = spawn(binary, [
    '--stdio-ui', '--suppress-bootwarn', '--lightkdf', '--http', '--http.port', '0', '--chainid', String(chainId),
    '--keystore', files.keystore, '--configdir', files.config, ...(rules ? ['--rules', files.rules] : []), ...flags,
  ], { cwd: dir, env: { ...process.env, HOME: dir }, stdio: ['pipe', 'pipe', 'pipe'] });
  const reap = () => child.kill('SIGKILL'); // a test that fails must not leave a signer behind
  process.once('exit', reap);

  const ui = new UI();
  const problems = [];
  let log = '';
  let started;
  const startup = new Promise((resolve) => { started = resolve; });
  child.stdin.on('error', () => {}); // it has ended, which is noticed elsewhere
  child.stderr.on('data', (data) => { log += data; });
  createInterface({ input: child.stdout }).on('line', (line) => {
    try { serve(JSON.parse(line)); } catch (err) { problems.push(`${err.message} in the UI at ${line.slice(0, 400)}`); }
  });

  function serve({ jsonrpc, id, method, params, ...rest }) {
    assert.equal(jsonrpc, '2.0');
    assert.deepEqual(rest, {});
    assert.equal(params.length, 1);
    ui.asked.push({ method, params: params[0] });
    if (method === 'ui_onSignerStartup') started(params[0].info);
    if (id === undefined) return;
    let reply;
    try { reply = { result: ui.answer(method, params[0]) }; } catch (err) { reply = { error: { code: -32000, message: err.message } }; if (!(err instanceof Refusal)) problems.push(err.message); }
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...reply })}\n`);
  }

  const exited = new Promise((resolve) => {
    child.once('error', (err) => resolve(err.message));
    child.once('close', (status, signal) => resolve(signal ? `signal ${signal}` : `status ${status}`));
  });
  const info = await Promise.race([startup, exited, later(START_LIMIT_MS)]);
  if (typeof info !== 'object') {
    reap();
    throw new Error(`clef ${info === undefined ? 'does not start' : `ended with ${info}`}\n${problems.join('\n')}\n${log}`);
  }

  /** Ends it as an operator would. */
  async function stop() {
    child.kill('SIGTERM');
    const how = await Promise.race([exited, later(STOP_LIMIT_MS)]);
    if (how !== 'status 0') problems.push(how === undefined ? `still runs ${STOP_LIMIT_MS / 1000} s after SIGTERM` : `ended with ${how} after SIGTERM, want status 0`);
    reap();
    process.removeListener('exit', reap);
    if (fs.existsSync(info.extapi_ipc)) problems.push(`left ${info.extapi_ipc} behind`);
    fs.rmSync(dir, { recursive: true, force: true });
    assert.deepEqual(problems, [], log);
  }
  return { http: info.extapi_http, ipc: info.extapi_ipc, info, ui, dir, stop };
}

/** Gives undefined after a while, unless the program has ended by then. */
function later(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
