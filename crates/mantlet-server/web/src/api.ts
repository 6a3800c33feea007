// Requests to the server.

import { t } from './strings';

let csrf = '';

export function setCsrf(token: string): void {
  csrf = token;
}

/** An answer that is not what was asked for, with the server's own sentence. */
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
    const why = (said as { error?: unknown } | null)?.error;
    throw new Refused(answer.status, typeof why === 'string' ? why : `${answer.status} ${answer.statusText}`);
  }
  return said as T;
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
