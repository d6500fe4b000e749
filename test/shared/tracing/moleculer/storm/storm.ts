/** Nodes of a storm, each a process of its own on one NATS. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { RecordedSpan } from '#shared/tracing/testing.ts';
import { type Owner, startNats } from '../../../../helpers/nats.ts';
import { type RealJaeger, type ShownSpan, spansFromJaeger } from '../../../../helpers/real-jaeger.ts';
import { until } from '../../../../helpers/until.ts';

/** What a node's process is told as its only argument. */
export interface StormNodeSettings {
  readonly name: string;
  readonly services: readonly string[];
  readonly natsUrl: string;
  /** Where its spans go; it keeps them where there is none. */
  readonly endpoint?: string | undefined;
}

/** What it is asked. */
export interface Question {
  readonly ask: 'wait' | 'ping' | 'call' | 'count' | 'spans' | 'close';
  readonly services?: string[];
  readonly calls?: readonly { action: string; params: object }[];
}

/** What it tells of itself. */
export interface Report {
  readonly spans: readonly RecordedSpan[];
  readonly unfinished: number;
  readonly started: number;
  readonly sent: number;
  /** Of the requests that it has served. */
  readonly traceIds: readonly string[];
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
  ask(ask: Question['ask'], more: Partial<Question> = {}): Promise<Report> {
    const answer = this.#turn.then(async () => {
      this.#child.send({ ask, ...more } satisfies Question);
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

/** Starts nodes by name, each with its services; all of them end with their owner. Their spans go to `jaeger`, where one is given. */
export async function startStorm<Name extends string>(
  owner: Owner,
  nodes: Readonly<Record<Name, readonly string[]>>,
  jaeger?: RealJaeger,
): Promise<Record<Name, StormNode>> {
  const { url: natsUrl } = await startNats(owner);
  const names = Object.keys(nodes) as Name[];
  const started = await Promise.all(
    names.map(async (name) => {
      const settings: StormNodeSettings = {
        name,
        services: nodes[name],
        natsUrl,
        endpoint: jaeger?.endpoint,
      };
      const child = fork(`${import.meta.dirname}/node-main.ts`, [JSON.stringify(settings)], {
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

/** The spans of all nodes, once nothing is under way on any of them: their own, or as `jaeger` shows them. */
export async function spansOf(nodes: readonly StormNode[], jaeger?: RealJaeger): Promise<RecordedSpan[]> {
  await untilAtRest(nodes);
  const reports = await Promise.all(nodes.map((node) => node.ask(jaeger ? 'close' : 'spans')));
  if (jaeger === undefined) return reports.flatMap(({ spans }) => [...spans]);
  const sent = reports.reduce((sum, report) => sum + report.sent, 0);
  return spansFromJaeger(
    jaeger,
    reports.flatMap(({ traceIds }) => traceIds),
    { spans: sent, nodes: new Set(nodes.map(({ name }) => name)) },
  );
}

async function untilAtRest(nodes: readonly StormNode[]): Promise<void> {
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
}

/** What Jaeger finds wrong with spans that it has shown. */
export function warningsOf(spans: readonly (RecordedSpan | ShownSpan)[]): string[] {
  return spans.flatMap((span) => ('warnings' in span ? span.warnings : []));
}
