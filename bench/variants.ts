/** What is compared. */
import type { InstrumentName, NodeSettings } from './nodes/node-settings.ts';

/** One way to run the mesh. */
export interface Variant {
  /** How it is named on the command line and in the results. */
  readonly name: string;
  /** How it is named in the table. */
  readonly title: string;
  readonly gateway: NodeSettings['gateway'];
  readonly instrument: InstrumentName;
  readonly sampleRate: number;
  /** Spans that one sampled request makes, in all three processes. */
  readonly spans: number;
  /** A package of `bench/peers/package.json` without which it cannot run. */
  readonly needs?: string;
}

const KOA = { gateway: 'koa', sampleRate: 1 } as const;

/** The mesh without tracing, which each variant is paired with. */
export const UNTRACED: Variant = {
  ...KOA,
  name: 'untraced',
  title: 'untraced (the noise floor)',
  instrument: 'untraced',
  spans: 0,
};

/** This project's tracing, every trace recorded. */
export const SAMPLED: Variant = {
  ...KOA,
  name: 'sampled',
  title: 'Tracemesh, all sampled',
  instrument: 'tracemesh',
  spans: 5,
};

/** All variants, in the order of the table. */
export const VARIANTS: readonly Variant[] = [
  UNTRACED,
  {
    ...UNTRACED,
    name: 'renewing',
    title: 'untraced, its pending requests renewed as ours are',
    instrument: 'renewing',
  },
  SAMPLED,
  { ...SAMPLED, name: 'one-percent', title: 'Tracemesh, 1% sampled', sampleRate: 0.01 },
  { ...SAMPLED, name: 'unsampled', title: 'Tracemesh, none sampled', sampleRate: 0 },
  {
    ...SAMPLED,
    name: 'jaeger-client',
    title: 'Tracemesh over jaeger-client, all sampled',
    instrument: 'tracemesh-jaeger-client',
  },
  {
    ...KOA,
    name: 'naive',
    title: 'usual jaeger-client middleware, all sampled',
    instrument: 'naive-jaeger-client',
    spans: 3,
  },
  {
    ...KOA,
    name: 'naive-unsampled',
    title: 'usual jaeger-client middleware, none sampled',
    instrument: 'naive-jaeger-client',
    spans: 3,
    sampleRate: 0,
  },
  {
    ...UNTRACED,
    name: 'moleculer-web',
    title: 'moleculer-web, untraced',
    gateway: 'moleculer-web',
    needs: 'moleculer-web',
  },
  {
    ...KOA,
    name: 'moleculer-exporter',
    title: "moleculer-web, Moleculer's Jaeger exporter",
    gateway: 'moleculer-web',
    instrument: 'moleculer-exporter',
    spans: 4,
    needs: 'moleculer-web',
  },
  {
    ...KOA,
    name: 'opentelemetry',
    title: 'OpenTelemetry SDK',
    instrument: 'opentelemetry',
    spans: 5,
    needs: '@opentelemetry/sdk-trace',
  },
];
