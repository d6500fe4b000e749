/**
 * `node bench/profiles.ts FOLDER [REQUESTS] [LINES]`: compares the CPU profiles that `npm run bench -- --profile FOLDER`
 * wrote, a variant's against the untraced mesh's: where the time goes that the variant has more of. Composition root.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { tableLines } from './table.ts';

interface CpuProfile {
  readonly nodes: readonly {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Microseconds by function. */
type SelfTimes = Map<string, number>;

const [folder, requests = '6000', lines = '60'] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('which folder?\n');
  process.exitCode = 2;
} else {
  for (const line of comparison(folder, Number(requests)).slice(0, Number(lines) + 2))
    process.stdout.write(`${line}\n`);
}

/** The functions that gained or lost most, summed over the three processes. */
function comparison(path: string, perRequests: number): string[] {
  const files = readdirSync(path).filter((name) => name.endsWith('.cpuprofile'));
  const [against, own] = [true, false].map((isAgainst) =>
    selfTimes(
      files.filter((name) => name.startsWith('against-') === isAgainst).map((name) => join(path, name)),
    ),
  ) as [SelfTimes, SelfTimes];
  const rows = [...new Set([...against.keys(), ...own.keys()])]
    .filter((name) => name !== '(idle)')
    .map((name) => ({ name, own: own.get(name) ?? 0, against: against.get(name) ?? 0 }))
    .toSorted((a, b) => b.own - b.against - (a.own - a.against));
  const us = (sum: number): string => (sum / perRequests).toFixed(1);
  const total = (side: 'own' | 'against'): number => rows.reduce((sum, row) => sum + row[side], 0);
  return tableLines([
    ['function', 'more, µs per request', 'variant', 'untraced'],
    ['all', us(total('own') - total('against')), us(total('own')), us(total('against'))],
    ...rows.map((row) => [row.name, us(row.own - row.against), us(row.own), us(row.against)]),
  ]);
}

function selfTimes(paths: readonly string[]): SelfTimes {
  const times: SelfTimes = new Map();
  for (const path of paths) {
    const profile = JSON.parse(readFileSync(path, 'utf8')) as CpuProfile;
    const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
    for (const [index, id] of profile.samples.entries()) {
      const name = names.get(id) ?? '(unknown)';
      times.set(name, (times.get(name) ?? 0) + (profile.timeDeltas[index] ?? 0));
    }
  }
  return times;
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const place = url === '' ? '' : ` ${basename(url)}:${lineNumber + 1}`;
  return `${functionName || '(anonymous)'}${place}`;
}
