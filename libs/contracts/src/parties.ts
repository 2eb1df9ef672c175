import { IsIn, IsNotEmpty, IsString, IsUUID } from 'class-validator';
import { CHANNELS, type Channel } from './channels.ts';

/** Who talks with whom: present in every record that is keyed by conversation ID. */
export class Parties {
  @IsUUID() conversationId: string;
  @IsString() @IsNotEmpty() tenant: string;
  @IsString() @IsNotEmpty() account: string;
  @IsIn(CHANNELS) channel: Channel;
  /** Logical name of the sender. */
  @IsString() @IsNotEmpty() sender: string;
  /** Canonical address of the contact. */
  @IsString() @IsNotEmpty() contact: string;
}

/** Who talks with whom, and nothing else of what the data says. */
export function partiesOf({ conversationId, tenant, account, channel, sender, contact }: Parties): Parties {
  return { conversationId, tenant, account, channel, sender, contact };
}
