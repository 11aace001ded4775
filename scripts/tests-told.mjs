// Prints how many tests of vitest's JSON report passed and failed, and writes what failed into a text file:
// node scripts/tests-told.mjs REPORT TEXT. A test file that could not run counts as one failure.
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';

const [, , report = '', text = ''] = process.argv;
const [LINES, WIDTH] = [12, 300];

/** The first lines of a message, indented. */
const begin = (message) =>
  String(message ?? '')
    .split('\n')
    .filter((line) => !line.includes('/node_modules/'))
    .slice(0, LINES)
    .map((line) => `    ${line.slice(0, WIDTH)}\n`)
    .join('');

let told = 'The tests left no report.\n';
let counts = '0 1';
try {
  const { testResults, numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
  told = '';
  let unrun = 0;
  for (const file of testResults.filter(({ status }) => status === 'failed')) {
    const name = relative('', file.name);
    const failed = file.assertionResults.filter(({ status }) => status === 'failed');
    for (const test of failed) told += `${name} > ${test.fullName}\n${begin(test.failureMessages[0])}`;
    if (failed.length > 0) continue;
    unrun++;
    told += `${name}\n${begin(file.message)}`;
  }
  counts = `${numPassedTests} ${numFailedTests + unrun}`;
} catch (error) {
  told += begin(error);
}
writeFileSync(text, told);
console.log(counts);
