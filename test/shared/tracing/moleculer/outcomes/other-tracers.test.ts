/** Every outcome of the table with tracers whose spans nobody sees, or that fail: it is the same as without. */
import test from 'ava';
import { type BrokenTracer, brokenTracers } from '../../../../helpers/broken-tracers.ts';
import { type Meshes, startMeshes } from './mesh.ts';
import { rows, services } from './table.ts';

const tracers = ['unsampled', 'jaeger-client', ...(Object.keys(brokenTracers) as BrokenTracer[])] as const;
let meshes: Meshes<'nobody' | (typeof tracers)[number]>;

test.before(async () => {
  meshes = await startMeshes({ transport: 'local' }, services, ['nobody', ...tracers]);
});
test.after.always(() => meshes?.stop());

for (const row of rows)
  test.serial(`${row.title}: the same with every tracer`, async (t) => {
    const { outcome: untraced } = await meshes.of.nobody.run(row, 0);
    const results = await Promise.all(tracers.map((tracer) => meshes.of[tracer].run(row, 0)));
    for (const [n, { outcome }] of results.entries()) t.deepEqual(outcome, untraced, tracers[n]);
  });
