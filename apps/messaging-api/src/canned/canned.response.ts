import { ApiProperty } from '@nestjs/swagger';

export class CannedResponseResponse {
  @ApiProperty({ example: 'greeting' })
  name: string;

  @ApiProperty({ example: 'Hello {{customer}}, I am {{agent}}.' })
  text: string;

  @ApiProperty({
    type: [String],
    example: ['customer', 'agent'],
    description: 'All of them must be given, and no others.',
  })
  variables: readonly string[];
}

export class CannedResponsesResponse {
  @ApiProperty({ type: [CannedResponseResponse] })
  responses: CannedResponseResponse[];
}
