import { forTerminal } from '../lib/escape.ts';
import { type Paint, paintFor } from '../report/console/paint.ts';
import { widthOf, wrap } from '../report/console/wrap.ts';
import type { Check, CheckStatus, Unread } from './doctor-check.ts';

export interface PageOptions {
  readonly color: boolean;
  /** Columns. */
  readonly width: number;
}

const GROUPS: readonly (readonly [Check['about'], string])[] = [
  ['machine', 'This machine'],
  ['target', 'Targets, tried now'],
  ['endpoint', 'Endpoints, seen on the wire'],
  ['snapshot', 'Targets by snapshot'],
];
/** `warning` is the longest status. */
const STATUS_WIDTH = 7;
/** Longer names have a line of their own. */
const MAX_NAME = 38;
const INDENT = 2;

/** Groups of checks, a line each, with what to do below it. Everything is made safe for a terminal. */
export function doctorPage(checks: readonly Check[], options: PageOptions): string {
  const paint = paintFor(options.color, false);
  const parts = GROUPS.flatMap(([about, title]) => {
    const mine = checks.filter((check) => check.about === about);
    if (mine.length === 0) return [];
    const names = Math.min(MAX_NAME, Math.max(...mine.map(({ name }) => widthOf(forTerminal(name)))));
    return [`${paint.bold(title)}\n${mine.map((check) => row(check, names, paint, options.width)).join('')}`];
  });
  return parts.join('\n');
}

function row(check: Check, names: number, paint: Paint, width: number): string {
  const name = forTerminal(check.name);
  // A host may have the same name.
  const kind = check.target?.startsWith('rds-deployment:') === true ? 'deployment' : '';
  const over = check.over === null || check.over === 'wire' || check.over === 'snapshot' ? '' : `over ${check.over}`;
  const how = [kind, over].filter((part) => part !== '').join(', ');
  const head = `${' '.repeat(INDENT)}${painted(check.status, paint)}  `;
  const below = INDENT + STATUS_WIDTH + 2;
  const at = below + names + 2;
  const said = lines(`${how === '' ? '' : `${how}: `}${check.said}`, width - at);
  const first = widthOf(name) > names ? `${name}\n${' '.repeat(at)}` : `${name}${' '.repeat(names - widthOf(name) + 2)}`;
  return [
    `${head}${first}${said.join(`\n${' '.repeat(at)}`)}\n`,
    ...(check.todo === null ? [] : [block('to do: ', check.todo, below, width)]),
    ...check.unread.map((unread) => unreadText(unread, below, width)),
    ...check.notes.map((note) => block('note: ', note, below, width)),
  ].join('');
}

function unreadText({ status, sections, needs, grant, said }: Unread, at: number, width: number): string {
  return [
    block(`${status}: `, sections.join(', '), at, width),
    ...(needs === null ? [] : [block('needs ', needs, at + 2, width)]),
    ...(grant === null ? [] : [block('to do: ', grant, at + 2, width)]),
    ...(said === '' ? [] : [block('it says: ', said, at + 2, width)]),
  ].join('');
}

function block(label: string, text: string, at: number, width: number): string {
  const inner = at + label.length;
  return `${' '.repeat(at)}${label}${lines(text, width - inner).join(`\n${' '.repeat(inner)}`)}\n`;
}

const MIN_WIDTH = 24;

function lines(text: string, width: number): string[] {
  return wrap(forTerminal(text.replaceAll(/\s+/g, ' ').trim()), Math.max(MIN_WIDTH, width), 0);
}

function painted(status: CheckStatus, paint: Paint): string {
  const colour = { ok: paint.good, warning: paint.doubt, partial: paint.doubt, failed: paint.bad }[status];
  return colour(status.padEnd(STATUS_WIDTH));
}

/** How many of each. */
export function totalsOf(checks: readonly Check[]): Readonly<Record<CheckStatus, number>> {
  const of = (status: CheckStatus): number => checks.filter((check) => check.status === status).length;
  return { ok: of('ok'), warning: of('warning'), partial: of('partial'), failed: of('failed') };
}

/** JSON that is safe to look at: what a terminal would obey is written as JSON itself writes it. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(/[\u007f-\u009f\u2028\u2029]|\p{Cf}/gu, (found) =>
    Array.from({ length: found.length }, (_, index) => `\\u${found.charCodeAt(index).toString(16).padStart(4, '0')}`).join(''),
  );
}
