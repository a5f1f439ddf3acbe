#!/usr/bin/env node
// Runs the test suite of this folder against our clef.
//
//   node run.mjs [path to the clef binary [part of a file name]]
//
// Each file of tests starts a signer of its own, on a copy of the recorded configuration
// directory, and is its UI.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { binaryFrom, runNode } from '../daemon.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
if (!fs.existsSync(path.join(here, 'node_modules', 'ethers'))) {
  console.error('ethers is not installed; run "npm ci" in conformance/clef');
  process.exit(2);
}
const binary = binaryFrom(process.argv[2] ?? path.join(here, '..', '..', 'bin', 'clef'));
const only = process.argv[3] ?? '';
const tests = fs.readdirSync(path.join(here, 'test')).filter((f) => f.endsWith('.test.mjs') && f.includes(only)).sort().map((f) => path.join(here, 'test', f));
const { status } = await runNode(['--test', ...tests], { CLEF: binary });
process.exit(status === 0 ? 0 : 1);
