import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';

export class EraseContactRequest {
  @ApiProperty({
    example: 'ticket 4711',
    description: 'What shows that it was asked for, kept for ever: where it can be looked up. No address, no name.',
  })
  @IsString()
  @IsNotEmpty()
  @MaxLength(500)
  evidence: string;
}
