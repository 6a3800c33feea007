// Server-sent events out of a byte stream (HTML Standard, 9.2.6). Read by hand and
// not by EventSource: that hides the heartbeat comments, by which a dead connection
// is told from a quiet sky, and cannot resume after the page gave up on it.

export interface ServerEvent {
  name: string;
  data: string;
  id: string | null;
}

/** Cuts a stream of text into events; comments count as nothing. */
export class EventReader {
  #rest = '';
  #name = '';
  #data: string[] = [];
  #id: string | null = null;

  read(text: string): ServerEvent[] {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    const events: ServerEvent[] = [];
    for (const line of lines) {
      if (line === '') {
        if (this.#data.length > 0) {
          events.push({ name: this.#name || 'message', data: this.#data.join('\n'), id: this.#id });
        }
        this.#name = '';
        this.#data = [];
        continue;
      }
      const colon = line.indexOf(':');
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'event') this.#name = value;
      else if (field === 'data') this.#data.push(value);
      else if (field === 'id') this.#id = value;
    }
    return events;
  }
}
