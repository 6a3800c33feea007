// Users, tokens and who did what: for administrators.

import { ask, why } from '../api';
import { dateTime } from '../clock';
import type { Role } from '../contract';
import { sure } from '../dialogs';
import { h } from '../dom';
import { t, tOr } from '../strings';

interface User {
  name: string;
  role: Role;
}

interface Token {
  id: string;
  name: string;
  role: Role;
  created_s: number;
}

interface Entry {
  time_s: number;
  who: string | null;
  action: string;
  target: string | null;
  detail: string | null;
}

export async function adminView(): Promise<HTMLElement> {
  const view = h('section', { class: 'page-view admin' }, h('h1', {}, t('nav.admin')));
  const again = async (): Promise<void> => view.replaceWith(await adminView());
  for (const part of [users, tokens, audit]) {
    try {
      view.append(await part(again));
    } catch (error) {
      view.append(h('p', { class: 'problem' }, why(error)));
    }
  }
  return view;
}

function table(title: string, heads: string[], rows: (string | HTMLElement)[][]): HTMLElement[] {
  return [
    h('h2', {}, title),
    h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title }, h('table', {}, h('thead', {}, h('tr', {}, ...heads.map((k) => h('th', { scope: 'col' }, k)))), h('tbody', {}, ...rows.map((r) => h('tr', {}, ...r.map((c) => h('td', {}, c))))))),
  ];
}

function remove(name: string, path: string, again: () => Promise<void>): HTMLElement {
  const onclick = () =>
    sure(t('admin.sure', { name }), t('admin.remove'), async () => {
      await ask(path, 'DELETE');
      await again();
    });
  return h('button', { type: 'button', 'aria-label': t('admin.removeWhich', { name }), onclick }, t('admin.remove'));
}

function add(fields: HTMLElement[], path: string, done: (answer: unknown) => Promise<void>): HTMLElement {
  const problem = h('p', { class: 'problem', role: 'alert' });
  const onsubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    problem.textContent = '';
    try {
      await done(await ask(path, 'POST', Object.fromEntries(new FormData(body).entries())));
    } catch (error) {
      problem.textContent = why(error);
    }
  };
  const body: HTMLFormElement = h('form', { class: 'inline', onsubmit }, ...fields, h('button', { class: 'primary', type: 'submit' }, t('admin.add')), problem);
  return body;
}

const text = (name: string, label: string, type = 'text') =>
  h('label', {}, h('span', {}, label), h('input', { name, type, required: true, autocomplete: type === 'password' ? 'new-password' : 'off', minlength: type === 'password' ? 12 : undefined }));

const roles = () =>
  h('label', {}, h('span', {}, t('user.role')), h('select', { name: 'role' }, ...(['viewer', 'operator', 'admin'] as const).map((r) => h('option', { value: r }, t(`role.${r}`)))));

async function users(again: () => Promise<void>): Promise<HTMLElement> {
  const all = await ask<User[]>('users');
  const rows = all.map((u) => [u.name, t(`role.${u.role}`), remove(u.name, `users/${encodeURIComponent(u.name)}`, again)]);
  return h('section', {}, ...table(t('admin.users'), [t('user.name'), t('user.role'), ''], rows), add([text('name', t('user.name')), text('password', t('user.password'), 'password'), roles()], 'users', again));
}

async function tokens(again: () => Promise<void>): Promise<HTMLElement> {
  const all = await ask<Token[]>('tokens');
  const rows = all.map((k) => [k.name, t(`role.${k.role}`), dateTime(k.created_s), remove(k.name, `tokens/${encodeURIComponent(k.id)}`, again)]);
  const shown = h('p', { class: 'token', role: 'status' });
  const made = async (answer: unknown): Promise<void> => {
    shown.replaceChildren(`${t('admin.token')} `, h('code', {}, String((answer as { token?: unknown }).token)));
  };
  return h('section', {}, ...table(t('admin.tokens'), [t('user.name'), t('user.role'), t('admin.made'), ''], rows), add([text('name', t('user.name')), roles()], 'tokens', made), shown);
}

async function audit(): Promise<HTMLElement> {
  const entries = await ask<Entry[]>('audit');
  const rows = entries.map((e) => [dateTime(e.time_s), e.who ?? '', tOr(`did.${e.action}`, e.action), e.target ?? '', e.detail ?? '']);
  return h('section', {}, ...table(t('admin.audit'), [t('audit.time'), t('audit.user'), t('audit.action'), t('audit.subject'), ''], rows));
}
