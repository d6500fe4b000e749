import test from 'ava';
import { Errors } from 'moleculer';
import { describeError } from '../../gateway/errors.ts';
import { PathNotFoundError } from '../../gateway/request-errors.ts';
import helloService from '../../services/hello/hello.service.ts';
import { startGateway } from '../helpers/gateway.ts';

const secret = 'select * from secrets';
const data = { action: 'hello.greet', nodeID: 'node-1' };
const described: [string, unknown, number, string][] = [
  ['a fault of the request', new PathNotFoundError(), 404, 'NOT_FOUND'],
  ['a service nobody has', new Errors.ServiceNotFoundError(data), 503, 'SERVICE_UNAVAILABLE'],
  ['a service that is gone', new Errors.ServiceNotAvailableError(data), 503, 'SERVICE_UNAVAILABLE'],
  ['an open circuit', new Errors.RequestRejectedError(data), 503, 'SERVICE_UNAVAILABLE'],
  ['a full queue', new Errors.QueueIsFullError(data), 503, 'SERVICE_UNAVAILABLE'],
  [
    'a lost connection',
    new Errors.MoleculerRetryableError('', 502, 'BAD_GATEWAY', data),
    503,
    'SERVICE_UNAVAILABLE',
  ],
  ['a call that took too long', new Errors.RequestTimeoutError(data), 504, 'DEADLINE_EXCEEDED'],
  ['a call that came too late', new Errors.RequestSkippedError(data), 504, 'DEADLINE_EXCEEDED'],
  ['an error of the domain', new Errors.MoleculerClientError('Taken', 409, 'TAKEN'), 409, 'TAKEN'],
  ['a client error without a type', new Errors.MoleculerClientError(secret, 409), 500, 'INTERNAL_ERROR'],
  ['an error of a service', new Errors.MoleculerError(secret, 500, 'BROKEN'), 500, 'INTERNAL_ERROR'],
  ['an error in a loop of calls', new Errors.MaxCallLevelError({ level: 9 }), 500, 'INTERNAL_ERROR'],
  [
    'an error with a code that is none',
    Object.assign(new Error(secret), { code: 404, status: 404 }),
    500,
    'INTERNAL_ERROR',
  ],
  [
    'a type that is a property of every object',
    new Errors.MoleculerError(secret, 500, 'toString'),
    500,
    'INTERNAL_ERROR',
  ],
  ['an error of the language', new TypeError(secret), 500, 'INTERNAL_ERROR'],
  ['a thrown text', secret, 500, 'INTERNAL_ERROR'],
  ['nothing at all', undefined, 500, 'INTERNAL_ERROR'],
];
for (const [title, error, status, code] of described) {
  test(`${title} is ${status} ${code}, and tells nothing of ours`, (t) => {
    const answer = describeError(error);
    t.like(answer, { status, code });
    t.notRegex(answer.message, /secrets|node-1|hello/);
  });
}

test('a validation error has its fields, without what Moleculer adds to them', (t) => {
  const problem = { field: 'name', message: 'is required' };
  const error = new Errors.ValidationError('no', 'VALIDATION_ERROR', [
    { ...problem, nodeID: 'n', action: 'a' },
  ]);
  t.deepEqual(describeError(error).details, [problem]);
  const odd = new Errors.ValidationError('no', 'VALIDATION_ERROR', { name: 'hidden' });
  t.false('details' in describeError(odd));
});

test('an error that nobody foresaw is 500 without its message, which is in the log and in the span', async (t) => {
  const broken = {
    ...helloService,
    actions: {
      greet: () => {
        throw new TypeError(secret);
      },
    },
  };
  const { send, tracing, logLines } = await startGateway(t, { services: [broken] });
  const { status, json, headers, text } = await send('GET', '/hello/Ada');
  t.is(status, 500);
  t.deepEqual(json.error, {
    code: 'INTERNAL_ERROR',
    message: 'Something went wrong on our side',
    traceId: headers['x-trace-id'],
  });
  t.notRegex(text, /secrets/);
  const [line] = logLines();
  t.like(line, {
    level: 50,
    status: 500,
    err: { type: 'TypeError', message: secret },
    traceId: json.error.traceId,
  });
  t.true(tracing.spans.every(({ tags }) => tags['error'] === true));
  const root = tracing.spans.find(({ operation }) => operation === 'GET /hello/:name');
  t.regex(JSON.stringify(root?.logs), /TypeError.*secrets/);
});

test('a service that is not there is 503 within a moment', async (t) => {
  const { send } = await startGateway(t, { services: [] });
  const { status, json, headers } = await send('GET', '/hello/Ada');
  t.is(status, 503);
  t.like(json.error, { code: 'SERVICE_UNAVAILABLE', traceId: headers['x-trace-id'] });
});

test('a service that does not answer in time is 504', async (t) => {
  const slow = { ...helloService, actions: { greet: () => new Promise(() => {}) } };
  const { send } = await startGateway(t, { services: [slow], app: { deadlineMs: 20 } });
  const { status, json } = await send('GET', '/hello/Ada');
  t.is(status, 504);
  t.is(json.error.code, 'DEADLINE_EXCEEDED');
});
