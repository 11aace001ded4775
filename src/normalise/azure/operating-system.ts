import { isUnresolved } from '../../model/cloud-resource.ts';
import type { Json } from '../../model/json.ts';
import { memberOf } from './resources.ts';

export type OperatingSystem = 'windows' | 'linux' | 'not-stated';

const WINDOWS_PUBLISHERS = new Set(['microsoftwindowsserver', 'microsoftwindowsdesktop']);
/** Publishers of the marketplace that have images of Linux alone. */
const LINUX_PUBLISHERS = new Set(['canonical', 'redhat', 'suse', 'debian', 'credativ', 'openlogic', 'almalinux', 'resf', 'kinvolk', 'microsoftcblmariner']);

/** Of a machine's body or a scale set's profile: its disk says it, else its profile, else its image. */
export function operatingSystemOf(profile: Json | undefined): OperatingSystem {
  const osType = memberOf(memberOf(memberOf(profile, 'storageProfile'), 'osDisk'), 'osType');
  if (typeof osType === 'string') return osType.toLowerCase() === 'windows' ? 'windows' : osType.toLowerCase() === 'linux' ? 'linux' : 'not-stated';
  const os = memberOf(profile, 'osProfile');
  if (isStated(memberOf(os, 'windowsConfiguration'))) return 'windows';
  if (isStated(memberOf(os, 'linuxConfiguration'))) return 'linux';
  const publisher = memberOf(memberOf(memberOf(profile, 'storageProfile'), 'imageReference'), 'publisher');
  if (typeof publisher !== 'string') return 'not-stated';
  return WINDOWS_PUBLISHERS.has(publisher.toLowerCase()) ? 'windows' : LINUX_PUBLISHERS.has(publisher.toLowerCase()) ? 'linux' : 'not-stated';
}

function isStated(value: Json | undefined): boolean {
  return value !== undefined && value !== null && !isUnresolved(value);
}
