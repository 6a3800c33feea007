import { expect, test } from 'vitest';

import { EventReader } from '../../src/events';

test('an event comes out once its empty line is there, wherever the stream was cut', () => {
  const whole = 'id: 41\nevent: delta\ndata: {"revision":41}\n\n: beat\n\nid: 42\r\ndata: one\r\ndata: two\r\n\r\n';
  for (let cut = 1; cut < whole.length; cut += 1) {
    const reader = new EventReader();
    const events = [...reader.read(whole.slice(0, cut)), ...reader.read(whole.slice(cut))];
    expect(events).toEqual([
      { name: 'delta', data: '{"revision":41}', id: '41' },
      { name: 'message', data: 'one\ntwo', id: '42' },
    ]);
  }
});

test('a heartbeat alone makes no event', () => {
  expect(new EventReader().read(': beat\n\n: beat\n\n')).toEqual([]);
});
