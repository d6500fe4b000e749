/** One span of a trace's page: a line with its bar, and what it carries on opening it. */
import { durationText } from '../tree/duration-text.ts';
import { remarksOf } from '../tree/remarks.ts';
import type { TreeRow } from '../tree/rows.ts';
import type { LogJson, TagJson } from '../tree/trace-json.ts';
import type { TraceTree, TreeSpan } from '../tree/trace-tree.ts';
import { type Html, html } from './html.ts';
import { MAX_INDENT } from './style.ts';

/** Where the axis of time has its lines. */
export const TICKS = [0, 0.25, 0.5, 0.75, 1];

// Thinner bars cannot be seen.
const MIN_BAR_PERCENT = 0.3;
// So much room, of the whole width, is what a duration needs beside its bar.
const TIME_PERCENT = 14;

/** A row of the trace's page. */
export function spanRow(row: TreeRow, tree: TraceTree, colours: ReadonlyMap<string, number>): Html {
  const { span } = row;
  return html`<details class="c${colours.get(span.service)}">
<summary>${label(row)}${bar(span, tree)}</summary>
${inside(span, tree)}
</details>
`;
}

// What a client has named is in <bdi>: a text that is written from right to left must not turn what stands beside it.
function label({ span, depth }: TreeRow): Html {
  const deeper = depth > MAX_INDENT && html`<span class="mark">(${depth} deep) </span>`;
  return html`<div class="label d${Math.min(depth, MAX_INDENT)}">${deeper}${
    span.reference === 'FOLLOWS_FROM' &&
    html`<span class="mark" title="follows from the span above, which did not wait for it">↝ </span>`
  }<bdi class="service">${span.service}</bdi> <bdi>${span.operation}</bdi>${
    span.kind !== null && html`<span class="kind">${span.kind}</span>`
  }${remarksOf(span).map((remark) => html`<span class="kind">· ${remark}</span>`)}${span.error && html`<span class="bad message">✗ ${span.errorMessage ?? 'failed'}</span>`}${
    span.missingParent !== null &&
    html`<span class="warn message">? its parent ${span.missingParent} is not in the trace</span>`
  }${span.inCircle && html`<span class="warn message">? it is its own ancestor</span>`}</div>`;
}

function bar(span: TreeSpan, tree: TraceTree): Html {
  const whole = Math.max(tree.durationUs, 1);
  const percent = (us: number) => Math.min(100, (us / whole) * 100);
  const width = Math.max(percent(span.durationUs), MIN_BAR_PERCENT);
  const left = Math.min(percent(span.startUs - tree.startUs), 100 - MIN_BAR_PERCENT);
  const style = [span.reference === 'FOLLOWS_FROM' && 'follows', span.error && 'failed'].filter(Boolean);
  return html`<svg role="img" aria-label="${durationText(span.durationUs)}">${TICKS.slice(1, -1).map(
    (part) => html`<line class="tick" x1="${part * 100}%" x2="${part * 100}%" y1="0" y2="100%"/>`,
  )}<rect class="bar ${style.join(' ')}" x="${left.toFixed(3)}%" width="${width.toFixed(3)}%" y="28%" height="44%" rx="2"/>${time(
    span,
    left,
    left + width,
  )}</svg>`;
}

/** The duration: right of the bar, left of it, or in it, where there is room. */
function time({ durationUs }: TreeSpan, left: number, right: number): Html {
  const text = durationText(durationUs);
  if (right + TIME_PERCENT <= 100)
    return html`<text class="time" x="${right.toFixed(3)}%" dx="6" y="50%">${text}</text>`;
  const [place, edge] = left >= TIME_PERCENT ? ['beside', left] : ['within', right];
  return html`<text class="time ${place}" x="${edge.toFixed(3)}%" dx="-6" y="50%">${text}</text>`;
}

function inside(span: TreeSpan, tree: TraceTree): Html {
  const identity: TagJson[] = [
    { key: 'span id', type: 'string', value: span.spanId },
    { key: 'starts after', type: 'string', value: durationText(span.startUs - tree.startUs) },
    { key: 'lasts', type: 'string', value: durationText(span.durationUs) },
  ];
  return html`<div class="inside">
<section>${table(identity)}</section>
${section('Warnings', span.warnings.length > 0 && span.warnings.map((text) => html`<div class="warn">${text}</div>`))}
${section('Tags', span.tags.length > 0 && table(span.tags))}
${span.logs.map((log) => section(`Log after ${durationText(logOffset(log, tree))}`, table(log.fields)))}
${section('Process', span.processTags.length > 0 && table(span.processTags))}
</div>`;
}

function logOffset(log: LogJson, tree: TraceTree): number {
  return Number(log.timestamp) - tree.startUs;
}

function section(heading: string, content: Html | Html[] | false): Html {
  return content === false ? html`` : html`<section><h2>${heading}</h2>${content}</section>`;
}

function table(tags: readonly TagJson[]): Html {
  return html`<table>${tags.map(
    ({ key, value }) => html`<tr><th>${key}</th><td>${String(value)}</td></tr>`,
  )}</table>`;
}
