/** What a figure depends on: the machine, and the versions of everything that ran on it. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { natsVersion } from './nats-server.ts';

export interface MachineDescription {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** The load average of the last minute before the run: others used the machine too where it is not near 0. */
  readonly loadBefore: number;
  readonly node: string;
  readonly natsServer: string;
  readonly packages: Readonly<Record<string, string>>;
}

const NAMED = ['koa', 'moleculer', 'nats', 'opentracing', 'jaeger-client'];

/** Looks at the machine and at the package.json of the project and of the peers. */
export function describeMachine(): MachineDescription {
  const own = dependenciesOf('../package.json');
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    node: process.version,
    natsServer: natsVersion() ?? 'none',
    packages: {
      ...Object.fromEntries(NAMED.map((name) => [name, own[name] ?? 'missing'])),
      ...dependenciesOf('./peers/package.json'),
    },
  };
}

/** The description in a few lines. */
export function machineLines(machine: MachineDescription): string[] {
  const { processor, cores, memoryGiB, system, loadBefore, node, natsServer, packages } = machine;
  return [
    `${cores} cores of ${processor}, ${memoryGiB} GiB, ${system}, load before ${loadBefore}`,
    `Node ${node}, nats-server ${natsServer}`,
    Object.entries(packages)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  ];
}

function dependenciesOf(path: string): Record<string, string> {
  const { dependencies } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
  return dependencies as Record<string, string>;
}
