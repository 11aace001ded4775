import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CONTROLLER_FAULTS, KILLS, OWN_TESTS, STEP_FAULTS } from '../apply/faults.ts';

const PAGE = new URL('../../docs/remediation.md', import.meta.url);
const TESTS = readFileSync(new URL('../remediate/script.test.ts', import.meta.url), 'utf8');
const OUTCOMES = {
  compliant: 'it matches; nothing was to be done',
  changed: 'it matches',
  unchanged: 'as before, and said: nothing was begun',
  'rolled-back': 'as before, and said',
  attention: 'said: somebody must look at it',
} as const;

function table(): string {
  const rows = [
    ...CONTROLLER_FAULTS.map(([what, , outcome]) => ['`apply`', what, OUTCOMES[outcome]]),
    ...STEP_FAULTS.map(([what]) => ['script', what, 'as before, and said']),
    ...KILLS.map(([what]) => ['script', `the host goes down ${what}`, 'as before once it has started again']),
    ...OWN_TESTS.map(([what, outcome]) => ['script', what.replace(/:.*$/, ''), outcome]),
  ];
  return ['| where | what happens | outcome |', '|---|---|---|', ...rows.map((cells) => `| ${cells.join(' | ')} |`)].join('\n');
}

it('the table of faults in docs/remediation.md is the one that the tests run', () => {
  const page = readFileSync(PAGE, 'utf8');
  const [before = '', after = ''] = page.split(/<!-- faults -->[\s\S]*<!-- \/faults -->/);
  const made = `${before}<!-- faults -->\n${table()}\n<!-- /faults -->${after}`;
  if (process.env['RDPOSTURE_UPDATE'] === 'docs') writeFileSync(PAGE, made);
  expect(page === made || process.env['RDPOSTURE_UPDATE'] === 'docs').toBe(true);
  for (const [name] of OWN_TESTS) expect(TESTS).toContain(`it('${name}'`);
});
