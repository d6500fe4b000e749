/** Real processes: started as people start them, watched through their output, their IPC and their end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadyMessage } from '#shared/lifecycle.ts';
import { until } from './until.ts';

/** The project's folder. */
export const ROOT = join(import.meta.dirname, '../..');

/** Whoever ends processes in time: a test, or a test file. */
export interface Owner {
  teardown(close: () => unknown): void;
}

/** How a process ends. */
export interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A process that was started. */
export interface TestProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** What it has written so far, both streams. */
  output(): string;
  /** Resolves with the first match of a line that it has written or will write. */
  line(pattern: RegExp, options?: { deadlineMs?: number }): Promise<RegExpExecArray>;
  /** Resolves with its word over IPC that it serves. */
  readonly ready: Promise<ReadyMessage>;
  /** Resolves when it is gone and all is read. */
  readonly ended: Promise<End>;
}

/** Options of {@link startProcess}. */
export interface ProcessOptions {
  /** Its variables, beside those that every program needs: nothing else of this process's comes in. */
  env?: Record<string, string>;
  /** @default ROOT */
  cwd?: string;
}

/** Starts `node` with these arguments, or another program, and kills it and all that it has started when the owner has ended. */
export function startProcess(
  owner: Owner,
  command: readonly string[],
  options: ProcessOptions = {},
): TestProcess {
  const [program = '', ...args] = command;
  const child = spawn(program === 'node' ? process.execPath : program, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...pick(process.env, ['PATH', 'HOME', 'TMPDIR', 'CI']), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }) as End);
  let hasEnded = false;
  ended.finally(() => {
    hasEnded = true;
  });
  owner.teardown(async () => {
    // npm does not take along what it runs, and that would keep the pipes open.
    const runsStill = child.exitCode === null && child.signalCode === null;
    if (runsStill) for (const pid of descendantsOf(child.pid ?? 0)) kill(pid);
    child.kill('SIGKILL');
    await ended;
  });

  return {
    child,
    pid: child.pid ?? 0,
    output: () => text,
    async line(pattern, { deadlineMs = 45_000 } = {}) {
      let match: RegExpExecArray | null = null;
      const find = () => {
        match ??= new RegExp(pattern, 'm').exec(text);
        return match !== null || hasEnded;
      };
      await until(find, { deadlineMs }).catch(() => {});
      if (match === null) throw new Error(`no line ${pattern} in:\n${text}`);
      return match;
    },
    ready: new Promise((resolve) => {
      child.on('message', (message: ReadyMessage) => message.type === 'ready' && resolve(message));
    }),
    ended,
  };
}

/** The processes that this one has started, at any depth. */
export function descendantsOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean);
  return children.map(Number).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** The environment that a process was started with. */
export function variablesOf(pid: number): Map<string, string> {
  const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  return new Map(entries.map((entry) => [entry.split('=', 1)[0] ?? '', entry.slice(entry.indexOf('=') + 1)]));
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}

/** Whether a process runs. One that has ended and that nobody has fetched yet does not. */
export function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function pick(env: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}
