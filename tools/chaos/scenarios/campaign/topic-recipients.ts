import { readAll, type System } from '@heliograph/testing';
import { TOPICS } from '@heliograph/contracts';
import type { RecipientIn } from '../../judge/campaign-evidence.ts';

interface RecipientRecord {
  readonly campaignId?: string;
  readonly messageId?: string;
  readonly content?: { readonly variables?: { readonly order?: string } };
}

/** The recipients of a campaign as they lie on their topic. */
export async function recipientsOnTopic(system: System, campaignId: string): Promise<RecipientIn[]> {
  const records = await readAll(system.brokers, system.topic(TOPICS.campaignRecipient));
  return records.flatMap(({ json }) => {
    const { campaignId: of, messageId, content } = (json ?? {}) as RecipientRecord;
    if (of !== campaignId || messageId === undefined) return [];
    return [{ messageId, order: content?.variables?.order ?? '' }];
  });
}
