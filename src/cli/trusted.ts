import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { isProblem, nameOf, readTextFile } from '../collect/files.ts';
import { readWaivers } from '../gate/waivers.ts';
import { DocumentError, openDocument } from '../lib/document.ts';
import type { Json } from '../model/json.ts';
import { type Problem, UserError } from '../model/problem.ts';
import { type Library, readPolicyFolder } from '../policy/library.ts';
import { estateFileOf, loadEstate } from '../scan/plan.ts';
import type { ScanRequest } from '../scan.ts';

/**
 * A pull request is a stranger: what waives, selects or configures comes from a checkout that it cannot change. What it
 * would change there is said, and not obeyed.
 */
export interface Trusted {
  /** The trusted checkout, which stands for the source root. */
  readonly folder: string;
  readonly sourceRoot: string;
}

/** The trusted twin of a path; what lies outside the source root is no word of the pull request and stands for itself. */
export function twinOf(path: string, trusted: Trusted): string {
  const inside = relative(trusted.sourceRoot, path);
  const outside = inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  return outside ? path : resolve(trusted.folder, inside);
}

const SHOWN = 20;

function warnings(notes: readonly string[], file?: string): Problem[] {
  const at = file === undefined ? {} : { file };
  const shown = notes
    .slice(0, SHOWN)
    .map((message): Problem => ({ ...at, level: 'warning', code: 'trusted.changed', message, hint: 'It counts once the trusted configuration has it.' }));
  if (notes.length <= SHOWN) return shown;
  return [...shown, { ...at, level: 'warning', code: 'trusted.changed', message: `${notes.length - SHOWN} more changes of what is trusted are not obeyed.` }];
}

/** What two maps of names to values disagree on, in words. */
function differences(what: string, own: Readonly<Record<string, Json>>, trusted: Readonly<Record<string, Json>>): string[] {
  const names = [...new Set([...Object.keys(own), ...Object.keys(trusted)])].toSorted();
  return names.flatMap((name): string[] => {
    const [mine, theirs] = [own, trusted].map((map) => (Object.hasOwn(map, name) ? JSON.stringify(map[name]) : undefined));
    if (mine === theirs) return [];
    const verb = theirs === undefined ? 'adds' : mine === undefined ? 'takes away' : 'changes';
    return [`What is scanned ${verb} ${what} '${name}': not obeyed.`];
  });
}

/** Keys of `rdposture.yaml` that the trusted one does not have so. */
export function configChanges(own: Readonly<Record<string, Json>>, trusted: Readonly<Record<string, Json>>): Problem[] {
  return warnings(differences('the configuration', own, trusted), 'rdposture.yaml');
}

/** The waivers that the pull request adds, changes or takes away. */
export function waiverChanges(path: string, trusted: Trusted, now: string): Problem[] {
  const twin = twinOf(path, trusted);
  if (twin === path) return [];
  const name = nameOf(path, trusted.sourceRoot);
  return warnings(differences('the waiver', waiversById(path, now), waiversById(twin, now)), name);
}

function waiversById(path: string, now: string): Record<string, Json> {
  const file = existsSync(path) ? readTextFile(path, path) : null;
  if (file === null || isProblem(file)) return {};
  try {
    const { waivers, problems } = readWaivers(openDocument(file.text, 'yaml').value, file.name, now);
    const broken: Record<string, Json> = problems.length > 0 && waivers.length === 0 ? { [`(all of ${file.sha256.slice(0, 12)})`]: null } : {};
    return { ...broken, ...Object.fromEntries(waivers.map((waiver) => [waiver.id, JSON.parse(JSON.stringify(waiver)) as Json])) };
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return { [`(all of ${file.sha256.slice(0, 12)})`]: null };
  }
}

export interface TrustedEstate {
  readonly trusted: NonNullable<ScanRequest['trusted']>;
  readonly problems: readonly Problem[];
}

/** Packs and parameters of the same estate in the trusted checkout, and what the scanned one would have. */
export function trustedEstate(paths: readonly string[], trusted: Trusted, areas: Library['areas']): TrustedEstate {
  for (const path of paths) {
    const file = estateFileOf(path, trusted.sourceRoot);
    if (file === null) continue;
    const own = loadEstate(file, trusted.sourceRoot, areas).estate;
    const twin = twinOf(file, trusted);
    const theirs = existsSync(twin) ? loadEstate(twin, trusted.folder, areas).estate : { packs: [], params: {} };
    const asMap = (packs: readonly string[]): Record<string, Json> => Object.fromEntries(packs.map((pack) => [pack, true]));
    const notes = [...differences('the pack', asMap(own.packs), asMap(theirs.packs)), ...differences('the parameters of', own.params, theirs.params)];
    return { trusted: { packs: theirs.packs, params: theirs.params }, problems: warnings(notes, nameOf(file, trusted.sourceRoot)) };
  }
  return { trusted: { packs: [], params: {} }, problems: [] };
}

/** The policy folders that count: the trusted twins of those that lie in what is scanned. */
export function trustedFolders(folders: readonly string[], trusted: Trusted): { folders: string[]; problems: Problem[] } {
  const counted: string[] = [];
  const problems: Problem[] = [];
  for (const folder of folders) {
    const twin = twinOf(folder, trusted);
    const exists = existsSync(twin);
    // A folder that is nowhere is the user's mistake, and said as such.
    if (exists || !existsSync(folder)) counted.push(twin);
    if (twin === folder || !existsSync(folder)) continue;
    const theirs = exists ? contentsOf(twin) : {};
    problems.push(...warnings(differences(`in '${nameOf(folder, trusted.sourceRoot)}'`, contentsOf(folder), theirs), nameOf(folder, trusted.sourceRoot)));
  }
  return { folders: counted, problems };
}

function contentsOf(folder: string): Record<string, Json> {
  try {
    const { policies, areas, packs } = readPolicyFolder(folder);
    const named: [string, unknown][] = [
      ...policies.map((policy): [string, unknown] => [policy.id, policy]),
      ...areas.map((area): [string, unknown] => [`settings ${area.path}`, area]),
      ...packs.map((pack): [string, unknown] => [`pack ${pack.id}`, pack]),
    ];
    return Object.fromEntries(named.map(([name, value]) => [name, JSON.parse(JSON.stringify(value)) as Json]));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { [join(folder, '…')]: error.message };
  }
}
