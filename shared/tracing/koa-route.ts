/** Koa: the route that a request is for, as a pattern. */
import type { Context } from 'koa';

/** What @koa/router leaves on the context, and koa-mount. */
interface RouterState {
  readonly _matchedRoute?: unknown;
  readonly mountPath?: unknown;
  readonly matched?: readonly Layer[];
}

/** A route of @koa/router. */
interface Layer {
  readonly path: unknown;
  readonly methods: readonly string[];
  match?(path: string): boolean;
}

/**
 * The pattern of the route that answered, or would have: a guard in front of it (`router.use`) matches too, but carries
 * no method. Undefined where no route is for this path and method.
 */
export function matchedRoute(ctx: Context): string | undefined {
  const { _matchedRoute: latest, matched = [], mountPath } = ctx as RouterState;
  let route: Layer | undefined;
  for (const layer of matched) {
    if (!layer.methods.includes(ctx.method)) continue;
    route = layer;
    if (layer.path === latest) break;
  }
  if (route === undefined) return undefined;
  return typeof mountPath === 'string' ? mounted(route, mountPath, ctx) : String(route.path);
}

/** What applications are mounted at; a name that is longer, or has a number for a part, may come from the client. */
const MOUNT_PATHS = /^(\/[a-z][\w-]{0,23}){1,5}$/i;

/**
 * The route with the path at which its application is mounted, which may be mounted itself: koa-mount leaves only the
 * innermost of these, so it is looked for where the rest of the path is the route's. A route of the outer application
 * is as it is.
 */
function mounted(layer: Layer, mountPath: string, { originalUrl }: Context): string {
  const route = String(layer.path);
  const asked = originalUrl.split('?', 1)[0] as string;
  const innermost = mountPath.replace(/\/$/, '');
  if (innermost === '') return route;
  for (let at = asked.indexOf(innermost); at !== -1; at = asked.indexOf(innermost, at + 1)) {
    const end = at + innermost.length;
    const rest = asked.slice(end) || '/';
    if (!rest.startsWith('/') || layer.match?.(rest) === false) continue;
    const prefix = asked.slice(0, end);
    return (at === 0 || MOUNT_PATHS.test(prefix) ? prefix : innermost) + route;
  }
  return route;
}
