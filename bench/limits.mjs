// The limits that the bench compares with.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

function parseFiles(folder, from) {
  const names = readdirSync(folder);
  for (let index = from; index < names.length; index += 2) JSON.parse(readFileSync(join(folder, names[index]), 'utf8'));
}

/** A report with COUNT findings, made from the example's. */
async function sarif(count) {
  const { scan, reporterFor, readPolicyFolder } = await import('../src/index.ts');
  const root = fileURLToPath(new URL('..', import.meta.url));
  const report = scan({
    paths: [join(root, 'examples', 'contoso')],
    shownPaths: [],
    sourceRoot: root,
    library: readPolicyFolder(join(root, 'policies')),
    selection: { packs: [], only: [], skip: [], vars: {} },
    now: '2026-11-24T09:00:00Z',
    declared: false,
    waivers: null,
    baseline: null,
    previous: null,
    gate: { failOn: 'high', failOnUnknown: false },
    withFixes: false,
    withVerdicts: false,
    trusted: null,
    version: '0.0.0',
    provenance: null,
    azureDevOps: null,
  });
  const failing = report.findings.filter((finding) => finding.outcome === 'fail');
  const findings = Array.from({ length: count }, (_, index) => ({ ...failing[index % failing.length], fingerprint: index.toString(16).padStart(64, '0') }));
  const many = { ...report, findings };
  const render = await reporterFor('sarif');
  const log = JSON.parse([...render(many)].join(''));
  const times = { stream: [], whole: [] };
  for (let run = 0; run < 7; run++) {
    let began = performance.now();
    let length = 0;
    for (const piece of render(many)) length += piece.length;
    times.stream.push(performance.now() - began);
    began = performance.now();
    length -= JSON.stringify(log).length;
    times.whole.push(performance.now() - began);
  }
  const median = (values) => values.toSorted((a, b) => a - b)[3];
  console.log(JSON.stringify({ ratio: median(times.stream) / median(times.whole), ms: [median(times.stream), median(times.whole)] }));
}

if (!isMainThread) parseFiles(workerData, 1);
else if (process.argv[2] === 'parse') {
  const worker = new Worker(new URL(import.meta.url), { workerData: process.argv[3] });
  parseFiles(process.argv[3], 0);
  await new Promise((done) => worker.once('exit', done));
} else if (process.argv[2] === 'parse-one') JSON.parse(readFileSync(process.argv[3], 'utf8'));
else if (process.argv[2] === 'sarif') await sarif(25_000);
