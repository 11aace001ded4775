import type { Finding } from '../../model/finding.ts';
import type { ReportPolicy, ScanReport } from '../../model/report.ts';
import type { Target } from '../../model/target.ts';
import { compare, inChunks, targetsById } from '../order.ts';
import { artifactsOf } from './artifacts.ts';
import { guidOf, lineHashesOf } from './identity.ts';
import { type Notifications, notificationsOf, notify } from './notifications.ts';
import { filesOf, type Projection, type ProjectionName, PROJECTIONS } from './projection.ts';
import { findingResult, passResult, type ResultContext, type Rule } from './results.ts';
import { ruleOf } from './rules.ts';
import { planRuns, type RunPlan } from './runs.ts';
import { type Taxonomies, taxonomiesOf } from './taxonomies.ts';
import { templateOf } from './template.ts';
import { pascalCase } from './text.ts';
import { type Files, isInSourceRoot, webAddress } from './uri.ts';
import { uploadRefusal } from './upload.ts';

/** SARIF 2.1.0 as text, one result a line; no more than a result and a chunk are held at a time. */
export function sarifLog(report: ScanReport, name: ProjectionName): Iterable<string> {
  return inChunks(logPieces(report, PROJECTIONS[name]));
}

/** What every run of a log shares: all rules stand in each, also in a clean one, so that what is fixed is closed. */
interface Shared {
  readonly report: ScanReport;
  readonly projection: Projection;
  readonly files: Files;
  readonly targets: ReadonlyMap<string, Target>;
  readonly rules: ReadonlyMap<string, Rule>;
  readonly tool: string;
  readonly taxonomies: Taxonomies;
  readonly notifications: Notifications;
  readonly lineHashOf: ResultContext['lineHashOf'];
}

function* logPieces(report: ScanReport, projection: Projection): Generator<string> {
  const files = filesOf(report);
  const shared = shareOf(report, projection, files);
  yield '{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[\n';
  let before = '';
  for (const plan of planRuns(report, projection, files)) {
    yield before;
    yield* runPieces(plan, shared);
    before = ',\n';
  }
  yield '\n]}\n';
}

function shareOf(report: ScanReport, projection: Projection, files: Files): Shared {
  const policies = [...report.policies, ...unlisted(report)].sort((left, right) => compare(left.id, right.id));
  const taxonomies = taxonomiesOf(policies);
  const notifications = notificationsOf(report);
  const { version, homepage } = report.tool;
  const informationUri = webAddress(homepage);
  const driver = {
    name: 'rdposture',
    fullName: 'rdposture posture scanner for Remote Desktop',
    semanticVersion: version,
    version,
    guid: guidOf('tool'),
    ...(informationUri === undefined ? {} : { informationUri }),
    rules: policies.map((policy) => ruleOf(policy, report, taxonomies)),
    notifications: notifications.descriptors,
    ...(taxonomies.supported.length === 0 ? {} : { supportedTaxonomies: taxonomies.supported }),
  };
  const rules = new Map(policies.map((policy, index) => [policy.id, { index, template: templateOf(policy.message) }]));
  return {
    report,
    projection,
    files,
    targets: targetsById(report),
    rules,
    tool: JSON.stringify({ driver }),
    taxonomies,
    notifications,
    lineHashOf: lineHashesOf(report.findings),
  };
}

/** A policy that only a finding carried forward still names: its rule, as far as the finding tells it. */
function unlisted(report: ScanReport): ReportPolicy[] {
  const listed = new Set(report.policies.map((policy) => policy.id));
  const made: ReportPolicy[] = [];
  for (const { policy: id, severity, level } of report.findings) {
    if (listed.has(id)) continue;
    listed.add(id);
    const title = `Comply with ${id}`;
    const why = 'The policy is not part of this scan; its findings are carried forward from an earlier one.';
    const nothing = { remediation: [], controls: [], links: [], tags: [], params: {} };
    made.push({ id, name: pascalCase(`policy ${id}`), title, severity, level, verified: true, message: title, why, ...nothing });
  }
  return made;
}

function* runPieces(plan: RunPlan, shared: Shared): Generator<string> {
  const { report, projection, files, taxonomies } = shared;
  const showable = (file: string): boolean => projection.everything || isInSourceRoot(file, files);
  const artifacts = artifactsOf(files, filesNamed(plan, shared.targets, showable));
  const invocation = {
    executionSuccessful: projection.everything ? report.scan.complete : uploadRefusal(report, projection.name) === null,
    exitCode: report.gate.exitCode,
    exitCodeDescription: EXIT[report.gate.exitCode],
    ...notify(plan.problems, shared.notifications, artifacts, projection, showable),
  };
  yield `{"tool":${shared.tool},\n"automationDetails":${JSON.stringify(plan.automation)},\n"invocations":${JSON.stringify([invocation])},\n`;
  yield `${provenanceOf(report)}"originalUriBaseIds":{"SRCROOT":{"description":{"text":"Root of the scanned repository."}}},\n"results":[`;
  yield* resultPieces(plan, shared, { projection, artifacts, showable, lineHashOf: shared.lineHashOf });
  yield '\n],\n';
  if (taxonomies.taxonomies.length > 0) yield `"taxonomies":${JSON.stringify(taxonomies.taxonomies)},\n`;
  yield `"artifacts":${JSON.stringify(artifacts.all())},\n`;
  yield `"columnKind":"${report.scan.columnKind}","defaultEncoding":"utf-8","language":"en-US"}`;
}

const EXIT = { 0: 'The gate passed.', 1: 'The gate failed.', 3: 'Something could not be judged.' } as const;

function* resultPieces(plan: RunPlan, { rules, targets }: Shared, context: ResultContext): Generator<string> {
  let before = '\n';
  for (const finding of plan.findings) {
    const rule = rules.get(finding.policy);
    if (rule === undefined) continue;
    yield `${before}${JSON.stringify(findingResult(finding, rule, context))}`;
    before = ',\n';
  }
  for (const verdict of plan.passes) {
    const rule = rules.get(verdict.policy);
    if (rule === undefined) continue;
    yield `${before}${JSON.stringify(passResult(verdict, targets.get(verdict.target), rule, context))}`;
    before = ',\n';
  }
}

function provenanceOf({ scan }: ScanReport): string {
  const repositoryUri = scan.provenance === undefined ? undefined : webAddress(scan.provenance.repositoryUri);
  if (scan.provenance === undefined || repositoryUri === undefined) return '';
  const { revisionId, branch } = scan.provenance;
  return `"versionControlProvenance":${JSON.stringify([{ repositoryUri, revisionId, branch, mappedTo: { uriBaseId: 'SRCROOT' } }])},\n`;
}

/** All in advance, so that the order of artifacts does not hang on the order of results. */
function* filesNamed(plan: RunPlan, targets: ReadonlyMap<string, Target>, showable: (file: string) => boolean): Generator<string> {
  for (const finding of plan.findings) yield* namedBy(finding, showable);
  for (const { file } of plan.problems) if (file !== undefined && showable(file)) yield file;
  for (const { target } of plan.passes) {
    const file = targets.get(target)?.location?.file;
    if (file !== undefined) yield file;
  }
}

function* namedBy(finding: Finding, showable: (file: string) => boolean): Generator<string> {
  for (const { file } of finding.locations) if (showable(file)) yield file;
  for (const { edits = [] } of finding.fixes) for (const { file } of edits) if (showable(file)) yield file;
  const waiver = finding.waiver?.location?.file;
  if (waiver !== undefined && showable(waiver)) yield waiver;
}
