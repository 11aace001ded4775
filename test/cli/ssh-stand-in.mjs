#!/usr/bin/env node
// Stands in for the OpenSSH client: `plan.json` beside it says by address what comes of a connection. Whom it was asked for is
// written to `asked`.
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const folder = dirname(fileURLToPath(import.meta.url));
if (process.argv[2] === '-V') {
  process.stderr.write('OpenSSH_9.9p1 stand-in\n');
  process.exit(0);
}
const address = process.argv[process.argv.indexOf('--') + 1];
appendFileSync(join(folder, 'asked'), `${address}\n`);
appendFileSync(join(folder, 'arguments'), `${JSON.stringify(process.argv.slice(2, -1))}\n`);
const plan = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'))[address] ?? {};

const lines = [];
createInterface({ input: process.stdin }).on('line', (line) => {
  if (!line.startsWith('.')) lines.push(line);
  else answer(JSON.parse(Buffer.from(lines[0], 'base64').toString('utf8')));
});
if (plan.stderr !== undefined) {
  process.stderr.write(`${plan.stderr}\n`);
  process.exit(plan.code ?? 255);
}

function answer({ nonce, kind, name }) {
  const base64 = (text) => Buffer.from(text, 'utf8').toString('base64');
  if (plan.stdout !== undefined) return end(plan.stdout);
  if (plan.fail !== undefined) return end(`rdposture-begin ${nonce}\nrdposture-fail ${nonce} ${plan.fail[0]} ${base64(plan.fail[1])}\n`);
  if (plan.hangs === true) return undefined;
  const collectedAt = new Date(Date.now() + 1000 * (plan.ahead ?? 0)).toISOString().replace(/\.\d+Z$/, 'Z');
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 1, target: { kind, name }, collectedAt, collector: plan.collector, sections: plan.sections ?? {} }),
    'utf8',
  );
  const data = gzipSync(bytes)
    .toString('base64')
    .replaceAll(/.{1,76}/g, `rdposture-data ${nonce} $&\n`);
  const digest = createHash('sha256').update(bytes).digest('hex');
  return end(`rdposture-begin ${nonce}\n${data}rdposture-end ${nonce} ${bytes.length} ${digest}\n`);
}

function end(text) {
  process.stdout.write(text, () => {
    appendFileSync(join(folder, 'answered'), `${address}\n`);
    process.exit(0);
  });
}
