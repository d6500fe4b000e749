/** `npm start` where the environment sends spans to an agent, as that of an older deployment does. */
import test from 'ava';
import { createFileOwner } from '../helpers/file-owner.ts';
import { startEverything } from '../helpers/npm-start.ts';
import { picture, readTrace, USER_TEST } from '../helpers/traces.ts';

const owner = createFileOwner();

test('spans that go over UDP are shown by the stand-in', async (t) => {
  const env = { JAEGER_AGENT_HOST: '127.0.0.1' };
  const { gatewayUrl, queryUrl } = await startEverything(owner, { env });
  const response = await fetch(`${gatewayUrl}/user/test`);
  const traceId = response.headers.get('x-trace-id') ?? '';
  const tree = await readTrace(queryUrl, traceId, { spans: USER_TEST.spans });
  t.is(picture(tree), USER_TEST.picture);
});
