/** How the cost grows: more spans, more tags, more meta. */
import type { RowPlan } from './comparison.ts';
import { PLAIN_WORKLOAD, type Workload } from './nodes/node-settings.ts';
import { SAMPLED } from './variants.ts';

const KB = 1000;

/** The rows of the growth table; in each, the untraced mesh does the same work without the spans. */
export function growthRows({ quick }: { quick: boolean }): RowPlan[] {
  if (quick) return [row('50 spans', { innerSpans: 50 - SAMPLED.spans })];
  return [
    row('1 span (the gateway answers itself)', { path: '/ping' }),
    ...[5, 10, 25, 50].map((spans) => row(`${spans} spans`, { innerSpans: spans - SAMPLED.spans })),
    ...[0, 10, 50].map((tags) =>
      row(`10 spans, 5 of them with ${tags} tags`, { innerSpans: 5, innerTags: tags }),
    ),
    ...[1, 10, 100].map((kilobytes) =>
      row(`5 spans, ${kilobytes} KB of meta`, { metaBytes: kilobytes * KB }),
    ),
  ];
}

function row(title: string, workload: Partial<Workload>): RowPlan {
  return { title, variant: SAMPLED, workload: { ...PLAIN_WORKLOAD, ...workload } };
}
