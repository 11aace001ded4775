import { rawText } from '../../lib/raw.ts';
import { isObject, member } from '../../model/json.ts';
import type { Snapshot } from '../../model/snapshot.ts';

const ENROLMENT = /^hklm\\software\\microsoft\\enrollments\\[^\\]+$/;

/**
 * Whether a management server (MDM) rules the host: each enrolment names it. It writes the same registry keys as Group Policy does, and the resultant set
 * of policy does not know it.
 * https://learn.microsoft.com/windows/client-management/mdm/dmclient-csp
 */
export function isManagedByMdm(snapshot: Snapshot): boolean {
  const section = Object.hasOwn(snapshot.sections, 'registry') ? snapshot.sections['registry'] : undefined;
  if (!isObject(section?.data)) return false;
  return Object.entries(section.data).some(([key, data]) => {
    if (!ENROLMENT.test(key.toLowerCase())) return false;
    const values = member(data, 'values');
    return isObject(values) && Object.entries(values).some(([name, value]) => name.toLowerCase() === 'providerid' && (rawText(value) ?? '') !== '');
  });
}
