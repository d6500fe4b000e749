/** `npm run bench`: measures, prints one table per part, keeps the raw rounds. Composition root. */
import { closeSync, mkdirSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from './child.ts';
import { type BenchPlan, CommandLineError, readCommandLine, USAGE } from './command-line.ts';
import { measureRows, meshRows, type Row, type RowPlan, summarize } from './comparison.ts';
import { growthRows } from './growth.ts';
import { describeMachine, machineLines } from './machine.ts';
import type { Addresses, Surroundings } from './mesh.ts';
import { type MicroResult, measureMicro } from './micro/micro-benchmark.ts';
import { natsVersion } from './nats-server.ts';
import { growthTable, meshTable, microTable } from './report.ts';
import { VARIANTS } from './variants.ts';

const startedAt = new Date();
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const plan = readCommandLine(args, startedAt.toISOString().slice(0, 10));
    if (plan === 'help') print(USAGE);
    else return await run(plan);
    return 0;
  } catch (error) {
    if (!(error instanceof CommandLineError)) throw error;
    note(`${error.message}\n\n${USAGE}`);
    return 2;
  }
}

/** Does what is planned; answers the exit code, 1 where a round failed. */
async function run(plan: BenchPlan): Promise<number> {
  if (plan.out !== undefined) expectWritable(plan.out);
  const machine = describeMachine();
  print(`Tracemesh benchmark, ${startedAt.toISOString()}`);
  for (const line of machineLines(machine)) print(line);
  const endMs = performance.now() + plan.budgetMs;

  const mesh: Row[] = [];
  const growth: Row[] = [];
  if (plan.parts.some((part) => part !== 'micro')) {
    if (natsVersion() === undefined)
      throw new CommandLineError('nats-server is not installed; --parts micro needs none');
    await withSurroundings(async (surroundings) => {
      const measure = (rows: readonly RowPlan[], starts: number) =>
        measureRows(rows, {
          ...{ ...roundOptions(plan), surroundings, starts, endMs },
          compileFirst: !plan.quick,
          onProgress: note,
        });
      if (plan.parts.includes('mesh')) {
        const variants = VARIANTS.filter(({ name }) => plan.variants.includes(name));
        mesh.push(...(await measure(meshRows(variants, isInstalled), plan.starts)));
      }
      if (plan.parts.includes('growth')) growth.push(...(await measure(growthRows(plan), plan.growthStarts)));
    });
  }
  const micro: MicroResult[] = plan.parts.includes('micro') ? await measureMicro(plan.microMs) : [];

  const floorRow = mesh.find(({ variant }) => variant.name === 'untraced');
  const floor = floorRow && floorRow.rounds.length > 1 ? summarize(floorRow, undefined).ratio : undefined;
  if (mesh.length > 0)
    printTable('gateway -> users -> greeter, each a process, on NATS', meshTable(mesh, floor));
  if (growth.length > 0) printTable('how the cost grows, all sampled', growthTable(growth, floor));
  if (micro.length > 0) printTable('micro-benchmarks, hot', microTable(micro));
  if (plan.out !== undefined) keep(plan.out, { startedAt, machine, plan, mesh, growth, micro });
  return [...mesh, ...growth].some(({ failures }) => failures.length > 0) ? 1 : 0;
}

function roundOptions({ inFlight, requests, warmUpRequests, profileFolder }: BenchPlan) {
  if (profileFolder !== undefined) mkdirSync(profileFolder, { recursive: true });
  // Ten times what it takes on two old cores: reached only where something hangs.
  const deadlineMs = 10_000 + requests * 20;
  return { inFlight, requests, warmUpRequests, deadlineMs, ...(profileFolder && { profileFolder }) };
}

async function withSurroundings(use: (surroundings: Surroundings) => Promise<void>): Promise<void> {
  const env = {
    PATH: process.env['PATH'],
    NODE_ENV: 'production',
    // As `npm start` does it. Else the traced processes alone would hold what strips the types of a whole library.
    NODE_COMPILE_CACHE: fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url)),
  };
  const infrastructure = await startChild(new URL('./infrastructure.ts', import.meta.url), {
    name: 'infrastructure',
    settings: {},
    env,
  });
  try {
    await use({ ...(await infrastructure.ask<Addresses>({ type: 'addresses' })), env });
  } finally {
    await infrastructure.close();
  }
}

function isInstalled(name: string): boolean {
  try {
    createRequire(new URL('./peers/package.json', import.meta.url)).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Fails now rather than when all has been measured. */
function expectWritable(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(path, 'a'));
    if (statSync(path).size === 0) rmSync(path);
  } catch (error) {
    throw new CommandLineError(`the raw rounds cannot be kept there: ${(error as Error).message}`);
  }
}

function keep(path: string, results: object): void {
  writeFileSync(path, `${JSON.stringify(results)}\n`);
  note(`kept in ${path}`);
}

function printTable(title: string, lines: readonly string[]): void {
  print(`\n${title}\n`);
  for (const line of lines) print(line);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}
