import { IsIn, IsISO8601, IsNotEmpty, IsOptional, IsString } from 'class-validator';
import { TEMPLATE_CHANNELS, type TemplateChannel } from './template-definition.ts';

/** A provider told of a change of a template (guide 001, section 2: `whatsapp_status_update`). What is absent has not changed. */
export class TemplateChanged {
  @IsString() @IsNotEmpty() tenant: string;
  @IsString() @IsNotEmpty() account: string;
  /** At the provider. */
  @IsString() @IsNotEmpty() name: string;
  /** As the provider's list writes it: `en_US`, also where its events write `en-US`. */
  @IsString() @IsNotEmpty() language: string;
  @IsOptional() @IsIn(TEMPLATE_CHANNELS) channel?: TemplateChannel;
  @IsOptional() @IsString() @IsNotEmpty() providerTemplateId?: string;
  /** The provider's word, upper case: one that is not known makes the template one that may not be sent. */
  @IsOptional() @IsString() @IsNotEmpty() status?: string;
  @IsOptional() @IsString() @IsNotEmpty() reason?: string;
  /** GREEN, YELLOW, RED, UNKNOWN. */
  @IsOptional() @IsString() @IsNotEmpty() quality?: string;
  @IsOptional() @IsString() @IsNotEmpty() category?: string;
  /** The provider's moment. */
  @IsISO8601() at: string;
}
