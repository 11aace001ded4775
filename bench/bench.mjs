// `npm run bench [-- P1 P4 …]`: each number is a ratio against a limit that is measured in the same run, interleaved with it;
// medians of RUNS. Only ratios travel from machine to machine.
import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sshRatio } from './ssh.mjs';
import { nameOfHost, writeEstate, writeSnapshots, writeTemplate } from './workloads.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cli = join(root, 'dist', 'rdposture.js');
const limits = join(root, 'bench', 'limits.mjs');
// npm says in it where the user stands, and the command line takes that for the folder of what it reads and writes.
delete process.env.INIT_CWD;
const RUNS = Number(process.env.BENCH_RUNS ?? 5);
const wanted = process.argv.slice(2).filter((name) => /^P\d+$/.test(name));
const work = mkdtempSync(join(tmpdir(), 'rdposture-bench-'));
const NOW = ['--now', '2026-11-24T00:00:00Z', '--quiet'];
const ALL = ['--only', 'FW-*,COL-*,CERT-*,DRV-*,AUTH-*,NET-*,AVD-*,EST-*'];
const FIVE = ['--only', 'FW-001,FW-004,AUTH-001,AUTH-003,AUTH-013'];

/** Wall time in ms and peak memory in MB of a whole process. */
function run(args) {
  const began = performance.now();
  const result = spawnSync(process.execPath, args, { cwd: work, encoding: 'utf8', maxBuffer: 1 << 30, env: { ...process.env, RDPOSTURE_PEAK: '1' } });
  const ms = performance.now() - began;
  if (result.status !== 0 && result.status !== 1 && result.status !== 3) throw new Error(`${args.join(' ')}: ${result.status} ${result.stderr.slice(0, 500)}`);
  return ms;
}

/** Peak memory in MB, as the system's `time` tells it. */
function peak(args) {
  const result = spawnSync('/usr/bin/time', ['-f', '%M', process.execPath, ...args], { cwd: work, encoding: 'utf8', maxBuffer: 1 << 30 });
  const kilobytes = Number(result.stderr?.trim().split('\n').at(-1));
  return Number.isFinite(kilobytes) && kilobytes > 0 ? kilobytes / 1024 : null;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** The median of what each run of `subject` takes in terms of the run of `limit` that follows it, after one of each to warm up. */
function ratio(subject, limit, runs = RUNS) {
  subject();
  limit();
  const times = { subject: [], limit: [] };
  for (let index = 0; index < runs; index++) {
    times.subject.push(subject());
    times.limit.push(limit());
  }
  // Pair by pair, since a machine's speed drifts.
  return { ratio: median(times.subject.map((ms, index) => ms / times.limit[index])), ms: [median(times.subject), median(times.limit)] };
}

const scan = (path, ...more) => run([cli, 'scan', path, ...NOW, ...more]);
const nothing = () => run(['-e', '0']);
const parse = (folder) => run([limits, 'parse', folder]);
const snapshots = (count) => {
  const folder = join(work, `w1-${count}`);
  if (existsSync(folder)) return folder;
  if (count <= 1000) writeSnapshots(folder, count);
  else {
    // The same thousand hosts ten times over, as links: each copy has a name of its own only as a file, so each is judged
    // and one of a name is kept. What is measured is reading and judging.
    mkdirSync(folder, { recursive: true });
    const first = snapshots(1000);
    for (let index = 0; index < count; index++) linkSync(join(first, nameOfHost(index % 1000)), join(folder, nameOfHost(index)));
  }
  return folder;
};
const template = () => {
  const file = join(work, 'w2.json');
  if (!existsSync(file)) writeTemplate(file, 1000, 200);
  return file;
};
const estate = () => {
  const file = join(work, 'w3.json');
  if (!existsSync(file)) writeEstate(file, 10_000);
  return file;
};

const BENCHES = {
  P1: { what: '--version ÷ node -e 0', goal: 1.2, measure: () => ratio(() => run([cli, '--version']), nothing, RUNS * 4) },
  P2: {
    what: 'one host, all policies, console + SARIF ÷ node -e 0',
    goal: 2.5,
    measure: () => ratio(() => scan(join(snapshots(1), nameOfHost(0)), ...ALL, '--report', 'console:-', '--report', 'sarif:p2.sarif'), nothing, RUNS * 2),
  },
  P3: {
    what: '1,000 snapshots, 5 checks, SARIF ÷ read + parse on both cores',
    goal: 1.5,
    measure: () =>
      ratio(
        () => scan(snapshots(1000), ...FIVE, '--report', 'sarif:p3.sarif'),
        () => parse(snapshots(1000)),
      ),
  },
  P4: {
    what: '1,000 snapshots, all policies, SARIF + JSON, no fixes ÷ read + parse on both cores',
    goal: 4.5,
    measure: () =>
      ratio(
        () => scan(snapshots(1000), ...ALL, '--no-fixes', '--report', 'sarif:p4.sarif', '--report', 'json:p4.json'),
        () => parse(snapshots(1000)),
      ),
  },
  P5: {
    what: '10,000 ÷ 1,000 snapshots: time, peak memory',
    goal: 10.5,
    measure: () => {
      const args = (count) => [cli, 'scan', snapshots(count), ...NOW, ...FIVE, '--report', 'csv:p5.csv'];
      const times = ratio(
        () => run(args(10_000)),
        () => run(args(1000)),
        1,
      );
      const [much, little] = [peak(args(10_000)), peak(args(1000))];
      return { ...times, memory: much === null || little === null ? null : much / little };
    },
  },
  P6: {
    what: '1,000 NSGs × 200 rules with topology, all NET policies ÷ read + parse',
    goal: 2.4,
    measure: () =>
      ratio(
        () => scan(template(), '--only', 'NET-*', '--report', 'csv:p6.csv'),
        () => run([limits, 'parse-one', template()]),
      ),
  },
  P7: { what: '25,000 findings as SARIF, streamed ÷ one JSON.stringify', goal: 1.4, measure: () => sarifRatio() },
  P9: {
    what: "P6's scan with proved fixes ÷ that scan without",
    goal: 2,
    measure: () =>
      ratio(
        () => scan(template(), '--only', 'NET-*', '--report', 'sarif:p9.sarif'),
        () => scan(template(), '--only', 'NET-*', '--no-fixes', '--report', 'sarif:p9.sarif'),
        Math.min(RUNS, 3),
      ),
  },
  P11: {
    what: '10,000 Azure resources, all Azure policies ÷ read + parse',
    goal: 15,
    measure: () =>
      ratio(
        () => scan(estate(), '--pack', 'rds-complete', '--report', 'csv:p11.csv'),
        () => run([limits, 'parse-one', estate()]),
      ),
  },
  P10: { what: '500 hosts collected through a stand-in ssh ÷ 500 bare round trips of it', goal: 1.5, measure: () => sshRatio(500) },
};

/** In one process, since both sides render the same report. */
function sarifRatio() {
  const result = spawnSync(process.execPath, ['--expose-gc', limits, 'sarif'], { cwd: work, encoding: 'utf8', maxBuffer: 1 << 30 });
  if (result.status !== 0) throw new Error(result.stderr.slice(0, 500));
  return JSON.parse(result.stdout);
}

run([join(root, 'scripts', 'run.mjs'), '--version']);
const rows = [];
try {
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const result = await bench.measure();
    rows.push({ name, what: bench.what, goal: bench.goal, ...result });
    const memory = result.memory === undefined || result.memory === null ? '' : ` / ${result.memory.toFixed(2)}`;
    console.log(`${name}  ${result.ratio.toFixed(2)}${memory}  (goal ${bench.goal})  ${bench.what}`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
mkdirSync(join(root, 'out'), { recursive: true });
writeFileSync(join(root, 'out', 'bench.json'), `${JSON.stringify(rows, null, 2)}\n`);
