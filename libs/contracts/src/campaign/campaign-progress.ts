import { IsInt, IsObject, Min } from 'class-validator';

/**
 * How many recipients stand where. Each recipient counts once:
 * accepted = waiting + underWay + sent + failed + suppressed + unresolved.
 * A message that goes on by another channel counts where that one stands.
 */
export class CampaignProgress {
  @IsInt() @Min(0) accepted: number;
  /** Nothing was asked of a provider yet; those that are held (paused, quiet hours), too. */
  @IsInt() @Min(0) waiting: number;
  /** Given to the dispatcher, and not ended. */
  @IsInt() @Min(0) underWay: number;
  /** Taken by the provider, and not reported failed since; the two below are among them. */
  @IsInt() @Min(0) sent: number;
  /** Reached the customer, the next among them. */
  @IsInt() @Min(0) delivered: number;
  @IsInt() @Min(0) read: number;
  @IsInt() @Min(0) failed: number;
  /** By code. */
  @IsObject() failedBy: Record<string, number>;
  @IsInt() @Min(0) suppressed: number;
  /** Whether the provider took it is not known; not sent again. */
  @IsInt() @Min(0) unresolved: number;
  /** Recipients who wrote after they were sent to. */
  @IsInt() @Min(0) replies: number;
  /** Recipients who said no after they were sent to. */
  @IsInt() @Min(0) optOuts: number;
}
