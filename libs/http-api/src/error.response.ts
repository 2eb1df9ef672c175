import { ApiProperty } from '@nestjs/swagger';

export class FieldProblemResponse {
  @ApiProperty({ example: 'to', description: 'Field or header that is wrong; (body) for the body as a whole.' })
  field: string;

  @ApiProperty({ example: 'is not a phone number with country code' })
  reason: string;
}

/** The shape of every answer that is not a success. */
export class ErrorResponse {
  @ApiProperty({ example: 400 })
  statusCode: number;

  @ApiProperty({ example: 'Bad Request', description: 'The status in words.' })
  error: string;

  @ApiProperty({ example: 'to is not a phone number with country code', description: 'What is wrong, for people.' })
  message: string;

  @ApiProperty({ type: [FieldProblemResponse], description: 'Every wrong field with its reason; may be empty.' })
  details: FieldProblemResponse[];
}
