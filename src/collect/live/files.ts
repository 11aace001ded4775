import { hash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { SnapshotKind } from '../../model/snapshot.ts';

/** Longest name of a target in a file's name; file systems allow 255 bytes. */
const MAX_NAME = 180;
/** Names that Windows keeps for devices, whatever follows the first dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/;

/** `NAME.KIND.snapshot.json`: the same file for the same target, whatever the case of its name, and never another one's. */
export function snapshotFileName(target: { readonly kind: SnapshotKind | 'azure'; readonly name: string }): string {
  const name = target.name.toLowerCase();
  const safe = name.replaceAll(/[^a-z0-9._-]/gu, (character) =>
    [...Buffer.from(character, 'utf8')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  const shown = /^[.-]/.test(safe) || DEVICE.test(safe) ? `%${safe.charCodeAt(0).toString(16)}${safe.slice(1)}` : safe;
  const short = shown.length > MAX_NAME ? `${shown.slice(0, MAX_NAME - 17)}-${hash('sha256', name).slice(0, 16)}` : shown;
  return `${short}.${target.kind}.snapshot.json`;
}

/** Written beside its place and moved there: a reader sees the old one or the new one, whole. */
export function writeAtomically(folder: string, name: string, bytes: Buffer): void {
  mkdirSync(folder, { recursive: true });
  const temporary = join(folder, `.${name.slice(0, 200)}.${process.pid}.tmp`);
  try {
    const handle = openSync(temporary, 'w', 0o600);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, join(folder, name));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
