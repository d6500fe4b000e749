/** Old clients send IPv4 addresses as numbers. */
import type { Attributes, SpanBatch } from '../../spans/span.ts';

const KEYS = ['ip', 'peer.ipv4'];

/** Writes them with dots, in place. */
export function readableAddresses(batches: readonly SpanBatch[]): void {
  for (const { resource, spans } of batches) {
    dotted(resource);
    for (const span of spans) dotted(span.attributes);
  }
}

function dotted(attributes: Attributes): void {
  for (const key of KEYS) {
    const found = attributes.get(key);
    if (found?.type !== 'int64' && found?.type !== 'float64') continue;
    const address = Number(BigInt.asUintN(32, wholePart(found.value)));
    const bytes = [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff);
    attributes.set(key, { type: 'string', value: bytes.join('.') });
  }
}

function wholePart(value: number | bigint): bigint {
  if (typeof value === 'bigint') return value;
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}
