import { isSet, optionsHelp, type OptionSpec, parseOptions } from '../config/options.ts';
import { readConfigFile } from '../config/load.ts';
import { explainCode, type Explanation } from '../diagnose/explain.ts';
import { CODE_FORMS, parseCode } from '../diagnose/parse.ts';
import { truncate } from '../lib/escape.ts';
import { nearest } from '../lib/schema-check.ts';
import type { Policy } from '../model/policy.ts';
import { UserError } from '../model/problem.ts';
import type { Library } from '../policy/library.ts';
import { libraryOf } from './library.ts';
import { userFolder } from './paths.ts';
import { policyPage } from './policy-page.ts';
import { FAMILY_TITLES, familyOf } from './policy-words.ts';
import { bullets, labelled, paragraph, section, verbatim } from './text-page.ts';

export const EXPLAIN_OPTIONS: readonly OptionSpec[] = [{ name: 'policy', type: 'list', value: 'DIR', help: 'a folder of policies and settings of your own' }];

export const EXPLAIN_HELP = `rdposture explain ID|CODE: a policy, or a disconnect code

A code is what a client or an event log shows: ${CODE_FORMS.join(', ')}.
It exits with 2 for a code of which nothing is documented.

${optionsHelp(EXPLAIN_OPTIONS)}`;

export function run(argv: readonly string[]): number {
  const folder = userFolder();
  const config = Object.fromEntries(Object.entries(readConfigFile(folder)).filter(([name]) => name === 'policy'));
  const options = parseOptions(argv, EXPLAIN_OPTIONS, process.env, config);
  if (isSet(options, 'help')) {
    process.stdout.write(EXPLAIN_HELP);
    return 0;
  }
  const asked = options.positionals.join(' ').trim();
  if (asked === '')
    throw new UserError('cli.explain', 'Name a policy or a disconnect code.', 'For example `rdposture explain FW-004` or `rdposture explain 0x3/0x7`.');
  const library = libraryOf(options, folder);
  const policy = policyNamed(library.policies, asked);
  if (policy !== undefined) {
    process.stdout.write(policyPage(policy, library));
    return 0;
  }
  const code = parseCode(asked);
  if (code === null) throw notKnown(asked, library.policies);
  const explanation = explainCode(code);
  if (!explanation.known) throw new UserError('cli.unknown-code', `No page documents the disconnect code '${explanation.shown}'.`, formsHint(asked));
  process.stdout.write(codePage(explanation, library));
  return 0;
}

function policyNamed(policies: readonly Policy[], asked: string): Policy | undefined {
  const wanted = asked.toLowerCase();
  return policies.find((policy) => [policy.id, policy.name, ...(policy.aliases ?? [])].some((name) => name.toLowerCase() === wanted));
}

function notKnown(asked: string, policies: readonly Policy[]): UserError {
  const shown = truncate(asked, 80);
  const near = nearest(
    asked.toUpperCase(),
    policies.map((policy) => policy.id),
  );
  if (near !== undefined)
    return new UserError('cli.explain', `There is no policy '${shown}'.`, `Did you mean '${near}'? \`rdposture policy list\` shows what there is.`);
  return new UserError('cli.explain', `'${shown}' is neither a policy nor a disconnect code.`, formsHint(asked));
}

function formsHint(asked: string): string {
  const bare = /^[0-9a-f]{2,8}$/i.test(asked) && /[a-f]/i.test(asked) ? ` For a hexadecimal number write '0x${asked.toLowerCase()}'.` : '';
  const result = /^(?:0x8[0-9a-f]{7}|-\d+)$/i.test(asked) ? ' It has the form of an HRESULT, which is another numbering.' : '';
  return `A code is written like one of these: ${CODE_FORMS.join(', ')}.${bare}${result}`;
}

/** The page of a disconnect code. */
export function codePage(explanation: Explanation, library: Library): string {
  return [
    paragraph(`Disconnect code ${explanation.shown}`),
    section('What it says', meanings(explanation)),
    section('How far the connection had come', explanation.reached === null ? '' : paragraph(explanation.reached, 2)),
    section('What it does not mean', claims(explanation)),
    section('What may lie behind it: inference, no page says so', plausible(explanation)),
    section('Where to look', bullets(evidence(explanation))),
    section('Policies that bear on it', families(explanation, library.policies)),
    section('Insecure remedies that circulate, and the policies that notice them', explanation.leftOvers ? leftOvers(library.policies) : ''),
  ].join('');
}

function meanings(explanation: Explanation): string {
  const parts = explanation.parts.map(({ role, code, entry }) => {
    const number = `0x${code.toString(16)} (${code})`;
    const what = role === 'reason' ? 'Reason' : 'Extended code';
    if (entry === null) return paragraph(`${what} ${number}: no page documents it.`, 2, 4);
    const wire = entry.wire === undefined ? '' : `, sent as ${entry.wire}`;
    return paragraph(`${what} ${number}: ${entry.name}${wire}.`, 2, 4) + paragraph(entry.meaning, 4) + verbatim(entry.page, 4);
  });
  const { otherwise } = explanation;
  if (otherwise !== null)
    parts.push(paragraph(`As an extended code the same number is ${otherwise.name}: ${otherwise.meaning} Write 'ext ${otherwise.code}' for that.`, 2, 4));
  return parts.join('');
}

function claims(explanation: Explanation): string {
  return explanation.claims
    .map(
      ({ claim, why, instead }) =>
        paragraph(`- ${claim}`, 2, 4) + paragraph(why, 4) + (instead.length === 0 ? '' : paragraph(`The client would show ${instead.join('; ')}.`, 4)),
    )
    .join('');
}

function plausible(explanation: Explanation): string {
  if (explanation.plausible.length === 0) return paragraph('Nothing can be inferred from it alone.', 2);
  return bullets(explanation.plausible);
}

function evidence(explanation: Explanation): string[] {
  const byExtended = explanation.parts.some((part) => part.role === 'extended' || part.code === 3);
  return [
    'On the client: event 1026 of Microsoft-Windows-TerminalServices-ClientActiveXCore/Operational.',
    ...(byExtended
      ? ['On the server: event 40 of Microsoft-Windows-TerminalServices-LocalSessionManager/Operational; its reason code is the extended code.']
      : []),
    'On the server: Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational, 261 for a connection that reached the listener, 1149 for a user who got past authentication.',
    'On an RD Gateway: 302 and 303 of Microsoft-Windows-TerminalServices-Gateway/Operational.',
  ];
}

function families(explanation: Explanation, policies: readonly Policy[]): string {
  const rows = explanation.families.flatMap((family): (readonly [string, string])[] => {
    const count = policies.filter((policy) => familyOf(policy.id) === family).length;
    return count === 0 ? [] : [[`${family}-*`, `${FAMILY_TITLES[family] ?? family}, ${count} ${count === 1 ? 'policy' : 'policies'}`]];
  });
  if (rows.length === 0) return paragraph('None that is shipped: it is outside of what policies judge.', 2);
  return labelled(rows) + paragraph(`\`rdposture scan --only ${rows.map(([family]) => family).join(',')}\` judges them all.`, 2);
}

function leftOvers(policies: readonly Policy[]): string {
  const rows = policies.filter((policy) => policy.tags?.some((tag) => /^left-\d+$/.test(tag)) === true).map((policy) => [policy.id, policy.title] as const);
  return labelled(rows);
}
