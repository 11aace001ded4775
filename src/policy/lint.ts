import { placeholdersOf } from '../lib/placeholder.ts';
import { nearest } from '../lib/schema-check.ts';
import { pointersRead } from '../lib/schema-pointers.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { Control, Policy } from '../model/policy.ts';
import type { Area } from '../model/setting.ts';
import { lintFix, lintPlaceholders } from './lint-fix.ts';
import { lintSchema, type SchemaLint } from './lint-schema.ts';

/** What a policy is held against: the fact kinds by name with their schemas, and the settings catalogue. */
export interface LintContext {
  readonly kinds: ReadonlyMap<string, JsonObject>;
  readonly areas: readonly Area[];
}

/** Verbs that a title may begin with: it says what to do. */
const VERBS = [
  'Allow',
  'Audit',
  'Block',
  'Collect',
  'Declare',
  'Deny',
  'Disable',
  'Disallow',
  'Enable',
  'Encrypt',
  'Give',
  'Grant',
  'Install',
  'Keep',
  'Limit',
  'Log',
  'Monitor',
  'Patch',
  'Prefer',
  'Prevent',
  'Protect',
  'Publish',
  'Record',
  'Refuse',
  'Remove',
  'Require',
  'Restrict',
  'Rotate',
  'Send',
  'Separate',
  'Set',
  'Show',
  'Sign',
  'Store',
  'Turn',
  'Update',
  'Use',
] as const;
const TITLE = new RegExp(`^(?:${VERBS.join('|')}) \\S`);

/** Frameworks of controls, with the form of their ids. A house standard of one's own is called `custom-NAME`. */
const FRAMEWORKS: readonly (readonly [framework: RegExp, id: RegExp])[] = [
  [/^cis-windows-server-(?:2019-3\.0\.0|2022-4\.0\.0|2025-1\.0\.0)$/, /^\d+(?:\.\d+)+$/],
  [/^cis-azure-6\.0\.0$/, /^\d+(?:\.\d+)+$/],
  [/^stig-windows-(?:server-(?:2019|2022|2025)|firewall)$/, /^V-\d+$/],
  [/^mcsb-1$/, /^[A-Z]{2}-\d+$/],
  [/^microsoft-baseline$/, /^\S.*$/],
  [/^cwe$/, /^CWE-\d+$/],
  [/^custom-[a-z0-9.-]+$/, /^\S.*$/],
];

/** Everything that is wrong with a policy that has the form of one, a sentence each. */
export function lintPolicy(policy: Policy, context: LintContext): string[] {
  const lint: SchemaLint = { params: defaultsOf(policy), faults: [], found: new Set() };
  lintWords(policy, lint.faults);
  lintSeverity(policy, lint.faults);
  lintReferences(policy, lint.faults);
  const kind = context.kinds.get(policy.kind);
  if (kind === undefined) {
    const near = nearest(policy.kind, [...context.kinds.keys()]);
    lint.faults.push(`There is no fact kind '${policy.kind}'${near === undefined ? '' : `; did you mean '${near}'?`}.`);
    return lint.faults;
  }
  lintJudging(policy, kind, lint);
  for (const [index, fix] of (policy.fix ?? []).entries()) lintFix(fix, `fix ${index + 1}`, kind, context.areas, lint);
  lintMessage(policy.message, kind, lint);
  for (const name of Object.keys(policy.params ?? {})) {
    if (!lint.found.has(name)) lint.faults.push(`The parameter '${name}' is declared and never used.`);
  }
  return lint.faults;
}

function defaultsOf(policy: Policy): Record<string, Json> {
  return Object.fromEntries(Object.entries(policy.params ?? {}).map(([name, schema]) => [name, isObject(schema) ? (schema['default'] ?? null) : null]));
}

function lintWords(policy: Policy, faults: string[]): void {
  if (!TITLE.test(policy.title)) faults.push(`The title is no verb phrase: it begins with one of ${VERBS.join(', ')}.`);
  if (/[.!?]$/.test(policy.title)) faults.push('The title ends like a sentence; it has no full stop.');
  if (!/[.?)]$/.test(policy.why.trim())) faults.push("The text of 'why' does not end with a full stop.");
  if (policy.name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '') === policy.id.replaceAll('-', '')) faults.push('The name only repeats the id.');
}

function lintSeverity(policy: Policy, faults: string[]): void {
  const isFunction = policy.severity === undefined;
  if (isFunction === (policy.level === undefined)) faults.push("It has either 'severity' or, as a function finding, 'level'.");
  if (policy.level !== undefined && policy.tags?.includes('reliability') !== true) faults.push("A function finding carries the tag 'reliability'.");
  const highest = policy.severity ?? 10;
  for (const [where, severity] of severitiesOf(policy)) {
    if (severity === 9) faults.push(`${where} is 9.0, which readers sort differently: write 9.1.`);
    if (Math.round(severity * 10) !== severity * 10 && Math.abs(Math.round(severity * 10) - severity * 10) > 1e-9)
      faults.push(`${where} has more than one decimal.`);
    if (severity > highest) faults.push(`${where} is above the policy's own ${highest}: a grade only lowers.`);
    if (policy.verified === false && severity > 3.9) faults.push(`${where} is ${severity}; what is not verified has at most 3.9.`);
  }
  if (policy.verified === false && policy.level !== undefined && policy.level !== 'note')
    faults.push("A function finding that is not verified has the level 'note'.");
  for (const [index, grade] of (policy.grades ?? []).entries()) {
    if (grade.severity !== undefined && isFunction) faults.push(`Grade ${index + 1} has a severity, and the policy a level.`);
    if ((grade.severity === undefined) === (grade.level === undefined)) faults.push(`Grade ${index + 1} has either 'severity' or 'level'.`);
  }
}

function severitiesOf(policy: Policy): (readonly [where: string, severity: number])[] {
  const own = policy.severity === undefined ? [] : [['The severity', policy.severity] as const];
  return [
    ...own,
    ...(policy.grades ?? []).flatMap((grade, index) => (grade.severity === undefined ? [] : [[`The severity of grade ${index + 1}`, grade.severity] as const])),
  ];
}

function lintReferences(policy: Policy, faults: string[]): void {
  for (const link of policy.links) {
    if (!URL.canParse(link) || !link.startsWith('https://')) faults.push(`The link '${link}' is no https address.`);
    else if (/^\/[a-z]{2}-[a-z]{2}\//i.test(new URL(link).pathname)) faults.push(`The link '${link}' names a language: leave it out.`);
  }
  for (const [what, list] of [
    ['link', policy.links],
    ['tag', policy.tags ?? []],
    ['control', (policy.controls ?? []).map((control) => `${control.framework} ${control.id}`)],
  ] as const) {
    const twice = list.find((item, index) => list.indexOf(item) !== index);
    if (twice !== undefined) faults.push(`The ${what} '${twice}' stands there twice.`);
  }
  for (const control of policy.controls ?? []) lintControl(control, faults);
  for (const tag of policy.tags ?? []) {
    if (tag.startsWith('left-') && !/^left-\d{3}$/.test(tag)) faults.push(`The tag '${tag}' is not of the form left-NNN.`);
  }
}

function lintControl(control: Control, faults: string[]): void {
  const known = FRAMEWORKS.find(([framework]) => framework.test(control.framework));
  if (known === undefined) faults.push(`The framework '${control.framework}' is not known; a standard of your own is called custom-NAME.`);
  else if (!known[1].test(control.id)) faults.push(`'${control.id}' has not the form of an id of '${control.framework}'.`);
}

function lintJudging(policy: Policy, kind: JsonObject, lint: SchemaLint): void {
  if (policy.when !== undefined) lintSchema(policy.when, kind, 'when', lint);
  lintSchema(policy.assert, kind, 'assert', lint);
  if (pointersRead(policy.assert).length === 0) lint.faults.push('assert: it looks at nothing.');
  for (const [index, grade] of (policy.grades ?? []).entries()) lintSchema(grade.when, kind, `grade ${index + 1}`, lint);
}

function lintMessage(message: string, kind: JsonObject, lint: SchemaLint): void {
  if (!/^[A-Z0-9'{]/.test(message) || !message.endsWith('.'))
    lint.faults.push('The message is no full sentence: it begins with a capital letter and ends with a full stop.');
  const bare = placeholdersOf(message.replaceAll(/'[^'\s]*\{[^'\s]*'/g, ''));
  for (const path of bare) lint.faults.push(`The message has the placeholder '{${path}}' outside of single quotes.`);
  lintPlaceholders(message, 'message', [kind], lint);
  if (placeholdersOf(message).length === 0) lint.faults.push('The message names nothing of the fact: it is the same for every finding.');
}
