import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isSet, type ParsedOptions, textOf } from '../config/options.ts';
import type { LiveTarget } from '../collect/live/targets.ts';
import type { Estate } from '../model/estate.ts';
import type { Problem } from '../model/problem.ts';
import type { ScanRequest } from '../scan.ts';
import { estateFileOf, loadEstate } from '../scan/plan.ts';
import { collectorOf } from './collector.ts';
import { type CollectionPlan, DEFAULT_CONCURRENCY, DEFAULT_TIMEOUT, numberOf, runCollection } from './live-collection.ts';
import { contactedOf } from './live-targets.ts';
import { probePlans } from './probe.ts';
import { SILENT, terminalProgress } from './progress.ts';
import { userFolder } from './paths.ts';
import { redactorFor } from './redact-key.ts';
import { twinOf } from './trusted.ts';

/** What contacting live targets came to, before anything is judged. */
export interface Contact {
  readonly contacted: NonNullable<ScanRequest['contacted']> | null;
  readonly problems: readonly Problem[];
  readonly interrupted: boolean;
}

const NOTHING: Contact = { contacted: null, problems: [], interrupted: false };

/** Collects the live targets of the scanned estate into its snapshots folder; nothing with --offline or --declared, or without any. */
export async function contactTargets(request: ScanRequest, options: ParsedOptions): Promise<Contact> {
  if (isSet(options, 'offline') || request.declared) return NOTHING;
  const estateFile = request.paths.map((path) => estateFileOf(path, request.sourceRoot)).find((path) => path !== null) ?? null;
  if (estateFile === null) return NOTHING;
  const folder = dirname(estateFile);
  const { estate } = loadEstate(estateFile, request.sourceRoot, request.library.areas);
  const named = contactedOf(estate, folder);
  // Whom the estate of a pull request names is not contacted: the trusted one says whom, and how.
  const targets = trustedTargets(named, estateFile, request, options);
  const strangers = named.filter((target) => !targets.some(({ id }) => id === target.id));
  const problems = strangers.length === 0 ? [] : [strangersProblem(strangers.map(({ name }) => name))];
  const probes = trustedProbes(estate, estateFile, request, options);
  if (targets.length === 0 && probes.only.size === 0) return { ...NOTHING, problems };
  const result = await runCollection(
    {
      estate: estate.name,
      targets,
      folder: resolve(folder, estate.snapshots.folder),
      collector: collectorOf(request.library.areas),
      probes,
      timeoutSeconds: numberOf(options, 'timeout', DEFAULT_TIMEOUT),
      concurrency: numberOf(options, 'concurrency', DEFAULT_CONCURRENCY),
      shard: null,
      redact: isSet(options, 'redact') ? redactorFor(estate, false) : null,
      resume: isSet(options, 'resume'),
      now: new Date().toISOString(),
    },
    isSet(options, 'quiet') ? SILENT : terminalProgress(process.stderr),
  );
  return { contacted: { failed: result.failed }, problems: [...problems, ...result.warnings], interrupted: result.interrupted };
}

function trustedTargets(named: readonly LiveTarget[], estateFile: string, request: ScanRequest, options: ParsedOptions): readonly LiveTarget[] {
  const given = textOf(options, 'trusted-config');
  if (given === null) return named;
  const twin = twinOf(estateFile, { folder: resolve(userFolder(), given), sourceRoot: request.sourceRoot });
  if (!existsSync(twin)) return [];
  const wanted = new Set(named.map(({ id }) => id));
  return contactedOf(loadEstate(twin, request.sourceRoot, request.library.areas).estate, dirname(twin)).filter(({ id }) => wanted.has(id));
}

/** Likewise for endpoints: the trusted estate says which addresses are looked at. */
function trustedProbes(estate: Estate, estateFile: string, request: ScanRequest, options: ParsedOptions): CollectionPlan['probes'] {
  const named = new Set(probePlans(estate).map(({ name }) => name.toLowerCase()));
  const given = textOf(options, 'trusted-config');
  if (given === null) return { estate, only: named };
  const twin = twinOf(estateFile, { folder: resolve(userFolder(), given), sourceRoot: request.sourceRoot });
  return existsSync(twin) ? { estate: loadEstate(twin, request.sourceRoot, request.library.areas).estate, only: named } : { estate, only: new Set() };
}

function strangersProblem(names: readonly string[]): Problem {
  const shown = `'${names.slice(0, 5).join("', '")}'${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
  return {
    level: 'warning',
    code: 'trusted.not-contacted',
    message: `The trusted estate does not contact ${shown}, so neither did this scan.`,
    hint: 'They are judged from their last snapshots; they are contacted once the change is merged.',
  };
}
