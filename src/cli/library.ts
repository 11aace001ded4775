import { resolve } from 'node:path';
import { type ParsedOptions, textsOf } from '../config/options.ts';
import { addFolders, type Library, readShippedLibrary } from '../policy/library.ts';
import { LIBRARY_BUNDLE, POLICIES_FOLDER } from './paths.ts';

let shipped: Library | null = null;

/** What is shipped, read once. */
export function shippedLibrary(): Library {
  shipped ??= readShippedLibrary(LIBRARY_BUNDLE, POLICIES_FOLDER);
  return shipped;
}

/** What is shipped and the user's folders (`--policy DIR`). */
export function libraryOf(options: ParsedOptions, folder: string): Library {
  return addFolders(shippedLibrary(), ownFolders(options, folder));
}

export function ownFolders(options: ParsedOptions, folder: string): string[] {
  return textsOf(options, 'policy').map((path) => resolve(folder, path));
}
