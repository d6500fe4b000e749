/** Passwords are kept as scrypt hashes, each with a salt of its own. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** What a hash costs, in scrypt's own terms: 128 * cost * blockSize bytes of memory, `parallelization` times. */
export interface ScryptCost {
  cost: number;
  blockSize: number;
  parallelization: number;
}

// About 50 ms and 16 MiB. Each hash names what it cost, so that these can rise and old hashes stay readable.
const DEFAULT_COST: ScryptCost = { cost: 16_384, blockSize: 8, parallelization: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/**
 * Hashes a password in a thread of its own.
 * @returns the hash with its salt and cost in the PHC string format, `$scrypt$ln=14,r=8,p=1$salt$hash`
 */
export async function hashPassword(password: string, cost: ScryptCost = DEFAULT_COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, cost);
  const parameters = `ln=${Math.log2(cost.cost)},r=${cost.blockSize},p=${cost.parallelization}`;
  return `$scrypt$${parameters}$${withoutPadding(salt)}$${withoutPadding(hash)}`;
}

/**
 * Whether this is the password of a hash that {@link hashPassword} made, found out in a thread of its own and compared in
 * constant time. Without a hash the same work is done for nothing: nobody shall tell by the time whether there is one.
 * @throws where the hash is of another form
 */
export async function verifyPassword(password: string, record: string | undefined): Promise<boolean> {
  if (record === undefined) {
    await derive(password, randomBytes(SALT_BYTES), DEFAULT_COST);
    return false;
  }
  const { salt, hash, cost } = parse(record);
  return timingSafeEqual(await derive(password, salt, cost), hash);
}

function derive(password: string, salt: Buffer, cost: ScryptCost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The same characters can be typed as different code points on different keyboards.
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, cost, (error, hash) =>
      error === null ? resolve(hash) : reject(error),
    );
  });
}

const PHC = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function parse(record: string): { salt: Buffer; hash: Buffer; cost: ScryptCost } {
  const [, ln, r, p, salt, hash] = PHC.exec(record) ?? [];
  if (salt === undefined || hash === undefined) throw new Error('not a scrypt hash in the PHC format');
  return {
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
    cost: { cost: 2 ** Number(ln), blockSize: Number(r), parallelization: Number(p) },
  };
}

function withoutPadding(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
