import { type CloudResource, isUnresolved } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import type { Json } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { belongingTo, holdsAll, isThere } from '../coverage.ts';
import { makeFact } from '../fact.ts';
import { listOf, memberOf, ofType, resourceGroupOf, type Resources } from '../resources.ts';
import { isAbsent } from '../values.ts';

const SETTING_TYPE = 'microsoft.insights/diagnosticsettings';

interface Logged {
  readonly type: string;
  /** In words. */
  readonly what: string;
  /** Categories without which nobody can say who connected; alternatives in a list. */
  readonly needs: readonly (readonly string[])[];
}

/** learn.microsoft.com/azure/azure-monitor/reference/logs-index, and /azure/virtual-desktop/diagnostics-log-analytics for the desktops. */
const LOGGED: readonly Logged[] = [
  { type: 'microsoft.desktopvirtualization/hostpools', what: 'host pool', needs: [['Connection'], ['Management']] },
  { type: 'microsoft.desktopvirtualization/workspaces', what: 'workspace', needs: [['Feed']] },
  { type: 'microsoft.desktopvirtualization/applicationgroups', what: 'application group', needs: [['Management']] },
  { type: 'microsoft.network/bastionhosts', what: 'Bastion', needs: [['BastionAuditLogs']] },
  { type: 'microsoft.network/applicationgateways', what: 'Application Gateway', needs: [['ApplicationGatewayAccessLog']] },
  { type: 'microsoft.network/azurefirewalls', what: 'Azure Firewall', needs: [['AZFWNatRule', 'AzureFirewallNetworkRule']] },
  { type: 'microsoft.keyvault/vaults', what: 'key vault', needs: [['AuditEvent']] },
];

export function diagnosticFacts(target: Target, resources: Resources): Fact[] {
  return LOGGED.flatMap((logged) =>
    ofType(resources, logged.type).flatMap((resource) => (resource.context ? [] : [diagnosticFact(target, resources, resource, logged)])),
  );
}

function diagnosticFact(target: Target, resources: Resources, resource: CloudResource, { what, needs }: Logged): Fact {
  const unknown: Pointer[] = [];
  const settings = belongingTo(resources, SETTING_TYPE, resource).filter((setting) => hasDestination(setting) !== false);
  const whole = holdsAll(resources, SETTING_TYPE, resource);
  const certain = new Set(
    settings.filter((setting) => hasDestination(setting) === true && isThere(setting, resource)).flatMap((setting) => categoriesOf(setting.body['logs'])),
  );
  const covers = (alternatives: readonly string[]): boolean =>
    certain.has('alllogs') || certain.has('audit') || alternatives.some((name) => certain.has(name.toLowerCase()));
  const missing = needs.filter((alternatives) => !covers(alternatives)).map((alternatives) => alternatives.join(' or '));
  const unsure = !whole || settings.some((setting) => hasDestination(setting) === null || isUnclear(setting.body['logs']) || !isThere(setting, resource));
  const logged = missing.length === 0 ? true : unsure ? null : false;
  if (logged === null) unknown.push('/logged', '/missing');
  return makeFact(target, {
    kind: 'azure.diagnosticCoverage',
    name: resource.name,
    resource,
    data: {
      name: resource.name,
      resourceGroup: resourceGroupOf(resource),
      what,
      id: resource.displayId,
      logged,
      missing: logged === null ? null : missing,
    },
    unknown,
  });
}

const DESTINATIONS = ['workspaceId', 'storageAccountId', 'eventHubAuthorizationRuleId', 'marketplacePartnerId', 'serviceBusRuleId'];

function hasDestination({ body }: CloudResource): boolean | null {
  const values = DESTINATIONS.map((name) => body[name]);
  return values.some((value) => typeof value === 'string' && value !== '') ? true : values.some((value) => !isAbsent(value)) ? null : false;
}

/** Lower-cased names of categories and groups that are on. */
function categoriesOf(logs: Json | undefined): string[] {
  return listOf(logs).flatMap((log) => {
    const enabled = memberOf(log, 'enabled');
    const on = enabled === true || (typeof enabled === 'string' && enabled.toLowerCase() === 'true');
    return on ? [memberOf(log, 'category'), memberOf(log, 'categoryGroup')].flatMap((name) => (typeof name === 'string' ? [name.toLowerCase()] : [])) : [];
  });
}

function isUnclear(logs: Json | undefined): boolean {
  return listOf(logs).some((log) => ['enabled', 'category', 'categoryGroup'].some((name) => isUnresolved(memberOf(log, name))));
}
