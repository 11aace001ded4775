import { truncate } from '../../lib/escape.ts';
import type { Evidence, Finding, Fix, Verdict, WaiverRef } from '../../model/finding.ts';
import type { Target } from '../../model/target.ts';
import type { Artifacts } from './artifacts.ts';
import { sarifFix } from './fixes.ts';
import { guidOf } from './identity.ts';
import { physicalLocation } from './locations.ts';
import type { Projection } from './projection.ts';
import { rankOf } from './rules.ts';
import type { Template } from './template.ts';
import { messageOf } from './template.ts';
import { plainText, sentence } from './text.ts';

/** GitHub shows the first location of a result and takes at most 1,000; the others are told as related. */
const RELATED = 99;
const EVIDENCE = 20;
/** Longest evidence value in a result, as JSON; the report holds the whole. */
const EVIDENCE_LENGTH = 1000;

export interface Rule {
  readonly index: number;
  readonly template: Template;
}

export interface ResultContext {
  readonly projection: Projection;
  readonly artifacts: Artifacts;
  /** Whether this projection may name the file. */
  readonly showable: (file: string) => boolean;
  /** The hash of the finding's line, where it is the only one of its policy there. */
  readonly lineHashOf: (finding: Finding) => string | undefined;
}

export function findingResult(finding: Finding, rule: Rule, context: ResultContext): object {
  const fixes = fixesOf(finding, context);
  const related = relatedOf(finding, context);
  return {
    ruleId: finding.policy,
    ruleIndex: rule.index,
    ...kindOf(finding, context.projection),
    message: messageOf(finding, rule.template),
    locations: [primaryOf(finding, context)],
    ...(related.length === 0 ? {} : { relatedLocations: related }),
    partialFingerprints: {
      primaryLocationLineHash: context.lineHashOf(finding) ?? `${finding.fingerprint.slice(0, 16)}:1`,
      'rdposture/v1': finding.fingerprint,
    },
    ...(fixes.length === 0 ? {} : { fixes }),
    ...(context.projection.everything ? { suppressions: suppressionsOf(finding, context) } : {}),
    properties: propertiesOf(finding),
  };
}

/** A pass stands at its target's own line: a report keeps closer places for what must be changed only. */
export function passResult(verdict: Verdict, target: Target | undefined, rule: Rule, { artifacts }: ResultContext): object {
  const name = plainText(verdict.name);
  const place = target?.location === undefined ? {} : { physicalLocation: physicalLocation(target.location, artifacts) };
  return {
    ruleId: verdict.policy,
    ruleIndex: rule.index,
    kind: 'pass',
    level: 'none',
    message: { text: `'${name}' complies with this policy.`, id: 'pass', arguments: [name] },
    locations: [{ ...place, logicalLocations: [{ name: verdict.name, fullyQualifiedName: verdict.id, kind: 'resource' }] }],
    suppressions: [],
    properties: { 'rdposture/target': verdict.target, 'rdposture/fact': verdict.id },
  };
}

/** Only a failure has a level and a rank (SARIF §3.27.9, §3.27.25). */
function kindOf(finding: Finding, projection: Projection): object {
  if (projection.everything && finding.outcome === 'unknown' && finding.status !== 'stale') return { kind: 'open', level: 'none' };
  const rank = finding.severity === null ? {} : { rank: rankOf(finding.severity) };
  return { kind: 'fail', level: finding.level, ...rank };
}

function primaryOf(finding: Finding, { artifacts }: ResultContext): object {
  const [first] = finding.locations;
  const logicalLocations = [{ name: finding.name, fullyQualifiedName: finding.resource, kind: 'resource' }];
  return first === undefined ? { logicalLocations } : { physicalLocation: physicalLocation(first, artifacts), logicalLocations };
}

function relatedOf(finding: Finding, { artifacts, showable }: ResultContext): object[] {
  return finding.locations
    .slice(1, 1 + RELATED)
    .filter((location) => showable(location.file))
    .map((location, index) => ({
      id: index + 1,
      message: { text: 'This place belongs to the finding too.' },
      physicalLocation: physicalLocation(location, artifacts),
    }));
}

/** Fixes of a result are alternatives; readers that apply all of them exist, so an upload offers the first alone. */
function fixesOf(finding: Finding, { artifacts, showable, projection }: ResultContext): object[] {
  const fixes = finding.fixes.map((fix) => sarifFix(fix, artifacts, showable)).filter((fix) => fix !== undefined);
  return projection.everything ? fixes : fixes.slice(0, 1);
}

function suppressionsOf(finding: Finding, context: ResultContext): object[] {
  const guid = guidOf('suppression', finding.status, finding.fingerprint);
  if (finding.status === 'baselined') return [{ kind: 'external', status: 'accepted', guid, justification: 'It is in the baseline.' }];
  if (finding.status !== 'waived') return [];
  const location = finding.waiver?.location;
  return [
    {
      kind: finding.waiver?.kind === 'in-source' ? 'inSource' : 'external',
      status: 'accepted',
      guid,
      justification: finding.waiver === undefined ? 'It is waived.' : justificationOf(finding.waiver),
      ...(location === undefined ? {} : { location: { physicalLocation: physicalLocation(location, context.artifacts) } }),
    },
  ];
}

function justificationOf(waiver: WaiverRef): string {
  if (waiver.kind === 'in-source') return plainText(`${sentence(waiver.reason)} A comment in '${waiver.id}' says so until '${waiver.until}'.`);
  const ticket = waiver.ticket === undefined ? '' : `, ticket '${waiver.ticket}'`;
  const approver = waiver.approver === undefined ? '' : `, approved by '${waiver.approver}'`;
  return plainText(`${sentence(waiver.reason)} Waiver '${waiver.id}' of '${waiver.owner}' until '${waiver.until}'${ticket}${approver}.`);
}

function propertiesOf(finding: Finding): object {
  return {
    'rdposture/target': finding.target,
    'rdposture/fact': finding.factId,
    'rdposture/status': finding.status,
    ...(finding.lastJudged === undefined ? {} : { 'rdposture/lastJudged': finding.lastJudged }),
    ...(finding.evidence.length === 0 ? {} : { 'rdposture/evidence': finding.evidence.slice(0, EVIDENCE).map(evidenceOf) }),
    ...(finding.fixes.length === 0 ? {} : { 'rdposture/remediation': finding.fixes.map(remediationOf) }),
    ...(finding.unknown === undefined ? {} : { 'rdposture/unknown': finding.unknown }),
  };
}

function evidenceOf({ pointer, value, source }: Evidence): object {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
  const shown = typeof text === 'string' ? truncate(text, EVIDENCE_LENGTH) : text;
  return { pointer, value: shown, ...(source === undefined ? {} : { source }) };
}

/** What a SARIF fix cannot say: commands, and why there is no edit. */
function remediationOf({ title, risk, needs, powershell, az, run, note }: Fix): object {
  return {
    title,
    risk,
    ...(needs.length === 0 ? {} : { needs }),
    ...(powershell === undefined ? {} : { powershell }),
    ...(az === undefined ? {} : { az }),
    ...(run === undefined ? {} : { run }),
    ...(note === undefined ? {} : { note }),
  };
}
