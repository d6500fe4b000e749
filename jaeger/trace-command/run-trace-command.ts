/** `npm run trace`: from the command line to what is printed. */
import { type Environment, loadConfig } from '#shared/config.ts';
import { ConfigError } from '#shared/errors.ts';
import { treeOf } from '../tree/trace-tree.ts';
import { parseArguments, type TraceRequest, USAGE } from './arguments.ts';
import { type ColourDepth, createPalette } from './colours.ts';
import { drawTree } from './draw-tree.ts';
import { DEFAULT_QUERY_URL, fetchTrace, publicAddress } from './fetch-trace.ts';
import { TraceCommandError, UsageError } from './trace-command-error.ts';
import { treeToJson } from './tree-to-json.ts';
import { waitForTrace } from './wait-for-trace.ts';

/** What a program is given, and where it writes. */
export interface CommandContext {
  args: readonly string[];
  env: Environment;
  /** Of the terminal, in cells; undefined where there is none. */
  terminalWidth: number | undefined;
  colourDepth: ColourDepth;
  write: (text: string) => void;
  writeError: (text: string) => void;
}

/** Exit codes: 0 for a trace shown, 1 for one that cannot be, 2 for a command line that is wrong. */
export type ExitCode = 0 | 1 | 2;

const DEFAULT_WIDTH = 100;
// However short the wait, an answer may take its time.
const MIN_TIMEOUT_MS = 10_000;

/** Runs the command and answers its exit code; what it cannot do becomes one line. */
export async function runTraceCommand(context: CommandContext): Promise<ExitCode> {
  try {
    const request = parseArguments(context.args);
    context.write(request === undefined ? USAGE : await traceText(request, context));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      context.writeError(`trace: ${error.message}\n\n${USAGE}`);
      return 2;
    }
    if (!(error instanceof TraceCommandError || error instanceof ConfigError)) throw error;
    context.writeError(`trace: ${error.message}`);
    return 1;
  }
}

async function traceText(request: TraceRequest, context: CommandContext): Promise<string> {
  const queryUrl = loadQueryUrl(context.env) ?? request.jaegerUrl ?? DEFAULT_QUERY_URL;
  const timeoutMs = Math.max(request.waitMs, MIN_TIMEOUT_MS);
  const { traceId, waitMs } = request;
  const tree = await waitForTrace({
    waitMs,
    read: async () => {
      const trace = await fetchTrace({ queryUrl, traceId, timeoutMs });
      return trace === undefined ? undefined : treeOf(trace);
    },
  });
  if (tree === undefined)
    throw new TraceCommandError(
      `Jaeger at ${publicAddress(queryUrl)} knows no trace ${traceId}, not even after ${waitMs / 1000} s: ` +
        'is the id right, was the request sampled, do its services send their spans to this Jaeger?',
    );
  if (request.json) return treeToJson(tree);
  const width = columnsIn(context.env) ?? context.terminalWidth ?? DEFAULT_WIDTH;
  const link = `${publicAddress(queryUrl)}/trace/${traceId}`;
  return drawTree(tree, { link, width, palette: createPalette(context.colourDepth) });
}

function loadQueryUrl(env: Environment): string | undefined {
  const isHttpUrl = (text: string) => /^https?:$/.test(URL.parse(text)?.protocol ?? '');
  return loadConfig(env, (variables) => ({
    queryUrl: variables.text('JAEGER_QUERY_URL', 'an address such as http://host:16686', isHttpUrl),
  })).queryUrl;
}

function columnsIn(env: Environment): number | undefined {
  const columns = Number(env['COLUMNS']);
  return Number.isInteger(columns) && columns > 0 ? columns : undefined;
}
