/** A child process of the benchmark: it says when it is ready, answers questions over IPC, and ends with its parent. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { ReadyMessage } from '#shared/lifecycle.ts';

/** How long a child may take to get ready, to answer, and to end. */
const READY_MS = 60_000;
const ANSWER_MS = 15_000;
const END_MS = 10_000;

/** What a parent asks of a child; the answer has the same `type`. */
export interface Question {
  readonly type: string;
  readonly [detail: string]: unknown;
}

/** A running child. */
export interface Child {
  readonly name: string;
  readonly ready: ReadyMessage;
  /** Asks and waits for the answer, 15 s at most. */
  ask<Answer>(question: Question): Promise<Answer>;
  /** Lets the child go, which ends it; after 10 s it is killed. */
  close(): Promise<void>;
}

/** What a child is started with. */
export interface ChildOptions {
  /** How it is named in errors. */
  readonly name: string;
  /** Given to the module as its first argument, as JSON. */
  readonly settings: unknown;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Starts `module` in a process of its own and waits until it is ready, 60 s at most. */
export async function startChild(module: URL, { name, settings, env }: ChildOptions): Promise<Child> {
  const child = fork(module, [JSON.stringify(settings)], {
    env: { ...env },
    execArgv: [],
    // Standard output belongs to the table alone.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const close = (): Promise<void> => endChild(child);
  try {
    const ready = (await answerOf(child, { name, type: 'ready', withinMs: READY_MS })) as ReadyMessage;
    return {
      name,
      ready,
      ask: async <Answer>(question: Question) => {
        const answer = answerOf(child, { name, type: question.type, withinMs: ANSWER_MS });
        child.send(question);
        return (await answer) as Answer;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The child's next message of this type; rejects when the child ends before, or says nothing in time. */
function answerOf(
  child: ChildProcess,
  { name, type, withinMs }: { name: string; type: string; withinMs: number },
): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const onMessage = (message: unknown): void => {
    if ((message as Question).type === type) resolve(message);
  };
  const onExit = (code: number | null): void =>
    reject(new Error(`${name} ended with ${code} before it said ${type}`));
  const timer = setTimeout(
    () => reject(new Error(`${name} did not say ${type} in ${withinMs} ms`)),
    withinMs,
  );
  child.on('message', onMessage).once('exit', onExit).once('error', reject);
  return promise.finally(() => {
    clearTimeout(timer);
    child.off('message', onMessage).off('exit', onExit).off('error', reject);
  });
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
  if (child.connected) child.disconnect();
  await ended;
  clearTimeout(timer);
}
