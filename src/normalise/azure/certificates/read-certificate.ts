import { childrenOf, DerError, expectTag, oidText, onlyChild, TAG } from '../../windows/certificates/der.ts';
import { type Certificate, parseCertificate } from '../../windows/certificates/x509.ts';

const MAX_TEXT = 512 * 1024;
const SIGNED_DATA = '1.2.840.113549.1.7.2';

/** A certificate in Base64: its DER, or the first of a PKCS #7 list, as Application Gateway shows it. Undefined for anything else. */
export function certificateIn(text: string): Certificate | undefined {
  const plain = text.replaceAll(/\s|-----(?:BEGIN|END) CERTIFICATE-----/g, '');
  if (plain.length > MAX_TEXT || !/^[A-Za-z0-9+/]+={0,2}$/.test(plain)) return undefined;
  const der = Buffer.from(plain, 'base64');
  return parseCertificate(der) ?? firstOfList(der);
}

/** RFC 5652 §5.1: ContentInfo { OID, [0] { SignedData { version, algorithms, content, [0] certificates … } } }. */
function firstOfList(der: Buffer): Certificate | undefined {
  try {
    const [type, wrapper] = childrenOf(der, onlyChild(der, { start: 0, end: der.length }, TAG.sequence));
    if (type === undefined || oidText(der, type) !== SIGNED_DATA) return undefined;
    const signed = onlyChild(der, expectTag(wrapper, 0xa0), TAG.sequence);
    const list = childrenOf(der, signed).find((node) => node.tag === 0xa0);
    const all = list === undefined ? [] : childrenOf(der, list).flatMap((node) => parseCertificate(der.subarray(node.from, node.end)) ?? []);
    // The one that issued none of the others.
    return all.find((one) => !all.some((other) => other !== one && other.issuerKey === one.subjectKey)) ?? all[0];
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}
