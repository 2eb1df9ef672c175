import { IsIn, IsISO8601, IsUUID } from 'class-validator';
import { Parties } from '../parties.ts';

/** What stands in the place of a contact's address where it was erased. No channel has addresses with a blank in them. */
export const ERASED = 'erased contact';

/** The data of the conversation's contact are to go. Names the conversation by its id alone. */
export class ContactErased extends Parties {
  @IsIn([ERASED]) declare contact: typeof ERASED;
  /** Of the request, which is one for all conversations of the contact. */
  @IsUUID() erasureId: string;
  /** When it was asked for: what happened up to then is erased. */
  @IsISO8601() at: string;
}
