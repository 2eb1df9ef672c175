/** More than any system has templates and languages; names that nobody has could be without number. */
const MOST = 20_000;

/** Answers that stay true until something changes. */
export class Remembered<T> {
  private readonly answers = new Map<string, T>();

  get(key: string, find: () => T): T {
    const known = this.answers.get(key);
    if (known !== undefined) return known;
    const answer = find();
    if (this.answers.size >= MOST) this.answers.clear();
    this.answers.set(key, answer);
    return answer;
  }

  clear(): void {
    this.answers.clear();
  }
}
