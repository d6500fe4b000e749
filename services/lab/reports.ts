/** The pool: reports that are asked for all at once, and rendered as many at a time as the pool has places. */
import { type Caller, call } from '#shared/contracts/call.ts';
import { REGIONS, type Report, type Reports } from '#shared/contracts/lab.ts';
import { inSpan } from '#shared/tracing/index.ts';
import type { Wait } from './slow-neighbours.ts';

/** The actions that render: the pool of one is the fault, that of six the cure. */
type Renderer = 'lab.renderInPoolOfOne' | 'lab.renderInPoolOfSix';

/** A report on each region, all of them asked for at once. */
export async function renderAll(mesh: Caller, renderer: Renderer): Promise<Reports> {
  const reports = await Promise.all(REGIONS.map((region) => call(mesh, renderer, { region })));
  return { reports: reports.map(({ region }) => region) };
}

/** Renders a report, in a span of its own: how much longer the action took, it has waited for a place. */
export function createRender(wait: Wait): (report: Report) => Promise<Report> {
  return ({ region }) =>
    inSpan('render report', { tags: { 'report.region': region } }, async () => {
      await wait(30);
      return { region };
    });
}

// All who ask share the queue. At 30 ms each, what finds room in it is rendered before its caller gives up after five
// seconds; what finds none hears so at once, instead of being rendered for nobody.
const MAX_QUEUE_SIZE = 120;

/** The setting of an action that runs so many times at once; `moleculer.queue_ms` says how long the others wait. */
export function poolOf(places: number) {
  return { bulkhead: { enabled: true, concurrency: places, maxQueueSize: MAX_QUEUE_SIZE } };
}
