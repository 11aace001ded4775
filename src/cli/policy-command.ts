import { existsSync, realpathSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { isFolder } from '../collect/files.ts';
import { isSet, type OptionSpec, type ParsedOptions, textOf, textsOf } from '../config/options.ts';
import { gradeOf, judge, subjectOf } from '../evaluate/judge.ts';
import { forTerminal } from '../lib/escape.ts';
import { nearest } from '../lib/schema-check.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { bandOf, levelOf, type Policy } from '../model/policy.ts';
import { UserError } from '../model/problem.ts';
import { type CaseJudge, runCases } from '../policy/cases.ts';
import { addFolders, type Library, readPolicyFolder } from '../policy/library.ts';
import { lintFolders } from '../policy/lint-files.ts';
import { folderFor, skeletonOf, writeSkeleton } from '../policy/new.ts';
import { matchesId } from '../policy/select.ts';
import { type Action, noArguments, runAction } from './actions.ts';
import { libraryOf, ownFolders, shippedLibrary } from './library.ts';
import { POLICIES_FOLDER } from './paths.ts';
import { packsOf, severityOf } from './policy-words.ts';
import { labelled, paragraph } from './text-page.ts';

const OWN: OptionSpec = { name: 'policy', type: 'list', value: 'DIR', help: 'a folder of policies and settings of your own' };
const ONLY: OptionSpec = { name: 'only', type: 'list', value: 'ID,…', help: 'only these policies', configurable: false };

const ACTIONS: Readonly<Record<string, Action>> = {
  list: {
    usage: 'policy list',
    summary: 'the policies there are, with severity, kind and packs',
    options: [
      { name: 'pack', type: 'list', value: 'PACK', help: 'only what these packs select', configurable: false },
      OWN,
      { name: 'json', type: 'flag', help: 'as JSON', configurable: false },
    ],
    run: listPolicies,
  },
  test: { usage: 'policy test', summary: 'run the cases of every policy; 1 when one does not hold', options: [ONLY, OWN], run: testPolicies },
  lint: {
    usage: 'policy lint',
    summary: 'check policies and packs against their fact kinds and the catalogue; 1 when there is a fault',
    options: [ONLY, OWN],
    run: lintPolicies,
  },
  new: {
    usage: 'policy new ID --kind KIND',
    summary: 'start a policy: a folder with policy.yaml and cases.yaml',
    options: [
      { name: 'kind', type: 'text', value: 'KIND', help: 'the fact kind that it judges, such as windows.rdpListener', configurable: false },
      { name: 'policy', type: 'text', value: 'DIR', help: 'the policy folder that it is written to', default: 'policies', configurable: false },
    ],
    run: newPolicy,
  },
};

const CASE_JUDGE: CaseJudge = {
  outcome: (policy, data, unknown) => judge(policy, subjectOf({ data: asData(data), unknown })),
  grade: (policy, data, unknown) => gradeOf(policy, subjectOf({ data: asData(data), unknown })),
};

function asData(data: Json): JsonObject {
  return isObject(data) ? data : {};
}

export function run(argv: readonly string[]): number {
  return runAction('policy', ACTIONS, argv);
}

function idsOf(options: ParsedOptions, name: string): string[] {
  return textsOf(options, name)
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

function listPolicies(options: ParsedOptions, folder: string): number {
  noArguments(options);
  const library = libraryOf(options, folder);
  const wanted = idsOf(options, 'pack');
  for (const id of wanted) {
    if (!library.packs.some((pack) => pack.id === id))
      throw new UserError('pack.unknown', `There is no pack '${id}'.`, `There is: ${library.packs.map((pack) => pack.id).join(', ')}.`);
  }
  const chosen = library.policies.filter((policy) => wanted.length === 0 || packsOf(library.packs, policy.id).some((pack) => wanted.includes(pack)));
  if (isSet(options, 'json')) {
    process.stdout.write(
      `${JSON.stringify(
        chosen.map((policy) => rowOf(policy, library)),
        null,
        2,
      )}\n`,
    );
    return 0;
  }
  const rows = chosen.flatMap((policy) => {
    const packs = packsOf(library.packs, policy.id);
    return [
      [`${policy.id.padEnd(12)}${severityOf(policy)}`, policy.title],
      ['', `${policy.kind}; ${packs.length === 0 ? 'in no pack' : packs.join(', ')}`],
    ] as const;
  });
  process.stdout.write(labelled(rows, 0));
  process.stdout.write(paragraph(`${chosen.length} ${chosen.length === 1 ? 'policy' : 'policies'}. \`rdposture explain ID\` shows one.`));
  return 0;
}

function rowOf(policy: Policy, library: Library): JsonObject {
  const level = policy.severity === undefined ? (policy.level ?? 'warning') : levelOf(policy.severity);
  return {
    id: policy.id,
    name: policy.name,
    title: policy.title,
    kind: policy.kind,
    severity: policy.severity ?? null,
    level,
    band: bandOf(policy.severity ?? null, level),
    verified: policy.verified !== false,
    packs: packsOf(library.packs, policy.id),
    tags: [...(policy.tags ?? [])],
  };
}

/** Cases are read from folders, so the build's library does not serve here. */
function testPolicies(options: ParsedOptions, folder: string): number {
  noArguments(options);
  const library = addFolders(readPolicyFolder(POLICIES_FOLDER), ownFolders(options, folder));
  const only = idsOf(options, 'only');
  checkIds(
    only,
    library.policies.map((policy) => policy.id),
  );
  const chosen = library.policies.filter((policy) => only.length === 0 || only.some((pattern) => matchesId(policy.id, pattern)));
  let cases = 0;
  let failed = 0;
  for (const policy of chosen) {
    const result = runCases(policy, library.folders[policy.id] ?? '', CASE_JUDGE);
    cases += result.cases;
    if (result.failures.length === 0) continue;
    failed++;
    process.stdout.write(
      `${policy.id}: ${result.failures.length} of its expectations do not hold.\n${result.failures.map((failure) => `  ${forTerminal(failure)}\n`).join('')}`,
    );
  }
  process.stdout.write(`${chosen.length} policies, ${cases} cases, ${failed} policies failed.\n`);
  return failed === 0 ? 0 : 1;
}

function checkIds(ids: readonly string[], known: readonly string[]): void {
  const missing = ids.find((pattern) => !known.some((id) => matchesId(id, pattern)));
  if (missing === undefined) return;
  const near = nearest(missing, known);
  throw new UserError(
    'policy.unknown-id',
    `There is no policy '${missing}'.`,
    near === undefined ? '`rdposture policy list` shows what there is.' : `Did you mean '${near}'?`,
  );
}

function lintPolicies(options: ParsedOptions, folder: string): number {
  noArguments(options);
  const own = ownFolders(options, folder);
  const missing = own.find((path) => !isFolder(path));
  if (missing !== undefined)
    throw new UserError('policy.folder-missing', `The policy folder '${missing}' is not there, or no folder.`, 'Check the path given to --policy.');
  const result = lintFolders([POLICIES_FOLDER, ...own], idsOf(options, 'only'));
  checkIds(result.unknown, []);
  for (const { file, message } of result.faults) process.stdout.write(`${forTerminal(shownPath(file, folder))}: ${forTerminal(message)}\n`);
  process.stdout.write(
    `${result.policies} policies, ${result.areas} settings files and ${result.packs} packs: ${result.faults.length} ${result.faults.length === 1 ? 'fault' : 'faults'}.\n`,
  );
  return result.faults.length === 0 ? 0 : 1;
}

function isShipped(root: string): boolean {
  return existsSync(POLICIES_FOLDER) && existsSync(root) && realpathSync(root) === realpathSync(POLICIES_FOLDER);
}

function shownPath(file: string, folder: string): string {
  const inside = relative(folder, file);
  return inside.startsWith('..') ? file : inside;
}

function newPolicy(options: ParsedOptions, folder: string): number {
  const [id, ...more] = options.positionals;
  const kind = textOf(options, 'kind');
  if (id === undefined || more.length > 0)
    throw new UserError('cli.policy-new', 'Name one id.', 'For example `rdposture policy new FW-099 --kind windows.rdpReachability`.');
  if (!/^[A-Z]{1,8}-\d{3}$/.test(id)) throw new UserError('cli.policy-new', `'${id}' is not of the form FAMILY-NNN.`, 'For example FW-099.');
  if (kind === null)
    throw new UserError('cli.policy-new', 'Say with --kind what it judges.', 'docs/facts.md lists the fact kinds; windows.rdpReachability is one.');
  const root = resolve(folder, textOf(options, 'policy') ?? 'policies');
  const library = existsSync(root) ? withFolder(shippedLibrary(), root) : shippedLibrary();
  const taken = library.policies.find((policy) => policy.id === id);
  if (taken !== undefined)
    throw new UserError('policy.id-taken', `The policy id '${id}' is already taken: '${taken.title}'.`, 'Ids are never reused: take another.');
  const files = writeSkeleton(folderFor(id, root, library), skeletonOf(id, kind, library.areas));
  for (const file of files) process.stdout.write(`${forTerminal(shownPath(file, folder))}\n`);
  const own = isShipped(root) ? '' : ` --policy ${forTerminal(shownPath(root, folder))}`;
  process.stdout.write(`Fill them in, then: rdposture policy test --only ${id}${own} and rdposture policy lint --only ${id}${own}\n`);
  return 0;
}

/** The shipped folder is read from where it is, and never twice. */
function withFolder(shipped: Library, root: string): Library {
  return isShipped(root) ? readPolicyFolder(POLICIES_FOLDER) : addFolders(shipped, [root]);
}
