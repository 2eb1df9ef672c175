import type { UploadCounts } from '@heliograph/contracts';
import type { Numbers } from '../../load/conversation.ts';
import type { Random } from '../../random.ts';

/** `before`: opted out before the upload; `between`: after it, and before the start; `stops`: says STOP while it runs. */
type Fate = 'plain' | 'before' | 'between' | 'stops' | 'repeated' | 'wrong';

export interface FileRow {
  /** Of the file, from 1; the header is the first one. */
  readonly line: number;
  readonly order: string;
  readonly contact: string;
  readonly fate: Fate;
}

/** Of every 100 rows: 1 is wrong, 2 have opted out, 1 says STOP; and 1 repeats an earlier one. */
const FATES: readonly Fate[] = ['wrong', 'before', 'between', 'stops', 'repeated'];
const OF_EACH = 100;

/** A file of recipients in which all that may be in one is. */
export class RecipientFile {
  readonly rows: readonly FileRow[];

  constructor(count: number, numbers: Numbers, random: Random) {
    const rows: FileRow[] = [];
    for (let index = 0; index < count; index++) {
      const fate = FATES[index % OF_EACH] ?? 'plain';
      const earlier =
        fate === 'repeated' ? random.pick(rows.filter((row) => row.fate === 'plain').slice(-OF_EACH)) : undefined;
      rows.push({
        line: index + 2,
        order: `NEWS-${index}`,
        contact: earlier?.contact ?? numbers.next(),
        fate: earlier || fate !== 'repeated' ? fate : 'plain',
      });
    }
    this.rows = rows;
  }

  of(...fates: Fate[]): FileRow[] {
    return this.rows.filter(({ fate }) => fates.includes(fate));
  }

  /** Those that become recipients. */
  get recipients(): FileRow[] {
    return this.of('plain', 'between', 'stops');
  }

  /** What the upload has to answer. */
  get wanted(): UploadCounts {
    const count = (...fates: Fate[]): number => this.of(...fates).length;
    return {
      rows: this.rows.length,
      accepted: this.recipients.length,
      invalid: count('wrong'),
      repeated: count('repeated'),
      suppressed: count('before'),
    };
  }

  get csv(): string {
    const lines = this.rows.map((row, index) => (row.fate === 'wrong' ? wrongLine(row, index) : lineOf(row)));
    return ['phone,order,customer,crm id', ...lines, ''].join('\n');
  }
}

const lineOf = ({ contact, order }: FileRow): string => `${contact},${order},"Jana ""J."" Doe",crm/${order}`;

/** No number, a column too few, a value that the template wants, a quote that is never closed. */
function wrongLine({ contact, order }: FileRow, index: number): string {
  const wrong = [
    `call me,${order},Jana,x`,
    `${contact},${order},Jana`,
    `${contact},,Jana,x`,
    `${contact},"${order},Jana,x`,
  ];
  return wrong[Math.floor(index / OF_EACH) % wrong.length]!;
}
