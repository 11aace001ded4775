import type { ReportFile } from '../../model/report.ts';

/** Files of the report by path, with what a projection needs to know of them. */
export type Files = ReadonlyMap<string, ReportFile>;

const DRIVE = /^[A-Za-z]:[\\/]/;

export function isAbsolute(file: string): boolean {
  return file.startsWith('/') || file.startsWith('\\\\') || DRIVE.test(file);
}

/** Whether code scanning can show the file: below the source root, by the report's word and by the path's own. */
export function isInSourceRoot(file: string, files: Files): boolean {
  if (file === '' || isAbsolute(file) || file.split('/').includes('..')) return false;
  return files.get(file)?.inSourceRoot !== false;
}

/** RFC 3986: relative to the source root where it can be, else `file:`. `:` is encoded, for `a:b` would have a scheme. */
export function uriOf(file: string): string {
  if (!isAbsolute(file)) return encodeSegments(file);
  if (DRIVE.test(file)) return `file:///${file.slice(0, 2)}${encodeSegments(file.slice(2).replaceAll('\\', '/'))}`;
  if (file.startsWith('\\\\')) return `file:${encodeSegments(file.replaceAll('\\', '/'))}`;
  return file.startsWith('//') ? `file:${encodeSegments(file)}` : `file://${encodeSegments(file)}`;
}

function encodeSegments(path: string): string {
  return path.split('/').map(encodeSegment).join('/');
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment.toWellFormed());
}

/** What the parser of addresses lets stand and RFC 3986 does not. */
const UNLAWFUL = /%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9._~!$&'()*+,;=:@/?%-]/g;

/** An absolute http(s) address as it is written in SARIF, or undefined. User information is taken off. */
export function webAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  const lawful = (part: string): string => part.replaceAll(UNLAWFUL, (character) => encodeURIComponent(character));
  const hash = url.hash === '' ? '' : `#${lawful(url.hash.slice(1))}`;
  return `${url.origin}${lawful(url.pathname)}${lawful(url.search)}${hash}`;
}
