import { styleText } from 'node:util';

export type Colour = 'green' | 'yellow' | 'red' | 'cyan' | 'gray' | 'bold';

/** In colour where a terminal shows it. */
export const paint = (colour: Colour, text: string): string =>
  process.stdout.isTTY && process.env.NO_COLOR === undefined ? styleText(colour, text) : text;

/** `1 template`, `2 templates`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;
