import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { readBody } from '@heliograph/http-api';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsNotEmpty,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import type { Directory } from '../desired/apply.service.ts';

const EXAMPLE = `name: order_update
channel: whatsapp
category: UTILITY
variables:
  order: { type: text, max: 20, sample: ORD-12345 }
languages:
  en_US:
    body: { text: "Your order {{1}} is on its way today.", variables: [order] }
`;

export class TemplateFileRequest {
  @ApiProperty({ example: 'templates/order_update.yaml', description: 'Problems name the file so.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(500)
  path: string;

  @ApiProperty({ example: EXAMPLE, description: 'The whole file, YAML.' })
  @IsString()
  @MaxLength(200_000)
  text: string;
}

export class PlanRequest {
  @ApiPropertyOptional({ example: 'acme-genesys', description: 'Needed when your tenant has more than one account.' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  account?: string;

  @ApiProperty({ type: [TemplateFileRequest], maxItems: 2_000, description: 'Every template of the account.' })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(2_000)
  @ValidateNested({ each: true })
  @Type(() => TemplateFileRequest)
  files: TemplateFileRequest[];

  @ApiPropertyOptional({
    default: false,
    description: 'Takes out of use what is not among the files, and older versions whose successor may be sent.',
  })
  @IsOptional()
  @IsBoolean()
  prune?: boolean;

  @ApiPropertyOptional({
    default: false,
    description: 'Asks the provider what its templates say, too: what was changed there shows as `drifted`.',
  })
  @IsOptional()
  @IsBoolean()
  compare?: boolean;
}

export class ApplyRequest extends PlanRequest {
  @ApiPropertyOptional({
    example: 'sQyTz0kX5Dk1x9aB',
    description: 'That of a plan: when the templates have changed since, nothing is applied (409).',
  })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  revision?: string;
}

export class ImportRequest {
  @ApiPropertyOptional({ example: 'acme-genesys', description: 'Needed when your tenant has more than one account.' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  account?: string;

  @ApiPropertyOptional({
    type: [String],
    example: ['order_update'],
    description: 'Only these; all of them when absent.',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(2_000)
  @IsString({ each: true })
  names?: string[];
}

const PLAN_FIELDS = ['account', 'files', 'prune', 'compare'];

/** @throws ApiError 400 naming every wrong field and the reason */
export const readPlan = (body: unknown): Directory => directoryOf(readBody(PlanRequest, body, PLAN_FIELDS));

/** @throws ApiError 400 naming every wrong field and the reason */
export function readApply(body: unknown): { directory: Directory; revision: string | undefined } {
  const request = readBody(ApplyRequest, body, [...PLAN_FIELDS, 'revision']);
  return { directory: directoryOf(request), revision: request.revision };
}

/** @throws ApiError 400 naming every wrong field and the reason */
export const readImport = (body: unknown): ImportRequest => readBody(ImportRequest, body, ['account', 'names']);

const directoryOf = ({ account, files, prune = false, compare = false }: PlanRequest): Directory => ({
  account,
  files,
  prune,
  compare,
});
