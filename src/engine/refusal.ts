/** An expected "no": what is so, and what the person can do next. */
export class Refusal extends Error {
  readonly code: string;
  readonly next: string;

  constructor(code: string, sentence: string, next: string) {
    super(sentence);
    this.name = 'Refusal';
    this.code = code;
    this.next = next;
  }
}
