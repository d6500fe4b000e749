import { crc32 } from 'node:zlib';
import type { Payload } from './payload.ts';

/**
 * A spool file, numbers big-endian:
 *
 *      0  4  magic "TMSP"
 *      4  2  version, 1
 *      6  2  length of the content type
 *      8  2  length of the endpoint kind
 *     10  2  zero
 *     12  4  spans
 *     16  4  length of the payload
 *     20  4  CRC-32 of all else
 *     24     content type, endpoint kind (UTF-8), payload
 */
const MAGIC = 0x544d5350;
const VERSION = 1;
const HEADER_BYTES = 24;
const CHECKSUM_AT = 20;

/** Which collectors a payload is for: those that take this content type at this kind of endpoint. */
export interface SpoolKind {
  readonly contentType: string;
  /** The endpoint's path, such as `/api/traces`: the same wherever the collector has moved meanwhile. */
  readonly endpointKind: string;
}

/** What is in a spool file. */
export interface SpooledPayload {
  readonly payload: Payload;
  readonly kind: SpoolKind;
}

/** Puts a payload's header in front of it: both together are the file. */
export function formatSpoolHeader(payload: Payload, kind: SpoolKind): Buffer {
  const contentType = Buffer.from(kind.contentType);
  const endpointKind = Buffer.from(kind.endpointKind);
  const header = Buffer.alloc(HEADER_BYTES + contentType.byteLength + endpointKind.byteLength);
  header.writeUInt32BE(MAGIC, 0);
  header.writeUInt16BE(VERSION, 4);
  header.writeUInt16BE(contentType.byteLength, 6);
  header.writeUInt16BE(endpointKind.byteLength, 8);
  header.writeUInt32BE(payload.spans, 12);
  header.writeUInt32BE(payload.bytes.byteLength, 16);
  contentType.copy(header, HEADER_BYTES);
  endpointKind.copy(header, HEADER_BYTES + contentType.byteLength);
  header.writeUInt32BE(crc32(payload.bytes, crc32(header)), CHECKSUM_AT);
  return header;
}

/** How long such a header is, in bytes. */
export function measureSpoolHeader({ contentType, endpointKind }: SpoolKind): number {
  return HEADER_BYTES + Buffer.byteLength(contentType) + Buffer.byteLength(endpointKind);
}

/** Reads a file; undefined where it is torn, altered or of another version or origin. */
export function parseSpoolFile(file: Buffer): SpooledPayload | undefined {
  if (file.byteLength < HEADER_BYTES) return undefined;
  if (file.readUInt32BE(0) !== MAGIC || file.readUInt16BE(4) !== VERSION) return undefined;
  const kindAt = HEADER_BYTES + file.readUInt16BE(6);
  const payloadAt = kindAt + file.readUInt16BE(8);
  if (file.byteLength !== payloadAt + file.readUInt32BE(16)) return undefined;
  const checksum = file.readUInt32BE(CHECKSUM_AT);
  const unsigned = Buffer.from(file.subarray(0, payloadAt));
  unsigned.writeUInt32BE(0, CHECKSUM_AT);
  const bytes = file.subarray(payloadAt);
  if (crc32(bytes, crc32(unsigned)) !== checksum) return undefined;
  return {
    payload: { bytes, spans: file.readUInt32BE(12) },
    kind: {
      contentType: file.toString('utf8', HEADER_BYTES, kindAt),
      endpointKind: file.toString('utf8', kindAt, payloadAt),
    },
  };
}

/** Eight hex digits that stand for a kind in a file's name. */
export function hashKind({ contentType, endpointKind }: SpoolKind): string {
  return crc32(`${contentType}\n${endpointKind}`).toString(16).padStart(8, '0');
}
