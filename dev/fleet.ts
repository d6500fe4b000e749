/** The children of `npm start` together: they start group after group, and stop in the opposite order. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ReadyMessage } from '#shared/lifecycle.ts';
import { type Child, type ChildPlan, startChild } from './child.ts';
import { LaunchError } from './launch-error.ts';

/** How long the fleet waits. */
export interface FleetDeadlines {
  /** For the ready of a group. @default 60000 */
  startMs?: number;
  /** For the end of all. A group that hangs is killed when only what the later ones need is left. @default {@link STOP_MS} */
  stopMs?: number;
}

/** What {@link Fleet} is told of its surroundings. */
export interface FleetOptions extends FleetDeadlines {
  /** The folder that the children run in. */
  root: string;
  /** Told of each child when it has started, to take its output. */
  onStart: (child: Child) => void;
}

/** Milliseconds in which the gateway, and then the nodes, can wait for requests that run and for a collector that hangs. */
export const STOP_MS = 12_000;

/** What a group that stops late has at least: usually all it has to do is close its sockets. */
const KEPT_FOR_LATER_MS = 1000;

/** All children; the ones that start first stop last, and outlive the others even where the launcher is killed. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #groups: Child[][] = [];
  readonly #lost = Promise.withResolvers<never>();
  #stopped: Promise<void> | undefined;
  #forced = false;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#lost.promise.catch(() => {}); // whether anybody waits for it is theirs to say
  }

  /** Rejects as soon as a child ends that nobody has asked to. */
  get lost(): Promise<never> {
    return this.#lost.promise;
  }

  /** Starts children that need not wait for each other; resolves with their words when all are ready. */
  async start(plans: readonly ChildPlan[]): Promise<ReadyMessage[]> {
    const { root, onStart, startMs = 60_000 } = this.#options;
    if (this.#stopped) throw new LaunchError('stopped while it was starting');
    const outlivedBy = this.#groups.flat();
    const group = plans.map((plan) => startChild(plan, { root, outlivedBy }));
    this.#groups.push(group);
    for (const child of group) {
      onStart(child);
      child.ended.then((how) => this.#onEnd(child, how));
    }
    return Promise.race([Promise.all(group.map(({ ready }) => ready)), this.lost, overdue(group, startMs)]);
  }

  /**
   * Stops all groups, the last one first, and resolves when no child is left; a second call joins the first.
   * @throws {LaunchError} where some had to be killed, or {@link kill} has done it
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopGroups();
    return this.#stopped;
  }

  /** Ends all children at once, without their say. */
  kill(): void {
    this.#forced = true;
    for (const child of this.#groups.flat()) child.kill('SIGKILL');
  }

  async #stopGroups(): Promise<void> {
    const killed: string[] = [];
    const { stopMs = STOP_MS } = this.#options;
    const end = performance.now() + stopMs;
    for (const [index, group] of this.#groups.toReversed().entries()) {
      for (const child of group) child.kill('SIGTERM');
      const laterGroups = this.#groups.length - index - 1;
      const left = end - performance.now() - laterGroups * KEPT_FOR_LATER_MS;
      killed.push(...(await endWithin(group, Math.max(0, left))));
    }
    if (this.#forced) throw new LaunchError('stopped by force, spans may be lost');
    if (killed.length > 0)
      throw new LaunchError(`${killed.join(', ')} did not stop in time and had to be killed`);
  }

  #onEnd(child: Child, how: string): void {
    if (this.#stopped) return;
    this.#lost.reject(new LaunchError(`${child.name} has ended (${how}), see its lines above`));
  }
}

/** Rejects after `limitMs`, naming who has not said ready; harmless where all have. */
async function overdue(group: readonly Child[], limitMs: number): Promise<never> {
  const waiting = new Set(group);
  for (const child of group) child.ready.then(() => waiting.delete(child));
  await delay(limitMs, undefined, { ref: false });
  const names = [...waiting].map(({ name }) => name).join(', ');
  throw new LaunchError(`${names} did not get ready within ${limitMs / 1000} s`);
}

/** Waits for the end of all, kills those that take too long, and resolves with the names of these. */
async function endWithin(group: readonly Child[], limitMs: number): Promise<string[]> {
  const running = new Set(group);
  const gone = Promise.all(group.map((child) => child.ended.then(() => running.delete(child))));
  const timer = new AbortController();
  await Promise.race([gone, delay(limitMs, undefined, { signal: timer.signal }).catch(() => {})]);
  timer.abort();
  const late = [...running];
  for (const child of late) child.kill('SIGKILL');
  await gone;
  return late.map(({ name }) => name);
}
