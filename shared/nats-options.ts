/** Turns `NATS_URL` into the options of the NATS client. */

/** What the client is told; see nats.js' `ConnectionOptions`. */
export interface NatsOptions {
  /** `host:port` of each server. */
  servers: string[];
  user?: string;
  pass?: string;
  token?: string;
}

/**
 * Reads one or several URLs with commas between them, such as `nats://user:password@host:4222`. A user without a
 * password is a token. Moleculer's own reading leaves user info percent-encoded, so a password with an @ would fail.
 */
export function parseNatsUrl(text: string): NatsOptions {
  const urls = text.split(',').map((part) => new URL(part.trim()));
  const { username = '', password = '' } = urls.find((url) => url.username !== '') ?? {};
  const credentials = { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  return {
    servers: urls.map(({ hostname, port }) => `${hostname}:${port || 4222}`),
    ...(username !== '' && (password === '' ? { token: credentials.user } : credentials)),
  };
}
