import { relativeId, sameResource } from '../../../lib/azure-id.ts';
import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { belongingTo, holdsAll, plainId } from '../coverage.ts';
import { makeFact } from '../fact.ts';
import { ofType, resourceGroupOf, type Resources } from '../resources.ts';
import { anyOf, known, wordAt } from '../values.ts';
import { APPLICATION_GROUP_TYPE } from './types.ts';

const ASSIGNMENT_TYPE = 'microsoft.authorization/roleassignments';
/** Desktop Virtualization User (learn.microsoft.com/azure/role-based-access-control/built-in-roles/compute). */
const USER_ROLE = '1d18fff3-a72a-46b5-b4a9-0b38a3cd7e63';

export function applicationGroupFacts(target: Target, resources: Resources): Fact[] {
  return ofType(resources, APPLICATION_GROUP_TYPE).flatMap((group) => (group.context ? [] : [applicationGroupFact(target, resources, group)]));
}

/** Who may use a desktop or its applications: assignments of the user role, at the group and from above. */
function applicationGroupFact(target: Target, resources: Resources, group: CloudResource): Fact {
  const unknown: Pointer[] = [];
  const whole = holdsAll(resources, ASSIGNMENT_TYPE) ? false : null;
  const own = belongingTo(resources, ASSIGNMENT_TYPE, group).filter((assignment) => mayBeUsers(assignment) !== false);
  const above = ofType(resources, ASSIGNMENT_TYPE).filter((assignment) => mayBeUsers(assignment) !== false && isAbove(assignment, group));
  const direct = anyOf([...own.map((assignment) => certainly(assignment, isPerson(assignment))), whole]);
  const inherited = anyOf([...above.map((assignment) => certainly(assignment, true)), whole]);
  return makeFact(target, {
    kind: 'azure.applicationGroup',
    name: group.name,
    resource: group,
    data: {
      name: group.name,
      resourceGroup: resourceGroupOf(group),
      applicationGroupType: wordAt(group.body['applicationGroupType'], ['Desktop', 'RemoteApp'], 'not-stated', '/applicationGroupType', unknown),
      people: own.filter((assignment) => isPerson(assignment) === true).length,
      personAssigned: known(direct, '/personAssigned', unknown),
      assignedFromAbove: known(inherited, '/assignedFromAbove', unknown),
    },
    unknown,
    members: [{ at: '/applicationGroupType', resource: group, pointer: '/applicationGroupType' }],
  });
}

/** Whether an assignment gives the user role; null when its role is unresolved. */
function mayBeUsers({ body }: CloudResource): boolean | null {
  const role = body['roleDefinitionId'];
  return typeof role === 'string' ? role.toLowerCase().includes(USER_ROLE) : null;
}

function certainly(assignment: CloudResource, what: boolean | null): boolean | null {
  return what === true && (mayBeUsers(assignment) === null || assignment.conditional !== undefined) ? null : what;
}

function isPerson({ body }: CloudResource): boolean | null {
  const type = body['principalType'];
  return typeof type === 'string' && type !== '' ? type.toLowerCase() === 'user' : null;
}

/** At its resource group, its subscription or a management group. */
function isAbove(assignment: CloudResource, group: CloudResource): boolean {
  const id = plainId(assignment);
  const at = id.lastIndexOf(`/providers/${ASSIGNMENT_TYPE}/`);
  const stated = assignment.body['scope'];
  const scope = at < 0 ? (typeof stated === 'string' ? stated.toLowerCase().replace(/^\//, '') : '') : id.slice(0, at);
  if (scope.includes(`${APPLICATION_GROUP_TYPE}/`)) return false;
  const own = plainId(group);
  // Without a scope it is deployed to the group around the template, which holds the application group as well.
  if (scope === '') return relativeId(own) === own || sameResource(own, relativeId(own));
  return /^(?:providers\/)?microsoft\.management\/managementgroups\//.test(scope) || own.startsWith(`${scope}/`);
}
