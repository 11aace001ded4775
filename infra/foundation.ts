import * as resources from '@pulumi/azure-native/resources';
import * as authorization from '@pulumi/azure-native/authorization';
import * as pulumi from '@pulumi/pulumi';
import type { Settings } from './settings';

/** What everything else stands on. */
export interface Foundation {
  readonly settings: Settings;
  readonly group: resources.ResourceGroup;
  /** Known before the group is there, and so are the ids that it is a part of: a preview shows where they lead. */
  readonly groupName: string;
  readonly subscriptionId: pulumi.Output<string>;
  readonly tenantId: pulumi.Output<string>;
}

export function foundation(settings: Settings): Foundation {
  const groupName = `rds-${pulumi.getStack()}`;
  const group = new resources.ResourceGroup('rds', { resourceGroupName: groupName, location: settings.location, tags: { workload: 'remote-desktop' } });
  const client = authorization.getClientConfigOutput();
  return { settings, group, groupName, subscriptionId: client.subscriptionId, tenantId: client.tenantId };
}

/** What is asked of every resource. */
export function common({ settings, group }: Foundation): { resourceGroupName: pulumi.Output<string>; location: string } {
  return { resourceGroupName: group.name, location: settings.location };
}
