#!/usr/bin/env node
// Has strongroom sign what the chains' own client libraries build, and these libraries
// check the result.
//
//   node run.mjs [path to the strongroom binary]
//
// One daemon runs meanwhile, on a fresh data directory with one wallet, which is made
// from the public test words of testdata/golden/tatum and stays open. Each test runs
// the commands that a person would run.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { binaryFrom, golden, runNode } from '../daemon.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
for (const [folder, name] of [['chains', 'ethers'], ['algosdk', 'algosdk']]) {
  if (fs.existsSync(path.join(here, '..', folder, 'node_modules', name))) continue;
  console.error(`${name} is not installed; run "npm ci" in conformance/${folder}`);
  process.exit(2);
}
const binary = binaryFrom(process.argv[2] ?? path.join(here, '..', '..', 'bin', 'strongroom'));
const only = process.argv[3] ?? ''; // a part of a file name, for whoever works on one chain
const tests = fs.readdirSync(path.join(here, 'test')).filter((f) => f.endsWith('.test.mjs') && f.includes(only)).sort().map((f) => path.join(here, 'test', f));

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 30_000;

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'strongroom-chains-'));
const { mnemonics } = JSON.parse(fs.readFileSync(path.join(golden, '..', 'tatum', 'addresses.json'), 'utf8'));
const env = {
  STRONGROOM: binary,
  STRONGROOM_DATA_DIR: path.join(work, 'data'),
  // The least that the configuration takes: what is tested here is not the sealing.
  STRONGROOM_SEALING_TIME: '1',
  STRONGROOM_SEALING_MEMORY_MIB: '64',
  CHAINS_FILES: path.join(work, 'files'),
  CHAINS_WORDS: path.join(work, 'words'),
  CHAINS_PASSWORD: path.join(work, 'password'),
};

const problems = [];
let status = 1;
try {
  fs.mkdirSync(env.CHAINS_FILES);
  fs.writeFileSync(env.CHAINS_WORDS, `${mnemonics.M1}\n`, { mode: 0o600 });
  fs.writeFileSync(env.CHAINS_PASSWORD, 'open sesame\n', { mode: 0o600 });
  const password = ['--password-file', env.CHAINS_PASSWORD];
  await command('init');
  await command('wallet', 'create', 'chains', '--words-file', env.CHAINS_WORDS, ...password);
  const stop = await startDaemon();
  try {
    await command('wallet', 'unlock', 'chains', '--for', '1h', ...password);
    ({ status } = await runNode(['--test', ...tests], env));
  } finally {
    problems.push(...await stop());
  }
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}
if (problems.length) console.error(problems.join('\n'));
process.exit(status === 0 && problems.length === 0 ? 0 : 1);

/** Runs a command that prepares the tests, and throws unless it succeeds. */
async function command(...args) {
  const child = spawn(binary, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (data) => { output += data; });
  child.stderr.on('data', (data) => { output += data; });
  const how = await ending(child);
  if (how !== 'status 0') throw new Error(`strongroom ${args.join(' ')}: ${how}\n${output}`);
}

/** How a process ended: "status 3", "signal SIGKILL", or why it did not even start. */
function ending(child) {
  return new Promise((resolve) => {
    child.once('error', (err) => resolve(err.message));
    child.once('close', (code, signal) => resolve(signal ? `signal ${signal}` : `status ${code}`));
  });
}

/**
 * Starts "strongroom run" and waits until its doors are open. The result is a function
 * that ends it as an operator would and returns a list of what was wrong about that.
 */
async function startDaemon() {
  const child = spawn(binary, ['run'], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const reap = () => child.kill('SIGKILL'); // a failure here must not leave a daemon behind
  process.once('exit', reap);
  let log = '';
  child.stderr.on('data', (data) => { log += data; });
  const exited = ending(child);
  const open = new Promise((resolve) => {
    let printed = '';
    child.stdout.on('data', (data) => { if ((printed += data).includes('\n')) resolve('open'); });
  });
  const started = await Promise.race([open, exited, later(START_LIMIT_MS)]);
  if (started !== 'open') {
    reap();
    throw new Error(`strongroom run ${started === undefined ? 'opens no door' : `ended with ${started}`}\n${log}`);
  }
  return async () => {
    child.kill('SIGTERM');
    const how = await Promise.race([exited, later(STOP_LIMIT_MS)]);
    process.removeListener('exit', reap);
    if (how === 'status 0') return [];
    reap();
    return [`strongroom run ${how === undefined ? `still runs ${STOP_LIMIT_MS / 1000} s after SIGTERM` : `ended with ${how} after SIGTERM, want status 0`}`, log];
  };
}

/** Gives undefined after a while, unless the program has ended by then. */
function later(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
