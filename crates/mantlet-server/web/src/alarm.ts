// The alarm sound: two tones that rise, made here and not loaded.

/** It sounds this long at most if nobody acknowledges, ms. */
const LONGEST_MS = 30_000;
/** One up-and-down, s. */
const CYCLE_S = 1.1;

export type Sound = 'on' | 'muted' | 'blocked';

export class Alarm {
  #context: AudioContext | null = null;
  #gain: GainNode | null = null;
  #muted = localStorage.getItem('mantlet.muted') === 'yes';
  #stop = 0;
  #playing: OscillatorNode | null = null;
  onChange: () => void = () => {};

  constructor() {
    // Any key or press on the page is the gesture that a browser asks for.
    for (const gesture of ['pointerdown', 'keydown'] as const) {
      window.addEventListener(gesture, () => this.allow(), { passive: true });
    }
  }

  get state(): Sound {
    if (this.#muted) return 'muted';
    return this.#context?.state === 'running' ? 'on' : 'blocked';
  }

  get sounding(): boolean {
    return this.#playing !== null;
  }

  /** To be called from a key or a press. */
  allow(): void {
    if (!this.#context) {
      this.#context = new AudioContext();
      this.#gain = this.#context.createGain();
      this.#gain.connect(this.#context.destination);
      this.#context.addEventListener('statechange', () => this.onChange());
    }
    if (this.#context.state === 'suspended') void this.#context.resume().then(() => this.onChange());
  }

  set muted(to: boolean) {
    this.#muted = to;
    localStorage.setItem('mantlet.muted', to ? 'yes' : 'no');
    if (to) this.silence();
    this.onChange();
  }

  get muted(): boolean {
    return this.#muted;
  }

  /** Sounds until silenced. */
  sound(longest_ms = LONGEST_MS): void {
    const [context, gain] = [this.#context, this.#gain];
    if (this.#muted || !context || !gain || context.state !== 'running') return;
    window.clearTimeout(this.#stop);
    this.#stop = window.setTimeout(() => this.silence(), longest_ms);
    if (this.#playing) return;
    const tone = context.createOscillator();
    tone.type = 'triangle';
    const start_s = context.currentTime;
    for (let i = 0; i * CYCLE_S < longest_ms / 1_000 + 1; i += 1) {
      const at_s = start_s + i * CYCLE_S;
      tone.frequency.setValueAtTime(620, at_s);
      tone.frequency.linearRampToValueAtTime(980, at_s + 0.75 * CYCLE_S);
    }
    gain.gain.cancelScheduledValues(start_s);
    gain.gain.setValueAtTime(0, start_s);
    gain.gain.linearRampToValueAtTime(0.5, start_s + 0.05);
    tone.connect(gain);
    tone.start();
    this.#playing = tone;
    this.onChange();
  }

  silence(): void {
    window.clearTimeout(this.#stop);
    const [playing, context, gain] = [this.#playing, this.#context, this.#gain];
    if (!playing || !context || !gain) return;
    this.#playing = null;
    gain.gain.setTargetAtTime(0, context.currentTime, 0.03);
    playing.stop(context.currentTime + 0.2);
    this.onChange();
  }

  /** Two turns of it, also when muted: that is what a test is for. */
  test(): void {
    const muted = this.#muted;
    this.allow();
    this.#muted = false;
    const context = this.#context;
    const start = () => {
      this.sound(2 * CYCLE_S * 1_000);
      this.#muted = muted;
    };
    if (context?.state === 'running') start();
    else void context?.resume().then(start);
  }
}
