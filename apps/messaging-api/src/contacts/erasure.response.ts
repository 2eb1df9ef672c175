import { ApiProperty } from '@nestjs/swagger';

export class AcceptedErasureResponse {
  @ApiProperty({ format: 'uuid', description: 'Always the same for the same Idempotency-Key.' })
  erasureId: string;
  @ApiProperty({ format: 'uuid', description: 'Id of the consent event that keeps for ever that it was asked for.' })
  eventId: string;
  @ApiProperty({
    example: 'Qm3v0c0bqg1c0pXv5m2o7lI4nT8yYk1uZsWdRfGhJkE',
    description: 'Keyed hash of the contact: all that is kept, so that nobody who has opted out is written to.',
  })
  subject: string;
  @ApiProperty({
    type: [String],
    description: 'The conversations that the contact can have with your senders, each of which is erased in its order.',
  })
  conversationIds: string[];
}
