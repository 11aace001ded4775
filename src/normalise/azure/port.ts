import { type Intervals, intervals } from './interval-set.ts';

export const ALL_PORTS: Intervals<number> = [0, 65536];
export const NO_PORTS: Intervals<number> = [];

export interface PortText {
  readonly ports: Intervals<number>;
  /** True when the text has no certain reading. */
  readonly unknown: boolean;
  readonly note: string;
}

const EVERY: PortText = { ports: ALL_PORTS, unknown: false, note: '' };

/** `*`, a number, `a-b`, or a comma list, which Azure refuses but people write. */
export function parsePorts(text: string): PortText {
  const plain = text.trim();
  if (plain === '*') return EVERY;
  if (!plain.includes(',')) return onePort(plain);
  const parts = plain
    .split(',')
    .slice(0, 4096)
    .map((part) => (part.trim() === '*' ? EVERY : onePort(part.trim())));
  return {
    ports: intervals(parts.flatMap((part) => part.ports)),
    unknown: parts.some((part) => part.unknown),
    note: 'a comma list in one port range is refused by Azure; read as a list',
  };
}

function onePort(plain: string): PortText {
  const dash = plain.indexOf('-');
  const low = portNumber(dash < 0 ? plain : plain.slice(0, dash));
  const high = dash < 0 ? low : portNumber(plain.slice(dash + 1));
  if (low < 0 || high < low) return { ports: NO_PORTS, unknown: true, note: `'${plain.slice(0, 32)}' is not a port range` };
  return { ports: [low, high + 1], unknown: false, note: '' };
}

function portNumber(text: string): number {
  const plain = text.trim();
  if (!/^\d{1,5}$/.test(plain)) return -1;
  const port = Number(plain);
  return port > 65535 ? -1 : port;
}

/** For people: `443`, `3389-3391`, `any`. */
export function portTexts(ports: Intervals<number>): string[] {
  const texts: string[] = [];
  for (let at = 0; at < ports.length; at += 2) {
    const [low, high] = [ports[at] as number, (ports[at + 1] as number) - 1];
    texts.push(low === 0 && high === 65535 ? 'any' : low === high ? `${low}` : `${low}-${high}`);
  }
  return texts;
}
