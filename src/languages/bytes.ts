import { crc32 } from "node:zlib";
/** The bytes are not what a ByteWriter made. */
export class DamagedBytes extends Error {
  override readonly name = "DamagedBytes";
}

/**
 * Layout: checksum (4 bytes), number of texts, their lengths in UTF-16 units, length in bytes and bytes of all texts
 * as UTF-8, number of hashes and 4 bytes for each, then the body. Numbers are LEB128 varints.
 */
export class ByteWriter {
  private readonly body = new Bytes();
  private readonly textIndex = new Map<string, number>();
  private readonly hashIndex = new Map<number, number>();

  /** A whole number from 0 to 2^32 - 1. */
  number(value: number): void {
    this.body.varint(value);
  }

  /** A whole number from -2^31 + 1 to 2^31 - 1; small ones, whatever their sign, take one byte. */
  signed(value: number): void {
    this.body.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  text(value: string): void {
    let index = this.textIndex.get(value);
    if (index === undefined) {
      index = this.textIndex.size;
      this.textIndex.set(value, index);
    }
    this.body.varint(index);
  }

  texts(values: readonly string[]): void {
    this.body.varint(values.length);
    for (const value of values) this.text(value);
  }

  /** 32-bit numbers; one that comes again costs a byte or two. */
  hashes(values: readonly number[]): void {
    this.body.varint(values.length);
    for (const value of values) {
      let index = this.hashIndex.get(value);
      if (index === undefined) {
        index = this.hashIndex.size;
        this.hashIndex.set(value, index);
      }
      this.body.varint(index);
    }
  }

  finish(): Uint8Array {
    const texts = [...this.textIndex.keys()];
    const joined = new TextEncoder().encode(texts.join(""));
    const head = new Bytes();
    head.fixed(0);
    head.varint(texts.length);
    for (const text of texts) head.varint(text.length);
    head.varint(joined.length);
    head.append(joined);
    head.varint(this.hashIndex.size);
    for (const hash of this.hashIndex.keys()) head.fixed(hash);
    head.append(this.body.view());
    const all = head.view().slice();
    new DataView(all.buffer).setUint32(0, checksum(all), true);
    return all;
  }
}

/** Reads in the order of writing. Every method throws DamagedBytes, and nothing else, when the bytes cannot be right. */
export class ByteReader {
  private readonly bytes: Uint8Array;
  private readonly textTable: string[] = [];
  private readonly hashTable: number[] = [];
  private at = 4;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    if (bytes.length < 4 || this.fixed(0) !== checksum(bytes)) throw new DamagedBytes("checksum");
    const lengths: number[] = [];
    for (let left = this.count(); left > 0; left--) lengths.push(this.number());
    const size = this.number();
    if (this.at + size > bytes.length) throw new DamagedBytes("texts");
    const joined = new TextDecoder("utf-8", { ignoreBOM: true }).decode(
      bytes.subarray(this.at, this.at + size),
    );
    this.at += size;
    let from = 0;
    for (const length of lengths) {
      this.textTable.push(joined.slice(from, from + length));
      from += length;
    }
    if (from !== joined.length) throw new DamagedBytes("texts");
    for (let left = this.count(); left > 0; left--) {
      if (this.at + 4 > bytes.length) throw new DamagedBytes("hashes");
      this.hashTable.push(this.fixed(this.at));
      this.at += 4;
    }
  }

  number(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 28; factor *= 128) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new DamagedBytes("end");
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw new DamagedBytes("number");
  }

  signed(): number {
    const value = this.number();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** How many things follow; each takes a byte at least, so a wrong count is found before memory is spent on it. */
  count(): number {
    const count = this.number();
    if (count > this.bytes.length - this.at) throw new DamagedBytes("count");
    return count;
  }

  text(): string {
    return this.oneOf(this.textTable, this.number());
  }

  texts(): string[] {
    const texts: string[] = [];
    for (let left = this.count(); left > 0; left--) texts.push(this.text());
    return texts;
  }

  hashes(): number[] {
    const hashes: number[] = [];
    for (let left = this.count(); left > 0; left--) hashes.push(this.oneOf(this.hashTable, this.number()));
    return hashes;
  }

  oneOf<T>(table: readonly T[], index: number): T {
    const value = table[index];
    if (value === undefined) throw new DamagedBytes("index");
    return value;
  }

  end(): void {
    if (this.at !== this.bytes.length) throw new DamagedBytes("rest");
  }

  private fixed(at: number): number {
    const { bytes } = this;
    const high = ((bytes[at + 3] ?? 0) << 24) | ((bytes[at + 2] ?? 0) << 16);
    return (high | ((bytes[at + 1] ?? 0) << 8) | (bytes[at] ?? 0)) >>> 0;
  }
}

/** CRC-32 of everything after the checksum itself. */
function checksum(bytes: Uint8Array): number {
  return crc32(bytes.subarray(4));
}

class Bytes {
  private data = new Uint8Array(1024);
  private size = 0;

  varint(value: number): void {
    this.reserve(5);
    let rest = value;
    while (rest > 127) {
      this.data[this.size++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.data[this.size++] = rest;
  }

  fixed(value: number): void {
    this.reserve(4);
    for (let shift = 0; shift < 32; shift += 8) this.data[this.size++] = (value >>> shift) & 255;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.data.set(bytes, this.size);
    this.size += bytes.length;
  }

  view(): Uint8Array {
    return this.data.subarray(0, this.size);
  }

  private reserve(more: number): void {
    if (this.size + more <= this.data.length) return;
    const larger = new Uint8Array(Math.max(this.data.length * 2, this.size + more));
    larger.set(this.data);
    this.data = larger;
  }
}
