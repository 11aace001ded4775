import { forMarkdown } from '../../lib/escape.ts';
import type { ReportPolicy } from '../../model/report.ts';
import { compare } from '../order.ts';
import { frameworkOf } from './frameworks.ts';
import { sentence } from './text.ts';
import { webAddress } from './uri.ts';

/** What a rule says about itself: why, what to do, which controls, where it is written. */
export function helpOf(policy: ReportPolicy): { readonly text: string; readonly markdown: string } {
  return { text: textOf(policy), markdown: `${markdownOf(policy).join('\n\n')}\n` };
}

function textOf(policy: ReportPolicy): string {
  const fix = policy.remediation.map(sentence).join(' ');
  const run = policy.run === undefined ? '' : `Run:\n${policy.run.trim()}\n`;
  const parts = [sentence(policy.title), policy.why.trim(), fix === '' ? '' : `How to fix: ${fix}`, run];
  return parts
    .filter((part) => part !== '')
    .join('\n\n')
    .trim();
}

function markdownOf(policy: ReportPolicy): string[] {
  const parts = [`# ${forMarkdown(policy.title)}`, `**Why.** ${forMarkdown(policy.why.trim())}`];
  if (!policy.verified) parts.push('**Not verified.** A fact that this policy rests on is not confirmed in a primary source yet.');
  if (policy.remediation.length > 0) parts.push('## How to fix', policy.remediation.map((step) => `- ${forMarkdown(step)}`).join('\n'));
  if (policy.run !== undefined) parts.push(...(policy.remediation.length > 0 ? [] : ['## How to fix']), fenced(policy.run.trimEnd()));
  if (policy.controls.length > 0) parts.push('## Controls', controlsTable(policy));
  const links = policy.links.map(webAddress).filter((link) => link !== undefined);
  if (links.length > 0) parts.push('## Links', links.map((link) => `- <${link}>`).join('\n'));
  return parts;
}

function controlsTable(policy: ReportPolicy): string {
  const rows = [...policy.controls].sort((left, right) => compare(left.framework, right.framework) || compare(left.id, right.id));
  const cells = rows.map(({ framework, id }) => {
    const { name, version } = frameworkOf(framework);
    return `| ${forMarkdown(version === undefined ? name : `${name} ${version}`)} | ${forMarkdown(id)} |`;
  });
  return ['| Framework | Control |', '|---|---|', ...cells].join('\n');
}

/** A code block whose fence is longer than any run of backticks in it. */
export function fenced(code: string, language = ''): string {
  const longest = Math.max(0, ...[...code.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}${language}\n${code}\n${fence}`;
}
