import type { Reader } from './exchange.ts';

/** Status line and headers of an HTTP/1 answer. */
export interface HttpHead {
  readonly status: number;
  /** Names in lower case, in the order of the wire, one element for each line. */
  readonly headers: readonly (readonly [string, string])[];
}

const MAX_HEAD = 64 * 1024;
const MAX_HEADERS = 200;
/** `HTTP/1.1 401 …`, at once or still to come. */
const START = Buffer.from('HTTP/1.');

/** Reads up to the empty line that ends the head; the body is never read. */
export function headReader(): Reader<HttpHead> {
  let bytes: Buffer = Buffer.alloc(4096);
  let length = 0;
  let searched = 0;
  return {
    push: (chunk) => {
      if (length + chunk.length > bytes.length) {
        const larger = Buffer.alloc(Math.max(bytes.length * 2, length + chunk.length));
        bytes.copy(larger, 0, 0, length);
        bytes = larger;
      }
      chunk.copy(bytes, length);
      length += chunk.length;
      const begun = Math.min(length, START.length);
      if (!bytes.subarray(0, begun).equals(START.subarray(0, begun))) return { state: 'bad', cause: 'garbage' };
      const text = bytes.subarray(0, Math.min(length, MAX_HEAD));
      const end = text.indexOf('\r\n\r\n', Math.max(0, searched - 3), 'latin1');
      searched = text.length;
      if (end < 0) return length > MAX_HEAD ? { state: 'bad', cause: 'too-large' } : { state: 'more' };
      const head = parseHead(text.toString('latin1', 0, end));
      return head === undefined ? { state: 'bad', cause: 'garbage' } : { state: 'done', value: head };
    },
  };
}

export function parseHead(text: string): HttpHead | undefined {
  const [first = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.[01] ([1-5]\d\d)(?: |$)/.exec(first)?.[1];
  if (status === undefined || lines.length > MAX_HEADERS) return undefined;
  const headers: (readonly [string, string])[] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) return undefined;
    headers.push([name, line.slice(colon + 1).trim()]);
  }
  return { status: Number(status), headers };
}

/**
 * The schemes of all WWW-Authenticate lines: the first word of each challenge. A list on one line (`Negotiate, NTLM`) is taken
 * apart at its commas, where what follows is a scheme and not a parameter (`realm="…"`).
 */
export function schemesOf(head: HttpHead): string[] {
  const schemes = head.headers
    .filter(([name]) => name === 'www-authenticate')
    .flatMap(([, value]) => value.slice(0, 4096).split(','))
    .flatMap((part) => /^\s*([A-Za-z][A-Za-z0-9_-]{0,63})(?:\s+[^\s=]|\s*$)/.exec(part)?.[1] ?? []);
  return [...new Set(schemes)].slice(0, 20);
}
