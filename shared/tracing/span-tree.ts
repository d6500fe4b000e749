/**
 * Traces as pictures: the tree of a trace as indented text, a line a span.
 *
 *     gateway GET /users/:id (server)
 *       gateway users.get (client)
 *         users users.get (server)
 *           users SELECT users (client)
 *
 * A failed span ends in `ERROR`; one that follows from its parent instead of being its child begins with `~`.
 */
import type { RecordedSpan } from './backends/memory.ts';

/** What a picture shows beside services, names and kinds, and in which order. */
export interface PictureOptions {
  /** Tags to show behind each span that has them, as `name=value`. @default none */
  tags?: readonly string[];
  /** More words behind each span. @default none */
  words?: (span: RecordedSpan) => readonly string[];
  /**
   * How siblings are ordered: by their start, or by what is drawn of them.
   * @default by start; those that ran at the same time by what is drawn, because which came first is chance
   */
  siblings?: 'start' | 'name';
}

/** A span with all that is below it, as lines. */
interface Drawn {
  readonly span: RecordedSpan;
  readonly lines: readonly string[];
}

/** The picture of all traces among `spans`; see the head of this file. */
export function spanTree(spans: readonly RecordedSpan[], options: PictureOptions = {}): string {
  const key = (traceId: string, spanId: string | undefined): string => `${traceId} ${spanId}`;
  const ids = new Set(spans.map(({ traceId, spanId }) => key(traceId, spanId)));
  const children = Map.groupBy(spans, ({ traceId, parentId }) => {
    const parent = key(traceId, parentId);
    return ids.has(parent) ? parent : '';
  });
  const draw = (parent: string): string[] => {
    const drawn = (children.get(parent) ?? []).map((span) => {
      const below = draw(key(span.traceId, span.spanId)).map((text) => `  ${text}`);
      return { span, lines: [line(span, options), ...below] };
    });
    return inOrder(drawn, options.siblings).flatMap(({ lines }) => lines);
  };
  return draw('').join('\n');
}

function line(span: RecordedSpan, options: PictureOptions): string {
  const { service, operation, tags, references, parentId } = span;
  const follows = references.some(({ type, spanId }) => type === 'follows_from' && spanId === parentId);
  const kind = tags['span.kind'];
  const shown = (options.tags ?? []).filter((name) => name in tags).map((name) => `${name}=${tags[name]}`);
  return [
    follows ? '~' : '',
    service,
    operation,
    kind === undefined ? '' : `(${kind})`,
    tags['error'] === true ? 'ERROR' : '',
    ...shown,
    ...(options.words?.(span) ?? []),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function inOrder(drawn: readonly Drawn[], siblings: PictureOptions['siblings']): Drawn[] {
  if (siblings === 'name') return drawn.toSorted(byText);
  const byStart = drawn.toSorted((a, b) => a.span.startUs - b.span.startUs || byText(a, b));
  return siblings === 'start' ? byStart : atOnce(byStart).flatMap((together) => together.toSorted(byText));
}

/** Those that ran at the same time, also by way of others, together. */
function atOnce(byStart: readonly Drawn[]): Drawn[][] {
  const groups: Drawn[][] = [];
  let endUs = Number.NEGATIVE_INFINITY;
  for (const drawn of byStart) {
    const { startUs, durationUs } = drawn.span;
    if (startUs < endUs) groups.at(-1)?.push(drawn);
    else groups.push([drawn]);
    endUs = Math.max(endUs, startUs + durationUs);
  }
  return groups;
}

/** Not by locale: a picture is the same everywhere. */
function byText(a: Drawn, b: Drawn): number {
  const [textA, textB] = [a.lines.join('\n'), b.lines.join('\n')];
  return textA < textB ? -1 : textA > textB ? 1 : 0;
}
