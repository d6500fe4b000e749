/** Reads the body of a request, bounded, and unpacks it. */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, type InputType, inflate, zstdDecompress } from 'node:zlib';
import { CodedError } from '#shared/errors.ts';

/** A body that cannot be taken; `status` and the message are the answer. */
export class RequestBodyError extends CodedError {
  readonly code = 'REQUEST_BODY';
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

type Unpack = (packed: InputType, options: { maxOutputLength: number }) => Promise<Buffer>;

const UNPACKERS: Readonly<Record<string, Unpack>> = {
  gzip: promisify<InputType, { maxOutputLength: number }, Buffer>(gunzip),
  deflate: promisify<InputType, { maxOutputLength: number }, Buffer>(inflate),
  zlib: promisify<InputType, { maxOutputLength: number }, Buffer>(inflate),
  zstd: promisify<InputType, { maxOutputLength: number }, Buffer>(zstdDecompress),
};

// A client reads its answer only once it has sent all: so much of a body that is too large is read and thrown away.
const DRAINED_BODIES = 8;

/**
 * The whole body, unpacked as its Content-Encoding says.
 * @param maxBytes of the body as sent and as unpacked alike
 * @throws {RequestBodyError}
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const body = await readAll(request, maxBytes);
  const encoding = request.headers['content-encoding'] ?? '';
  if (encoding === '') return body;
  const unpack = Object.hasOwn(UNPACKERS, encoding) ? UNPACKERS[encoding] : undefined;
  if (unpack === undefined) throw new RequestBodyError(400, `unsupported Content-Encoding: ${encoding}`);
  try {
    return await unpack(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if (isTooLarge(error)) throw tooLarge();
    const detail = error instanceof Error ? error.message : String(error);
    throw new RequestBodyError(400, `${encoding}: ${detail}`, { cause: error });
  }
}

async function readAll(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
    if (size > maxBytes * DRAINED_BODIES) break;
  }
  if (size > maxBytes) throw tooLarge();
  return Buffer.concat(chunks);
}

// Jaeger's words, and its status: 413 would be right.
function tooLarge(): RequestBodyError {
  return new RequestBodyError(500, 'Unable to process request body: http: request body too large');
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
