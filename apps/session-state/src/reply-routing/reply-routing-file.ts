import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { SkillWish } from '@heliograph/contracts';

/** One line of the table: replies of a tenant's customers with this payload, or with payloads that begin so. */
export class ReplyRouteEntry {
  @IsString() @IsNotEmpty() tenant: string;
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(256) payload?: string;
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(256) prefix?: string;
  /** A name for programs that read the timeline. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(128) action?: string;
  @IsOptional() @IsString() @IsNotEmpty() queueId?: string;
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => SkillWish)
  skills?: SkillWish[];
  @IsOptional() @IsString() @IsNotEmpty() agentId?: string;
  @IsOptional() @IsIn([true]) lastAgent?: true;
}

/** The file that `REPLY_ROUTING_FILE` names. */
export class ReplyRoutingFile {
  @IsArray()
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ReplyRouteEntry)
  replies: ReplyRouteEntry[];
}
