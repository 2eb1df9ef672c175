import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  CHANNELS,
  CONSENT_CHANGES,
  CONSENT_PURPOSES,
  CONSENT_SOURCES,
  CONSENT_STATES,
  type Channel,
  type ConsentChangeKind,
  type ConsentEvidence,
  type ConsentPurpose,
  type ConsentSource,
  type ConsentStateWord,
} from '@heliograph/contracts';

const SUBJECT = 'Qm3v0c0bqg1c0pXv5m2o7lI4nT8yYk1uZsWdRfGhJkE';

export class ConsentEvidenceResponse implements ConsentEvidence {
  @ApiPropertyOptional({ description: 'Id of the fact, event or request that told of it.' })
  id?: string;
  @ApiPropertyOptional({ format: 'uuid' })
  conversationId?: string;
  @ApiPropertyOptional({ example: 'STOP', description: 'The keyword as our list has it.' })
  keyword?: string;
  @ApiPropertyOptional({ description: "The provider's code that means opted out." })
  code?: string;
  @ApiPropertyOptional({ example: 'web form 17, 2026-03-02' })
  reference?: string;
}

export class PurposeConsentResponse {
  @ApiProperty({ enum: CONSENT_STATES, description: 'unknown: nobody has ever said anything.' })
  state: ConsentStateWord;
  @ApiPropertyOptional({ format: 'date-time', description: 'The latest word about it.' })
  at?: string;
  @ApiPropertyOptional({ enum: CONSENT_SOURCES })
  source?: ConsentSource;
  @ApiPropertyOptional({ type: ConsentEvidenceResponse })
  evidence?: ConsentEvidenceResponse;
  @ApiPropertyOptional({ format: 'uuid', description: 'The consent event that made it so.' })
  eventId?: string;
}

export class ConsentPurposesResponse {
  @ApiProperty({ type: PurposeConsentResponse })
  all: PurposeConsentResponse;
  @ApiProperty({ type: PurposeConsentResponse })
  marketing: PurposeConsentResponse;
}

export class ConsentStepResponse {
  @ApiProperty({ format: 'uuid' })
  eventId: string;
  @ApiProperty({ enum: CONSENT_CHANGES })
  change: ConsentChangeKind;
  @ApiProperty({ enum: CONSENT_PURPOSES })
  purpose: ConsentPurpose;
  @ApiProperty({ enum: CONSENT_SOURCES })
  source: ConsentSource;
  @ApiPropertyOptional({ enum: CHANNELS })
  channel?: Channel;
  @ApiProperty({ type: ConsentEvidenceResponse })
  evidence: ConsentEvidenceResponse;
  @ApiPropertyOptional({ description: 'Who changed it, where that was not the contact.' })
  by?: string;
  @ApiProperty({ format: 'date-time' })
  at: string;
  @ApiProperty({ description: 'Whether it changed where the contact stands.' })
  effective: boolean;
}

export class ConsentResponse {
  @ApiProperty({ example: SUBJECT, description: 'Keyed hash of the contact, as audit and logs name it.' })
  subject: string;
  @ApiProperty({ type: ConsentPurposesResponse })
  purposes: ConsentPurposesResponse;
  @ApiProperty({ type: [ConsentStepResponse], description: 'The last 50 changes, oldest first. The export has all.' })
  history: ConsentStepResponse[];
}

export class AcceptedConsentResponse {
  @ApiProperty({ format: 'uuid', description: 'Always the same for the same Idempotency-Key.' })
  changeId: string;
  @ApiProperty({ format: 'uuid', description: 'Id of the consent event that will tell what became of it.' })
  eventId: string;
  @ApiProperty({ example: SUBJECT })
  subject: string;
}
