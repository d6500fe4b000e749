/** The whole table. */
import type { ServiceSchema } from 'moleculer';
import type { Services } from './mesh.ts';
import type { Outcomes, Row } from './row.ts';
import { attempts } from './rows-attempts.ts';
import { calls } from './rows-calls.ts';
import { events } from './rows-events.ts';
import { failures } from './rows-failures.ts';
import { handedOn } from './rows-handed-on.ts';
import { neverInTheWay } from './rows-never-in-the-way.ts';
import { settings } from './rows-settings.ts';
import { streams } from './rows-streams.ts';

const tables: readonly Outcomes[] = [
  calls,
  failures,
  attempts,
  handedOn,
  events,
  streams,
  settings,
  neverInTheWay,
];

export const rows: readonly Row[] = tables.flatMap((table) => table.rows);

/** All services that may be on other nodes. */
export const servicesThere = tables.flatMap(({ there }) => there) as readonly ServiceSchema[];

const lost = new Set(rows.map(({ loses }) => loses));

/** The services by where they are. */
export const services: Services = {
  here: tables.flatMap(({ here = [] }) => here) as readonly ServiceSchema[],
  there: servicesThere.filter(({ name }) => !lost.has(name)),
  lost: servicesThere.filter(({ name }) => lost.has(name)),
};
