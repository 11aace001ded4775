import { uuidV5 } from '../../lib/uuid.ts';
import type { Finding } from '../../model/finding.ts';

/** The namespace of everything that a log names; never changed, for readers keep ids. */
const NAMESPACE = '9c75a4fa-1403-5cdc-9c48-3a0347807947';

/** Name-based (v5): the same thing has the same id in every log, and the SARIF schema takes no version above 5. */
export function guidOf(...name: readonly string[]): string {
  return uuidV5(NAMESPACE, name.join('/'));
}

/**
 * What code scanning knows a finding on a line by: rule, file and the hash of the line. Where several findings of a report agree
 * in these, whatever their status, it would show one alert for all, so each of them is known by itself. None of them keeps
 * the line's hash: the next one to have it would take over its alert, and the dismissal of that.
 */
export function lineHashesOf(findings: readonly Finding[]): (finding: Finding) => string | undefined {
  const counts = new Map<string, number>();
  for (const finding of findings) {
    const key = lineKeyOf(finding);
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return (finding) => {
    const key = lineKeyOf(finding);
    return key === undefined || (counts.get(key) ?? 0) > 1 ? undefined : finding.locations[0]?.lineHash;
  };
}

function lineKeyOf({ policy, locations: [first] }: Finding): string | undefined {
  return first?.lineHash === undefined ? undefined : `${policy}\0${first.file}\0${first.lineHash}`;
}
