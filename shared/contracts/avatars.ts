/** What the avatars service answers: it is no part of the mesh, but a service of its own, asked over HTTP. */
import Type from 'typebox';
import { fields } from './contract.ts';

/** A picture that needs nothing else to be shown. */
export const Picture = Type.String({
  pattern: '^data:image/',
  maxLength: 16_384,
  description: 'a picture as a data: URL',
});

/** The answer of `GET /avatars/:id`. */
export const Avatar = fields({ picture: Picture });
/** The answer of `GET /avatars/:id`. */
export type Avatar = Type.Static<typeof Avatar>;

/** The path at which the picture of this user is. */
export function avatarPath(userId: string): string {
  return `/avatars/${encodeURIComponent(userId)}`;
}
