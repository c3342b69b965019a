// Masks as the server sends and the dataset stores them, one value a pixel.
import { inflateSync } from 'node:zlib';

/** The pixels of a mask as the server sends it. */
export function decode({ width, height, runs }) {
  const numbers = [];
  let [number, place] = [0, 1];
  for (const b of Buffer.from(runs, 'base64')) {
    number += (b & 127) * place;
    place *= 128;
    if (b < 128) { numbers.push(number); [number, place] = [0, 1]; }
  }
  const pixels = new Uint32Array(width * height);
  for (let i = 0, at = 0; i < numbers.length; at += numbers[i + 1], i += 2) pixels.fill(numbers[i], at, at + numbers[i + 1]);
  return pixels;
}

/** The values of an array as it is stored: a .npy file in zlib. */
export function stored(base64) {
  const npy = inflateSync(Buffer.from(base64, 'base64'));
  return npy.subarray(10 + npy.readUInt16LE(8));
}
