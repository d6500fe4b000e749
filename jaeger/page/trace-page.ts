/** The page of one trace: its tree, with bars on one axis of time. */
import type { Answer } from '../http/answer.ts';
import { durationText } from '../tree/duration-text.ts';
import { rowsOf } from '../tree/rows.ts';
import { serviceColours } from '../tree/service-colours.ts';
import type { TraceJson } from '../tree/trace-json.ts';
import { type TraceTree, treeOf } from '../tree/trace-tree.ts';
import { pageAnswer, pageHead } from './document.ts';
import { type Html, html } from './html.ts';
import { momentText } from './moment-text.ts';
import { serviceList } from './service-list.ts';
import { spanRow, TICKS } from './span-row.ts';

// A browser draws some thousand rows well, and a page of some megabytes.
const MAX_ROWS = 3000;
const MAX_CHARACTERS = 8_000_000;

/** The page of a trace. */
export function tracePage(trace: TraceJson): Answer {
  const tree = treeOf(trace);
  const rows = drawRows(tree);
  const root = tree.roots.find((span) => span.missingParent === null) ?? tree.roots[0];
  const title = root === undefined ? trace.traceID : `${root.service}: ${root.operation}`;
  const content = html`${pageHead(title)}
<main>
${facts(tree)}
${axis(tree.durationUs)}
${rows}
${
  rows.length < tree.spanCount &&
  html`<footer>${tree.spanCount - rows.length} more spans are not drawn: see <a href="/api/traces/${trace.traceID}">all of them as JSON</a>.</footer>`
}
</main>`;
  return pageAnswer(`${title} (${durationText(tree.durationUs)})`, content);
}

/** As many rows as one page holds. */
function drawRows(tree: TraceTree): Html[] {
  const colours = serviceColours(tree.services);
  const drawn: Html[] = [];
  let characters = 0;
  for (const row of rowsOf(tree)) {
    if (drawn.length === MAX_ROWS || characters > MAX_CHARACTERS) break;
    const markup = spanRow(row, tree, colours);
    characters += markup.text.length;
    drawn.push(markup);
  }
  return drawn;
}

function facts(tree: TraceTree): Html {
  const missing = tree.missingParents.length;
  return html`<div class="facts">
<span class="id">${tree.traceId}</span>
<span>${momentText(tree.startUs)}</span>
<span><b>${durationText(tree.durationUs)}</b></span>
<span><b>${tree.spanCount}</b> ${tree.spanCount === 1 ? 'span' : 'spans'}</span>
${tree.errorCount > 0 && html`<span class="bad"><b>${tree.errorCount}</b> failed</span>`}
${missing > 0 && html`<span class="warn"><b>${missing}</b> ${missing === 1 ? 'parent' : 'parents'} missing</span>`}
${serviceList(tree.services)}
<a href="/api/traces/${tree.traceId}">JSON</a>
</div>`;
}

function axis(durationUs: number): Html {
  const ticks = TICKS.map((part) => {
    const anchor = part === 0 ? 'start' : part === 1 ? 'end' : 'middle';
    return html`<text x="${part * 100}%" y="70%" text-anchor="${anchor}">${durationText(Math.round(durationUs * part))}</text>`;
  });
  return html`<div class="axis"><span></span><svg aria-hidden="true">${ticks}</svg></div>`;
}
