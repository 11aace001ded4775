import type { ReportPolicy, ScanReport } from '../../model/report.ts';
import { helpOf } from './help.ts';
import { guidOf } from './identity.ts';
import type { Taxonomies } from './taxonomies.ts';
import { messageStringsOf, templateOf } from './template.ts';
import { sentence, shortSentence } from './text.ts';
import { webAddress } from './uri.ts';

/** GitHub: 1,024 characters of a description, 255 of a name, 10 tags. */
const DESCRIPTION = 1024;
const NAME = 255;
const TAGS = 10;

export function ruleOf(policy: ReportPolicy, report: ScanReport, taxonomies: Taxonomies): object {
  const help = helpOf(policy);
  const helpUri = policy.links.map(webAddress).find((link) => link !== undefined) ?? webAddress(report.tool.homepage);
  const relationships = taxonomies.relationshipsOf(policy);
  return {
    id: policy.id,
    name: policy.name.slice(0, NAME),
    guid: guidOf('rule', policy.id),
    shortDescription: { text: shortSentence(policy.title, DESCRIPTION) },
    fullDescription: { text: shortSentence(policy.why.replaceAll(/\s+/g, ' ').trim() || policy.title, DESCRIPTION) },
    messageStrings: messageStringsOf(templateOf(policy.message)),
    ...(helpUri === undefined ? {} : { helpUri }),
    help: { text: sentence(help.text), markdown: help.markdown },
    defaultConfiguration: {
      level: policy.level,
      ...(policy.severity === null ? {} : { rank: rankOf(policy.severity) }),
      ...parametersOf(policy),
    },
    ...(relationships.length === 0 ? {} : { relationships }),
    properties: propertiesOf(policy),
  };
}

/** 0 to 100, from a severity of 0.1 to 10. */
export function rankOf(severity: number): number {
  return Math.round(severity * 100) / 10;
}

/** Effective parameters; `tags` has a meaning of its own in a SARIF property bag. */
function parametersOf(policy: ReportPolicy): object {
  const entries = Object.entries(policy.params).filter(([name]) => name !== 'tags');
  return entries.length === 0 ? {} : { parameters: Object.fromEntries(entries) };
}

/** GitHub reads `security-severity` only beside the tag `security`, and `problem.severity` only without. */
function propertiesOf(policy: ReportPolicy): object {
  const precision = policy.verified ? 'very-high' : 'medium';
  if (policy.severity !== null) {
    return { tags: tagsOf(policy, 'security'), precision, 'security-severity': policy.severity.toFixed(1) };
  }
  const severity = policy.level === 'note' ? 'recommendation' : policy.level;
  return { tags: tagsOf(policy, 'reliability'), precision, 'problem.severity': severity };
}

function tagsOf(policy: ReportPolicy, first: string): string[] {
  const weaknesses = policy.controls
    .filter((control) => control.framework === 'cwe')
    .map((control) => `external/cwe/${/^\d+$/.test(control.id) ? 'cwe-' : ''}${control.id.toLowerCase()}`);
  const own = policy.tags.filter((tag) => policy.severity !== null || tag !== 'security');
  return [...new Set([first, ...weaknesses.sort(), ...own])].slice(0, TAGS);
}
