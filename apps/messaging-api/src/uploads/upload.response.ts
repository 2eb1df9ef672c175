import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { UploadCountsResponse } from '../campaigns/campaign.response.ts';
import { MOST_ERRORS } from './upload-tally.ts';

export class RowErrorResponse {
  @ApiProperty({ example: 17, description: 'Line of the file on which the row begins, from 1; the header counts.' })
  line: number;
  @ApiPropertyOptional({ example: 'phone', description: 'The column.' })
  field?: string;
  @ApiProperty({ example: 'address-invalid', description: 'Stable, for programs.' })
  code: string;
  @ApiProperty({ example: 'is no phone number of its country: it has too many or too few digits' })
  reason: string;
}

export class UploadResponse extends UploadCountsResponse {
  @ApiProperty({ format: 'uuid', example: '3a8f8f5e-93a2-4a2e-8d5e-2d7c5b1f4d11' })
  uploadId: string;
  @ApiProperty({
    type: [RowErrorResponse],
    description: `What is wrong with invalid rows, the first ${MOST_ERRORS}; of one row there may be several.`,
  })
  errors: readonly RowErrorResponse[];
  @ApiProperty({ example: 0, description: 'Errors behind those.' })
  errorsOmitted: number;
}
