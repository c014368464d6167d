/** The kitchen's sounds, made here: nothing is loaded for them. */

import type { Sound } from "./rules/sounds.ts";

/** A tone: when it begins, its pitch in Hz, how long it sounds; times in seconds. */
type Tone = [at: number, pitch: number, length: number];

/** Told apart with the back turned and the extractor on: rising, level, falling. */
const TUNES: Record<Sound, Tone[]> = {
  new: [
    [0, 660, 0.16],
    [0.18, 880, 0.16],
    [0.36, 1175, 0.3],
  ],
  changed: [
    [0, 880, 0.14],
    [0.2, 880, 0.14],
  ],
  cancelled: [
    [0, 520, 0.25],
    [0.28, 390, 0.25],
    [0.56, 294, 0.5],
  ],
};
const LOUDNESS = 0.5;
const SOFTEN = 0.015; // seconds at each end, against clicks

export class Chimes {
  readonly #changed: (allowed: boolean) => void;
  #context: AudioContext | null = null;

  /** `changed` hears whether we can be heard, each time that this is otherwise: a device that slept is mute. */
  constructor(changed: (allowed: boolean) => void) {
    this.#changed = changed;
  }

  /** Whether the browser lets us be heard: not before somebody has touched the page. */
  get allowed(): boolean {
    return this.#context?.state === "running";
  }

  /** Somebody touched the page: now it may be asked for. */
  async allow(): Promise<void> {
    this.#context ??= this.#begin();
    if (this.#context.state !== "running") await this.#context.resume();
  }

  /** Give the loudspeaker back. */
  close(): void {
    if (this.#context === null) return;
    this.#context.onstatechange = null;
    void this.#context.close();
    this.#context = null;
  }

  play(sound: Sound): void {
    if (this.#context === null || !this.allowed) return;
    for (const tone of TUNES[sound]) this.#tone(this.#context, tone);
  }

  #begin(): AudioContext {
    const context = new AudioContext();
    context.onstatechange = () => this.#changed(this.allowed);
    return context;
  }

  #tone(context: AudioContext, [at, pitch, length]: Tone): void {
    const begin = context.currentTime + at;
    const volume = context.createGain();
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(LOUDNESS, begin + SOFTEN);
    volume.gain.setValueAtTime(LOUDNESS, begin + length - SOFTEN);
    volume.gain.linearRampToValueAtTime(0, begin + length);
    const voice = context.createOscillator();
    voice.type = "triangle";
    voice.frequency.value = pitch;
    voice.connect(volume).connect(context.destination);
    voice.start(begin);
    voice.stop(begin + length);
  }
}
