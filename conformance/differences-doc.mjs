#!/usr/bin/env node
// Writes the table of deliberate differences from kmd into
// docs/coming-from-kmd.md, from testdata/differences.tsv. With --check it only
// says whether the table is up to date.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const source = path.join(root, 'testdata', 'differences.tsv');
const page = path.join(root, 'docs', 'coming-from-kmd.md');
const [begin, end] = ['<!-- differences: made by make docs -->', '<!-- end of differences -->'];

const rows = fs.readFileSync(source, 'utf8').split('\n')
  .filter((line) => line.trim() !== '' && !line.startsWith('#') && line !== 'exchange\treason')
  .map((line) => line.split('\t'))
  .map(([exchange, reason]) => `| \`${exchange}\` | ${reason.replaceAll('|', '\\|')} |`);
const table = ['| recorded exchange | what we do, and why |', '|---|---|', ...rows].join('\n');

if (!fs.existsSync(page)) {
  console.error('docs/coming-from-kmd.md is missing');
  process.exit(1);
}
const text = fs.readFileSync(page, 'utf8');
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from < 0 || to < from) {
  console.error(`docs/coming-from-kmd.md needs the two lines\n${begin}\n${end}`);
  process.exit(1);
}
const fresh = `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
if (process.argv.includes('--check')) {
  if (fresh !== text) {
    console.error('the table of differences in docs/coming-from-kmd.md is out of date: run make docs');
    process.exit(1);
  }
} else fs.writeFileSync(page, fresh);
