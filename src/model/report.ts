import type { Finding, Verdict } from './finding.ts';
import type { Json } from './json.ts';
import type { Band, Control, Level } from './policy.ts';
import type { Problem } from './problem.ts';
import type { Target } from './target.ts';

/** The saved result of a scan: what `--report json:…` writes and every output is rendered from. */
export interface ScanReport {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: 'rdposture'; readonly version: string; readonly homepage: string };
  /** ISO 8601 UTC. */
  readonly scannedAt: string;
  readonly scan: ScanInfo;
  readonly targets: readonly Target[];
  readonly policies: readonly ReportPolicy[];
  readonly files: readonly ReportFile[];
  readonly problems: readonly Problem[];
  readonly findings: readonly Finding[];
  readonly totals: Totals;
  readonly verdicts: readonly Verdict[];
  readonly gate: GateResult;
}

export interface ScanInfo {
  /** The estate's name, else `files`. */
  readonly estate: string;
  readonly mode: 'live' | 'declared' | 'files';
  readonly packs: readonly string[];
  /** What was scanned, relative to the source root. */
  readonly paths?: readonly string[];
  /** Files met while walking folders that are nothing that is judged. */
  readonly skipped?: number;
  /** True when live targets were contacted. */
  readonly contacted: boolean;
  /** True when no error problem left something unjudged. */
  readonly complete: boolean;
  /** True when a previous report was given, so that what could not be judged and was open there stands as `stale`. */
  readonly previous?: boolean;
  /** Groups that were looked at and have no target left, by name: an upload closes what it has of them. */
  readonly emptied?: readonly string[];
  readonly provenance?: { readonly repositoryUri: string; readonly revisionId: string; readonly branch: string };
  /** Variables of an Azure DevOps build by their names in the environment, for that projection. */
  readonly azureDevOps?: Readonly<Record<string, string>>;
  readonly columnKind: 'utf16CodeUnits';
}

export interface ReportPolicy {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly severity: number | null;
  readonly level: Level;
  readonly verified: boolean;
  readonly message: string;
  readonly why: string;
  readonly run?: string;
  readonly remediation: readonly string[];
  readonly controls: readonly Control[];
  readonly links: readonly string[];
  readonly tags: readonly string[];
  readonly params: Readonly<Record<string, Json>>;
}

export interface ReportFile {
  readonly file: string;
  readonly sha256: string;
  readonly length: number;
  readonly mimeType: string;
  /** False when it lies outside the source root: its findings are not in upload projections. */
  readonly inSourceRoot: boolean;
}

export interface Totals {
  readonly targets: number;
  readonly facts: number;
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
  readonly notApplicable: number;
  readonly byPolicy: Readonly<Record<string, { readonly pass: number; readonly fail: number; readonly unknown: number; readonly notApplicable: number }>>;
  /** Open findings that failed, by band. */
  readonly byBand: Readonly<Record<Band, number>>;
}

export interface GateResult {
  readonly passed: boolean;
  /** Full sentences. */
  readonly reasons: readonly string[];
  /** The exit code of design §7 without `--exit-zero`. */
  readonly exitCode: 0 | 1 | 3;
}
