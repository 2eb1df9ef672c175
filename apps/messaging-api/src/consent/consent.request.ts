import { CONSENT_PURPOSES, type ConsentPurpose } from '@heliograph/contracts';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsISO8601, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';

export class ConsentChangeRequest {
  @ApiProperty({ enum: ['opt-out', 'opt-in'], description: 'What the contact has said.' })
  @IsIn(['opt-out', 'opt-in'])
  change: 'opt-out' | 'opt-in';

  @ApiPropertyOptional({
    enum: CONSENT_PURPOSES,
    default: 'all',
    description:
      'marketing: campaigns alone. An opt-out of all forbids everything, whatever was said of marketing; an opt-in of all ends both.',
  })
  @IsOptional()
  @IsIn(CONSENT_PURPOSES)
  purpose?: ConsentPurpose;

  @ApiProperty({
    example: 'web form 17, 2026-03-02',
    description:
      'What shows that it was said, kept for ever: where it can be looked up. No address, and nothing that was written.',
  })
  @IsString()
  @IsNotEmpty()
  @MaxLength(500)
  evidence: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'When it was said; now when it is missing. The later word wins, at the same moment the opt-out.',
  })
  @IsOptional()
  @IsISO8601({ strict: true, strictSeparator: true })
  at?: string;
}
