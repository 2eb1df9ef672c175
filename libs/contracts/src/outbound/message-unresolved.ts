import { Type } from 'class-transformer';
import { IsInt, IsISO8601, IsNotEmpty, IsString, IsUUID, Min, ValidateNested } from 'class-validator';
import { MessageContent } from '../content.ts';
import { Parties } from '../parties.ts';

/** Whether the message reached the provider is unknown and it is not tried again (promise 4): visible, never silent. */
export class MessageUnresolved extends Parties {
  @IsUUID() messageId: string;
  @IsString() @IsNotEmpty() reason: string;
  @IsInt() @Min(1) attempt: number;
  @IsISO8601() at: string;
  @ValidateNested() @Type(() => MessageContent) content: MessageContent;
}
