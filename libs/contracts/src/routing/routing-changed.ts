import { IsIn, IsISO8601, IsNotEmpty, IsOptional, IsString } from 'class-validator';

export const ROUTING_OBJECTS = ['queue', 'skill'] as const;

/** A provider changed a queue or a skill: whoever remembers one looks it up again (guide 000, edge case 3). */
export class RoutingChanged {
  @IsString() @IsNotEmpty() tenant: string;
  @IsString() @IsNotEmpty() account: string;
  @IsIn(ROUTING_OBJECTS) what: (typeof ROUTING_OBJECTS)[number];
  /** Absent: any of them may have changed. */
  @IsOptional() @IsString() @IsNotEmpty() id?: string;
  @IsISO8601() at: string;
}

/** Record key of a routing change. */
export const routingKey = (tenant: string, account: string): string => `${tenant}/${account}`;
