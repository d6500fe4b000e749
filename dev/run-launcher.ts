/** The launcher's own life: it brings everything up, says so, and sees to it that all of it ends. */
import type { Environment } from '#shared/config.ts';
import { startLifecycle } from '#shared/lifecycle.ts';
import { colourDepthOf } from '../jaeger/trace-command/colours.ts';
import { DEFAULT_QUERY_URL, publicAddress } from '../jaeger/trace-command/fetch-trace.ts';
import { Fleet, STOP_MS } from './fleet.ts';
import { launch } from './launch.ts';
import { LaunchError } from './launch-error.ts';
import { createOutput } from './output.ts';
import { findServices } from './services.ts';

/** What {@link runLauncher} is given. */
export interface LauncherOptions {
  /** The project's folder. */
  root: string;
  env: Environment;
  /** Where a NATS is looked for that nobody has named. @default 4222 */
  natsPort?: number;
}

/** A terminal's Ctrl-C comes twice within moments: from the terminal, and passed on by npm. */
const SAME_INTERRUPT_MS = 1000;

/** Starts everything, and ends this process when it is asked to (with 0), or when something fails (with 1). */
export async function runLauncher({ root, env, natsPort }: LauncherOptions): Promise<void> {
  const services = findServices(root, { isProduction: env['NODE_ENV'] === 'production' });
  const names = ['gateway', 'jaeger', ...services.map(({ name }) => name)];
  const output = createOutput({
    stream: process.stdout,
    longestName: Math.max(...names.map((name) => name.length)),
    colored: colourDepthOf(process.stdout, env) > 1,
  });
  const fail = (error: unknown) => process.stderr.write(`npm start: ${(error as Error).message}\n`);
  const fleet = new Fleet({
    root,
    onStart: ({ name, output: streams }) => {
      for (const stream of streams) output.follow(name, stream);
    },
  });

  let stopping = false;
  startLifecycle({
    deadlineMs: STOP_MS + 500,
    logger: { info: output.say, error: (fields) => fail('err' in fields ? fields.err : fields) },
    close: async () => {
      stopping = true;
      await fleet.stop();
      output.say('stopped');
    },
  });
  killOnSecondInterrupt(fleet);

  const serve = async () => {
    const { gatewayUrl, queryUrl } = await launch({ env, root, services, fleet, natsPort, say: output.say });
    output.say(
      greeting({ gatewayUrl, queryUrl, knownQueryUrl: env['JAEGER_QUERY_URL'] || DEFAULT_QUERY_URL }),
    );
    await fleet.lost;
  };
  try {
    await Promise.race([outputLost(), serve()]);
  } catch (error) {
    if (stopping) return; // what fails now fails because it was stopped
    fail(error);
    await fleet.stop().catch(fail);
    process.exit(1);
  }
}

/**
 * Rejects once nobody takes what is printed: `npm start | head`, or a `tee` that the same Ctrl-C has ended. That, and a stop
 * that goes on without a word, would otherwise be a crash, which leaves the children to themselves.
 */
function outputLost(): Promise<never> {
  process.stderr.on('error', () => {});
  return new Promise((_, reject) => {
    process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
      reject(new LaunchError(`its output cannot be written (${cause.code}), so it stops`, { cause }));
    });
  });
}

function killOnSecondInterrupt(fleet: Fleet): void {
  let first: number | undefined;
  process.on('SIGINT', () => {
    first ??= performance.now();
    if (performance.now() - first > SAME_INTERRUPT_MS) fleet.kill();
  });
}

interface Addresses {
  readonly gatewayUrl: string;
  readonly queryUrl: string;
  /** Where `npm run trace` looks by itself. */
  readonly knownQueryUrl: string;
}

/** The ready line, and what to do next. */
function greeting({ gatewayUrl, queryUrl, knownQueryUrl }: Addresses): string {
  const variable = queryUrl === knownQueryUrl ? '' : `JAEGER_QUERY_URL=${queryUrl} `;
  return `
ready ${gatewayUrl} trace UI ${publicAddress(queryUrl)}

  a request   curl -i ${gatewayUrl}/user/test
  its trace   ${variable}npm run trace -- <x-trace-id of the answer>
  to stop     Ctrl-C
`;
}
