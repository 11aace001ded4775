import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LiveTarget } from '../collect/live/targets.ts';
import type { Estate } from '../model/estate.ts';
import type { Problem } from '../model/problem.ts';
import type { Area } from '../model/setting.ts';
import { loadEstate } from '../scan/plan.ts';
import { contactedOf } from './live-targets.ts';
import { probePlans } from './probe.ts';
import { type Trusted, twinOf } from './trusted.ts';

/** Whom a command may contact. */
export interface Contacts {
  readonly targets: readonly LiveTarget[];
  /** Whose endpoints are looked at, and the lower-cased names to keep to. */
  readonly probes: { readonly estate: Pick<Estate, 'gateways' | 'hosts'>; readonly only: ReadonlySet<string> };
  /** Names that the estate would contact and the trusted one does not, in the estate's order. */
  readonly strangers: readonly string[];
}

/**
 * What the estate contacts. With a trusted checkout it is what both contact, by the addresses and log-ons of the trusted one: whom
 * the estate of a pull request names is not contacted.
 */
export function contactsOf(estate: Estate, estateFile: string, trusted: Trusted | null, areas: readonly Area[]): Contacts {
  const named = contactedOf(estate, dirname(estateFile));
  const plans = probePlans(estate).map(({ name }) => name);
  const wanted = new Set(plans.map((name) => name.toLowerCase()));
  if (trusted === null) return { targets: named, probes: { estate, only: wanted }, strangers: [] };
  const twin = twinOf(estateFile, trusted);
  const theirs = existsSync(twin) ? loadEstate(twin, trusted.folder, areas).estate : null;
  const ids = new Set(named.map(({ id }) => id));
  const targets = theirs === null ? [] : contactedOf(theirs, dirname(twin)).filter(({ id }) => ids.has(id));
  const seen = new Set(theirs === null ? [] : probePlans(theirs).map(({ name }) => name.toLowerCase()));
  const reached = new Set(targets.map(({ id }) => id));
  const strangers = [...named.filter(({ id }) => !reached.has(id)).map(({ name }) => name), ...plans.filter((name) => !seen.has(name.toLowerCase()))];
  return {
    targets,
    probes: { estate: theirs ?? estate, only: new Set([...wanted].filter((name) => seen.has(name))) },
    strangers: [...new Map(strangers.map((name) => [name.toLowerCase(), name])).values()],
  };
}

const SHOWN = 5;

export function strangersProblem(names: readonly string[]): Problem {
  const shown = `'${names.slice(0, SHOWN).join("', '")}'${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''}`;
  return {
    level: 'warning',
    code: 'trusted.not-contacted',
    message: `The trusted estate does not contact ${shown}, so nobody did.`,
    hint: 'They are judged from their last snapshots; they are contacted once the change is merged.',
  };
}
