/** Asks the avatars service for the pictures of users. */
import { Compile } from 'typebox/schema';
import { Avatar, avatarPath } from '#shared/contracts/avatars.ts';
import { tracedFetch } from '#shared/tracing/index.ts';

/** Where pictures come from. */
export interface Pictures {
  /** The picture of this user as a data: URL, or null where there is none to be had in time; never rejects. */
  find(userId: string): Promise<string | null>;
}

/** What {@link createPictures} needs to know. */
export interface PicturesOptions {
  /** Of the avatars service, without a slash at the end. */
  url: string;
  /** How long a user's answer waits for his picture, its last byte included. @default 1000 */
  timeoutMs?: number;
  /** Told of a picture that could not be had. @default nobody */
  onFailure?: (error: unknown) => void;
}

/** More than any answer that keeps the contract. */
const MAX_ANSWER_BYTES = 32 * 1024;

/** Pictures of the avatars service at this address. */
export function createPictures({ url, timeoutMs = 1000, onFailure }: PicturesOptions): Pictures {
  const avatar = Compile(Avatar);

  async function ask(userId: string): Promise<string> {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await tracedFetch(url + avatarPath(userId), { signal, redirect: 'error' });
    const answer = await readText(response);
    if (!response.ok) throw new Error(`the avatars service answered ${response.status}`);
    const body: unknown = JSON.parse(answer);
    if (!avatar.Check(body)) throw new Error('the avatars service answered something else');
    return (body as Avatar).picture;
  }

  return {
    async find(userId) {
      try {
        return await ask(userId);
      } catch (error) {
        onFailure?.(error);
        return null;
      }
    },
  };
}

/** The whole body, so that the connection can be used again; nothing of one that is too long. */
async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES)
      throw new Error(`the avatars service answered more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
