import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsEmail, IsInt, IsOptional, IsString, Min, ValidateIf, ValidateNested } from 'class-validator';
import { isValid } from './compiled-check.ts';
import { problemsOf } from './validate.ts';

class Leaf {
  @IsInt() @Min(1) size: number;
}
class Base {
  @IsString() name: string;
}
class Tree extends Base {
  @IsOptional() @ValidateNested() @Type(() => Leaf) leaf?: Leaf;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Tree) children?: Tree[];
  @ValidateIf((tree: Tree) => tree.name === 'dated') @IsInt() year?: number;
}

describe('isValid', () => {
  it.each([
    ['inherited rules are checked', {}, false],
    ['optional fields may be absent', { name: 'a' }, true],
    ['optional fields may be null', { name: 'a', leaf: null }, true],
    ['nested objects are checked', { name: 'a', leaf: { size: 0 } }, false],
    ['a nested value that is no object is refused', { name: 'a', leaf: 'x' }, false],
    ['a class may contain itself', { name: 'a', children: [{ name: 'b', children: [{ name: 3 }] }] }, false],
    ['a condition that is false skips the rules', { name: 'a', year: 'x' }, true],
    ['a condition that is true applies them', { name: 'dated', year: 'x' }, false],
    ['unknown fields are allowed', { name: 'a', later: 1 }, true],
    ['null is no object', null, false],
    ['an array is no object', [{ name: 'a' }], false],
  ])('%s', (_title, data, verdict) => {
    expect(isValid(Tree)(data)).toBe(verdict);
    expect(problemsOf(Tree, data).length === 0).toBe(verdict);
  });

  it('is compiled once per class', () => {
    expect(isValid(Tree)).toBe(isValid(Tree));
  });

  it('refuses a class with a decorator it does not know, naming it', () => {
    class WithMail {
      @IsEmail() mail: string;
    }
    expect(() => isValid(WithMail)).toThrow(/WithMail\.mail: no compiled check for the decorator "isEmail"/);
    expect(() => isValid(WithMail)).toThrow(/WithMail\.mail/);
  });

  it('refuses a decorator with a condition of its own, which it would not ask', () => {
    class Conditional {
      @IsString({ validateIf: () => false }) text: string;
    }
    expect(() => isValid(Conditional)).toThrow(/Conditional\.text/);
  });

  it('refuses a nested field whose class is not named', () => {
    class Untyped {
      @ValidateNested() leaf: Leaf;
    }
    expect(() => isValid(Untyped)).toThrow(/Untyped\.leaf is nested without @Type/);
  });

  it('refuses a class with defaults, which data that were not made by it do not have', () => {
    class WithDefault {
      @IsString() name = 'a';
    }
    expect(() => isValid(WithDefault)).toThrow(/WithDefault\.name has a default/);
  });
});
