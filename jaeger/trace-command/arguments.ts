/** The command line of `npm run trace`. */
import { parseArgs } from 'node:util';
import { traceIdIn } from '../tree/pasted-trace-id.ts';
import { TraceCommandError, UsageError } from './trace-command-error.ts';

/** What was asked for. */
export interface TraceRequest {
  /** 16 or 32 hex digits. */
  traceId: string;
  /** The address of the Jaeger whose link was given instead of an id. */
  jaegerUrl: string | undefined;
  json: boolean;
  /** How long spans still on their way are waited for. */
  waitMs: number;
}

export const USAGE = `usage: npm run trace -- <trace id> [--json] [--wait <seconds>]

Prints a trace as a tree. The id is 32 (or 16) hex digits, as in the x-trace-id of
an answer; a link into Jaeger's UI or the whole header line will do as well.

  --json            the tree as JSON (npm run --silent trace -- ... for nothing else)
  --wait <seconds>  how long to wait for spans still on their way, 0 to 600 (default 5)
  --help            this text

Reads JAEGER_QUERY_URL, by default http://127.0.0.1:16686.`;

// What is before the last part of a link's path may be a path that the UI lies below.
const JAEGER_LINK = /^(https?:\/\/\S+?)(?:\/api)?\/traces?\//i;
const DEFAULT_WAIT_SECONDS = 5;
const MAX_WAIT_SECONDS = 600;

/**
 * What the arguments ask for; undefined where they ask for help.
 * @throws {UsageError} for options that are wrong or no id
 * @throws {TraceCommandError} for an id that is none
 */
export function parseArguments(args: readonly string[]): TraceRequest | undefined {
  const { values, positionals } = parsed(args);
  if (values.help) return undefined;
  // Unquoted, a header line comes in two words.
  const given = positionals.join(' ').trim();
  if (given === '') throw new UsageError('which trace? Give its id');
  const traceId = traceIdIn(given);
  if (traceId === undefined)
    throw new TraceCommandError(
      `${JSON.stringify(given)} is not a trace id: give 32 (or 16) hex digits, as in x-trace-id, or a link into Jaeger's UI`,
    );
  return {
    traceId,
    jaegerUrl: JAEGER_LINK.exec(given)?.[1],
    json: values.json ?? false,
    waitMs: waitSeconds(values.wait) * 1000,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, wait: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function waitSeconds(text: string | undefined): number {
  if (text === undefined) return DEFAULT_WAIT_SECONDS;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= MAX_WAIT_SECONDS) return seconds;
  throw new UsageError(`--wait ${text}: seconds from 0 to ${MAX_WAIT_SECONDS}`);
}
