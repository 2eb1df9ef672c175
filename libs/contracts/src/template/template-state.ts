import { IsIn, IsInt, IsISO8601, IsNotEmpty, IsOptional, IsString, Min } from 'class-validator';

export const TEMPLATE_STATUSES = [
  'PENDING',
  'IN_REVIEW',
  'APPROVED',
  'REJECTED',
  'PAUSED',
  'DISABLED',
  'DELETED',
] as const;

/** What the provider says of one template in one language. Only APPROVED may be sent. */
export class TemplateState {
  @IsString() @IsNotEmpty() tenant: string;
  @IsString() @IsNotEmpty() account: string;
  @IsString() @IsNotEmpty() name: string;
  @IsString() @IsNotEmpty() language: string;
  @IsIn(TEMPLATE_STATUSES) status: (typeof TEMPLATE_STATUSES)[number];
  @IsOptional() @IsString() rejectionReason?: string;
  @IsOptional() @IsString() category?: string;
  @IsString() @IsNotEmpty() providerTemplateId: string;
  /** How many values a send must carry. */
  @IsInt() @Min(0) parameterCount: number;
  @IsISO8601() checkedAt: string;
}
