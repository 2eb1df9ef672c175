/** What tests look at in answers, lines and events: as much as they know of them, each field there where they read it. */
export interface Body {
  readonly id: string;
  readonly text: string;
  readonly contactId: string;
  readonly code: string;
  readonly message: string;
  readonly access_token: string;
  readonly conversationId: string;
  readonly status: string;
  readonly expired: number;
  readonly dropped: number;
  readonly faults: readonly { readonly hits: number }[];
  readonly conversations: readonly object[];
  readonly entities: readonly Entity[];
  readonly accounts: Readonly<Record<string, AccountView>>;
  readonly subscriptions: readonly object[];
  readonly webhooks: readonly object[];
}

export interface Entity {
  readonly externalId: string;
  readonly revision: number;
  readonly role: string;
  readonly sequence: number;
}

interface AccountView {
  readonly buckets: Readonly<Record<string, object>>;
  readonly pairs?: { readonly mostOwed: number };
  readonly events: object;
  readonly conversations: Readonly<Record<string, readonly { readonly text: string; readonly messageId: string }[]>>;
}

export interface Line {
  readonly seq: number;
  readonly at: number;
}

export interface EventView {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly status?: string;
  readonly conversation: { readonly id: string };
  readonly message?: { readonly id: string };
  readonly body?: { readonly text: string; readonly type?: string; readonly payload?: string };
  readonly assignee?: object;
}
