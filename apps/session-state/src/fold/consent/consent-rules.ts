import type { Channel, ConsentReply, Parties } from '@heliograph/contracts';
import { KEYWORD_WORDS, Keywords, type Keyword, type KeywordWords, type Subjects } from '@heliograph/consent';

/** What is answered to keywords of one language. */
export interface KeywordReplies {
  readonly language: string;
  /** Every channel when absent. */
  readonly channels?: readonly Channel[];
  readonly texts: Partial<Record<ConsentReply, string>>;
}

/** What one tenant has configured. */
export interface TenantConsent {
  readonly tenant: string;
  readonly words: readonly KeywordWords[];
  readonly replies: readonly KeywordReplies[];
}

/** What messages mean for consent, per tenant. A tenant of whom nothing is configured has every known word, and no replies. */
export class ConsentRules {
  private readonly words = new Map<string, Keywords>();
  private readonly replies = new Map<string, readonly KeywordReplies[]>();
  private readonly others = new Keywords(KEYWORD_WORDS);

  constructor(
    private readonly subjects: Subjects,
    tenants: readonly TenantConsent[] = [],
  ) {
    for (const { tenant, words, replies } of tenants) {
      this.words.set(tenant, new Keywords(words));
      this.replies.set(tenant, replies);
    }
  }

  keyword(tenant: string, text: string): Keyword | undefined {
    return (this.words.get(tenant) ?? this.others).find(text);
  }

  subject({ tenant, channel, contact }: Parties): string {
    return this.subjects.of({ tenant, channel, address: contact });
  }

  /** In the keyword's language where there is one, else in the first; a reply of the channel's own goes before one of all. */
  reply({ tenant, channel }: Parties, { meaning, language }: Keyword): string | undefined {
    const fitting = (this.replies.get(tenant) ?? []).filter(
      ({ channels, texts }) => texts[meaning] !== undefined && (channels === undefined || channels.includes(channel)),
    );
    const spoken = fitting.filter((reply) => reply.language === language);
    const [best] = (spoken.length > 0 ? spoken : fitting).sort((a, b) => rank(a) - rank(b));
    return best?.texts[meaning];
  }
}

const rank = ({ channels }: KeywordReplies): number => (channels === undefined ? 1 : 0);
