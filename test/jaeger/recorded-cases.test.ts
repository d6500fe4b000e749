import test from 'ava';
import { loadRecordedCases } from './recorded.ts';
import { startStandIn } from './stand-in.ts';

// There are no exceptions: every case answers byte for byte what Jaeger answered.
for (const { name, posts, reads } of loadRecordedCases()) {
  test(`${name}: the trace reads as from Jaeger`, async (t) => {
    const standIn = await startStandIn(t);
    for (const { headers, body } of posts) t.is((await standIn.post(body, headers)).status, 202);
    for (const { path, status, text } of reads) {
      const answer = await standIn.get(path);
      t.is(await answer.text(), text, path);
      t.is(answer.status, status);
      t.is(
        answer.headers.get('content-type'),
        status === 200 ? 'application/json' : 'text/plain; charset=utf-8',
      );
    }
  });
}
