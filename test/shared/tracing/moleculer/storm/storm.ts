/** Nodes of a storm, each a process of its own on one NATS. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { RecordedSpan } from '#shared/tracing/testing.ts';
import { type Owner, startNats } from '../../../../helpers/nats.ts';
import { until } from '../../../../helpers/until.ts';

/** What a node tells of itself. */
interface Report {
  readonly spans: readonly RecordedSpan[];
  readonly unfinished: number;
  readonly started: number;
}

/** A node. */
export class StormNode {
  readonly name: string;
  port = 0;
  readonly #child: ChildProcess;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
  }

  /** Asks one question after the other. */
  ask(ask: string, more: object = {}): Promise<Report> {
    const answer = this.#turn.then(async () => {
      this.#child.send({ ask, ...more });
      const [report] = await once(this.#child, 'message');
      return report as Report;
    });
    this.#turn = answer;
    return answer;
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exit;
  }
}

/** Starts nodes by name, each with its services; all of them end with their owner. */
export async function startStorm<Name extends string>(
  owner: Owner,
  nodes: Readonly<Record<Name, readonly string[]>>,
): Promise<Record<Name, StormNode>> {
  const { url } = await startNats(owner);
  const names = Object.keys(nodes) as Name[];
  const started = await Promise.all(
    names.map(async (name) => {
      const child = fork(`${import.meta.dirname}/node-main.ts`, [name, url, ...nodes[name]], {
        serialization: 'advanced',
      });
      const node = new StormNode(name, child);
      owner.teardown(() => node.kill());
      const [{ port }] = await once(child, 'message');
      node.port = port;
      return node;
    }),
  );
  const services = [...new Set(Object.values<readonly string[]>(nodes).flat())].filter(
    (name) => name !== 'web',
  );
  await Promise.all(started.map((node) => node.ask('wait', { services })));
  return Object.fromEntries(started.map((node) => [node.name, node])) as Record<Name, StormNode>;
}

/** The spans of all nodes, once nothing is under way on any of them. */
export async function spansOf(nodes: readonly StormNode[]): Promise<RecordedSpan[]> {
  let before = -1;
  await until(
    async () => {
      const reports = await Promise.all(nodes.map((node) => node.ask('count')));
      const started = reports.reduce((sum, report) => sum + report.started, 0);
      const atRest = reports.every(({ unfinished }) => unfinished === 0) && started === before;
      before = started;
      if (!atRest) await Promise.all(nodes.map((node) => node.ask('ping')));
      return atRest;
    },
    { deadlineMs: 30_000 },
  );
  const reports = await Promise.all(nodes.map((node) => node.ask('spans')));
  return reports.flatMap(({ spans }) => [...spans]);
}
