/** Runs the table over one transport: each row without tracing, then with it. */
import assert from 'node:assert/strict';
import test from 'ava';
import { noOrphans, type RecordedSpan, spanTree } from '#shared/tracing/testing.ts';
import {
  findJaeger,
  sendToJaeger,
  spansFromJaeger,
  testNeedingJaeger,
} from '../../../../helpers/real-jaeger.ts';
import { type Meshes, startMeshes } from './mesh.ts';
import type { Connection } from './node.ts';
import { unusualWords } from './picture.ts';
import type { Row, Transport } from './row.ts';
import { rows, services } from './table.ts';

/** What {@link tryOutcomes} runs on. */
export interface Ground {
  connection: Connection;
  close?(): Promise<unknown>;
}

/** Declares a test for each row of the table, and one that shows all their traces to a real Jaeger. */
export async function tryOutcomes(transport: Transport, prepare: () => Promise<Ground>): Promise<void> {
  const jaegerTest = testNeedingJaeger(await findJaeger());
  const tried = new Map<Row, readonly RecordedSpan[]>();
  let meshes: Meshes<'nobody' | 'kept'>;
  let ground: Ground;
  test.before(async () => {
    ground = await prepare();
    meshes = await startMeshes(ground.connection, services, ['nobody', 'kept']);
  });
  test.after.always(async () => {
    await meshes?.stop();
    await ground?.close?.();
  });

  for (const row of rows)
    test.serial(`${transport}: ${row.title}`, async (t) => {
      const expected = pictureOf(row, transport);
      const spansDrawn = expected.split('\n').length;
      const untraced = await meshes.of.nobody.run(row, 0);
      const traced = await meshes.of.kept.run(row, spansDrawn);
      t.deepEqual(traced.outcome, untraced.outcome);
      const drawn = spanTree(traced.spans, { words: unusualWords, siblings: row.atOnce ? 'name' : 'start' });
      if (!matches(drawn, expected)) t.is(drawn, expected);
      noOrphans(traced.spans);
      tried.set(row, traced.spans);
      for (const span of traced.spans) checkEverywhere(span, traced.spans);
      t.pass();
    });

  jaegerTest(
    `${transport}: a real Jaeger shows every trace as it is, without a warning`,
    async (t, jaeger) => {
      const all = [...tried.values()].flat();
      t.deepEqual(await sendToJaeger(jaeger, all), { sent: all.length, dropped: 0 });
      for (const [{ title, atOnce }, spans] of tried) {
        const ids = new Set(spans.map(({ traceId }) => traceId));
        const shown = await spansFromJaeger(jaeger, [...ids], { spans: spans.length });
        const siblings = atOnce ? 'name' : 'start';
        t.is(spanTree(shown, { siblings }), spanTree(spans, { siblings }), title);
        t.deepEqual(
          shown.flatMap(({ warnings }) => warnings),
          [],
          title,
        );
      }
    },
  );
}

function pictureOf({ picture, outside }: Row, transport: Transport): string {
  const given = typeof picture === 'string' ? picture : picture[transport];
  const lines = given.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  const tree = lines.map((line) => line.slice(indent).trimEnd());
  return outside ? tree.join('\n') : ['gateway request', ...tree.map((line) => `  ${line}`)].join('\n');
}

function matches(drawn: string, expected: string): boolean {
  const pattern = expected.split('*').map(RegExp.escape).join('[^\\n]*');
  return new RegExp(`^${pattern}$`).test(drawn);
}

/** What no picture shows because it holds for every span. */
function checkEverywhere(span: RecordedSpan, spans: readonly RecordedSpan[]): void {
  const { tags, operation, references, parentId } = span;
  const kind = tags['span.kind'];
  if (tags['component'] !== 'moleculer') return;
  const parent = spans.find(({ spanId }) => spanId === parentId);
  if (kind === 'server') {
    assert.equal(tags['moleculer.level'] === undefined, false, `${operation} has no level`);
    const client = parent?.tags['span.kind'] === 'client' ? parent : undefined;
    if (client && client.tags['moleculer.action'] === tags['moleculer.action']) {
      assert.equal(client.tags['moleculer.remote'], tags['moleculer.remote']);
      assert.equal(client.tags['moleculer.node'], tags['moleculer.node']);
    }
  }
  if (kind === 'consumer' && parent)
    assert.deepEqual(
      references.map(({ type, spanId }) => ({ type, spanId })),
      [{ type: 'follows_from', spanId: parentId }],
    );
  if (kind === 'client') assert.equal(typeof tags['peer.service'], 'string');
  if (kind === 'producer' || kind === 'consumer')
    assert.equal(tags['message_bus.destination'], tags['moleculer.event']);
}
