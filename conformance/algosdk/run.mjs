#!/usr/bin/env node
// Runs the test suite of this folder against our kmd.
//
//   node run.mjs [path to the kmd binary]
//
// Two daemons run meanwhile, each on a fresh data directory: one with the
// recorded server profile main (sessions of a minute) and one with the profile
// short (sessions of a second).
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { binaryFrom, runNode, startDaemon } from '../daemon.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
if (!fs.existsSync(path.join(here, 'node_modules', 'algosdk'))) {
  console.error('algosdk is not installed; run "npm ci" in conformance/algosdk');
  process.exit(2);
}
const binary = binaryFrom(process.argv[2]);
const tests = fs.readdirSync(path.join(here, 'test')).filter((f) => f.endsWith('.test.mjs')).sort().map((f) => path.join(here, 'test', f));

const problems = [];
const daemons = [];
let status;
try {
  for (const profile of ['main', 'short']) daemons.push(await startDaemon(binary, profile));
  const [main, short] = daemons;
  ({ status } = await runNode(['--test', ...tests], {
    KMD_URL: main.url, KMD_TOKEN: main.token, KMD_SHORT_URL: short.url, KMD_SHORT_TOKEN: short.token,
  }));
} finally {
  for (const daemon of daemons) problems.push(...await daemon.stop());
}
if (problems.length) console.error(problems.join('\n'));
process.exit(status === 0 && problems.length === 0 ? 0 : 1);
