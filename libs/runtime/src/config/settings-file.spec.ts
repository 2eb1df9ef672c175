import 'reflect-metadata';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { ArrayNotEmpty, IsArray, IsInt, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { readSettingsFile, SettingsFileError } from './settings-file.ts';

class Entry {
  @IsString() name: string;
  @IsOptional() @IsArray() @IsString({ each: true }) words?: string[];
}
class Sample {
  @IsArray()
  @ArrayNotEmpty()
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => Entry)
  entries: Entry[];
  @IsOptional() @IsInt() most?: number;
}

const folder = mkdtempSync(join(tmpdir(), 'heliograph-settings-'));
function read(content: unknown, check?: (file: Sample) => { field: string; reason: string }[]): Sample {
  const path = join(folder, 'settings.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return readSettingsFile({ path, type: Sample, check });
}
function problemsOf(...given: Parameters<typeof read>): string[] {
  try {
    read(...given);
  } catch (error) {
    if (error instanceof SettingsFileError) return error.problems.map(({ field, reason }) => `${field} ${reason}`);
    throw error;
  }
  return [];
}

describe('a file of settings', () => {
  it('is read into its class', () => {
    const file = read({ entries: [{ name: 'a', words: ['b'] }], most: 3 });
    expect(file).toBeInstanceOf(Sample);
    expect(file.entries[0]).toBeInstanceOf(Entry);
  });

  it('is refused with all its problems at once, each with its field', () => {
    const wrong = {
      entries: [{ name: 7 }, { words: ['a', 1] }, [], 'x', { name: 'b', wrods: [] }],
      most: 1.5,
      other: 1,
    };
    expect(new Set(problemsOf(wrong))).toEqual(
      new Set([
        'entries each value must be an object',
        'entries[0].name must be a string',
        'entries[1].name is missing',
        'entries[1].words each value must be a string',
        'entries[3] must be an object',
        'entries[4].wrods is not a known field',
        'most must be an integer number',
        'other is not a known field',
      ]),
    );
    expect(() => read({})).toThrow(/^the file \S+settings\.json is invalid: entries is missing$/);
  });

  it('is checked as a whole once its fields are right', () => {
    const check = ({ entries }: Sample) =>
      entries.map((_, index) => ({ field: `entries[${index}].name`, reason: 'is taken' }));
    expect(problemsOf({ entries: [{ name: 'a' }] }, check)).toEqual(['entries[0].name is taken']);
    expect(problemsOf({ entries: [] }, check)).toEqual(['entries should not be empty']);
  });

  it.each([
    ['is no JSON', '{"entries": [{"name": "very private"', ' it is not JSON'],
    ['holds a list', '[]', ' it must hold a JSON object'],
    ['holds null', 'null', ' it must hold a JSON object'],
  ])('that %s is refused without a word of it', (_, content, reason) => {
    const problems = problemsOf(content);
    expect(problems).toEqual([expect.stringContaining(reason)]);
    expect(problems.join()).not.toContain('private');
  });

  it('that is not there is refused', () => {
    const missing = () => readSettingsFile({ path: join(folder, 'none.json'), type: Sample });
    expect(missing).toThrow('it cannot be read (ENOENT)');
  });
});
