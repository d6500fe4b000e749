/** The style of the pages, light or dark as the reader's system is. */
import { COLOUR_COUNT } from '../tree/service-colours.ts';

/** The colours of services: dark enough for white paper, light enough for a dark screen. */
const COLOURS: readonly (readonly [light: string, dark: string])[] = [
  ['#1668c5', '#6cb2ff'],
  ['#52677a', '#a9c0d4'],
  ['#107c56', '#4fd6a3'],
  ['#8b3fc4', '#cf9bff'],
  ['#0b7a8f', '#54cfe3'],
  ['#a8326f', '#ff90c2'],
  ['#5f7a12', '#b4d455'],
  ['#4a56c8', '#a3aeff'],
  ['#8a6a00', '#e8c54a'],
  ['#2f7d32', '#8fd98f'],
  ['#7a4f3a', '#d9ab90'],
  ['#b2560d', '#ffab6b'],
];

const colourRules = COLOURS.slice(0, COLOUR_COUNT)
  .map(([light, dark], index) => `.c${index}{--c:light-dark(${light},${dark})}`)
  .join('\n');

/** How deep rows are indented; deeper ones stay there and say how deep they are. */
export const MAX_INDENT = 24;

const indentRules = Array.from(
  { length: MAX_INDENT + 1 },
  (_, depth) => `.d${depth}{padding-left:${(depth * 1.1 + 0.4).toFixed(1)}rem}`,
).join('\n');

export const STYLE = `
:root{color-scheme:light dark;--paper:light-dark(#fff,#14171c);--soft:light-dark(#f5f6f8,#1b1f26);
--ink:light-dark(#1c2128,#e4e8ee);--dim:light-dark(#626c78,#98a3b1);--rule:light-dark(#e3e6ea,#2a3038);
--bad:light-dark(#c62828,#ff7b72);--warn:light-dark(#946200,#e3b341);--link:light-dark(#0b5cad,#79b8ff)}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:14px/1.45 system-ui,sans-serif}
a{color:var(--link);text-decoration:none}
a:hover{text-decoration:underline}
code,.id,td,th,pre{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12.5px}
header{display:flex;gap:1rem;align-items:center;padding:.7rem 1.2rem;border-bottom:1px solid var(--rule);background:var(--soft)}
header h1{font-size:1.05rem;font-weight:600;margin:0;flex:1;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
header .home{font-weight:600}
input{font:inherit;font-size:13px;color:inherit;background:var(--paper);border:1px solid var(--rule);border-radius:6px;padding:.3rem .6rem}
main{padding:0 1.2rem 3rem}
.facts{display:flex;flex-wrap:wrap;gap:.35rem 1.4rem;align-items:baseline;padding:.8rem 0;color:var(--dim)}
.facts b{color:var(--ink);font-weight:600}
.facts .id{color:var(--ink);user-select:all}
.service{color:var(--c);font-weight:600;white-space:nowrap}
.service::before{content:"";display:inline-block;width:.62em;height:.62em;border-radius:50%;background:var(--c);margin-right:.4em}
.bad,.facts .bad b{color:var(--bad)}
.warn,.facts .warn b{color:var(--warn)}
.axis,summary{display:grid;grid-template-columns:minmax(16rem,42%) 1fr}
.axis{position:sticky;top:0;z-index:1;background:var(--paper);border-bottom:1px solid var(--rule);color:var(--dim);font-size:12px}
.axis svg{width:100%;height:1.6rem;overflow:visible}
.axis text{fill:var(--dim);font-size:11.5px}
details{border-bottom:1px solid var(--rule)}
details[open]{background:var(--soft)}
summary{cursor:pointer;list-style:none;align-items:center;min-height:1.9rem}
summary::-webkit-details-marker{display:none}
summary:hover{background:var(--soft)}
summary:focus-visible{outline:2px solid var(--link);outline-offset:-2px}
.label{min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;padding:.15rem .6rem .15rem .4rem;border-right:1px solid var(--rule)}
.label .message{display:block;overflow:hidden;text-overflow:ellipsis;font-size:12.5px}
.kind{color:var(--dim);font-size:11.5px;margin-left:.4em}
.mark{color:var(--dim)}
summary svg{width:100%;height:1.9rem;overflow:hidden}
.tick{stroke:var(--rule);stroke-width:1}
.bar{fill:var(--c);stroke:var(--c);stroke-width:1.5}
.bar.follows{fill-opacity:.3;stroke-dasharray:4 3}
.bar.failed{stroke:var(--bad);stroke-width:2.5}
.time{fill:var(--dim);font-size:11.5px;dominant-baseline:central}
.time.beside,.time.within{text-anchor:end}
.time.within{fill:var(--paper)}
.follows+.time.within{fill:var(--ink)}
.inside{padding:.3rem 1rem 1rem 1.4rem;display:flex;flex-wrap:wrap;gap:.8rem 3.5rem}
.inside section{max-width:100%;min-width:0}
.inside h2{font-size:12px;font-weight:600;margin:0 0 .2rem;color:var(--dim);text-transform:uppercase;letter-spacing:.04em}
table{border-collapse:collapse;width:100%}
.inside table{width:auto;max-width:100%}
td,th{text-align:left;padding:.12rem 1.2rem .12rem 0;vertical-align:top;font-weight:400}
.inside th{color:var(--dim);white-space:nowrap}
.inside td{white-space:pre-wrap;overflow-wrap:anywhere}
.list th{color:var(--dim);border-bottom:1px solid var(--rule);font-size:12px;padding-top:.8rem}
.list td{border-bottom:1px solid var(--rule);font-family:inherit;font-size:14px;padding:.4rem 1.2rem .4rem 0}
.list .number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.list .when{white-space:nowrap;color:var(--dim);font-variant-numeric:tabular-nums}
.list .service{margin-right:.8rem;font-weight:400}
.empty{max-width:46rem;margin:3rem auto;line-height:1.6}
.empty pre{background:var(--soft);border:1px solid var(--rule);border-radius:6px;padding:.7rem 1rem;overflow-x:auto}
@media(max-width:48rem){header{flex-wrap:wrap}header h1{flex-basis:100%;order:1}.axis text:not(:first-child,:last-child){display:none}.list td:nth-child(3),.list th:nth-child(3){display:none}}
footer{padding:1rem 0;color:var(--dim);font-size:12.5px}
${colourRules}
${indentRules}
`;
