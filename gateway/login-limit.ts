/** Bounds how often somebody may try to sign in: passwords must not be guessed, nor hashed for whoever asks. */
import { isIPv6 } from 'node:net';
import { Errors } from 'moleculer';
import { RateLimit, type RateLimitOptions } from './rate-limit.ts';
import { TooManyAttemptsError } from './request-errors.ts';

/** Who tries to sign in as whom. */
export interface Attempt {
  /** The IP address of the client. */
  clientAddress: string;
  email: string;
}

/** What is allowed. */
export interface LoginLimitOptions {
  /** For one client and one account. @default 10 at once, then one in 6 s */
  account?: RateLimitOptions;
  /** For one client and all accounts. @default 60 at once, then one a second */
  client?: RateLimitOptions;
}

/**
 * A limit on failed attempts. An account as such has none: whoever knows an e-mail address could keep its owner out.
 * @returns a function that runs `signIn`, which costs nothing unless it says that the credentials are wrong, and throws a
 * {@link TooManyAttemptsError} instead where there were too many
 */
export function createLoginLimit({
  account = { burst: 10, intervalMs: 6000 },
  client = { burst: 60, intervalMs: 1000 },
}: LoginLimitOptions = {}) {
  const accounts = new RateLimit(account);
  const clients = new RateLimit(client);

  return async <T>({ clientAddress, email }: Attempt, signIn: () => Promise<T>): Promise<T> => {
    const client = networkOf(clientAddress);
    const account = `${client} ${email.toLowerCase()}`;
    const accountWaitMs = accounts.take(account);
    if (accountWaitMs > 0) throw new TooManyAttemptsError(accountWaitMs);
    const clientWaitMs = clients.take(client);
    if (clientWaitMs > 0) {
      accounts.giveBack(account); // what is refused was no attempt
      throw new TooManyAttemptsError(clientWaitMs);
    }
    let isWrong = false;
    try {
      return await signIn();
    } catch (error) {
      isWrong = saysWrongCredentials(error);
      throw error;
    } finally {
      if (!isWrong) {
        accounts.giveBack(account);
        clients.giveBack(client);
      }
    }
  };
}

/** By the type that the error has across the mesh: that a service was not there is no attempt of the client's. */
function saysWrongCredentials(error: unknown): boolean {
  return error instanceof Errors.MoleculerError && error.type === 'WRONG_CREDENTIALS';
}

/** A whole /64 of IPv6 is at the disposal of any one client. */
function networkOf(clientAddress: string): string {
  const address = withoutPort(clientAddress);
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail = ''] = address.split('::');
  const groups = head.split(':').filter(Boolean);
  const missing = 8 - groups.length - tail.split(':').filter(Boolean).length;
  return [...groups, ...Array(address.includes('::') ? missing : 0).fill('0'), ...tail.split(':')]
    .slice(0, 4)
    .join(':');
}

/** Some proxies write the client's port behind its address, which is another one with each connection. */
function withoutPort(address: string): string {
  return /^(?:\[(.*)\]|(\d+(?:\.\d+){3}))(?::\d+)?$/.exec(address)?.slice(1).join('') ?? address;
}
