/** Makes requests out of the description of an operation: good ones, odd ones, and hostile ones. */
import fc, { type Arbitrary } from 'fast-check';

/** An operation, as far as it is read here. */
export interface Operation {
  operationId: string;
  security?: unknown;
  parameters?: { name: string; in: 'path' | 'query'; schema: Schema }[];
  requestBody?: { content: { 'application/json': { schema: Schema } } };
  responses: Record<string, Response>;
}

interface Response {
  headers?: object;
  content?: Record<string, { schema: { $ref?: string } }>;
}

interface Schema {
  type?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
}

/** Somebody who has signed in. */
export interface SignedIn {
  id: string;
  token: string;
  credentials: { email: string; password: string };
}

/** A request that can be sent. */
export interface AnyRequest {
  target: string;
  body: string | undefined;
  headers: Record<string, string>;
}

/** All operations of a description. */
export function operationsOf(paths: Record<string, Record<string, Operation>>) {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      operation,
    })),
  );
}

const HOSTILE_TEXTS = [
  '',
  ' ',
  "' OR 1=1; DROP TABLE users; --",
  '" UNION SELECT password_hash FROM users --',
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '%00',
  'a\0b',
  'a\r\nset-cookie: x=1',
  '__proto__',
  'constructor',
  'toString',
  '{{7*7}}',
  '-1',
  '1e999',
  'NaN',
  'null',
  'true',
  '\ufeff',
  'ﷺ'.repeat(50),
  'x'.repeat(2000),
];

const hostileText = fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: 'binary', maxLength: 40 }));
const hostileValue = fc.oneof(
  hostileText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, [], {}, -1, 0, 1e308, 0.5, true, { $gt: '' }, [['x']]),
);

/** Requests to this operation. */
export function anyRequestTo({
  path,
  operation,
  user,
}: {
  path: string;
  operation: Operation;
  user: SignedIn;
}): Arbitrary<AnyRequest> {
  const { parameters = [], requestBody } = operation;
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const pathValues = fc.record(
    Object.fromEntries(inPath.map(({ name, schema }) => [name, pathValue(name, schema, user)])),
  );
  const query = queryOf(inQuery.map(({ name, schema }) => [name, schema]));
  const schema = requestBody?.content['application/json'].schema;
  const known = path.endsWith('/login') ? [fc.constant(user.credentials)] : [];
  const body = schema ? bodyOf(schema, known) : fc.constant(undefined);
  return fc.record({ pathValues, query, body, headers: headersOf(operation, user) }).map((parts) => ({
    target: targetOf(path, parts.pathValues) + parts.query,
    body: parts.body,
    headers: parts.headers,
  }));
}

function pathValue(name: string, schema: Schema, { id }: SignedIn): Arbitrary<string> {
  const good = name === 'id' ? fc.constant(id) : goodText(schema);
  return fc.oneof({ weight: 3, arbitrary: good }, { weight: 1, arbitrary: hostileText });
}

/** An empty or dotted part would be another path, as URLs have it. */
function targetOf(path: string, values: Record<string, string>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? '';
    return value === '' ? 'x' : encodeURIComponent(value.toWellFormed());
  });
}

function queryOf(fields: [string, Schema][]): Arbitrary<string> {
  if (fields.length === 0) return fc.constant('');
  const good = fc.record(
    Object.fromEntries(fields.map(([name, schema]) => [name, goodValue(schema).map(String)])),
    {
      requiredKeys: [],
    },
  );
  const names = fc.oneof(fc.constantFrom(...fields.map(([name]) => name)), hostileText);
  const hostile = fc.array(fc.tuple(names, hostileText), { maxLength: 3 });
  return fc
    .oneof(
      good.map((fields): [string, unknown][] => Object.entries(fields)),
      hostile,
    )
    .map((pairs: [string, unknown][]) => {
      const search = new URLSearchParams(
        pairs.map(([name, value]): [string, string] => [name, String(value)]),
      ).toString();
      return search === '' ? '' : `?${search}`;
    });
}

function bodyOf(schema: Schema, known: Arbitrary<unknown>[]): Arbitrary<string> {
  const good = fc.oneof(goodValue(schema), ...known);
  const oneFieldBad = fc
    .tuple(
      good,
      fc.oneof(fc.constantFrom(...Object.keys(schema.properties ?? {})), hostileText),
      hostileValue,
    )
    .map(([fields, name, value]) => ({ ...(fields as object), [name]: value }));
  const json = fc.oneof({ weight: 2, arbitrary: good }, { weight: 3, arbitrary: oneFieldBad }, hostileValue);
  return fc.oneof(
    { weight: 5, arbitrary: json.map((value) => JSON.stringify(value)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', '{', '[]', 'null', '{"a":}', `{"name":"${'x'.repeat(120_000)}"}`),
    },
  );
}

function headersOf({ security }: Operation, { token }: SignedIn): Arbitrary<Record<string, string>> {
  const authorization = `Bearer ${token}`;
  const bad = [
    {},
    { authorization: 'Bearer x' },
    { authorization: `${authorization}x` },
    { authorization: 'Basic eA==' },
  ];
  const type = fc.constantFrom({}, {}, {}, { 'content-type': 'text/plain' });
  const who = fc.oneof(
    { weight: security ? 4 : 1, arbitrary: fc.constant({ authorization }) },
    { weight: 1, arbitrary: fc.constantFrom(...bad) },
  );
  return fc.tuple(type, who).map(([one, other]) => ({ ...one, ...other }) as Record<string, string>);
}

function goodValue(schema: Schema): Arbitrary<unknown> {
  switch (schema.type) {
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([name, field]) => [name, goodValue(field)]),
        ),
        { requiredKeys: schema.required ?? [] },
      );
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1000, 1000) });
    case 'boolean':
      return fc.boolean();
    default:
      return goodText(schema);
  }
}

function goodText({ format, minLength = 0, maxLength = 100 }: Schema): Arbitrary<string> {
  if (format === 'email') return fc.uuid().map((id) => `${id}@example.org`);
  const length = Math.min(maxLength, minLength + 20);
  return fc
    .stringMatching(/^[a-zA-Z ]*[a-zA-Z]$/, { maxLength: length })
    .map((text) => text.padEnd(minLength, 'x'));
}
