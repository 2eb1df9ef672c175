export interface Recipient {
  readonly contact: string;
  /** Unique in the test: the provider's log shows it. */
  readonly order: string;
}

/** A CSV file of recipients, as spreadsheets write it. */
export function campaignFile(recipients: readonly Recipient[]): string {
  const lines = recipients.map(({ contact, order }, index) => `${contact},${order},"Doe, Jana ""J.""",crm/${index} Ω`);
  return ['phone,order,customer,crm id', ...lines, ''].join('\n');
}
