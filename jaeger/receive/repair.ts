/** What Jaeger mends in spans before it stores them: empty names, and times that run backwards. */
import { timeText } from '../spans/go-time.ts';
import { SERVICE_NAME, type Span, type SpanBatch } from '../spans/span.ts';
import { addWarnings } from '../spans/warnings.ts';

/** Mends the batch in place. */
export function repair(batch: SpanBatch): void {
  const serviceName = batch.resource.get(SERVICE_NAME);
  const replacement =
    serviceName === undefined
      ? 'missing-service-name'
      : serviceName.type === 'string' && serviceName.value === ''
        ? 'empty-service-name'
        : !['string', 'binary'].includes(serviceName.type)
          ? 'service-name-wrong-type'
          : undefined;
  if (replacement !== undefined) batch.resource.set(SERVICE_NAME, { type: 'string', value: replacement });
  for (const span of batch.spans) {
    if (span.name === '') span.name = 'empty-span-name';
    if (span.startNs >= span.endNs) repairEnd(span);
  }
}

function repairEnd(span: Span): void {
  const end = BigInt.asIntN(64, span.startNs + 1n);
  addWarnings(
    span,
    'Negative duration detected, sanitizing end timestamp. ' +
      `Original end timestamp: ${timeText(span.endNs)}, adjusted to: ${timeText(end)}`,
  );
  span.endNs = end;
}
