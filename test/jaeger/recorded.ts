/** What a real Jaeger answered; recorded/README.md says how. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const folder = join(import.meta.dirname, 'recorded');

type RecordedBody = string | { base64: string } | { gzip: string };

interface RecordedCaseFile {
  about: string;
  posts: { headers?: Record<string, string>; body: RecordedBody }[];
  reads: { path: string; status: number; body: RecordedBody | { sameAs: number } }[];
}

/** Batches that were posted, and what was read afterwards. */
export interface RecordedCase {
  name: string;
  posts: { headers: Record<string, string>; body: Uint8Array<ArrayBuffer> }[];
  reads: { path: string; status: number; text: string }[];
}

/** A bad post and its answer. */
export interface RecordedPost {
  note: string;
  /** Method and path. */
  request: string;
  headers?: Record<string, string>;
  body?: 'good' | { base64: string } | { firstBytesOfGood: number };
  status: number;
  contentType: string | null;
  answer: string;
  answerHeaders?: Record<string, string>;
}

/** A query and its answer. */
export interface RecordedQuery {
  request: string;
  status: number;
  answer: string | null;
  sameAsWithoutParameters?: boolean;
}

interface RecordedErrors {
  goodBatch: { base64: string };
  posts: RecordedPost[];
  queries: RecordedQuery[];
}

export const RECORDED_TYPE = { 'Content-Type': 'application/vnd.apache.thrift.binary' };

/** All recorded cases. */
export function loadRecordedCases(): RecordedCase[] {
  return readdirSync(join(folder, 'cases')).map((file) => {
    const { posts, reads } = loadJson<RecordedCaseFile>(join('cases', file));
    const textOf = (body: RecordedCaseFile['reads'][number]['body']): string =>
      typeof body === 'object' && 'sameAs' in body
        ? textOf(reads[body.sameAs]?.body ?? '')
        : Buffer.from(bytesOf(body)).toString();
    return {
      name: basename(file, '.json'),
      posts: posts.map(({ headers, body }) => ({ headers: headers ?? RECORDED_TYPE, body: bytesOf(body) })),
      reads: reads.map(({ path, status, body }) => ({ path, status, text: textOf(body) })),
    };
  });
}

/** The recorded case of this name. */
export function loadRecordedCase(name: string): RecordedCase {
  const found = loadRecordedCases().find((recorded) => recorded.name === name);
  if (found === undefined) throw new Error(`no recorded case ${name}`);
  return found;
}

/** All recorded errors, and the good batch that they are made from. */
export function loadRecordedErrors() {
  const { goodBatch, posts, queries } = loadJson<RecordedErrors>('errors.json');
  return { good: bytesOf(goodBatch), posts, queries };
}

function bytesOf(body: RecordedBody): Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return new Uint8Array(Buffer.from(body));
  if ('base64' in body) return new Uint8Array(Buffer.from(body.base64, 'base64'));
  return new Uint8Array(gunzipSync(Buffer.from(body.gzip, 'base64')));
}

function loadJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(folder, path), 'utf8')) as T;
}
