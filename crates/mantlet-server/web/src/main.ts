// Looks and language as they were chosen last, then the page.

import './style/fonts.css';
import './style/base.css';
import './style/live.css';
import './style/views.css';

import { ask, Refused } from './api';
import { App } from './app';
import type { Site } from './contract';
import * as dialogs from './dialogs';
import { h } from './dom';
import { setLanguage, t } from './strings';

const asked = new URLSearchParams(location.search);
const theme = asked.get('theme') ?? localStorage.getItem('mantlet.theme') ?? 'dark';
document.documentElement.dataset.theme = theme === 'light' ? 'light' : 'dark';
const language = asked.get('lang') ?? localStorage.getItem('mantlet.language') ?? (navigator.language.startsWith('ar') ? 'ar' : 'en');
setLanguage(language === 'ar' ? 'ar' : 'en');
document.documentElement.lang = language === 'ar' ? 'ar' : 'en';
document.documentElement.dir = language === 'ar' ? 'rtl' : 'ltr';

const root = document.getElementById('page') as HTMLElement;

let setupNeeded = false;

async function start(): Promise<void> {
  const token = dialogs.setupToken();
  try {
    const session = await dialogs.session();
    setupNeeded = session.setup_needed;
    const site = await ask<Site>('site');
    new App(root, site, session);
  } catch (error) {
    if (error instanceof Refused && error.status === 401) {
      const again = (): void => location.reload();
      if (token) {
        dialogs.setup(token, () => {
          location.hash = '';
          again();
        });
      } else dialogs.login(again, t(setupNeeded ? 'setup.needed' : 'login.needed'));
      return;
    }
    root.replaceChildren(h('p', { class: 'waiting' }, t('link.connecting')));
    window.setTimeout(() => void start(), 2_000);
  }
}

void start();
