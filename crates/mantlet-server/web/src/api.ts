// Requests to the server.

import { currentLanguage, has, t } from './strings';

let csrf = '';

export function setCsrf(token: string): void {
  csrf = token;
}

/** An answer that is not what was asked for, and why. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, why: string) {
    super(why);
    this.status = status;
  }
}

export async function ask<T>(path: string, method = 'GET', body?: object): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-CSRF-Token'] = csrf;
  if (body) headers['Content-Type'] = 'application/json';
  let answer: Response;
  try {
    answer = await fetch(`/api/v1/${path}`, { method, headers, body: body ? JSON.stringify(body) : undefined, cache: 'no-store' });
  } catch {
    throw new Refused(0, t('failed.network'));
  }
  const text = await answer.text();
  const said = readJson(text);
  if (!answer.ok) {
    throw new Refused(answer.status, refusal(answer, said));
  }
  return said as T;
}

/** Why, in the page's words; in the server's where the page has none, or its own say more. */
function refusal(answer: Response, said: unknown): string {
  const { error, code } = (said ?? {}) as { error?: unknown; code?: unknown };
  const key = `refused.${String(code)}`;
  if (has(key) && (currentLanguage() !== 'en' || typeof error !== 'string')) return t(key, { n: answer.headers.get('retry-after') ?? '' });
  return typeof error === 'string' ? error : `${answer.status} ${answer.statusText}`;
}

function readJson(text: string): unknown {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/** What went wrong, for the operator. */
export function why(error: unknown): string {
  return t('failed', { why: error instanceof Error ? error.message : String(error) });
}
