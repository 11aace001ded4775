import type { Problem } from '../../model/problem.ts';
import type { ScanReport } from '../../model/report.ts';
import { compare } from '../order.ts';
import type { Artifacts } from './artifacts.ts';
import { guidOf } from './identity.ts';
import { physicalLocation } from './locations.ts';
import type { Projection } from './projection.ts';
import { pascalCase, plainText, sentence } from './text.ts';
import { webAddress } from './uri.ts';

/** First words of the codes that speak of what the user wrote about the scan, not of what was scanned. */
const CONFIGURATION = new Set([
  'baseline',
  'config',
  'estate',
  'ignore',
  'pack',
  'param',
  'params',
  'policy',
  'settings',
  'trusted',
  'var',
  'waiver',
  'waivers',
]);
const MORE = 'report.more-problems';

/** Descriptors of the kinds of problem that the report holds, for `driver.notifications`. */
export interface Notifications {
  readonly descriptors: readonly object[];
  readonly indexOf: (code: string) => number;
}

export function notificationsOf(report: ScanReport): Notifications {
  const levels = new Map<string, Problem['level']>([[MORE, 'warning']]);
  for (const problem of report.problems) if (levels.get(problem.code) !== 'error') levels.set(problem.code, problem.level);
  const codes = [...levels.keys()].sort(compare);
  const index = new Map(codes.map((code, position) => [code, position]));
  const helpUri = webAddress(report.tool.homepage);
  return {
    descriptors: codes.map((code) => descriptor(code, levels.get(code) ?? 'warning', helpUri)),
    indexOf: (code) => index.get(code) ?? 0,
  };
}

function descriptor(code: string, level: Problem['level'], helpUri: string | undefined): object {
  const words = code.replaceAll(/[.-]+/g, ' ');
  return {
    id: code,
    name: pascalCase(code),
    guid: guidOf('notification', code),
    shortDescription: { text: sentence(`Problem: ${words}`) },
    fullDescription: {
      text:
        level === 'error'
          ? `The scan met '${code}': a target or file could not be read or judged, so the results are not complete.`
          : `The scan met '${code}': everything was judged, but the user should know of it.`,
    },
    ...(helpUri === undefined ? {} : { helpUri }),
    help: { text: "Each notification says what happened, where, and what to do next; 'rdposture doctor' tries what a scan needs." },
    defaultConfiguration: { level },
  };
}

/** The problems of a run, as the invocation's notifications. */
export function notify(
  problems: readonly Problem[],
  notifications: Notifications,
  artifacts: Artifacts,
  projection: Projection,
  showable: (file: string) => boolean,
): object {
  const execution: object[] = [];
  const configuration: object[] = [];
  for (const problem of problems.slice(0, projection.notifications)) {
    const list = CONFIGURATION.has(problem.code.split('.')[0] ?? '') ? configuration : execution;
    list.push(notification(problem, notifications, artifacts, showable));
  }
  const left = problems.length - execution.length - configuration.length;
  if (left > 0) execution.push(more(left, notifications));
  return {
    ...(execution.length === 0 ? {} : { toolExecutionNotifications: execution }),
    ...(configuration.length === 0 ? {} : { toolConfigurationNotifications: configuration }),
  };
}

function notification(problem: Problem, notifications: Notifications, artifacts: Artifacts, showable: (file: string) => boolean): object {
  const { file, region } = problem;
  const place =
    file === undefined || !showable(file)
      ? undefined
      : region === undefined
        ? { artifactLocation: artifacts.locationOf(file) }
        : physicalLocation({ file, region }, artifacts);
  const hint = problem.hint === undefined ? '' : ` ${sentence(problem.hint)}`;
  return {
    descriptor: { id: problem.code, index: notifications.indexOf(problem.code) },
    level: problem.level,
    message: { text: plainText(`${sentence(problem.message)}${hint}`) },
    ...(place === undefined ? {} : { locations: [{ physicalLocation: place }] }),
  };
}

function more(count: number, notifications: Notifications): object {
  const message = { text: `'${count}' more problems are in the JSON report of this scan.` };
  return { descriptor: { id: MORE, index: notifications.indexOf(MORE) }, level: 'warning', message };
}
