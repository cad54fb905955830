/** A WAV file of 16-bit mono samples. The API's are little-endian, though RFC 2586 has `audio/L16` otherwise. */
export function wav(samples: Uint8Array, rate: number): Uint8Array {
  const file = new Uint8Array(44 + samples.length);
  const view = new DataView(file.buffer);
  const tag = (at: number, text: string): void => {
    for (let index = 0; index < text.length; index++) view.setUint8(at + index, text.charCodeAt(index));
  };
  tag(0, "RIFF");
  view.setUint32(4, 36 + samples.length, true);
  tag(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  tag(36, "data");
  view.setUint32(40, samples.length, true);
  file.set(samples, 44);
  return file;
}
