/**
 * What Jaeger changes in a trace each time it is read, in its order: ids made unique, things sorted, doubles dropped,
 * clock skew looked for, addresses and library tags put right, void references dropped.
 */
import type { SpanBatch } from '../../spans/span.ts';
import { separateClientAndServer } from './client-server-ids.ts';
import { addClockSkewWarnings } from './clock-skew.ts';
import { dropIdenticalSpans } from './identical-spans.ts';
import { moveLibraryTags } from './library-tags.ts';
import { readableAddresses } from './readable-addresses.ts';
import { sortAttributesAndEvents } from './sort.ts';
import { dropVoidLinks } from './void-links.ts';

/** Adjusts the batches of one trace in place. */
export function adjustTrace(batches: SpanBatch[]): void {
  separateClientAndServer(batches);
  sortAttributesAndEvents(batches);
  dropIdenticalSpans(batches);
  addClockSkewWarnings(batches);
  readableAddresses(batches);
  moveLibraryTags(batches);
  dropVoidLinks(batches);
}
