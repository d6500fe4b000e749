/** What the middleware for Koa is told, checked. */
import { TracingOptionsError } from './errors.ts';
import type { KoaOptions } from './koa.ts';
import type { TrustPolicy } from './propagation/trust.ts';
import { TRUTH } from './setting-kinds.ts';
import { SettingReader } from './setting-reader.ts';
import { TRUST } from './settings.ts';

/** The options, with `trust` for a policy where they name none; throws one {@link TracingOptionsError} that names all that is wrong. */
export function readKoaOptions(options: KoaOptions, trust: TrustPolicy): KoaOptions & { trust: TrustPolicy } {
  const reader = new SettingReader({ ...options }, {});
  const checked = {
    trust: reader.read(TRUST, 'trust') ?? trust,
    query: reader.read(TRUTH, 'query'),
    ignore: reader.list('ignore'),
    headers: reader.list('headers')?.map((name) => name.toLowerCase()), // as Node has them
  };
  if (reader.problems.length > 0) throw new TracingOptionsError(reader.problems);
  return { ...options, ...checked };
}
