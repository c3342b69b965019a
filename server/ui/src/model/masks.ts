// Masks as the server sends them, and as one value a pixel, row by row. No state.
import type { Mask } from '../api/client';

export type Pixels = Uint8Array | Uint32Array;

/** The pixels of masks that were used last; undo keeps many large masks, whose pixels would fill the memory. */
const decoded = new Map<Mask, Pixels>();
const MOST_PIXELS = 50_000_000;

/** The pixels of a mask: 0 or 1 for one of bits, values for one of runs. Not a copy. */
export function pixelsOf(mask: Mask): Pixels {
  const pixels = decoded.get(mask) ?? (mask.runs === undefined ? ofBits(mask) : ofRuns(mask, mask.runs));
  remember(mask, pixels);
  return pixels;
}

function remember(mask: Mask, pixels: Pixels): void {
  decoded.delete(mask);
  decoded.set(mask, pixels);
  let total = [...decoded.values()].reduce((sum, p) => sum + p.length, 0);
  for (const [oldest, p] of decoded) {
    if (total <= MOST_PIXELS || oldest === mask) break;
    decoded.delete(oldest);
    total -= p.length;
  }
}

function ofBits(mask: Mask): Uint8Array {
  const bits = atob(mask.bits ?? '');
  const pixels = new Uint8Array(mask.width * mask.height);
  for (let i = 0; i < pixels.length; i++) pixels[i] = bits.charCodeAt(i >> 3) & (0x80 >> (i & 7)) ? 1 : 0;
  return pixels;
}

function ofRuns(mask: Mask, runs: string): Pixels {
  const numbers = readNumbers(atob(runs));
  const large = numbers.some((n, i) => i % 2 === 0 && n > 255);
  const pixels = new (large ? Uint32Array : Uint8Array)(mask.width * mask.height);
  let at = 0;
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    const value = numbers[i]!;
    const end = at + numbers[i + 1]!;
    if (value !== 0) pixels.fill(value, at, end);
    at = end;
  }
  return pixels;
}

function readNumbers(bytes: string): number[] {
  const numbers: number[] = [];
  let number = 0;
  let place = 1;
  for (let i = 0; i < bytes.length; i++) {
    const b = bytes.charCodeAt(i);
    number += (b & 0x7f) * place;
    place *= 128;
    if (b < 0x80) {
      numbers.push(number);
      number = 0;
      place = 1;
    }
  }
  return numbers;
}

/** A mask of pixels, which nobody may change from now on. */
export function maskOfAll(pixels: Pixels, width: number): Mask {
  const mask = maskOf(pixels, width);
  remember(mask, pixels);
  return mask;
}

/** A mask of a part of some pixels: that from column x0 and row y0, so wide and high. The same pixels have the same text. */
export function maskOf(pixels: Pixels, stride: number, x0 = 0, y0 = 0, width = stride, height = pixels.length / stride): Mask {
  const bytes = new Bytes();
  let value = pixels[y0 * stride + x0] ?? 0;
  let length = 0;
  for (let y = y0; y < y0 + height; y++) {
    const end = y * stride + x0 + width;
    for (let i = y * stride + x0; i < end; i++) {
      const next = pixels[i]!;
      if (next !== value) {
        bytes.number(value);
        bytes.number(length);
        value = next;
        length = 0;
      }
      length++;
    }
  }
  bytes.number(value);
  bytes.number(length);
  return { width, height, runs: bytes.base64() };
}

class Bytes {
  private bytes = new Uint8Array(1024);
  private size = 0;

  number(n: number): void {
    if (this.size + 8 > this.bytes.length) {
      const more = new Uint8Array(this.bytes.length * 2);
      more.set(this.bytes);
      this.bytes = more;
    }
    while (n >= 128) {
      this.bytes[this.size++] = (n % 128) | 128;
      n = Math.floor(n / 128);
    }
    this.bytes[this.size++] = n;
  }

  base64(): string {
    let text = '';
    for (let i = 0; i < this.size; i += 8190) text += String.fromCharCode(...this.bytes.subarray(i, Math.min(this.size, i + 8190)));
    return btoa(text);
  }
}
