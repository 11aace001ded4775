import { isObject, type Json } from '../model/json.ts';
import type { HostPlan, PlanStep } from '../model/plan.ts';
import { comment } from './literal.ts';

/**
 * A plan as the script on the host takes it. Every text carries a mark in front: PowerShell 7 reads a text that looks like a
 * date as one.
 */
export function planData(plan: HostPlan): Json {
  return marked({
    mode: 'apply',
    host: plan.host.name,
    madeAt: plan.madeAt,
    steps: plan.steps.map(({ id, title, risk, operations }) => ({ id, title, risk, operations: operations as unknown as Json })),
  });
}

/** Texts with their mark; names of members have none. */
export function marked(value: Json): Json {
  if (typeof value === 'string') return `=${value}`;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => marked(item));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, marked(member)]));
  return value;
}

/** Takes the marks off again. */
export function unmarked(value: Json): Json {
  if (typeof value === 'string') return value.startsWith('=') ? value.slice(1) : value;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => unmarked(item));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, unmarked(member)]));
  return value;
}

const EMBEDDED = "$embedded = @'\n'@";
const LINE = 100;

/**
 * One PowerShell script for a host: the script that runs plans, with this plan in it as data. Nothing of the plan is code, and
 * the text is ASCII, whatever it holds. For Windows PowerShell 5.1 and PowerShell 7.
 */
export function scriptFor(plan: HostPlan, engine: string): string {
  const data = Buffer.from(JSON.stringify(planData(plan)), 'utf8').toString('base64');
  const lines = data.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  const text = engine.replaceAll('\r\n', '\n');
  if (!text.includes(EMBEDDED)) throw new Error('The script that runs plans has no place for one.');
  const [first = '', ...rest] = text.replace(EMBEDDED, () => `$embedded = @'\n${lines.join('\n')}\n'@`).split('\n');
  return [first, ...summaryOf(plan), ...rest].join('\r\n');
}

function summaryOf(plan: HostPlan): string[] {
  return [
    comment(`Written by rdposture ${plan.tool.version} for ${plan.host.name} at ${plan.madeAt}:`),
    ...plan.steps.flatMap((step) => stepLines(step)),
    ...plan.refused.map((refusal) => comment(`  not done: ${refusal.message}`)),
    '#',
  ];
}

function stepLines(step: PlanStep): string[] {
  const source = step.now.source === null ? '' : ` (${step.now.source})`;
  return [
    comment(`  ${step.id}. ${step.title} [${step.risk}]`),
    comment(
      `     now ${JSON.stringify(step.now.value)}${source}; undo: ${step.undo}${step.needs.length === 0 ? '' : `; takes effect after: ${step.needs.join(', ')}`}`,
    ),
  ];
}
