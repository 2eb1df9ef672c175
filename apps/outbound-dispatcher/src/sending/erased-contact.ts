import type { SendMessage } from '@heliograph/contracts';
import type { Place } from '../routes/route.store.ts';
import type { Refusal } from './effect.ts';

/** Why a message that was accepted before its contact was erased is not sent any more. */
export function contactErased({ session }: Pick<Place, 'session'>, { acceptedAt }: SendMessage): Refusal | undefined {
  const at = session?.erasedAt;
  if (at === undefined || Date.parse(acceptedAt) > Date.parse(at)) return undefined;
  return { code: 'contact-erased', reason: `the contact was erased at ${at}, after the message had been accepted` };
}
