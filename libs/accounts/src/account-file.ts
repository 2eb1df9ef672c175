import 'reflect-metadata';
import { CHANNELS, type Channel } from '@heliograph/contracts';
import { REGISTRATIONS, type Registration } from './registrations.ts';
import { NotOverBroad } from './scopes.ts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

/** Names go into URL paths, Redis keys and conversation IDs. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const NAME_RULE = { message: '$property must be 1 to 63 letters, digits, dots, dashes or underscores' };
const URL_RULE = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };

export class ApiEntry {
  @IsUrl(URL_RULE) baseUrl: string;
  /** Where tokens are asked for: every guide has another one (000 §2, 002 §1, 004). */
  @IsUrl(URL_RULE) tokenUrl: string;
  /** Whether a token request names the client's scopes (guide 002, section 1). */
  @IsBoolean() sendScopes: boolean = false;
}

export class ClientEntry {
  @IsString() @IsNotEmpty() id: string;
  /** Path of the file with the client secret. */
  @IsString() @IsNotEmpty() secretFile: string;
  /** What it may do at the provider. Over-broad ones are refused (guide 000, section 2). */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @NotOverBroad()
  @Matches(/^[\x21\x23-\x5b\x5d-\x7e]+$/, { each: true, message: '$property must be scopes, one in each entry' })
  scopes?: string[];
}

/** What the provider is to tell the ingress of, kept as the provider's own registrations. */
export class SubscriptionsEntry {
  /** Address at which the provider reaches the account's door of ingress-webhooks. */
  @IsUrl(URL_RULE) endpoint: string;
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(REGISTRATIONS, { each: true })
  register: Registration[] = ['events'];
  /** Begins the name of each registration, which is how we know ours; `heliograph-<account id>` when absent. */
  @IsOptional() @Matches(NAME, NAME_RULE) name?: string;
}

/** `requests` in any period of `perSeconds`. */
export class LimitEntry {
  @IsInt() @Min(1) @Max(1_000_000) requests: number;
  @IsInt() @Min(1) @Max(86_400) perSeconds: number;
}

/** One message per `perSeconds`, up to `borrow` at once. */
export class PairLimitEntry {
  @IsInt() @Min(1) @Max(86_400) perSeconds: number;
  @IsInt() @Min(1) @Max(1_000) borrow: number;
}

const limit = (requests: number, perSeconds: number): LimitEntry =>
  Object.assign(new LimitEntry(), { requests, perSeconds });

/**
 * What may be done about templates. The guides name no limit, but hand what is created on to Meta (guide 001, section 1), which
 * takes 100 an hour; Meta's own limit of calls (200 an hour, 5,000 for active accounts) is not that of the guides' provider.
 */
export class TemplateLimitsEntry {
  @NullOr(LimitEntry) creations: LimitEntry | null = limit(100, 3_600);
  @NullOr(LimitEntry) calls: LimitEntry | null = null;
}

/** The defaults are those of the genesys-guide profile (guides 000 and 003); `null` where a provider has no such limit. */
export class LimitsEntry {
  @IsObject() @ValidateNested() @Type(() => LimitEntry) tenant: LimitEntry = limit(500, 60);
  @NullOr(LimitEntry) client: LimitEntry | null = null;
  @NullOr(LimitEntry) number: LimitEntry | null = limit(100, 1);
  @NullOr(LimitEntry) agentless: LimitEntry | null = limit(3_000, 60);
  @NullOr(LimitEntry) campaign: LimitEntry | null = limit(18_000, 60);
  @NullOr(PairLimitEntry) pair: PairLimitEntry | null = Object.assign(new PairLimitEntry(), {
    perSeconds: 6,
    borrow: 45,
  });
  @IsObject() @ValidateNested() @Type(() => TemplateLimitsEntry) templates: TemplateLimitsEntry =
    new TemplateLimitsEntry();
  @IsNumber() @Min(0) @Max(1) campaignShare: number = 0.8;
}

/** An object of the class, or null. */
function NullOr(type: new () => object): PropertyDecorator {
  const given = ValidateIf((_entry, value) => value !== null);
  return (target, property) => {
    // The order that decorators written one below the other are applied in.
    for (const decorate of [Type(() => type), ValidateNested(), IsObject(), given]) decorate(target, property);
  };
}

export class SenderEntry {
  /** Logical name: part of every conversation ID, so it outlives the address behind it. */
  @Matches(NAME, NAME_RULE) name: string;
  @IsIn(CHANNELS) channel: Channel;
  /** The numbers of the sender, in any notation of the channel; several are a pool. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(1_000)
  @IsString({ each: true })
  @IsNotEmpty({ each: true })
  addresses: string[];
  /** Where the provider queues what customers write. */
  @IsString() @IsNotEmpty() queueId: string;
  /**
   * Whether every contact of this sender has opted in elsewhere (web form, contract). Without it a conversation is opened only
   * for customers who wrote first (guide 000, section 1: `messaging_opt_in`).
   */
  @IsBoolean() optInOnRecord: boolean = false;
  /** Its templates go out as conversations of their own, without an agent (guide 001, section 3). */
  @IsOptional() @IsBoolean() agentless?: boolean;
}

export class AccountEntry {
  @Matches(NAME, NAME_RULE) id: string;
  @Matches(NAME, NAME_RULE) tenant: string;
  /** Which provider contract the account speaks. */
  @Matches(NAME, NAME_RULE) profile: string;
  @IsObject() @ValidateNested() @Type(() => ApiEntry) api: ApiEntry;
  @IsObject() @ValidateNested() @Type(() => ClientEntry) client: ClientEntry;
  /** Takes over while the token endpoint throttles or fails the first one. */
  @IsOptional() @IsObject() @ValidateNested() @Type(() => ClientEntry) secondaryClient?: ClientEntry;
  /** Paths of the files with the active secrets: one, or two while they are rotated. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(2)
  @IsString({ each: true })
  @IsNotEmpty({ each: true })
  webhookSecretFiles: string[];
  @IsObject() @ValidateNested() @Type(() => LimitsEntry) limits: LimitsEntry = new LimitsEntry();
  /** Milliseconds until a request to the provider without an answer is given up. */
  @IsInt() @Min(100) @Max(120_000) requestTimeoutMs: number = 10_000;
  /** Kept at the provider by ingress-webhooks; without it somebody else sees to it that webhooks come. */
  @IsOptional() @IsObject() @ValidateNested() @Type(() => SubscriptionsEntry) subscriptions?: SubscriptionsEntry;
  /** Whether the dispatcher compares the senders' numbers with the provider's when it starts (guide 000, section 1). */
  @IsBoolean() checkSenders: boolean = true;
  @IsArray() @ArrayNotEmpty() @ValidateNested({ each: true }) @Type(() => SenderEntry) senders: SenderEntry[];
}

/** The accounts file. Unknown fields are refused: they are misspelt ones. */
export class AccountsFile {
  @IsArray() @ArrayNotEmpty() @ValidateNested({ each: true }) @Type(() => AccountEntry) accounts: AccountEntry[];
}
