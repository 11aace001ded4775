// P10: `collect` of many hosts through a program `ssh` that answers at once, against as many bare round trips of that program,
// as many at a time. What is measured is what collecting itself costs.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { nameOfHost, writeSnapshots } from './workloads.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cli = join(root, 'dist', 'rdposture.js');
const CONCURRENCY = 10;

const nameOf = (index) => `rdsh${String(index).padStart(4, '0')}.contoso.com`;

/**
 * An estate of so many hosts, and a stand-in for `ssh`, a shell script, whose answer is a snapshot made beforehand: its frames
 * with a blank for the nonce that the request brings.
 */
function prepare(work, count) {
  const hosts = Array.from({ length: count }, (_, index) => nameOf(index));
  const lines = ['version: 1', 'name: bench', 'groups:', '  all:', '    connect: { over: ssh }', `    hosts: [${hosts.join(', ')}]`, ''];
  writeFileSync(join(work, 'estate.yaml'), lines.join('\n'));
  for (const folder of ['bin', 'answers']) mkdirSync(join(work, folder));
  writeSnapshots(join(work, 'made'), 1);
  const snapshot = JSON.parse(readFileSync(join(work, 'made', nameOfHost(0)), 'utf8'));
  let bytes = 0;
  for (const name of hosts) {
    const json = Buffer.from(JSON.stringify({ ...snapshot, target: { kind: 'windows-host', name } }));
    bytes = json.length;
    const data = gzipSync(json)
      .toString('base64')
      .match(/.{1,76}/g);
    const text = [
      'rdposture-begin @',
      ...data.map((line) => `rdposture-data @ ${line}`),
      `rdposture-end @ ${json.length} ${createHash('sha256').update(json).digest('hex')}`,
      '',
    ];
    writeFileSync(join(work, 'answers', name), text.join('\n'));
  }
  const program = join(work, 'bin', 'ssh');
  writeFileSync(
    program,
    `#!/bin/sh
while [ "$1" != -- ]; do shift; done
request=$(sed -n -e 1p -e '/^\\./q')
nonce=$(printf %s "$request" | base64 -d | sed -n 's/.*"nonce":"\\([0-9a-f]*\\)".*/\\1/p')
exec sed "s/@/$nonce/" "${join(work, 'answers')}/$2"
`,
    { mode: 0o755 },
  );
  return { program, bytes };
}

/** As many runs of the program as there are hosts, with the same bytes in and out, and nothing done with them. */
async function bare(program, count, input) {
  const began = performance.now();
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const name = nameOf(next++);
      await new Promise((done, fail) => {
        const child = spawn(program, ['--', name, 'x'], { stdio: ['pipe', 'pipe', 'ignore'] });
        child.stdout.resume();
        child.on('error', fail);
        child.on('close', done);
        child.stdin.on('error', () => {});
        child.stdin.end(input);
      });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return performance.now() - began;
}

function collect(work) {
  rmSync(join(work, 'snapshots'), { recursive: true, force: true });
  const began = performance.now();
  const env = { ...process.env, PATH: `${join(work, 'bin')}:${process.env.PATH}` };
  const result = spawnSync('/usr/bin/time', ['-f', '%M', process.execPath, cli, 'collect', '--concurrency', String(CONCURRENCY)], {
    cwd: work,
    encoding: 'utf8',
    env,
  });
  const ms = performance.now() - began;
  if (result.status !== 0) throw new Error(`collect: ${result.status} ${result.error ?? ''} ${result.stderr?.slice(-500)}`);
  return { ms, megabytes: Number(result.stderr.trim().split('\n').at(-1)) / 1024 };
}

/** The median ratio of some pairs of runs, and the time of one host. Hundreds of processes are their own average: one pair is enough. */
export async function sshRatio(count = 500, runs = 1) {
  const work = mkdtempSync(join(tmpdir(), 'rdposture-bench-ssh-'));
  try {
    const { program, bytes } = prepare(work, count);
    const script = readFileSync(join(root, 'collectors', 'Collect-RdsHost.ps1')).toString('base64');
    const input = `${Buffer.from('{"nonce":"0123456789abcdef0123456789abcdef"}').toString('base64')}\n${script.match(/.{1,4096}/g).join('\n')}\n.300\n`;
    const pairs = [];
    for (let index = 0; index < runs; index++) {
      const { ms, megabytes } = collect(work);
      const written = readdirSync(join(work, 'snapshots')).filter((name) => name.endsWith('.json')).length;
      if (written !== count) throw new Error(`${written} of ${count} hosts were collected`);
      const limit = await bare(program, count, input);
      pairs.push({ ms, limit, megabytes, ratio: ms / limit });
    }
    const middle = pairs.toSorted((a, b) => a.ratio - b.ratio)[Math.floor(pairs.length / 2)];
    return {
      ratio: middle.ratio,
      ms: [middle.ms, middle.limit],
      perHost: [middle.ms / count, middle.limit / count],
      hosts: count,
      bytes,
      megabytes: middle.megabytes,
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await sshRatio(Number(process.argv[2] ?? 500)), null, 2));
