import type { GateOptions } from '../gate/gate.ts';
import type { Waiver } from '../gate/waivers.ts';
import type { Json } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import type { ScanReport } from '../model/report.ts';
import type { ServiceTags } from '../model/service-tags.ts';
import type { TargetChange } from '../model/target.ts';
import type { Library } from '../policy/library.ts';
import type { Selection } from '../policy/select.ts';
import type { EditedTexts } from './read-input.ts';
import type { IgnoreOptions } from './ignores.ts';
import type { BicepOptions } from './compile.ts';

/** What to scan, and how. Nothing is read from the environment. */
export interface ScanRequest {
  /** Absolute paths. */
  readonly paths: readonly string[];
  /** As they are shown in the report. */
  readonly shownPaths: readonly string[];
  readonly sourceRoot: string;
  readonly library: Library;
  readonly selection: Omit<Selection, 'estateParams'>;
  /** ISO 8601 UTC. */
  readonly now: string;
  readonly declared: boolean;
  readonly waivers: { readonly file: string; readonly waivers: readonly Waiver[]; readonly problems: readonly Problem[] } | null;
  readonly baseline: ScanReport | null;
  readonly previous: ScanReport | null;
  readonly gate: GateOptions;
  /** Fixes cost proofs: made only when an output shows them. */
  readonly withFixes: boolean;
  readonly withVerdicts: boolean;
  /** They cost a walk through each file that findings point into; reports and SARIF hold them. Default true. */
  readonly withLineHashes?: boolean;
  /** Packs, and parameters of policies, of a trusted estate; the scanned estate's own when null. */
  readonly trusted: { readonly packs: readonly string[]; readonly params: Readonly<Record<string, Readonly<Record<string, Json>>>> } | null;
  readonly version: string;
  readonly provenance: NonNullable<ScanReport['scan']['provenance']> | null;
  readonly azureDevOps: Readonly<Record<string, string>> | null;
  /** What is known before the scan begins, such as what a pull request changes and is not obeyed. */
  readonly problems?: readonly Problem[];
  /** Live targets were contacted before; those that could not be collected, by id, and why: their last snapshots are not judged. */
  readonly contacted?: {
    readonly failed: ReadonlyMap<string, Problem>;
    /** Ids of the subscriptions that were found: one that was below a management group once and is not now is none of the estate's. */
    readonly subscriptions?: ReadonlySet<string>;
  };
  /** The last change that `apply` made on a target, by its id. */
  readonly changes?: ReadonlyMap<string, TargetChange>;
  /** Whose comments in sources count; all of them without it. */
  readonly ignores?: IgnoreOptions;
  /** What `pulumi preview --json` printed, by the absolute path of the project file that it was run for. */
  readonly previews?: ReadonlyMap<string, string>;
  /** Texts that stand for files, to try a fix. */
  readonly edited?: EditedTexts;
  /** Addresses of Azure's service tags, in place of what live snapshots hold of them. */
  readonly serviceTags?: ServiceTags | null;
  /** How Bicep files are compiled; without it each of them is a problem. */
  readonly bicep?: BicepOptions;
}
