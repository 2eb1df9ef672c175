type Fact = Readonly<Record<string, unknown>>;

const SUBJECTS: Readonly<Record<string, (fact: Fact) => string>> = {
  'message.received': () => 'Message from the customer',
  'message.sent': (fact) => `Message to the customer${fact.possiblyRepeated === true ? ' (possibly sent twice)' : ''}`,
  'message.failed': (fact) => `Message not sent: ${word(fact.code)}`,
  'message.suppressed': () => 'Message not sent: the contact has opted out',
  'message.unresolved': () => 'Message possibly not sent',
  'message.status-reported': (fact) => `Message ${word(fact.status)}`,
  'conversation.assigned': (fact) => `Assigned to ${word(fact.assigneeKind)} ${word(fact.assigneeId)}`,
  'provider-conversation.changed': (fact) => `Conversation ${word(fact.state)} at the provider`,
  'provider-conversation.opened': () => 'Conversation opened at the provider',
  'session.opened': () => 'Session opened',
  'session.closed': () => 'Session closed',
};

/** One line for people; a kind that is not known here stands for itself. */
export function subjectOf(kind: string, fact: Fact): string {
  return SUBJECTS[kind]?.(fact) ?? kind;
}

const word = (value: unknown): string => (typeof value === 'string' ? value : 'unknown');
