/** Errors of a request that are its client's: nobody here has failed. */

/** How Node tells that the other end of a connection has gone. */
const HANG_UPS = new Set<unknown>(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE']);

/** True where the client has gone, or has sent what is no HTTP: Node's parser says so by codes of its own. */
export function isHangUp(error: unknown): boolean {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return HANG_UPS.has(code) || (typeof code === 'string' && code.startsWith('HPE_'));
}
