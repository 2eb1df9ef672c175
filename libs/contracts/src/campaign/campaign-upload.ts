import { IsInt, IsISO8601, IsNotEmpty, IsString, IsUUID, Min } from 'class-validator';

/** What became of the rows of one upload: rows = accepted + invalid + repeated + suppressed. */
export class UploadCounts {
  @IsInt() @Min(0) rows: number;
  /** Became recipients. */
  @IsInt() @Min(0) accepted: number;
  @IsInt() @Min(0) invalid: number;
  /** The contact was a recipient already. */
  @IsInt() @Min(0) repeated: number;
  /** The contact had opted out. */
  @IsInt() @Min(0) suppressed: number;
}

/** An upload of recipients ended. All its recipients are acknowledged on their topic. */
export class CampaignUpload extends UploadCounts {
  @IsUUID() campaignId: string;
  @IsString() @IsNotEmpty() tenant: string;
  @IsUUID() uploadId: string;
  @IsISO8601() at: string;
}
