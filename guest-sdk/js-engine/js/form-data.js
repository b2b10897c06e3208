// FormData, and its two forms on the wire: application/x-www-form-urlencoded and multipart/form-data.
import native from "internal:native";
import { Blob, File, bytesOfBlob } from "internal:blob";
import { TextEncoder } from "internal:encoding";
import { iterateEntries, usv } from "internal:webidl";

const encoder = new TextEncoder();
const HEAD_END = encoder.encode("\r\n\r\n");
// A part costs more memory than its bytes.
const PARTS_MAX = 10_000;

export class FormData {
  #entries = [];

  constructor(form) {
    if (form !== undefined) throw new TypeError("FormData: there are no form elements here to read");
  }
  #value(value, filename) {
    if (!(value instanceof Blob)) {
      if (filename !== undefined) throw new TypeError("FormData: only a Blob can have a file name");
      return usv(value);
    }
    if (value instanceof File && filename === undefined) return value;
    return new File([value], filename ?? "blob", { type: value.type });
  }
  append(name, value, filename) {
    this.#entries.push([usv(name), this.#value(value, filename)]);
  }
  set(name, value, filename) {
    name = usv(name);
    const entry = [name, this.#value(value, filename)];
    const at = this.#entries.findIndex(([key]) => key === name);
    if (at < 0) this.#entries.push(entry);
    else this.#entries = this.#entries.filter(([key], i) => key !== name || i === at).with(at, entry);
  }
  get(name) {
    return this.#entries.find(([key]) => key === `${name}`)?.[1] ?? null;
  }
  getAll(name) {
    return this.#entries.filter(([key]) => key === `${name}`).map(([, value]) => value);
  }
  has(name) {
    return this.#entries.some(([key]) => key === `${name}`);
  }
  delete(name) {
    this.#entries = this.#entries.filter(([key]) => key !== `${name}`);
  }
  forEach(callback, self) {
    for (const [name, value] of this) callback.call(self, value, name, this);
  }
  *entries() {
    for (const [name, value] of this.#entries) yield [name, value];
  }
  *keys() {
    for (const [name] of this.#entries) yield name;
  }
  *values() {
    for (const [, value] of this.#entries) yield value;
  }
}
iterateEntries(FormData);

/** [bytes, content type] of a form. */
export function encodeForm(form) {
  const boundary = `----atoll${native.randomHex(24)}`;
  const quote = (text) => text.replaceAll("\n", "%0A").replaceAll("\r", "%0D").replaceAll('"', "%22");
  const parts = [];
  for (const [name, value] of form) {
    let head = `--${boundary}\r\ncontent-disposition: form-data; name="${quote(name)}"`;
    if (value instanceof Blob) head += `; filename="${quote(value.name)}"\r\ncontent-type: ${value.type || "application/octet-stream"}`;
    parts.push(`${head}\r\n\r\n`, value, "\r\n");
  }
  parts.push(`--${boundary}--\r\n`);
  return [bytesOfBlob(new Blob(parts)), `multipart/form-data; boundary=${boundary}`];
}

/** Reads a form by its content type. */
export function decodeForm(bytes, contentType) {
  const form = new FormData();
  const type = contentType.split(";")[0].trim().toLowerCase();
  if (type === "application/x-www-form-urlencoded") {
    const list = native.formParse(native.utf8Decode(bytes, false));
    for (let i = 0; i < list.length; i += 2) form.append(list[i], list[i + 1]);
    return form;
  }
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  if (type !== "multipart/form-data" || !boundary) {
    throw new TypeError(`formData(): the content type is ${JSON.stringify(contentType)}, not that of a form`);
  }
  readParts(bytes, encoder.encode(`--${boundary[1] ?? boundary[2]}`), form);
  return form;
}

function readParts(bytes, delimiter, form) {
  const bad = () => new TypeError("formData(): the multipart body is malformed");
  // Behind the first one, a delimiter is one only at the start of a line: content may hold the text of it.
  const inner = new Uint8Array(delimiter.length + 2);
  inner.set([0x0d, 0x0a]);
  inner.set(delimiter, 2);
  let at = native.find(bytes, delimiter, 0);
  if (at < 0) throw bad();
  at += delimiter.length;
  for (let parts = 0; bytes[at] !== 0x2d || bytes[at + 1] !== 0x2d; parts++) {
    if (bytes[at] !== 0x0d || bytes[at + 1] !== 0x0a) throw bad();
    if (parts >= PARTS_MAX) throw new TypeError(`formData(): the body has more than ${PARTS_MAX} parts`);
    const headEnd = native.find(bytes, HEAD_END, at);
    const next = headEnd < 0 ? -1 : native.find(bytes, inner, headEnd + 2);
    if (next < 0) throw bad();
    addPart(native.utf8Decode(bytes.subarray(at + 2, headEnd), false), bytes.subarray(headEnd + 4, next), form);
    at = next + inner.length;
  }
}

function addPart(head, content, form) {
  const disposition = /^content-disposition:\s*form-data;(.*)$/im.exec(head)?.[1] ?? "";
  const unquote = (text) => text?.replaceAll("%0A", "\n").replaceAll("%0D", "\r").replaceAll("%22", '"');
  const name = unquote(/(?:^|[\s;])name="([^"]*)"/i.exec(disposition)?.[1]);
  const filename = unquote(/[\s;]filename="([^"]*)"/i.exec(disposition)?.[1]);
  if (name === undefined) throw new TypeError("formData(): a part of the multipart body has no name");
  if (filename === undefined) return form.append(name, native.utf8Decode(content, false));
  const type = /^content-type:\s*(.*)$/im.exec(head)?.[1].trim() ?? "application/octet-stream";
  form.append(name, new File([content], filename, { type }));
}
