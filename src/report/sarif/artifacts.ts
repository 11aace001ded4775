import { type Files, isAbsolute, uriOf } from './uri.ts';

/** The files that a run names, each with its index. */
export interface Artifacts {
  /** `artifactLocation` of a file, with its index in the run; the same object every time. */
  readonly locationOf: (file: string) => object;
  readonly all: () => readonly object[];
}

export function artifactsOf(files: Files, named: Iterable<string>): Artifacts {
  const locations = new Map<string, object>();
  const list: object[] = [];
  const add = (file: string): object => {
    const known = locations.get(file);
    if (known !== undefined) return known;
    const location = { ...placeOf(file), index: list.length };
    locations.set(file, location);
    list.push(artifact(file, files));
    return location;
  };
  for (const file of [...new Set(named)].sort()) add(file);
  return { locationOf: add, all: () => list };
}

function placeOf(file: string): object {
  return isAbsolute(file) ? { uri: uriOf(file) } : { uri: uriOf(file), uriBaseId: 'SRCROOT' };
}

function artifact(file: string, files: Files): object {
  const known = files.get(file);
  const location = placeOf(file);
  if (known === undefined) return { location, roles: ['resultFile'] };
  return {
    location,
    length: known.length,
    roles: ['analysisTarget', 'resultFile'],
    mimeType: known.mimeType,
    encoding: 'utf-8',
    hashes: { 'sha-256': known.sha256 },
  };
}
