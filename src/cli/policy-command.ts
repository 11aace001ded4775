import { parseArgs } from 'node:util';
import { gradeOf, judge, subjectOf } from '../evaluate/judge.ts';
import { forTerminal } from '../lib/escape.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { UserError } from '../model/problem.ts';
import { type CaseJudge, runCases } from '../policy/cases.ts';
import { addFolders, type Library, readPolicyFolder } from '../policy/library.ts';
import { POLICIES_FOLDER } from './paths.ts';

const CASE_JUDGE: CaseJudge = {
  outcome: (policy, data, unknown) => judge(policy, subjectOf({ data: asData(data), unknown })),
  grade: (policy, data, unknown) => gradeOf(policy, subjectOf({ data: asData(data), unknown })),
};

function asData(data: Json): JsonObject {
  return isObject(data) ? data : {};
}

export function run(argv: readonly string[]): number {
  const [action, ...rest] = argv;
  const { values } = parseArgs({ args: [...rest], options: { policy: { type: 'string', multiple: true }, only: { type: 'string', multiple: true } }, allowPositionals: true });
  const only = (values.only ?? []).flatMap((list) => list.split(','));
  const library = addFolders(readPolicyFolder(POLICIES_FOLDER), values.policy ?? []);
  if (action === 'test') return testPolicies(library, only);
  throw new UserError('cli.unknown-action', `'policy ${action ?? ''}' is not a command.`, 'Use policy list, new, test or lint.');
}

function testPolicies(library: Library, only: readonly string[]): number {
  let cases = 0;
  let failed = 0;
  const chosen = library.policies.filter((policy) => only.length === 0 || only.includes(policy.id));
  for (const policy of chosen) {
    const result = runCases(policy, library.folders[policy.id] ?? '', CASE_JUDGE);
    cases += result.cases;
    if (result.failures.length === 0) continue;
    failed++;
    process.stdout.write(`${policy.id}: ${result.failures.length} of its expectations do not hold.\n${result.failures.map((failure) => `  ${forTerminal(failure)}\n`).join('')}`);
  }
  process.stdout.write(`${chosen.length} policies, ${cases} cases, ${failed} policies failed.\n`);
  return failed === 0 ? 0 : 1;
}
