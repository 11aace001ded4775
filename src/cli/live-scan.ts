import { dirname, resolve } from 'node:path';
import { isSet, type ParsedOptions, textOf } from '../config/options.ts';
import type { Problem } from '../model/problem.ts';
import type { ScanRequest } from '../scan.ts';
import { loadEstate } from '../scan/plan.ts';
import { collectorOf } from './collector.ts';
import { credentialOf } from './credential.ts';
import { contactsOf, strangersProblem } from './contacts.ts';
import { runCollection } from './live-collection.ts';
import { DEFAULT_CONCURRENCY, DEFAULT_TIMEOUT, numberOf } from './live-options.ts';
import { azureContacts } from './live-azure.ts';
import { SILENT, terminalProgress } from './progress.ts';
import { userFolder } from './paths.ts';
import { redactorFor } from './redact-key.ts';

/** What contacting live targets came to, before anything is judged. */
export interface Contact {
  readonly contacted: NonNullable<ScanRequest['contacted']> | null;
  readonly problems: readonly Problem[];
  readonly interrupted: boolean;
}

/** Collects the live targets of an estate into its snapshots folder; nothing without any. */
export async function contactTargets(estateFile: string, request: ScanRequest, options: ParsedOptions): Promise<Contact> {
  const folder = dirname(estateFile);
  const { estate } = loadEstate(estateFile, request.sourceRoot, request.library.areas);
  // Whom the estate of a pull request names is not contacted: the trusted one says whom, and how.
  const given = textOf(options, 'trusted-config');
  const trusted = given === null ? null : { folder: resolve(userFolder(), given), sourceRoot: request.sourceRoot };
  const { targets, probes, strangers } = contactsOf(estate, estateFile, trusted, request.library.areas);
  const azure = azureContacts(estate, estateFile, trusted, request.library.areas, options);
  const unknown = [...strangers, ...azure.strangers];
  const problems = unknown.length === 0 ? [] : [strangersProblem(unknown)];
  if (targets.length === 0 && probes.only.size === 0 && azure.plan === null)
    return azure.refused.size === 0
      ? { contacted: null, problems, interrupted: false }
      : { contacted: { failed: azure.refused }, problems, interrupted: false };
  const result = await runCollection(
    {
      estate: estate.name,
      targets,
      folder: resolve(folder, estate.snapshots.folder),
      collector: collectorOf(request.library.areas),
      credential: credentialOf(options, targets),
      probes,
      azure: azure.plan,
      timeoutSeconds: numberOf(options, 'timeout', DEFAULT_TIMEOUT),
      concurrency: numberOf(options, 'concurrency', DEFAULT_CONCURRENCY),
      shard: null,
      redact: isSet(options, 'redact') ? redactorFor(estate, false) : null,
      resume: isSet(options, 'resume'),
      now: new Date().toISOString(),
    },
    isSet(options, 'quiet') ? SILENT : terminalProgress(process.stderr),
  );
  return {
    contacted: {
      failed: new Map([...result.failed, ...azure.refused]),
      ...(result.subscriptions === undefined ? {} : { subscriptions: result.subscriptions }),
    },
    problems: [...problems, ...result.warnings],
    interrupted: result.interrupted,
  };
}
