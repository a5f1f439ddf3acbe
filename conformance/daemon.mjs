// Starts and stops one kmd on a fresh data directory, for the suites here.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const golden = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'testdata', 'golden', 'kmd');

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 30_000;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const unlessDone = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref()); // does not keep the program running
const read = (file) => { try { return fs.readFileSync(file, 'utf8'); } catch { return ''; } };

/** The binary to test, as an absolute path; ends the process with a hint if it is not there. */
export function binaryFrom(argument) {
  const file = path.resolve(argument ?? path.join(golden, '..', '..', '..', 'bin', 'kmd'));
  try { fs.accessSync(file, fs.constants.X_OK); } catch {
    console.error(`${file} is not an executable; run "make build" first`);
    process.exit(2);
  }
  return file;
}

/**
 * Starts `binary -d DIR` with the configuration of a recorded server profile.
 * With a token it is given that one, else it makes its own. The result has the address, the token and a stop function that ends the
 * daemon as an operator would and returns a list of what was wrong about it.
 */
export async function startDaemon(binary, profile, token) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), `kmd-${profile}-`));
  fs.copyFileSync(path.join(golden, 'profiles', `${profile}.kmd_config.json`), path.join(dir, 'kmd_config.json'));
  fs.chmodSync(path.join(dir, 'kmd_config.json'), 0o600);
  if (token) fs.writeFileSync(path.join(dir, 'kmd.token'), token, { mode: 0o600 });
  const child = spawn(binary, ['-d', dir], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (data) => { output += data; });
  child.stderr.on('data', (data) => { output += data; });
  let ended; // how it ended: "status 3", "signal SIGKILL", or why it did not even start
  const exited = new Promise((resolve) => {
    child.once('error', (err) => resolve(err.message));
    child.once('close', (status, signal) => resolve(signal ? `signal ${signal}` : `status ${status}`));
  }).then((how) => { ended = how; return how; });
  // A suite that fails half-way must not leave a daemon behind.
  const reap = () => child.kill('SIGKILL');
  process.once('exit', reap);

  // What to say when it does not come up; nothing of it stays behind.
  const failure = (what) => {
    const text = `kmd (profile ${profile}) ${what}\n${output}${read(path.join(dir, 'kmd.log'))}`;
    reap();
    fs.rmSync(dir, { recursive: true, force: true });
    return new Error(text);
  };
  const address = () => `http://${read(path.join(dir, 'kmd.net'))}`;
  for (const end = Date.now() + START_LIMIT_MS; !await answers(address());) {
    if (ended) throw failure(`ended with ${ended} before it served`);
    if (Date.now() > end) throw failure('does not serve');
    await sleep(20);
  }

  async function stop() {
    const problems = [];
    if (ended) problems.push(`ended by itself with ${ended}`);
    else {
      child.kill('SIGTERM');
      if (await Promise.race([exited, unlessDone(STOP_LIMIT_MS)]) === undefined) {
        problems.push(`still runs ${STOP_LIMIT_MS / 1000} s after SIGTERM`);
        child.kill('SIGKILL');
        await exited;
      } else if (ended !== 'status 0') problems.push(`ended with ${ended} after SIGTERM, want status 0`);
    }
    process.removeListener('exit', reap);
    for (const name of ['kmd.pid', 'kmd.net']) if (fs.existsSync(path.join(dir, name))) problems.push(`${name} was left behind`);
    if (output) problems.push(`printed: ${output}`);
    const log = read(path.join(dir, 'kmd.log'));
    fs.rmSync(dir, { recursive: true, force: true });
    return problems.map((p) => `kmd (profile ${profile}): ${p}`).concat(problems.length ? [log] : []);
  }
  return { url: address(), token: read(path.join(dir, 'kmd.token')), stop };
}

async function answers(url) {
  try { return (await fetch(`${url}/versions`)).ok; } catch { return false; }
}

/** Runs a node program to its end and returns its exit status and, if asked for, its output. */
export async function runNode(args, env, { capture = false } = {}) {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', capture ? 'pipe' : 'inherit', 'inherit'] });
  let output = '';
  child.stdout?.on('data', (data) => { output += data; });
  const [status, signal] = await once(child, 'close');
  return { status: status ?? `signal ${signal}`, output };
}
