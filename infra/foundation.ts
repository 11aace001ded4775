import * as resources from '@pulumi/azure-native/resources';
import * as authorization from '@pulumi/azure-native/authorization';
import type * as pulumi from '@pulumi/pulumi';
import type { Settings } from './settings';

/** What everything else stands on. */
export interface Foundation {
  readonly settings: Settings;
  readonly group: resources.ResourceGroup;
  readonly subscriptionId: pulumi.Output<string>;
  readonly tenantId: pulumi.Output<string>;
}

export function foundation(settings: Settings): Foundation {
  const group = new resources.ResourceGroup('rds', { location: settings.location, tags: { workload: 'remote-desktop' } });
  const client = authorization.getClientConfigOutput();
  return { settings, group, subscriptionId: client.subscriptionId, tenantId: client.tenantId };
}

/** What is asked of every resource. */
export function common({ settings, group }: Foundation): { resourceGroupName: pulumi.Output<string>; location: string } {
  return { resourceGroupName: group.name, location: settings.location };
}
