/** A child process of `npm start`: it is ready when it says so, and ends by itself when the launcher is gone. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Environment } from '#shared/config.ts';
import type { ReadyMessage } from '#shared/lifecycle.ts';

/** What to run. */
export interface ChildPlan {
  /** As it stands in front of its output. */
  name: string;
  /** What comes after `node`. */
  args: readonly string[];
  env: Environment;
}

/** A child that runs, or has run. */
export interface Child {
  readonly name: string;
  /** Resolves with its word that it serves; never, where it ends without it. */
  readonly ready: Promise<ReadyMessage>;
  /** Resolves when its process is gone and its output is read, with how it went: `exit code 1`, `SIGKILL`. */
  readonly ended: Promise<string>;
  readonly output: readonly Readable[];
  /** Kept open by this process and by the children that stop earlier: see `startLifecycle`. */
  readonly lifeline: ChildProcess['stdin'];
  /** Sends a signal; a child that is gone takes none. */
  kill(signal: NodeJS.Signals): void;
}

/** Where and with whom a child lives. */
export interface ChildSurroundings {
  /** The folder it runs in. */
  root: string;
  /** The children that stop after it: it keeps their lifelines. */
  outlivedBy: readonly Child[];
}

/**
 * Starts a child in a process group of its own: a Ctrl-C reaches all of the terminal's group at once, and would stop the
 * children out of order.
 */
export function startChild(plan: ChildPlan, { root, outlivedBy }: ChildSurroundings): Child {
  const lifelines = outlivedBy.map(({ lifeline }) => lifeline);
  const child = spawn(process.execPath, plan.args, {
    cwd: root,
    env: plan.env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'ipc', ...lifelines] satisfies SpawnOptions['stdio'],
  });
  child.stdin?.on('error', () => {}); // nothing is ever written; its other end may be gone
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message)); // could not be started at all
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  return {
    name: plan.name,
    ready: new Promise((resolve) => {
      child.on('message', (message) => isReady(message) && resolve(message));
    }),
    ended,
    output: [child.stdout, child.stderr].filter((stream) => stream !== null),
    lifeline: child.stdin,
    kill: (signal) => child.kill(signal),
  };
}

function isReady(message: unknown): message is ReadyMessage {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';
}
