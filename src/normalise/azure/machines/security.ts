import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import { memberOf } from '../resources.ts';
import { flagAt, isAbsent, wordAt } from '../values.ts';

const SECURITY_TYPES = ['TrustedLaunch', 'ConfidentialVM', 'Standard'];

/** UEFI settings count only beside a security type; all three are off where they are not stated. */
export function securityData(machine: CloudResource, unknown: Pointer[]): JsonObject {
  const profile = machine.body['securityProfile'];
  const uefi = memberOf(profile, 'uefiSettings');
  return {
    securityType: wordAt(memberOf(profile, 'securityType'), SECURITY_TYPES, 'Standard', '/securityType', unknown),
    secureBoot: flagAt(memberOf(uefi, 'secureBootEnabled'), false, '/secureBoot', unknown),
    vTpm: flagAt(memberOf(uefi, 'vTpmEnabled'), false, '/vTpm', unknown),
    encryptionAtHost: flagAt(memberOf(profile, 'encryptionAtHost'), false, '/encryptionAtHost', unknown),
  };
}

const PATCH_MODES = ['AutomaticByPlatform', 'AutomaticByOS', 'Manual'];
const ASSESSMENT_MODES = ['AutomaticByPlatform', 'ImageDefault'];

/** Without a patch mode Windows updates itself, unless automatic updates are off. */
export function patchData(machine: CloudResource, unknown: Pointer[]): JsonObject {
  const windows = memberOf(machine.body['osProfile'], 'windowsConfiguration');
  const settings = memberOf(windows, 'patchSettings');
  const aside: Pointer[] = [];
  const automatic = flagAt(memberOf(windows, 'enableAutomaticUpdates'), true, '/patchMode', aside);
  const mode = memberOf(settings, 'patchMode');
  const byDefault = automatic === null ? '' : automatic ? 'AutomaticByOS' : 'Manual';
  const patchMode = wordAt(mode, PATCH_MODES, byDefault, '/patchMode', unknown);
  if (patchMode === '') unknown.push('/patchMode');
  return {
    patchMode: patchMode === '' ? null : patchMode,
    assessmentMode: wordAt(memberOf(settings, 'assessmentMode'), ASSESSMENT_MODES, 'ImageDefault', '/assessmentMode', unknown),
    vmAgent: flagAt(memberOf(windows, 'provisionVMAgent'), true, '/vmAgent', unknown),
    osProfile: !isAbsent(machine.body['osProfile']),
  };
}

/** `SystemAssigned, UserAssigned` as two flags. */
export function identityData(machine: CloudResource, unknown: Pointer[]): JsonObject {
  const type = wordAt(memberOf(machine.body['identity'], 'type'), ['None', 'SystemAssigned', 'UserAssigned'], 'None', '/identity', unknown);
  return { identity: type, systemIdentity: systemIdentityOf(type, unknown) };
}

function systemIdentityOf(type: string | null, unknown: Pointer[]): boolean | null {
  if (type === null) unknown.push('/systemIdentity');
  return type === null ? null : /systemassigned/i.test(type);
}
