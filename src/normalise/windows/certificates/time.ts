const DAY = 86_400_000;

/** What a certificate's dates mean at the scan's time. */
export interface Validity {
  readonly notBefore: string;
  readonly notAfter: string;
  /** Whole days until it expires, rounded down: 0 on its last day, negative once it has expired. */
  readonly daysLeft: number;
  /** Share of its lifetime that is left, 0 to 1, rounded down to hundredths: fair to certificates that live 47 days. */
  readonly lifetimeShareLeft: number;
  readonly notYetValid: boolean;
}

/** `now` is the scan's time, never the clock; times are milliseconds since 1970. */
export function validityAt(certificate: { readonly notBefore: number; readonly notAfter: number }, now: number): Validity {
  const { notBefore, notAfter } = certificate;
  const lifetime = notAfter - notBefore;
  const left = notAfter - Math.max(now, notBefore);
  return {
    notBefore: isoOf(notBefore),
    notAfter: isoOf(notAfter),
    daysLeft: Math.floor((notAfter - now) / DAY),
    lifetimeShareLeft: lifetime <= 0 || left <= 0 ? 0 : Math.floor((left / lifetime) * 100) / 100,
    notYetValid: now < notBefore,
  };
}

export function inDate(certificate: { readonly notBefore: number; readonly notAfter: number }, now: number): boolean {
  return certificate.notBefore <= now && now <= certificate.notAfter;
}

function isoOf(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
