#!/usr/bin/env node
// Replays the recorded kmd exchanges against our kmd, with the recordings' own
// replay.mjs, for every profile on a fresh data directory, and compares what
// differs with testdata/differences.tsv.
//
//   node replay-kmd.mjs [path to the kmd binary]
//
// A difference that is not listed is an error, and so is a listed one that no
// longer exists, an exchange that was not played, or a daemon that does not
// stop as it should.
import fs from 'node:fs';
import path from 'node:path';
import { binaryFrom, golden, runNode, startDaemon } from './daemon.mjs';

const list = path.join(golden, '..', '..', 'differences.tsv');
const binary = binaryFrom(process.argv[2]);

const exchanges = new Map(); // file name → profile
for (const file of fs.readdirSync(golden).filter((f) => f.endsWith('.json')).sort()) {
  exchanges.set(file, JSON.parse(fs.readFileSync(path.join(golden, file), 'utf8')).profile);
}

// One exchange spells out the token that the recorded daemon had.
const recordedToken = 'c0ffee00'.repeat(8);

const problems = [];
const allowed = readDifferences();
for (const profile of new Set(exchanges.values())) await replay(profile);
if (problems.length) {
  console.error(problems.join('\n'));
  process.exit(1);
}

/** Lines of "exchange TAB reason"; blank lines and lines that start with # say nothing. */
function readDifferences() {
  const reasons = new Map();
  fs.readFileSync(list, 'utf8').split('\n').forEach((line, number) => {
    if (line.trim() === '' || line.startsWith('#') || line === 'exchange\treason') return;
    const where = `differences.tsv line ${number + 1}`;
    const [name, reason, ...rest] = line.split('\t');
    const file = name.endsWith('.json') ? name : `${name}.json`;
    if (!reason?.trim() || rest.length) problems.push(`${where}: want an exchange, a tab and a reason`);
    else if (!exchanges.has(file)) problems.push(`${where}: there is no exchange ${name}`);
    else if (reasons.has(file)) problems.push(`${where}: ${name} is listed twice`);
    else reasons.set(file, reason);
  });
  return reasons;
}

async function replay(profile) {
  const daemon = await startDaemon(binary, profile, recordedToken);
  let result;
  try {
    result = await runNode([path.join(golden, 'replay.mjs'), '--profile', profile], { KMD_URL: daemon.url, KMD_TOKEN: daemon.token }, { capture: true });
  } finally {
    problems.push(...await daemon.stop());
  }
  const expected = [...exchanges].filter(([, p]) => p === profile).map(([file]) => file);
  const failed = new Map(); // file name → what replay.mjs says, which can be several lines
  for (const text of result.output.split(/^(?=FAIL )/m)) {
    const match = text.match(/^FAIL (\S+\.json): ([^]*?)\s*(?:\d+ passed, \d+ failed\s*)?$/);
    if (match) failed.set(match[1], match[2]);
  }
  const summary = result.output.match(/^(\d+) passed, (\d+) failed\s*$/m);
  if (!summary || Number(summary[1]) + Number(summary[2]) !== expected.length || Number(summary[2]) !== failed.size) {
    problems.push(`profile ${profile}: the replay did not play all ${expected.length} exchanges (exit status ${result.status}):\n${result.output}`);
    return;
  }
  const unlisted = [...failed].filter(([file]) => !allowed.has(file));
  const stale = expected.filter((file) => allowed.has(file) && !failed.has(file));
  for (const [file, text] of unlisted) problems.push(`FAIL ${file}: ${text}`);
  for (const file of stale) problems.push(`${file} is listed in differences.tsv ("${allowed.get(file)}") but does not differ`);
  console.log(`kmd recordings, profile ${profile}: ${summary[1]} equal, ${failed.size - unlisted.length} different as listed, ${unlisted.length + stale.length} wrong`);
}
