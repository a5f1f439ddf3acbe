#!/usr/bin/env node
// Replays the recorded Clef sessions against our clef, with the recordings' own replay.mjs,
// several groups at a time, and compares what differs with clef/differences.json.
//
//   node replay-clef.mjs [path to the clef binary [part of a group's name]]
//
// A difference that is not listed is an error, and so is a listed one that no longer exists,
// or a session that was not played. Where a recording shows a defect of the peer and says what
// is right, replay.mjs takes the right answer instead.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { binaryFrom, golden, runNode } from './daemon.mjs';

const recordings = path.join(golden, '..', 'clef');
const list = path.join(path.dirname(fileURLToPath(import.meta.url)), 'clef', 'differences.json');
const binary = binaryFrom(process.argv[2] ?? path.join(golden, '..', '..', '..', 'bin', 'clef'));
const only = process.argv[3] ?? '';

// The peer goes on without rules where they are not in order. Ours does that when asked to.
const flags = { '18-startup': ['--manual-fallback'] };

// A group waits for its signer and for time to pass more than it computes.
const atOnce = os.availableParallelism() + 1;

const groups = readRecordings();
const problems = [];
const allowed = readDifferences();
// The longest go first, so that no long one is left for the end.
const waiting = [...groups].filter(([group]) => group.includes(only)).sort(([, a], [, b]) => b.length - a.length);
if (waiting.length === 0) problems.push(`there is no group ${only}`);
const totals = { equal: 0, better: 0, listed: 0 };
await Promise.all(Array.from({ length: atOnce }, async () => {
  for (let next = waiting.shift(); next; next = waiting.shift()) await replay(...next);
}));
console.log(`clef recordings, all: ${totals.equal} equal, ${totals.better} better than the peer, ${totals.listed} different as listed`);
if (problems.length) {
  console.error(problems.join('\n'));
  process.exit(1);
}

/** The groups that replay.mjs plays, with the names under which it reports their sessions. */
function readRecordings() {
  const found = new Map();
  for (const file of fs.readdirSync(recordings).filter((f) => /^\d\d-.*\.json$/.test(f)).sort()) {
    const { group, setup, transcripts } = JSON.parse(fs.readFileSync(path.join(recordings, file), 'utf8'));
    if (setup?.flags) found.set(group, transcripts.map((t) => `${group} ${t.name}`));
    else if (transcripts[0].setup) found.set(group, transcripts.map((t) => t.name));
  }
  return found;
}

/** A list of {name, reason}, by name. */
function readDifferences() {
  const names = new Set([...groups.values()].flat());
  const reasons = new Map();
  for (const { name, reason, ...rest } of JSON.parse(fs.readFileSync(list, 'utf8'))) {
    if (!reason?.trim() || Object.keys(rest).length) problems.push(`differences.json: ${name}: want a name and a reason`);
    else if (!names.has(name)) problems.push(`differences.json: there is no session ${name}`);
    else if (reasons.has(name)) problems.push(`differences.json: ${name} is listed twice`);
    else reasons.set(name, reason);
  }
  return reasons;
}

async function replay(group, expected) {
  const result = await runNode([path.join(recordings, 'replay.mjs'), group], { CLEF: [binary, ...flags[group] ?? []].join(' '), VERBOSE: '1', STRICT: '', SETTLE_MS: group.includes('4844') ? '150' : '' }, { capture: true });
  const equal = new Set();
  const differing = new Map(); // name → what replay.mjs says, which can be several lines
  let better = 0;
  for (const text of result.output.split(/^(?=(?:ok {3}|FAIL |diff )\S)/m)) {
    const [, verdict, said] = text.match(/^(ok {2}|FAIL|diff) ([^]*)$/) ?? [];
    const name = said && expected.find((n) => said === n || (said.startsWith(n) && /^(?:[:\n]| \()/.test(said.slice(n.length))));
    if (!name) continue;
    if (verdict === 'ok  ') equal.add(name);
    else differing.set(name, text.replace(/\n\d+ passed, [^]*$/, '').trim());
    if (said.startsWith(`${name} (better than the peer)`)) better += 1;
  }
  const missing = expected.filter((name) => !equal.has(name) && !differing.has(name));
  if (missing.length) {
    problems.push(`group ${group}: ${missing.length} of ${expected.length} sessions were not played (exit status ${result.status}):\n${result.output.slice(-4000)}`);
    return;
  }
  const unlisted = [...differing].filter(([name]) => !allowed.has(name));
  const stale = expected.filter((name) => allowed.has(name) && equal.has(name));
  for (const [, text] of unlisted) problems.push(text);
  for (const name of stale) problems.push(`${name} is listed in differences.json ("${allowed.get(name)}") but does not differ`);
  const listed = differing.size - unlisted.length;
  totals.equal += equal.size - better;
  totals.better += better;
  totals.listed += listed;
  console.log(`clef recordings, ${group}: ${equal.size - better} equal, ${better} better than the peer, ${listed} different as listed, ${unlisted.length + stale.length} wrong`);
}
