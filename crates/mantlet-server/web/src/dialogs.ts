// Log-in, first set-up, and the reason for a cancellation: the browser's own modal
// dialogs, which keep the keyboard inside and close with Escape.

import { ask, setCsrf, why } from './api';
import type { Session } from './contract';
import { h, mark, say } from './dom';
import { t } from './strings';

interface Field {
  name: string;
  label: string;
  type?: string;
  autocomplete?: string;
  minlength?: number;
  hint?: string;
}

/** A dialog with a form; `send` is called until it succeeds or the operator goes back. */
export function form(title: string, text: string, fields: Field[], action: string, send: (values: Record<string, string>) => Promise<void>, danger = false): HTMLDialogElement {
  const problem = h('p', { class: 'problem', role: 'alert', hidden: true });
  const submit = h('button', { class: danger ? 'danger' : 'primary', type: 'submit' }, action);
  const dialog = h('dialog', { 'aria-labelledby': 'dialog-title' });
  const inputs = fields.map((f) =>
    h(
      'label',
      {},
      h('span', {}, f.label),
      h('input', { name: f.name, type: f.type ?? 'text', autocomplete: f.autocomplete ?? 'off', minlength: f.minlength, required: true }),
      f.hint ? h('small', { class: 'soft' }, f.hint) : null,
    ),
  );
  const onsubmit = async (event: Event): Promise<void> => {
    event.preventDefault();
    submit.disabled = true;
    mark(problem, 'hidden', true);
    const values = Object.fromEntries(new FormData(body).entries()) as Record<string, string>;
    try {
      await send(values);
      dialog.close();
    } catch (error) {
      say(problem, why(error));
      mark(problem, 'hidden', false);
    }
    submit.disabled = false;
  };
  const body = h(
    'form',
    { method: 'dialog', onsubmit },
    h('h2', { id: 'dialog-title' }, title),
    text ? h('p', { class: 'soft' }, text) : null,
    ...inputs,
    problem,
    h('div', { class: 'buttons' }, h('button', { type: 'button', onclick: () => dialog.close() }, t('cancel')), submit),
  );
  dialog.append(body);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

const nameField = (): Field => ({ name: 'name', label: t('user.name'), autocomplete: 'username' });

export function login(done: () => void, text = ''): void {
  if (document.querySelector('dialog[open]')) return;
  const fields = [nameField(), { name: 'password', label: t('user.password'), type: 'password', autocomplete: 'current-password' }];
  form(t('user.signIn'), text, fields, t('user.signIn'), async (values) => {
    await ask('login', 'POST', values);
    done();
  });
}

/** The token of a set-up link, if the page was opened by one. */
export function setupToken(): string | null {
  return /^#setup=(.+)$/.exec(location.hash)?.[1] ?? null;
}

export function setup(token: string, done: () => void): void {
  if (document.querySelector('dialog[open]')) return;
  const fields = [
    nameField(),
    { name: 'password', label: t('user.password'), type: 'password', autocomplete: 'new-password', minlength: 12, hint: t('user.passwordHint') },
  ];
  form(t('setup.title'), t('setup.text'), fields, t('setup.do'), async (values) => {
    await ask('setup', 'POST', { token, ...values });
    done();
  });
}

export function cancelWarning(zone: string, send: (reason: string) => Promise<void>): void {
  form(t('warning.cancelTitle', { zone }), t('warning.cancelText'), [{ name: 'reason', label: t('warning.reason') }], t('warning.cancel'), ({ reason = '' }) => send(reason), true);
}

/** A yes or no before something that cannot be undone. */
export function sure(question: string, action: string, then: () => Promise<void>): void {
  form(question, '', [], action, then, true);
}

export async function session(): Promise<Session> {
  const found = await ask<Session>('session');
  setCsrf(found.csrf ?? '');
  return found;
}
