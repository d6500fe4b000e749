/** Users that were asked for are remembered by the node that was asked, until an event says that they have changed. */
import type { ActionSchema, Context } from 'moleculer';
import type { UserRequest } from '#shared/contracts/users.ts';

/**
 * The cache of `users.get`. Pictures come from elsewhere and are not remembered. The database answers at once and what
 * it answers is kept within the same turn of the loop, so that no event can come between. The lifetime is for events that
 * were lost on the way; it stands here since Moleculer's LRU cache would prolong one of its own with every hit.
 */
export const rememberedUser: Exclude<ActionSchema['cache'], boolean | undefined> = {
  enabled: ({ params }: Context<UserRequest>) => params.picture !== true,
  keygen: (_, __, { params }) => keyOf((params as UserRequest).id),
  ttl: 30,
};

/** Forgets the user that an event is about. */
export async function forgetUser({ id }: { id: string }, { broker }: Context): Promise<void> {
  await broker.cacher?.del(keyOf(id));
}

function keyOf(id: string): string {
  return `users.get:${id}`;
}
