import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import type { Json, JsonObject } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { makeFact } from '../fact.ts';
import { memberOf, ofType, resourceGroupOf, type Resources } from '../resources.ts';
import { flagAt, isAbsent, numberAt, wordAt } from '../values.ts';

const VAULT_TYPE = 'microsoft.keyvault/vaults';
/** From this version on a new vault that says nothing has role-based access (learn.microsoft.com/azure/key-vault/general/access-control-default). */
const ROLES_BY_DEFAULT = '2026-02-01';

export function vaultFacts(target: Target, resources: Resources): Fact[] {
  return ofType(resources, VAULT_TYPE).flatMap((vault) => (vault.context ? [] : [vaultFact(target, resources, vault)]));
}

function vaultFact(target: Target, resources: Resources, vault: CloudResource): Fact {
  const unknown: Pointer[] = [];
  const { body } = vault;
  const data: JsonObject = {
    name: vault.name,
    resourceGroup: resourceGroupOf(vault),
    roleBasedAccess: rolesOf(body['enableRbacAuthorization'], vault, resources.inventory.complete, unknown),
    softDelete: flagAt(body['enableSoftDelete'], true, '/softDelete', unknown),
    purgeProtection: flagAt(body['enablePurgeProtection'], false, '/purgeProtection', unknown),
    retentionDays: numberAt(body['softDeleteRetentionInDays'], 90, '/retentionDays', unknown),
    publicNetworkAccess: wordAt(body['publicNetworkAccess'], ['Enabled', 'Disabled'], 'Enabled', '/publicNetworkAccess', unknown),
    defaultAction: wordAt(memberOf(body['networkAcls'], 'defaultAction'), ['Allow', 'Deny'], 'Allow', '/defaultAction', unknown),
  };
  const members = Object.entries(PLACES).map(([at, pointer]) => ({ at, resource: vault, pointer }));
  return makeFact(target, { kind: 'azure.keyVault', name: vault.name, resource: vault, data, unknown, members });
}

/** Of a vault that is there already nothing is changed, so that what a newer template leaves out is not known. */
function rolesOf(value: Json | undefined, vault: CloudResource, complete: boolean, unknown: Pointer[]): boolean | null {
  if (isAbsent(value) && !complete && (vault.apiVersion ?? '') >= ROLES_BY_DEFAULT) {
    unknown.push('/roleBasedAccess');
    return null;
  }
  return flagAt(value, false, '/roleBasedAccess', unknown);
}

const PLACES: Readonly<Record<Pointer, Pointer>> = {
  '/roleBasedAccess': '/enableRbacAuthorization',
  '/softDelete': '/enableSoftDelete',
  '/purgeProtection': '/enablePurgeProtection',
  '/retentionDays': '/softDeleteRetentionInDays',
  '/publicNetworkAccess': '/publicNetworkAccess',
  '/defaultAction': '/networkAcls/defaultAction',
};
