import { IsIn, IsISO8601, IsNotEmpty, IsOptional, IsString } from 'class-validator';

/**
 * `withdrawn`: was sendable and is not any more (guide 001, edge case 2). `restored`: is again. `quality-fell`, `category-changed`: the
 * provider thinks less of it, or bills it differently. `refused`: the provider does not take it for review.
 */
export const TEMPLATE_ALERTS = ['withdrawn', 'restored', 'quality-fell', 'category-changed', 'refused'] as const;

/** Something about a template that people should look at. */
export class TemplateAlert {
  @IsString() @IsNotEmpty() tenant: string;
  @IsString() @IsNotEmpty() account: string;
  /** At the provider. */
  @IsString() @IsNotEmpty() name: string;
  @IsString() @IsNotEmpty() language: string;
  @IsIn(TEMPLATE_ALERTS) what: (typeof TEMPLATE_ALERTS)[number];
  /** One sentence for people. */
  @IsString() @IsNotEmpty() reason: string;
  /** Of the template files, where one of them is this template. */
  @IsOptional() @IsString() @IsNotEmpty() definition?: string;
  /** What is sent in its place from now on: `order_short`, or `order_sms (sms)`; absent: nothing is. */
  @IsOptional() @IsString() @IsNotEmpty() fallback?: string;
  @IsISO8601() at: string;
}
