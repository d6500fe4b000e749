/** Nodes in a process of their own: this file is both ends of the channel to it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { ServiceSchema } from 'moleculer';
import { type NodeReport, type NodeSettings, type OutcomeNode, startOutcomeNode } from './node.ts';

/** What the process is told as its only argument. */
export interface ProcessSettings {
  readonly nodes: readonly NodeSettings[];
  /** The names of the services that each node has. */
  readonly services: readonly string[];
}

type Question = { readonly id: number; readonly node: number; readonly ask: 'report' | 'reset' | 'stop' };
type Answer = { readonly id: number; readonly report: NodeReport };

/** A node of another process. */
export interface RemoteNode {
  readonly nodeID: string;
  report(): Promise<NodeReport>;
  reset(): Promise<unknown>;
  stop(): Promise<unknown>;
  kill(): Promise<unknown>;
  /** Begins at the birth of the process, so that it costs no waiting where it is used later. */
  readonly ready: Promise<unknown>;
}

/** Starts a process with these nodes. */
export function startNodeProcess(settings: ProcessSettings): readonly RemoteNode[] {
  const child = fork(`${import.meta.dirname}/node-main.ts`, [JSON.stringify(settings)], {
    serialization: 'advanced',
  });
  const channel = new Channel(child);
  const ready = Promise.race([once(child, 'message'), once(child, 'exit').then(failStart)]);
  return settings.nodes.map(({ nodeID }, node) => ({
    nodeID,
    report: () => channel.ask(node, 'report'),
    reset: () => channel.ask(node, 'reset'),
    stop: () => channel.ask(node, 'stop'),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
    ready,
  }));
}

function failStart(): never {
  throw new Error('a node process ended before it was ready');
}

/** Questions to a process, and its answers. */
class Channel {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (report: NodeReport) => void>();
  #lastId = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', ({ id, report }: Answer) => {
      this.#waiting.get(id)?.(report);
      this.#waiting.delete(id);
    });
  }

  ask(node: number, ask: Question['ask']): Promise<NodeReport> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#child.send({ id, node, ask } satisfies Question);
    });
  }
}

/** The other end: starts the nodes and answers until the channel closes. */
export async function serveNodes(
  { nodes: settings, services }: ProcessSettings,
  all: readonly ServiceSchema[],
): Promise<void> {
  const schemas = all.filter(({ name }) => services.includes(name));
  const nodes = await Promise.all(settings.map((node) => startOutcomeNode(node, schemas)));
  process.on('message', async (question: Question) => {
    const node = nodes[question.node] as OutcomeNode;
    const report = node.report();
    if (question.ask === 'reset') node.reset();
    if (question.ask === 'stop') await node.broker.stop();
    process.send?.({ id: question.id, report } satisfies Answer);
  });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}
