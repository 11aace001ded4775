import { isObject, type Json } from '../model/json.ts';
import type { HostPlan, Operation, PlanStep } from '../model/plan.ts';

const CONNECTION: Readonly<Record<PlanStep['connection'], string>> = {
  keeps: '',
  'may-cut': 'may cut the connection that is used',
  cuts: 'cuts the connection that is used',
};

/** A plan for people: what would run, in order, and what would not and why. */
export function planPage(plan: HostPlan): string {
  const lines = [`${plan.host.name}: ${plan.steps.length === 0 ? 'nothing to do' : `${plan.steps.length} ${plan.steps.length === 1 ? 'step' : 'steps'}`}`];
  for (const step of plan.steps) {
    const source = step.now.source === null ? '' : ` (${step.now.source})`;
    lines.push(
      `  ${step.id}. ${step.title} [${step.risk}]`,
      `     now: ${JSON.stringify(step.now.value)}${source}`,
      ...step.operations.map((operation) => `     runs: ${operationText(operation)}`),
      `     undo: ${step.undo}`,
      ...(step.connection === 'keeps' ? [] : [`     connection: ${CONNECTION[step.connection]}`]),
      ...(step.needs.length === 0 ? [] : [`     takes effect after: ${step.needs.join(', ')}`]),
      ...(step.policies.length === 0 ? [] : [`     for: ${step.policies.join(', ')}`]),
    );
  }
  for (const refusal of plan.refused) lines.push(`  not done: ${refusal.message}`, `     ${refusal.hint}`);
  return `${lines.join('\n')}\n`;
}

/** An operation in words: what is written, with its values as data. */
function operationText(operation: Operation): string {
  switch (operation.kind) {
    case 'registry': {
      const place = `${operation.hive ?? ''}\\${operation.key ?? ''}, ${operation.name ?? ''}`;
      return operation.data === null ? `delete the registry value ${place}` : `registry ${place} = ${JSON.stringify(operation.data)} (${operation.type ?? ''})`;
    }
    case 'registryList':
      return `registry list ${operation.hive ?? ''}\\${operation.key ?? ''}\\${operation.name ?? ''} = ${JSON.stringify(operation.items)}`;
    case 'cim':
      return `${operation.class ?? ''}.${operation.method ?? ''}(${pairs(operation.arguments)})${ofWhich(operation)}`;
    case 'cmdlet':
      return `${operation.name ?? ''} ${pairs(operation.arguments)}${ofWhich(operation)}`;
    default:
      return `user right ${operation.right ?? ''} = ${JSON.stringify(operation.sids)}`;
  }
}

function pairs(given: Readonly<Record<string, Json>>): string {
  return Object.entries(given)
    .map(([name, value]) => `${name}=${isObject(value) ? `{${pairs(value)}}` : JSON.stringify(value)}`)
    .join(', ');
}

function ofWhich(operation: Operation): string {
  return Object.keys(operation.where).length === 0 ? '' : ` of ${pairs(operation.where)}`;
}
