/** The list of the latest traces: where a person who opens the UI begins. */
import type { Answer } from '../http/answer.ts';
import type { TraceStore, TraceStoreStats } from '../store/trace-store.ts';
import { summaryOf, type TraceSummary } from '../store/trace-summary.ts';
import { durationText } from '../tree/duration-text.ts';
import { pageAnswer, pageHead } from './document.ts';
import { type Html, html } from './html.ts';
import { momentText } from './moment-text.ts';
import { serviceList } from './service-list.ts';

const MAX_LISTED = 50;

/** The list's page. */
export function searchPage(store: TraceStore): Answer {
  const latest = store.latest(MAX_LISTED).map(([traceId, batches]) => summaryOf(traceId, batches));
  const stats = store.stats();
  const content = html`${pageHead('Latest traces')}
<main>
${latest.length === 0 ? emptyHint() : list(latest)}
<footer>${storeText(stats)}</footer>
</main>`;
  return pageAnswer('Latest traces', content);
}

function list(summaries: readonly TraceSummary[]): Html {
  return html`<table class="list">
<tr><th>started</th><th>trace</th><th>services</th><th class="number">spans</th><th class="number">duration</th></tr>
${summaries.map(row)}
</table>`;
}

function row(summary: TraceSummary): Html {
  return html`<tr>
<td class="when">${momentText(summary.startUs)}</td>
<td><bdi><a href="/trace/${summary.traceId}">${summary.name}</a></bdi>${
    summary.errorCount > 0 && html` <span class="bad">✗ ${summary.errorCount} failed</span>`
  }</td>
<td>${serviceList(summary.services)}</td>
<td class="number">${summary.spanCount}</td>
<td class="number">${durationText(summary.durationUs)}</td>
</tr>
`;
}

function emptyHint(): Html {
  return html`<div class="empty"><h2>No trace has come yet</h2>
<p>Send a request to the gateway: its trace is here as soon as its spans are, within about a second.</p>
<pre>curl -i http://127.0.0.1:3000/user/test</pre>
<p>The answer's <code>x-trace-id</code> opens it directly, at <code>/trace/</code> and the id.</p></div>`;
}

function storeText(stats: TraceStoreStats): string {
  const mebibytes = (stats.bytes / 2 ** 20).toFixed(1);
  const kept = `In memory: ${stats.traces} traces, ${stats.spans} spans, about ${mebibytes} MiB.`;
  if (stats.evictedTraces === 0) return kept;
  return `${kept} Older ones that had to go: ${stats.evictedTraces} traces, ${stats.evictedSpans} spans.`;
}
