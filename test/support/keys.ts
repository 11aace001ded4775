import { checkPrimeSync, createECDH, createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** Keys that are the same in every run, so that certificates made with them are too. Never for anything but tests. */
const made = new Map<string, KeyObject>();

/** An RSA private key of exactly `bits` bits that follows from a seed. */
export function rsaKey(seed: string, bits = 2048): KeyObject {
  return cached(`rsa ${bits} ${seed}`, () => {
    const half = Math.ceil(bits / 2);
    const p = prime(`${seed} p`, half);
    const q = prime(`${seed} q`, bits - half);
    const [big, small] = p > q ? [p, q] : [q, p];
    const e = 65537n;
    const d = inverse(e, (big - 1n) * (small - 1n));
    return createPrivateKey({
      format: 'jwk',
      key: {
        kty: 'RSA',
        n: text(big * small),
        e: text(e),
        d: text(d),
        p: text(big),
        q: text(small),
        dp: text(d % (big - 1n)),
        dq: text(d % (small - 1n)),
        qi: text(inverse(small, big)),
      },
    });
  });
}

/** A P-256 private key that follows from a seed. Its signatures still differ from run to run. */
export function ecKey(seed: string): KeyObject {
  return cached(`ec ${seed}`, () => {
    const scalar = createHash('sha256').update(seed).digest();
    const ecdh = createECDH('prime256v1');
    ecdh.setPrivateKey(scalar);
    const point = ecdh.getPublicKey();
    return createPrivateKey({
      format: 'jwk',
      key: {
        kty: 'EC',
        crv: 'P-256',
        d: scalar.toString('base64url'),
        x: point.subarray(1, 33).toString('base64url'),
        y: point.subarray(33).toString('base64url'),
      },
    });
  });
}

export function publicOf(key: KeyObject): KeyObject {
  return createPublicKey(key);
}

function cached(name: string, make: () => KeyObject): KeyObject {
  const key = made.get(name) ?? make();
  made.set(name, key);
  return key;
}

/** The first prime above bytes that follow from the seed, with its two highest bits set so that products keep their length. */
function prime(seed: string, bits: number): bigint {
  const size = Math.ceil(bits / 8);
  const blocks = Array.from({ length: Math.ceil(size / 32) }, (_, index) => createHash('sha256').update(`${seed} ${index}`).digest());
  const start = BigInt(`0x${Buffer.concat(blocks).subarray(0, size).toString('hex')}`) % (1n << BigInt(bits));
  let candidate = start | (3n << BigInt(bits - 2)) | 1n;
  while (candidate % 65537n === 1n || !checkPrimeSync(candidate)) candidate += 2n;
  return candidate;
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (a !== 0n) {
    const times = b / a;
    [a, b, x, y] = [b - times * a, a, y - times * x, x];
  }
  return ((y % modulus) + modulus) % modulus;
}

function text(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}
