import type { CampaignDefinition } from '@heliograph/contracts';
import { ApiError, badRequest } from '@heliograph/http-api';
import { CsvRows } from './reading/csv-rows.ts';
import type { CsvDialect } from './reading/csv-record.ts';
import { knownCharset } from './reading/decoded-text.ts';
import { NdjsonRows } from './reading/ndjson-rows.ts';
import type { RowReader } from './reading/row.ts';

/** How a file is to be read; NDJSON without a dialect. */
export interface UploadFormat {
  readonly charset: string;
  readonly csv?: CsvDialect;
}

const TYPES = ['text/csv', 'application/x-ndjson'];

/**
 * @throws ApiError 415 for another type of file or a charset that is not known, 400 for a separator or quote that cannot be
 */
export function readFormat(
  contentType: string | undefined,
  { separator, quote }: { readonly separator?: unknown; readonly quote?: unknown },
): UploadFormat {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim());
  if (!TYPES.includes(type.toLowerCase())) {
    throw new ApiError(415, `Content-Type must be ${TYPES.join(' or ')}`, [
      { field: 'Content-Type', reason: `must be ${TYPES.join(' or ')}` },
    ]);
  }
  const named = parameters.map((one) => /^charset\s*=\s*"?([^"]*)"?$/i.exec(one)?.[1]).find((one) => one !== undefined);
  const charset = knownCharset(named ?? 'utf-8');
  if (type.toLowerCase() !== 'text/csv') return { charset };
  const dialect = {
    separator: character('separator', separator === 'tab' ? '\t' : separator, ','),
    quote: character('quote', quote, '"'),
  };
  if (dialect.separator === dialect.quote) throw badRequest([{ field: 'quote', reason: 'is the separator, too' }]);
  return { charset, csv: dialect };
}

/** @param columns of the campaign that a CSV header must have */
export function readerOf({ csv }: UploadFormat, { columns, variables }: CampaignDefinition): RowReader {
  if (!csv) return new NdjsonRows();
  const mapped = Object.values(variables).flatMap((from) => ('column' in from ? [from.column] : []));
  return new CsvRows([...Object.values(columns as object as Record<string, string>), ...mapped], csv);
}

/** Of the basic plane, and no line end. */
function character(field: string, given: unknown, usual: string): string {
  if (given === undefined) return usual;
  if (typeof given === 'string' && /^[^\r\n\uD800-\uDFFF\uFFFD]$/.test(given)) return given;
  throw badRequest([
    { field, reason: field === 'separator' ? 'must be one character, or tab' : 'must be one character' },
  ]);
}
